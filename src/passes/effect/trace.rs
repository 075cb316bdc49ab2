//! The exact half of the engine: the Pauli strings an observable becomes, step by step back to the beginning.
//!
//! Strings at one place of the circuit are nodes; a node's children are the strings it becomes before the next gate that changes
//! it, whatever the coefficients. A string at the beginning is *useful* unless it anticommutes with a stabiliser of the state there,
//! and a node is useful if a child is. For independent angles different ways back have different monomials of sines and
//! cosines, so nothing cancels and usefulness is exact; where angles are shared it errs towards having an effect.

use super::forward::{self, Stabilisers};
use super::prepared::Prepared;
use super::strings::Bits;
use super::table::{Table, Tables};
use crate::ir::{GateOp, QuantumOp, Readout, Region};
use crate::math::PauliString;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// What the exact half may spend.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most strings at one place.
    pub strings: usize,
    /// Most strings looked at, over all places.
    pub scans: usize,
    /// Most nodes and edges.
    pub work: usize,
}

impl Default for Limits {
    /// 4096 strings, and scans and work of a fraction of a second; hardware-efficient circuits of six qubits never reach it.
    fn default() -> Self {
        Self { strings: 4096, scans: 40_000_000, work: 2_000_000 }
    }
}

/// A set of local strings on up to four operands.
pub(crate) type Seen = [u64; 4];

/// A way in which a node depends on an angle: if `child` is useful, `op`'s parameter moves `parent`.
pub(crate) struct Lever {
    pub(crate) op: u32,
    pub(crate) param: u32,
    pub(crate) parent: u32,
    pub(crate) child: u32,
}

/// A string that a gate changes: without the gate it would have stayed `same`, if that node exists.
pub(crate) struct Touch {
    pub(crate) op: u32,
    pub(crate) parent: u32,
    pub(crate) same: Option<u32>,
}

/// Everything found on the way back.
pub(crate) struct Trace<const W: usize> {
    /// Steps from here on were traced exactly; what is before `cut` was not.
    pub(crate) cut: usize,
    /// Per read-out and term its node; no nodes for probabilities of too many qubits.
    pub(crate) roots: Vec<Vec<u32>>,
    pub(crate) levers: Vec<Lever>,
    pub(crate) touches: Vec<Touch>,
    /// Per step the local strings that met it.
    pub(crate) seen: Vec<Seen>,
    pub(crate) useful: Vec<bool>,
    /// Strings at the cut, with their nodes.
    pub(crate) active: IndexMap<Bits<W>, u32, FxBuildHasher>,
    /// Per step before the cut the stabiliser it only turns the phase about.
    pub(crate) phase_only: Vec<Option<Bits<W>>>,
    /// Per node its children in `edges`.
    spans: Vec<(u32, u32)>,
    edges: Vec<u32>,
    /// Nodes with children, in the order they got them: parents before children.
    closed: Vec<u32>,
    scans: usize,
}

/// The most qubits whose probabilities are written as strings: 1024 of them.
const MAX_PROBABILITY_QUBITS: usize = 10;

impl<const W: usize> Trace<W> {
    pub(crate) fn new(region: &Region, tables: &Tables, limits: &Limits) -> Self {
        let mut trace = Self {
            cut: region.ops.len(),
            roots: Vec::new(),
            levers: Vec::new(),
            touches: Vec::new(),
            seen: vec![[0; 4]; region.ops.len()],
            useful: Vec::new(),
            active: IndexMap::default(),
            phase_only: Vec::new(),
            spans: Vec::new(),
            edges: Vec::new(),
            closed: Vec::new(),
            scans: 0,
        };
        if trace.plant(region, limits) {
            while trace.cut > 0 && trace.step(region, tables, limits) {
                trace.cut -= 1;
            }
        }
        let (facts, phase_only) = forward::walk(region, tables, trace.cut);
        trace.phase_only = phase_only;
        trace.judge(&facts);
        trace
    }

    fn node(&mut self, string: Bits<W>) -> u32 {
        let fresh = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        let node = *self.active.entry(string).or_insert(fresh);
        if node == fresh {
            self.spans.push((0, 0));
        }
        node
    }

    /// The strings of the read-outs; `false` if they are too many.
    fn plant(&mut self, region: &Region, limits: &Limits) -> bool {
        let mut complete = true;
        for readout in &region.readouts {
            let strings: Vec<Bits<W>> = match readout {
                Readout::Expectation(sum) => sum.terms().iter().map(|term| Bits::of(&term.1)).collect(),
                Readout::Probabilities(qubits) if qubits.len() <= MAX_PROBABILITY_QUBITS => {
                    (0..1usize << qubits.len()).map(|mask| z_string(qubits, mask)).collect()
                }
                Readout::Probabilities(_) => {
                    complete = false;
                    Vec::new()
                }
            };
            let roots = strings.into_iter().map(|string| self.node(string)).collect();
            self.roots.push(roots);
        }
        complete && self.active.len() <= limits.strings
    }

    /// Goes back over the step before the cut; `false`, and nothing changed, if that would cost too much.
    fn step(&mut self, region: &Region, tables: &Tables, limits: &Limits) -> bool {
        let at = self.cut - 1;
        self.scans += self.active.len();
        if self.scans > limits.scans || self.edges.len() > limits.work {
            return false;
        }
        match (&region.ops[at], &tables.of_op[at]) {
            (QuantumOp::Gate(gate), Some(table)) => self.gate(at, gate, table, limits),
            (QuantumOp::Gate(gate), None) => self.active.keys().all(|string| passes_by(gate, string)),
            (QuantumOp::Prepare { qubits, values, .. }, _) => {
                self.prepare(at, qubits, &Prepared::new(values));
                true
            }
            (QuantumOp::Barrier { .. }, _) => true,
        }
    }

    fn gate(&mut self, at: usize, gate: &GateOp, table: &Table, limits: &Limits) -> bool {
        let mut touched = Vec::new();
        let mut seen: Seen = [0; 4];
        for (string, &node) in &self.active {
            let local = string.local(&gate.qubits);
            if local != 0 {
                seen[local as usize / 64] |= 1 << (local % 64);
                if !table.fixed[local as usize] {
                    touched.push((*string, node, local));
                }
            }
        }
        let images: usize = touched.iter().map(|t| table.images[t.2 as usize].len()).sum();
        if self.active.len() + images - touched.len() > limits.strings {
            return false;
        }
        self.seen[at] = seen;
        touched.iter().for_each(|t| {
            self.active.swap_remove(&t.0);
        });
        let op = u32::try_from(at).unwrap_or(u32::MAX);
        for &(string, parent, local) in &touched {
            let start = self.edges.len();
            for &(image, _) in &table.images[local as usize] {
                let child = self.node(string.with_local(&gate.qubits, image));
                self.edges.push(child);
            }
            self.close(parent, start);
            for (param, of_string) in table.derivatives.iter().enumerate() {
                for &image in &of_string[local as usize] {
                    let child = self.node(string.with_local(&gate.qubits, image));
                    self.levers.push(Lever { op, param: u32::try_from(param).unwrap_or(u32::MAX), parent, child });
                }
            }
        }
        for (string, parent, _) in touched {
            self.touches.push(Touch { op, parent, same: self.active.get(&string).copied() });
        }
        true
    }

    fn close(&mut self, parent: u32, start: usize) {
        let to = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.spans[parent as usize] = (to(start), to(self.edges.len()));
        self.closed.push(parent);
    }

    fn prepare(&mut self, at: usize, qubits: &[u32], prepared: &Prepared) {
        let touched: Vec<(Bits<W>, u32)> = self
            .active
            .iter()
            .filter(|(string, _)| qubits.iter().any(|&qubit| string.get(qubit) != 0))
            .map(|(string, &node)| (*string, node))
            .collect();
        let op = u32::try_from(at).unwrap_or(u32::MAX);
        for &(string, parent) in &touched {
            self.active.swap_remove(&string);
            let mask = |part: u8| {
                qubits.iter().enumerate().fold(0, |mask, (j, &q)| mask | usize::from(string.get(q) >> part & 1) << j)
            };
            self.scans += 1 << qubits.len();
            let start = self.edges.len();
            if let Some(moving) = prepared.expectation(mask(0), mask(1)) {
                let rest = qubits.iter().fold(string, |rest, &qubit| rest.with_local(&[qubit], 0));
                let child = self.node(rest);
                self.edges.push(child);
                let lever = |j: usize| Lever { op, param: u32::try_from(j).unwrap_or(u32::MAX), parent, child };
                self.levers.extend(moving.into_iter().map(lever));
            }
            self.close(parent, start);
            self.touches.push(Touch { op, parent, same: None });
        }
    }

    fn judge(&mut self, facts: &Stabilisers<W>) {
        let mut useful = vec![false; self.spans.len()];
        for (string, &node) in &self.active {
            useful[node as usize] = facts.against(string).is_none();
        }
        for &node in self.closed.iter().rev() {
            let (start, end) = self.spans[node as usize];
            useful[node as usize] = self.edges[start as usize..end as usize].iter().any(|&child| useful[child as usize]);
        }
        self.useful = useful;
    }

    /// Per node, the flags of everything its value depends on, given those of each lever and of the strings at the cut.
    pub(crate) fn flags(&self, of_lever: impl Fn(&Lever) -> u8, at_cut: u8) -> Vec<u8> {
        let mut flags = vec![0; self.spans.len()];
        self.active.values().for_each(|&node| flags[node as usize] = at_cut);
        for lever in self.levers.iter().filter(|lever| self.useful[lever.child as usize]) {
            flags[lever.parent as usize] |= of_lever(lever);
        }
        for &node in self.closed.iter().rev() {
            let (start, end) = self.spans[node as usize];
            let children = self.edges[start as usize..end as usize].iter();
            flags[node as usize] |= children.filter(|&&c| self.useful[c as usize]).fold(0, |all, &c| all | flags[c as usize]);
        }
        flags
    }

    /// The strings of a set on the operands of a gate, as people write them.
    pub(crate) fn spell(seen: &Seen, qubits: &[u32]) -> Vec<PauliString> {
        let n = qubits.iter().max().map_or(0, |q| q + 1);
        let members = (0..=255u8).filter(|&local| seen[local as usize / 64] >> (local % 64) & 1 == 1);
        members.map(|local| Bits::<W>::IDENTITY.with_local(qubits, local).to_string(n)).collect()
    }
}

fn z_string<const W: usize>(qubits: &[u32], mask: usize) -> Bits<W> {
    let mut bits = Bits::IDENTITY;
    for (j, &qubit) in qubits.iter().enumerate() {
        bits.set(qubit, if mask >> j & 1 == 1 { 2 } else { 0 });
    }
    bits
}

/// Does a string commute with a gate too wide to multiply out, by its controls alone?
fn passes_by<const W: usize>(gate: &GateOp, string: &Bits<W>) -> bool {
    gate.targets().iter().all(|&qubit| string.get(qubit) == 0)
        && gate.controls().all(|(qubit, _)| string.get(qubit) & 1 == 0)
}

//! The exact half of the engine: the Pauli strings an observable becomes, step by step back to the beginning.
//!
//! Strings at one place of the circuit are nodes; a node's children are the strings it becomes before the next gate that changes
//! it, whatever the coefficients. A string at the beginning is *useful* unless it anticommutes with a stabiliser of the state there,
//! and a node is useful if a child is. For independent angles different ways back have different monomials of sines and
//! cosines, so nothing cancels and usefulness is exact; where angles are shared it errs towards having an effect.

use super::forward;
use super::prepared::Prepared;
use super::strings::Bits;
use super::table::Table;
use super::walk::Walk;
use crate::ir::{GateOp, QuantumOp, Readout};
use crate::math::PauliString;
use rustc_hash::FxHashMap;

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

/// No node.
const NONE: u32 = u32::MAX;

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
    pub(crate) active: Vec<(Bits<W>, u32)>,
    /// Per step before the cut the stabiliser it only turns the phase about.
    pub(crate) phase_only: Vec<Option<Bits<W>>>,
    /// Per node its children in `edges`.
    spans: Vec<(u32, u32)>,
    edges: Vec<u32>,
    /// Nodes with children, in the order they got them: parents before children.
    closed: Vec<u32>,
    /// Per node its string, and the next node that waits for the same step.
    strings: Vec<(Bits<W>, u32)>,
    /// Per step the nodes that wait for it, one more than its position; at 0 those that wait for none.
    waiting: Vec<u32>,
    /// Nodes by what they wait for and by string. Those whose step has been gone back over are never looked for again, so only what is open
    /// is kept: the table stays small enough for the nearest cache however long the circuit is.
    known: FxHashMap<(u32, Bits<W>), u32>,
    /// Strings at the place reached.
    open: usize,
    scans: usize,
}

/// The most qubits whose probabilities are written as strings: 1024 of them.
const MAX_PROBABILITY_QUBITS: usize = 10;

fn small(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<const W: usize> Trace<W> {
    /// Goes back to step `goal`, or as far as the limits allow. What is useful is then to be settled.
    pub(crate) fn new(walk: &Walk<'_, W>, limits: &Limits, goal: usize) -> Self {
        let steps = walk.region.ops.len();
        let mut trace = Self {
            cut: steps,
            roots: Vec::new(),
            levers: Vec::new(),
            touches: Vec::new(),
            seen: vec![[0; 4]; steps],
            useful: Vec::new(),
            active: Vec::new(),
            phase_only: Vec::new(),
            spans: Vec::new(),
            edges: Vec::new(),
            closed: Vec::new(),
            strings: Vec::new(),
            waiting: vec![NONE; steps + 1],
            known: FxHashMap::default(),
            open: 0,
            scans: 0,
        };
        if trace.plant(walk, limits) {
            while trace.cut > goal && trace.step(walk, limits) {
                trace.cut -= 1;
            }
        }
        for place in 0..=trace.cut {
            let mut node = trace.waiting[place];
            while node != NONE {
                let (string, next) = trace.strings[node as usize];
                trace.active.push((string, node));
                node = next;
            }
        }
        trace
    }

    /// Settles what is useful by what is known of the state at the cut.
    pub(crate) fn meet_state(&mut self, walk: &Walk<'_, W>) {
        let (facts, phase_only) = forward::walk(walk.region, &walk.tables, self.cut);
        self.phase_only = phase_only;
        self.settle(|string| facts.against(&string).is_none());
    }

    /// The node of a string before step `end`, as it is where it meets the step that changes it.
    fn node(&mut self, walk: &Walk<'_, W>, string: Bits<W>, end: usize) -> u32 {
        let (seen, scans) = (&mut self.seen, &mut self.scans);
        let event = walk.event(&string, end, |at, local| {
            *scans += 1;
            seen[at][local as usize / 64] |= 1 << (local % 64);
        });
        let place = small(event.map_or(0, |at| at + 1));
        let fresh = small(self.spans.len());
        let node = *self.known.entry((place, string)).or_insert(fresh);
        if node == fresh {
            self.spans.push((0, 0));
            let before = std::mem::replace(&mut self.waiting[place as usize], fresh);
            self.strings.push((string, before));
            self.open += 1;
        }
        node
    }

    /// The node of a string before step `end`, if some observable is that string there.
    fn find(&self, walk: &Walk<'_, W>, string: Bits<W>, end: usize) -> Option<u32> {
        let event = walk.event(&string, end, |_, _| {});
        self.known.get(&(small(event.map_or(0, |at| at + 1)), string)).copied()
    }

    /// The strings of the read-outs; `false` if they are too many.
    fn plant(&mut self, walk: &Walk<'_, W>, limits: &Limits) -> bool {
        let mut complete = true;
        for readout in &walk.region.readouts {
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
            let roots = strings.into_iter().map(|string| self.node(walk, string, self.cut)).collect();
            self.roots.push(roots);
        }
        complete && self.open <= limits.strings
    }

    /// Goes back over the step before the cut; `false`, and nothing changed, if that would cost too much.
    fn step(&mut self, walk: &Walk<'_, W>, limits: &Limits) -> bool {
        let at = self.cut - 1;
        let first = self.waiting[self.cut];
        if first == NONE {
            return true;
        }
        if self.scans > limits.scans || self.edges.len() > limits.work {
            return false;
        }
        match (&walk.region.ops[at], &walk.tables.of_op[at]) {
            (QuantumOp::Gate(gate), Some(table)) => self.gate(walk, (at, gate), table, limits),
            // Too wide to know what it makes of the strings that wait for it.
            (QuantumOp::Gate(_), None) => false,
            (QuantumOp::Prepare { qubits, values, .. }, _) => {
                self.prepare(walk, (at, qubits), &Prepared::new(values));
                true
            }
            (QuantumOp::Barrier { .. }, _) => true,
        }
    }

    /// The nodes that wait for the step before the cut.
    fn touched(&self) -> Vec<(Bits<W>, u32)> {
        let mut out = Vec::new();
        let mut node = self.waiting[self.cut];
        while node != NONE {
            let (string, next) = self.strings[node as usize];
            out.push((string, node));
            node = next;
        }
        out
    }

    fn gate(&mut self, walk: &Walk<'_, W>, (at, gate): (usize, &GateOp), table: &Table, limits: &Limits) -> bool {
        let touched = self.touched();
        let images: usize = touched.iter().map(|t| table.images[t.0.local(&gate.qubits) as usize].len()).sum();
        if self.open + images - touched.len() > limits.strings {
            return false;
        }
        self.leave(&touched);
        let op = small(at);
        let mut same = Vec::with_capacity(touched.len());
        for &(string, parent) in &touched {
            let local = string.local(&gate.qubits);
            let start = self.edges.len();
            let mut stays = None;
            for &(image, _) in &table.images[local as usize] {
                let child = self.node(walk, string.with_local(&gate.qubits, image), at);
                stays = stays.or((image == local).then_some(child));
                self.edges.push(child);
            }
            same.push(stays);
            self.close(parent, start);
            for (param, of_string) in table.derivatives.iter().enumerate() {
                for &image in &of_string[local as usize] {
                    let child = self.node(walk, string.with_local(&gate.qubits, image), at);
                    self.levers.push(Lever { op, param: small(param), parent, child });
                }
            }
        }
        for ((string, parent), stays) in touched.into_iter().zip(same) {
            let same = stays.or_else(|| self.find(walk, string, at));
            self.touches.push(Touch { op, parent, same });
        }
        true
    }

    /// Nodes that waited for the step before the cut wait no more.
    fn leave(&mut self, touched: &[(Bits<W>, u32)]) {
        self.open -= touched.len();
        let place = small(self.cut);
        touched.iter().for_each(|&(string, _)| {
            self.known.remove(&(place, string));
        });
    }

    fn close(&mut self, parent: u32, start: usize) {
        self.spans[parent as usize] = (small(start), small(self.edges.len()));
        self.closed.push(parent);
    }

    fn prepare(&mut self, walk: &Walk<'_, W>, (at, qubits): (usize, &[u32]), prepared: &Prepared) {
        let touched = self.touched();
        self.leave(&touched);
        let op = small(at);
        for (string, parent) in touched {
            let mask = |part: u8| {
                qubits.iter().enumerate().fold(0, |mask, (j, &q)| mask | usize::from(string.get(q) >> part & 1) << j)
            };
            self.scans += prepared.work();
            let start = self.edges.len();
            if let Some(moving) = prepared.expectation(mask(0), mask(1)) {
                let rest = qubits.iter().fold(string, |rest, &qubit| rest.with_local(&[qubit], 0));
                let child = self.node(walk, rest, at);
                self.edges.push(child);
                let lever = |j: usize| Lever { op, param: small(j), parent, child };
                self.levers.extend(moving.into_iter().map(lever));
            }
            self.close(parent, start);
            self.touches.push(Touch { op, parent, same: None });
        }
    }

    /// Settles which nodes are useful, given which strings at the cut are.
    pub(crate) fn settle(&mut self, mut is_useful: impl FnMut(Bits<W>) -> bool) {
        let mut useful = vec![false; self.spans.len()];
        for &(string, node) in &self.active {
            useful[node as usize] = is_useful(string);
        }
        for &node in self.closed.iter().rev() {
            let (start, end) = self.spans[node as usize];
            useful[node as usize] =
                self.edges[start as usize..end as usize].iter().any(|&child| useful[child as usize]);
        }
        self.useful = useful;
    }

    /// Per node, the flags of everything its value depends on, given those of each lever and of the strings at the cut.
    pub(crate) fn flags(&self, of_lever: impl Fn(&Lever) -> u8, at_cut: u8) -> Vec<u8> {
        let mut flags = vec![0; self.spans.len()];
        self.active.iter().for_each(|&(_, node)| flags[node as usize] = at_cut);
        for lever in self.levers.iter().filter(|lever| self.useful[lever.child as usize]) {
            flags[lever.parent as usize] |= of_lever(lever);
        }
        for &node in self.closed.iter().rev() {
            let (start, end) = self.spans[node as usize];
            let children = self.edges[start as usize..end as usize].iter();
            flags[node as usize] |=
                children.filter(|&&c| self.useful[c as usize]).fold(0, |all, &c| all | flags[c as usize]);
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

//! Facts about the state, from the beginning: a group of Pauli strings that stabilise it for every value of the angles.
//!
//! It starts with Z on every qubit. A gate that takes a generator to one string (a Clifford gate does for all) moves it there; of
//! the generators a gate spreads out, products that no longer touch it survive. Signs are left out: a string that
//! anticommutes with a stabiliser has expectation zero whatever the sign, and a rotation about a stabiliser is a phase.

use super::strings::Bits;
use super::table::{Table, Tables};
use crate::ir::{QuantumOp, Region};
use std::collections::BTreeMap;

/// The generators known at one place of a circuit.
#[derive(Clone, Debug)]
pub(crate) struct Stabilisers<const W: usize> {
    pub(crate) generators: Vec<Bits<W>>,
}

impl<const W: usize> Stabilisers<W> {
    pub(crate) fn start(n: u32) -> Self {
        let z = |qubit| {
            let mut bits = Bits::IDENTITY;
            bits.set(qubit, 2);
            bits
        };
        Self { generators: (0..n).map(z).collect() }
    }

    /// A generator with which a string does not commute: then its expectation is zero.
    pub(crate) fn against(&self, string: &Bits<W>) -> Option<Bits<W>> {
        self.generators.iter().copied().find(|generator| !generator.commutes_with(string))
    }

    fn forget(&mut self, qubits: &[u32]) {
        // Only called before anything else touched these qubits: no generator has them together with others.
        self.generators.retain(|generator| qubits.iter().all(|&qubit| generator.get(qubit) == 0));
    }

    fn gate(&mut self, table: &Table, qubits: &[u32]) {
        let mut spread: BTreeMap<u8, Bits<W>> = BTreeMap::new();
        let mut kept = Vec::with_capacity(self.generators.len());
        for generator in self.generators.drain(..) {
            let local = generator.local(qubits);
            if let Some(image) = table.forward[local as usize] {
                kept.push(generator.with_local(qubits, image));
            } else if let Some(first) = spread.get(&local) {
                kept.push(first.times(&generator));
            } else {
                spread.insert(local, generator);
            }
        }
        // Different spread strings may still multiply to one the gate keeps.
        while let Some((a, first)) = spread.pop_first() {
            let partner = spread.iter().map(|(&b, _)| b).find(|&b| table.forward[(a ^ b) as usize].is_some());
            if let Some(b) = partner
                && let Some(second) = spread.get(&b)
                && let Some(image) = table.forward[(a ^ b) as usize]
            {
                kept.push(first.times(second).with_local(qubits, image));
            }
        }
        self.generators = kept;
    }
}

/// Walks from the start to step `end`; says per step whether the gate only multiplies the state by a phase.
pub(crate) fn walk<const W: usize>(region: &Region, tables: &Tables, end: usize) -> (Stabilisers<W>, Vec<Option<Bits<W>>>) {
    let mut facts = Stabilisers::start(region.n_qubits);
    let mut phase_only = vec![None; end];
    for (at, op) in region.ops[..end].iter().enumerate() {
        match (op, &tables.of_op[at]) {
            (QuantumOp::Gate(gate), Some(table)) => {
                if let Some(generator) = table.generator {
                    let string = Bits::IDENTITY.with_local(&gate.qubits, generator);
                    if facts.generators.contains(&string) {
                        phase_only[at] = Some(string);
                        continue;
                    }
                }
                facts.gate(table, &gate.qubits);
            }
            (QuantumOp::Gate(gate), None) => {
                // Too wide to multiply out: what does not touch it stays.
                facts.generators.retain(|g| gate.qubits.iter().all(|&qubit| g.get(qubit) == 0));
            }
            (QuantumOp::Prepare { qubits, .. }, _) => facts.forget(qubits),
            (QuantumOp::Barrier { .. }, _) => {}
        }
    }
    (facts, phase_only)
}

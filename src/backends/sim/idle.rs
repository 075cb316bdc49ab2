//! Qubits that do nothing: a circuit placed on a device has most of its qubits idle, and a state of them all would fit no machine.

use crate::ir::{QuantumOp, Readout, Region};
use crate::math::{PauliString, PauliSum};
use std::borrow::Cow;

/// Below so many qubits a state of all is cheap, and is taken as it is.
const FROM: u32 = 20;

/// The region on the qubits that a gate touches or a read-out reads, in their order; itself if that is all of them.
pub(super) fn without_idle(region: &Region) -> Cow<'_, Region> {
    if region.n_qubits < FROM {
        return Cow::Borrowed(region);
    }
    let mut busy = vec![false; region.n_qubits as usize];
    let mut mark = |qubit: &u32| busy[*qubit as usize] = true;
    for op in &region.ops {
        if !matches!(op, QuantumOp::Barrier { .. }) {
            op.qubits().iter().for_each(&mut mark);
        }
    }
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => qubits.iter().for_each(&mut mark),
            Readout::Expectation(sum) => {
                sum.terms().iter().flat_map(|(_, string)| string.factors()).for_each(|(qubit, _)| mark(qubit));
            }
        }
    }
    let count = busy.iter().filter(|busy| **busy).count();
    if count == busy.len() || count == 0 {
        return Cow::Borrowed(region);
    }
    let mut place = vec![0; busy.len()];
    let mut next = 0;
    for (slot, _) in place.iter_mut().zip(&busy).filter(|(_, busy)| **busy) {
        *slot = next;
        next += 1;
    }
    let mut out = region.clone();
    out.n_qubits = next;
    out.registers.clear();
    out.ops.retain(|op| !matches!(op, QuantumOp::Barrier { .. }));
    let moved = |qubit: &mut u32| *qubit = place[*qubit as usize];
    for op in &mut out.ops {
        match op {
            QuantumOp::Gate(gate) => gate.qubits.iter_mut().for_each(moved),
            QuantumOp::Prepare { qubits, .. } | QuantumOp::Barrier { qubits } => qubits.iter_mut().for_each(moved),
        }
    }
    for readout in &mut out.readouts {
        match readout {
            Readout::Probabilities(qubits) => qubits.iter_mut().for_each(moved),
            Readout::Expectation(sum) => {
                *sum = PauliSum::from_terms(sum.terms().iter().map(|(factor, string)| {
                    let factors = string.factors().iter().map(|&(qubit, pauli)| (place[qubit as usize], pauli));
                    (*factor, PauliString::from_factors(factors.collect()))
                }));
            }
        }
    }
    Cow::Owned(out)
}

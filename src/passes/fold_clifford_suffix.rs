//! `fold-clifford-suffix`: Clifford gates at the end become part of the observables.

use super::commute::{Commuter, Kind};
use super::effect::table::{Table, Tables};
use super::local::is_constant;
use super::{Changed, PassContext, declare_pass};
use crate::gates;
use crate::ir::{GateOp, Operation, QuantumOp, Readout, Region};
use crate::math::{Pauli, PauliString, PauliSum};

declare_pass! {
    /// Removes constant gates that take Pauli strings to Pauli strings from the end of the circuit, or from where they commute with all
    /// that follows, and rewrites every observable `O` as `U† O U`, term by term.
    ///
    /// Probabilities cannot be rewritten so: a gate stays if some probabilities read its qubits, except for a `swap`, which relabels
    /// them, and a gate that commutes with all that is read.
    pub FoldCliffordSuffix =
        ("fold-clifford-suffix", "rewrites observables instead of applying Clifford gates", ""); Observables, fold
}

fn fold(region: &mut Region, cx: &PassContext) -> Changed {
    let tables = Tables::new(region);
    let mut commuter = Commuter::default();
    let kinds: Vec<Option<Kind>> = region.ops.iter().map(|op| commuter.kind(op)).collect();
    // Per qubit the steps after this place that stay, the latest first.
    let mut later: Vec<Vec<usize>> = vec![Vec::new(); region.n_qubits as usize];
    let mut keep = vec![true; region.ops.len()];
    let mut readouts = std::mem::take(&mut region.readouts);
    for (at, op) in region.ops.iter().enumerate().rev() {
        if let (QuantumOp::Gate(gate), Some(table)) = (op, &tables.of_op[at])
            && table.clifford
            && is_constant(gate)
            && gate.qubits.iter().all(|&qubit| {
                let wire = &later[qubit as usize];
                let passes = |&other: &usize| {
                    commuter.commute((kinds[at], &gate.qubits), (kinds[other], region.ops[other].qubits()))
                };
                wire.len() <= cx.window && wire.iter().all(passes)
            })
            && readouts.iter().all(|readout| can_absorb(readout, gate, table))
        {
            readouts.iter_mut().for_each(|readout| absorb(readout, gate, table));
            keep[at] = false;
        } else {
            op.qubits().iter().for_each(|&qubit| later[qubit as usize].push(at));
        }
    }
    region.readouts = readouts;
    let before = region.ops.len();
    let mut keep = keep.into_iter();
    region.ops.retain(|_| keep.next().unwrap_or(true));
    Changed::when(region.ops.len() != before)
}

fn is_swap(gate: &GateOp) -> bool {
    matches!(&gate.operation, Operation::Gate { gate: kind, .. } if std::ptr::eq(*kind, &raw const gates::swap::SWAP))
        && gate.extra_controls.is_empty()
}

fn can_absorb(readout: &Readout, gate: &GateOp, table: &Table) -> bool {
    let Readout::Probabilities(read) = readout else { return true };
    // Every product of Zs on the qubits read must stay as it is.
    let zs = gate
        .qubits
        .iter()
        .enumerate()
        .filter(|(_, q)| read.contains(q))
        .fold(0usize, |mask, (j, _)| mask | 2 << (2 * j));
    is_swap(gate) || (0..table.fixed.len()).filter(|local| local & !zs == 0).all(|local| table.fixed[local])
}

fn absorb(readout: &mut Readout, gate: &GateOp, table: &Table) {
    match readout {
        Readout::Expectation(sum)
            if sum.terms().iter().any(|term| gate.qubits.iter().any(|&q| term.1.get(q).is_some())) =>
        {
            *sum = PauliSum::from_terms(sum.terms().iter().map(|(k, string)| conjugate(*k, string, gate, table)));
        }
        Readout::Probabilities(read) if is_swap(gate) => {
            for qubit in read.iter_mut() {
                if let Some(at) = gate.qubits.iter().position(|q| q == qubit) {
                    *qubit = gate.qubits[1 - at];
                }
            }
        }
        Readout::Expectation(_) | Readout::Probabilities(_) => {}
    }
}

/// `U† P U` for a Clifford gate `U`.
fn conjugate(coefficient: f64, string: &PauliString, gate: &GateOp, table: &Table) -> (f64, PauliString) {
    let code = |pauli: Option<Pauli>| match pauli {
        None => 0usize,
        Some(Pauli::X) => 1,
        Some(Pauli::Z) => 2,
        Some(Pauli::Y) => 3,
    };
    let local = gate.qubits.iter().enumerate().fold(0, |mask, (j, &qubit)| mask | code(string.get(qubit)) << (2 * j));
    let Some(&(image, sign)) = table.images[local].first() else { return (coefficient, string.clone()) };
    let rest = string.factors().iter().copied().filter(|factor| !gate.qubits.contains(&factor.0));
    let here = gate.qubits.iter().enumerate().filter_map(|(j, &qubit)| {
        let pauli = match image >> (2 * j) & 3 {
            0 => return None,
            1 => Pauli::X,
            2 => Pauli::Z,
            _ => Pauli::Y,
        };
        Some((qubit, pauli))
    });
    // A Clifford gate's coefficients are exactly 1 or -1.
    (coefficient * sign.signum(), PauliString::from_factors(rest.chain(here).collect()))
}

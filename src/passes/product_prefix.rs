//! `product-prefix`: constant gates on a fresh qubit become one gate that makes the same state.

use super::local::is_constant;
use super::simplify_zero_state::{Ket, apply, cardinal, same_ket, zero};
use super::{Changed, PassContext, declare_pass};
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};

declare_pass! {
    /// Replaces the constant gates at the beginning of a qubit by nothing, `x`, `h`, or one `u` that takes |0> to the same state.
    ///
    /// How far each qubit stays a product state, constant or not, is told by [`prefix`].
    pub ProductPrefix = ("product-prefix", "prepares a constant product state with one gate a qubit", "");
    Observables, shorten
}

fn shorten(region: &mut Region, _: &PassContext) -> Changed {
    let mut changed = false;
    let mut keep = vec![true; region.ops.len()];
    let starts: Vec<Vec<usize>> = prefix(region);
    for steps in starts {
        let constant = |at: &&usize| matches!(&region.ops[**at], QuantumOp::Gate(gate) if is_constant(gate));
        let run: Vec<usize> = steps.iter().take_while(constant).copied().collect();
        let Some(&last) = run.last() else { continue };
        let gates: Vec<&GateOp> = run.iter().filter_map(|&at| as_gate(&region.ops[at])).collect();
        let ket = gates.iter().fold(zero(), |ket, gate| apply(gate, ket));
        let made = maker(ket);
        if run.len() == 1 && made.as_ref().is_some_and(|(gate, _)| short_enough(gates[0], gate)) {
            continue;
        }
        let new = made.map(|(gate, params)| Operation::Gate { gate, params });
        changed = true;
        run.iter().for_each(|&at| keep[at] = false);
        if let (Some(operation), QuantumOp::Gate(gate)) = (new, &mut region.ops[last]) {
            gate.operation = operation;
            keep[last] = true;
        }
    }
    let mut keep = keep.into_iter();
    region.ops.retain(|_| keep.next().unwrap_or(true));
    Changed::when(changed)
}

fn as_gate(op: &QuantumOp) -> Option<&GateOp> {
    match op {
        QuantumOp::Gate(gate) => Some(gate),
        _ => None,
    }
}

/// Is one gate on one qubit no longer than the one that would replace it?
fn short_enough(gate: &GateOp, other: &Gate) -> bool {
    let Operation::Gate { gate: kind, params } = &gate.operation else { return false };
    // The last angle of `u` turns |0> by a phase.
    kind.params.len() <= 1
        || kind.meta.name == "u" && other.meta.name == "u" && params[2].as_constant() == Some(0.0)
}

/// A gate that takes |0> to the state, up to a phase; none for |0> itself.
fn maker(ket: Ket) -> Option<(&'static Gate, Vec<Angle>)> {
    if same_ket(ket, zero()) {
        return None;
    }
    if same_ket(ket, cardinal(1)) {
        return Some((&gates::x::X, Vec::new()));
    }
    if same_ket(ket, cardinal(2)) {
        return Some((&gates::h::H, Vec::new()));
    }
    let theta = 2.0 * ket[1].norm().atan2(ket[0].norm());
    let phi = if ket[0].norm() < 1e-12 { 0.0 } else { (ket[1] / ket[0]).arg() };
    Some((&gates::u::U, [theta, phi, 0.0].map(Angle::constant).to_vec()))
}

/// Per qubit the steps on it, from the beginning, after which it is still in a state of its own: gates on it alone.
#[must_use]
pub fn prefix(region: &Region) -> Vec<Vec<usize>> {
    let mut steps = vec![Vec::new(); region.n_qubits as usize];
    let mut open = vec![true; region.n_qubits as usize];
    for (at, op) in region.ops.iter().enumerate() {
        match op {
            QuantumOp::Gate(gate) if gate.qubits.len() == 1 => {
                let qubit = gate.qubits[0] as usize;
                if open[qubit] {
                    steps[qubit].push(at);
                }
            }
            op => op.qubits().iter().for_each(|&qubit| open[qubit as usize] = false),
        }
    }
    steps
}

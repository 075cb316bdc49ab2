//! When two circuits, or two models, are one to the prover.

use crate::ir::{Angle, Graph, Node, Op, Operation, QuantumOp, Region, Variable, Weight, WeightId};
use std::collections::BTreeMap;

/// Are two graphs the same as written? Both are built by one program, so their nodes are in one order.
pub(super) fn alike(a: &Graph, b: &Graph) -> bool {
    a.weights == b.weights && same_nodes(a, b, |x, y| x == y)
}

/// As [`alike`], wherever it is written.
pub(super) fn same_model(a: &Graph, b: &Graph) -> bool {
    let weights = |(x, y): (&Weight, &Weight)| {
        (&x.path, &x.shape, &x.init, x.trainable) == (&y.path, &y.shape, &y.init, y.trainable)
    };
    a.weights.len() == b.weights.len()
        && a.weights.iter().zip(&b.weights).all(weights)
        && same_nodes(a, b, |x, y| match (x, y) {
            (Op::Region(x), Op::Region(y)) => same_circuit(x, y),
            _ => x == y,
        })
}

fn same_nodes(a: &Graph, b: &Graph, is: impl Fn(&Op, &Op) -> bool) -> bool {
    let same =
        |(x, y): (&Node, &Node)| is(&x.op, &y.op) && x.shape == y.shape && a.inputs_of(x.id) == b.inputs_of(y.id);
    let outputs = a.outputs.len() == b.outputs.len() && a.outputs.iter().zip(&b.outputs).all(|(x, y)| x.node == y.node);
    outputs && a.nodes().count() == b.nodes().count() && a.nodes().zip(b.nodes()).all(same)
}

/// Do two regions do the same steps in the same order? What proofs say of them, they say by position.
pub(super) fn same_circuit(a: &Region, b: &Region) -> bool {
    same_steps(a, b, &mut |x, y| x == y)
}

/// For each weight of `a` the one of `b` that stands in its place, if that is all in which the circuits differ. The order of the weights is
/// the same, and with it that of the terms of every sum of them.
pub(super) fn renaming(a: &Region, b: &Region) -> Option<BTreeMap<WeightId, WeightId>> {
    let mut names: BTreeMap<WeightId, WeightId> = BTreeMap::new();
    let mut variable = |x: Variable, y: Variable| match (x, y) {
        (Variable::Weight { weight: x, index: i }, Variable::Weight { weight: y, index: j }) => {
            i == j && *names.entry(x).or_insert(y) == y
        }
        _ => x == y,
    };
    let mut angle = |x: &Angle, y: &Angle| {
        let mut term = |((x, a), (y, b)): (&(Variable, f64), &(Variable, f64))| a == b && variable(*x, *y);
        x.constant == y.constant && x.terms().len() == y.terms().len() && x.terms().iter().zip(y.terms()).all(&mut term)
    };
    (same_steps(a, b, &mut angle) && names.values().is_sorted_by(|x, y| x < y)).then_some(names)
}

fn same_steps(a: &Region, b: &Region, angle: &mut dyn FnMut(&Angle, &Angle) -> bool) -> bool {
    let mut angles = |x: &[Angle], y: &[Angle]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| angle(x, y));
    let same = |(x, y): (&QuantumOp, &QuantumOp)| match (x, y) {
        (QuantumOp::Gate(x), QuantumOp::Gate(y)) => {
            // One or two mostly: comparing bytes by a call would cost more than they do.
            x.qubits.iter().eq(&y.qubits)
                && x.extra_controls.iter().eq(&y.extra_controls)
                && match (&x.operation, &y.operation) {
                    (Operation::Gate { gate, params }, Operation::Gate { gate: other, params: theirs }) => {
                        std::ptr::eq(*gate, *other) && angles(params, theirs)
                    }
                    (x, y) => x == y,
                }
        }
        (QuantumOp::Prepare { qubits, values, .. }, QuantumOp::Prepare { qubits: others, values: theirs, .. }) => {
            qubits == others && angles(values, theirs)
        }
        _ => x == y,
    };
    let size = |region: &Region| (region.n_qubits, region.n_inputs, region.ops.len());
    size(a) == size(b) && a.readouts == b.readouts && a.ops.iter().zip(&b.ops).all(same)
}

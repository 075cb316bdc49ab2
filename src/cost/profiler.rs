//! What PyTorch's profiler would count; the rules stand in the documentation of `flops.profiler.quantum` and
//! `flops.profiler.classical`.
//!
//! This is the one place of the compiler that asks a gate for its name: the measure depends on how PennyLane happens to
//! apply particular gates, which no property of their matrices tells.

use super::Share;
use super::classical::fan_in;
use super::neutral::reads_input;
use crate::ir::{BinaryFn, Graph, Node, Op, QuantumOp, Region};

/// All of a region.
pub(super) fn region_flops(region: &Region) -> f64 {
    region.ops.iter().map(|op| step_flops(region, op)).sum()
}

/// The steps that read the region's input.
pub(super) fn embedding_flops(region: &Region) -> f64 {
    region.ops.iter().filter(|op| reads_input(op)).map(|op| step_flops(region, op)).sum()
}

fn step_flops(region: &Region, op: &QuantumOp) -> f64 {
    step_share(op).of(region.n_qubits)
}

/// What a step adds.
pub(super) fn step_share(op: &QuantumOp) -> Share {
    let QuantumOp::Gate(gate) = op else { return Share::number(0) };
    match gate.name() {
        "id" | "x" | "cx" if gate.extra_controls.is_empty() => Share::number(0),
        "z" | "s" | "t" | "p" | "u1" if gate.extra_controls.is_empty() => Share::states(-1),
        "gphase" if gate.extra_controls.is_empty() => Share::states(0),
        _ => Share::states(i64::try_from(gate.qubits.len()).unwrap_or(i64::MAX).saturating_add(1)),
    }
}

/// One classical node.
pub(super) fn node_flops(graph: &Graph, node: &Node) -> f64 {
    match &node.op {
        Op::Linear { weight, .. } | Op::Conv2d { weight, .. } => 2.0 * fan_in(graph, *weight) * node.len() as f64,
        Op::Binary(BinaryFn::Add | BinaryFn::Mul) => node.len() as f64,
        _ => 0.0,
    }
}

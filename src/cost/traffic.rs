//! Bytes: moved by a forward pass, and alive at one time; the rules stand in the documentation of `bytes` and
//! `peak_memory`.

use super::Share;
use super::neutral::{entries, power, reads_probabilities, structure};
use crate::ir::{Graph, Node, NodeId, Op, QuantumOp, Readout, Region};
use std::collections::BTreeMap;

/// Bytes of a real number in single precision.
const REAL: f64 = 4.0;
/// Bytes of an amplitude in single precision.
const AMPLITUDE: f64 = 8.0;

/// Bytes that one node moves for one sample.
pub(super) fn node_bytes(graph: &Graph, node: &Node) -> f64 {
    match &node.op {
        Op::Input { .. } | Op::Weight { .. } | Op::Constant { .. } | Op::Reshape | Op::Dropout { .. } => 0.0,
        Op::Region(region) => region_bytes(region),
        Op::Generate { .. } => 2.0 * REAL * node.len() as f64,
        op => {
            let read: usize = graph.inputs_of(node.id).iter().map(|id| graph.node(*id).len()).sum();
            let weights: usize = op.weights().iter().map(|id| graph.weight(*id).len()).sum();
            REAL * (read + weights + node.len()) as f64
        }
    }
}

fn region_bytes(region: &Region) -> f64 {
    let n = region.n_qubits as usize;
    let step = |op: &QuantumOp| match op {
        QuantumOp::Gate(_) => step_share(op).of(region.n_qubits),
        QuantumOp::Prepare { qubits, .. } => REAL * power(qubits.len()) + 2.0 * AMPLITUDE * power(n),
        QuantumOp::Barrier { .. } => 0.0,
    };
    region.ops.iter().map(step).sum::<f64>() + readout_bytes(region)
}

/// What a gate adds: it reads and writes, 8 bytes each, the amplitudes of the rows that are not those of the identity.
pub(super) fn step_share(op: &QuantumOp) -> Share {
    let QuantumOp::Gate(gate) = op else { return Share::number(0) };
    let matrix = structure(gate);
    let one = |row: usize, (column, entry): (usize, crate::math::C64)| column == row && (entry - 1.0).norm() < 1e-13;
    let changed = |row: &usize| !matches!(entries(&matrix, *row)[..], [single] if one(*row, single));
    let rows = (0..matrix.dim()).filter(changed).map(|_| 1).sum::<i64>();
    Share::groups(16 * rows, gate.qubits.len())
}

fn readout_bytes(region: &Region) -> f64 {
    let dim = power(region.n_qubits as usize);
    let mut total = REAL * region.n_outputs() as f64;
    if reads_probabilities(region) {
        total += (AMPLITUDE + REAL) * dim;
    }
    for readout in &region.readouts {
        total += match readout {
            Readout::Probabilities(_) => REAL * dim,
            Readout::Expectation(sum) => sum.terms().iter().fold(0.0, |bytes, (_, string)| {
                bytes
                    + if string.weight() == 0 {
                        0.0
                    } else if string.is_diagonal() {
                        REAL * dim
                    } else {
                        AMPLITUDE * dim
                    }
            }),
        };
    }
    total
}

/// The most bytes alive at one time.
pub(super) fn peak_bytes(graph: &Graph) -> f64 {
    let order = graph.order();
    let mut last: BTreeMap<NodeId, usize> = BTreeMap::new();
    for (at, id) in order.iter().enumerate() {
        graph.inputs_of(*id).into_iter().for_each(|input| {
            last.insert(input, at);
        });
    }
    graph.outputs.iter().for_each(|output| {
        last.insert(output.node, order.len());
    });
    let (mut alive, mut peak) = (0.0, 0.0_f64);
    for (at, id) in order.iter().enumerate() {
        let node = graph.node(*id);
        let state = match &node.op {
            Op::Region(region) => AMPLITUDE * power(region.n_qubits as usize),
            _ => 0.0,
        };
        alive += value_bytes(node);
        peak = peak.max(alive + state);
        let mut done: Vec<NodeId> = graph.inputs_of(*id);
        done.push(*id);
        done.sort_unstable();
        done.dedup();
        for ended in done.into_iter().filter(|ended| last.get(ended).is_none_or(|&end| end <= at)) {
            alive -= value_bytes(graph.node(ended));
        }
    }
    peak
}

/// Bytes of a node's value per sample: none for what is the same for every sample.
fn value_bytes(node: &Node) -> f64 {
    match node.op {
        Op::Weight { .. } | Op::Constant { .. } => 0.0,
        _ => REAL * node.len() as f64,
    }
}

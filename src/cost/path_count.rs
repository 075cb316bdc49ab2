//! `path_count`: ways through the circuit.

use crate::ir::{QuantumOp, Region};

metric! {
    /// The number of paths through the circuit as a graph: gates are nodes, wires are edges, paths lead from the beginning of any qubit to the end
    /// of any. A proxy for how richly qubits interact: the more the better, so minimise `-path_count` or bound it from below. Summed over the
    /// circuits of a model, 0 without one; numbers too large to be written are the largest there is.
    pub PATH_COUNT = ("path_count", "paths through the circuit as a graph", "Training-free QAS: He et al., AAAI 2024");
    unit: "paths",
    evaluate: |graph, _| graph.regions().map(|(_, region)| paths(region)).sum::<f64>().min(f64::MAX),
}

fn paths(region: &Region) -> f64 {
    // Per qubit the paths that have come so far.
    let mut so_far = vec![1.0f64; region.n_qubits as usize];
    for op in region.ops.iter().filter(|op| !matches!(op, QuantumOp::Barrier { .. })) {
        let joined: f64 = op.qubits().iter().map(|&qubit| so_far[qubit as usize]).sum();
        op.qubits().iter().for_each(|&qubit| so_far[qubit as usize] = joined.min(f64::MAX));
    }
    so_far.iter().sum()
}

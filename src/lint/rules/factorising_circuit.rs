//! `factorising-circuit`: a circuit that is several circuits side by side.

use crate::ir::{QuantumOp, Readout};
use crate::lint::{Findings, GraphView, RegionView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds circuits whose qubits fall into blocks that no gate with an effect connects and no read-out multiplies.
    /// ## Why is this bad?
    /// Blocks of k qubits cost 2^k each, not 2^n together: the circuit is easy to simulate, and it cannot use correlations between
    /// blocks. If all blocks are single qubits the model is a product state: a classical network of sines and cosines.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[4] {
    ///     qubit[4] q;
    ///     ry(x) q;
    ///     cx q[0], q[1];
    ///     cx q[2], q[3];
    ///     ry(weight[4]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[4] {
    ///     qubit[4] q;
    ///     ry(x) q;
    ///     for i in 0..3 { cx q[i], q[i + 1]; }
    ///     ry(weight[4]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub FACTORISING_CIRCUIT = ("QL0107", "factorising-circuit", "a circuit falls into independent blocks"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.region.n_qubits > 1) {
        let blocks = blocks(region);
        let single = blocks.iter().all(|block| block.len() == 1);
        let large = blocks.iter().filter(|block| block.len() > 1).count();
        let message = match (single, large) {
            (true, _) if blocks.len() > 1 => {
                "no qubit of the circuit {} meets another: its state is a product".to_owned()
            }
            (false, 2..) => "the circuit {} falls into blocks of qubits that never meet".to_owned(),
            _ => continue,
        };
        let names: Vec<String> = blocks
            .iter()
            .map(|block| block.iter().map(|&q| region.region.qubit_name(q)).collect::<Vec<_>>().join(" "))
            .collect();
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), message).note(format!("the blocks are {}", names.join("; ")));
    }
}

/// Qubits that take part in a read-out, by the gates with an effect and the observables that connect them; each ascending.
pub(super) fn blocks(region: &RegionView<'_>) -> Vec<Vec<u32>> {
    let n = region.region.n_qubits as usize;
    let mut parent: Vec<usize> = (0..n).collect();
    let mut read = vec![false; n];
    let join = |qubits: &[u32], parent: &mut Vec<usize>| {
        for pair in qubits.windows(2) {
            let (a, b) = (root(parent, pair[0] as usize), root(parent, pair[1] as usize));
            parent[a.max(b)] = a.min(b);
        }
    };
    for (op, effect) in region.region.ops.iter().zip(&region.effects.ops) {
        if effect.removable.is_none() && !matches!(op, QuantumOp::Barrier { .. }) {
            join(op.qubits(), &mut parent);
        }
    }
    for readout in &region.region.readouts {
        match readout {
            Readout::Expectation(sum) => {
                for (_, string) in sum.terms() {
                    let qubits: Vec<u32> = string.factors().iter().map(|factor| factor.0).collect();
                    qubits.iter().for_each(|&q| read[q as usize] = true);
                    join(&qubits, &mut parent);
                }
            }
            Readout::Probabilities(qubits) => qubits.iter().for_each(|&q| read[q as usize] = true),
        }
    }
    let mut out: std::collections::BTreeMap<usize, Vec<u32>> = std::collections::BTreeMap::new();
    for qubit in 0..n {
        out.entry(root(&mut parent, qubit)).or_default().push(u32::try_from(qubit).unwrap_or(u32::MAX));
    }
    out.into_values().filter(|block| block.iter().any(|&q| read[q as usize])).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

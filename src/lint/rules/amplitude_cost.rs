//! `amplitude-cost`: amplitudes that cost nothing in a simulator and exponentially many gates on hardware.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds `prepare` of more than three qubits in searches that minimise or bound gates, depth or quantum flops, none of which
    /// counts the gates that prepare a state.
    /// ## Why is this bad?
    /// A general state of n qubits takes about 2^n - n - 1 `cx` gates, at least a quarter of which no method saves (Plesch
    /// and Brukner, Phys. Rev. A 83, 032302, 2011). An objective that takes it for nothing prefers it to embeddings that are cheap.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[16]) -> real[4] { qubit[4] q; prepare(x) q; rx(weight[4]) q; for i in 0..3 { cx q[i], q[i + 1]; } expect(Z(q)) }
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 8..=16; x |> linear[w] |> tanh |> linear[16] |> c |> linear[classes] }
    /// search s { model: m, data: iris(scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), minimize: [1 - accuracy, two_qubit_count], strategy: random(evaluations: 4), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[4] { qubit[4] q; ry(x) q; rx(weight[4]) q; for i in 0..3 { cx q[i], q[i + 1]; } expect(Z(q)) }
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 8..=16; x |> linear[w] |> tanh |> linear[4] |> c |> linear[classes] }
    /// search s { model: m, data: iris(scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), minimize: [1 - accuracy, two_qubit_count], strategy: random(evaluations: 4), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub AMPLITUDE_COST = ("QL0201", "amplitude-cost", "the objectives take amplitudes for free"); Cost, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let Some(search) = &view.facts.search else { return };
    let counted: Vec<&str> = super::metrics(search.spec)
        .into_iter()
        .filter(|name| {
            name.starts_with("gates")
                || matches!(*name, "depth" | "two_qubit_count" | "two_qubit_depth" | "flops.quantum")
        })
        .collect();
    let Some(metric) = counted.first() else { return };
    for region in &view.regions {
        for (at, op) in region.region.ops.iter().enumerate() {
            let QuantumOp::Prepare { qubits, values, .. } = op else { continue };
            if qubits.len() <= 3 || values.iter().all(|value| value.terms().is_empty()) {
                continue;
            }
            let place = view.place(region, &[region.op_span(at)]);
            let gates = (1u64 << qubits.len().min(60)) - qubits.len() as u64 - 1;
            out.about(place, quoted(metric), "{} does not count what these amplitudes cost")
                .note(format!("a general state of {} qubits takes about {gates} `cx` gates on hardware", qubits.len()));
        }
    }
}

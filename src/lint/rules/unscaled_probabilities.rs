//! `unscaled-probabilities`: tiny numbers that a layer takes as they are.

use crate::ir::{Op, Readout};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds probabilities of at least six qubits that a linear or convolutional layer reads directly.
    /// ## Why is this bad?
    /// Each is about 2^-n. Next to a bias they are nothing, and gradients to the circuit's weights are smaller than those to the
    /// layer's by the same factor.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[6]) -> real[64] { qubit[6] q; ry(x) q; for i in 0..5 { cx q[i], q[i + 1]; } rx(weight[6]) q; probabilities(q) }
    /// model m(x: real[6]) -> real[2] { x |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[6]) -> real[64] { qubit[6] q; ry(x) q; for i in 0..5 { cx q[i], q[i + 1]; } rx(weight[6]) q; probabilities(q) }
    /// model m(x: real[6]) -> real[2] { 64 * (x |> c) |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNSCALED_PROBABILITIES =
        ("QL0405", "unscaled-probabilities", "a layer reads probabilities without scaling"); Heuristic, Graph(check)
}

const QUBITS: usize = 6;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        let widest = region.region.readouts.iter().map(|readout| match readout {
            Readout::Probabilities(qubits) => qubits.len(),
            Readout::Expectation(_) => 0,
        });
        let widest = widest.max().unwrap_or(0);
        if widest < QUBITS {
            continue;
        }
        let mut stack = view.graph.users_of(region.id);
        while let Some(user) = stack.pop() {
            match &view.graph.node(user).op {
                Op::Linear { .. } | Op::Conv2d { .. } => {
                    let place = view.place(region, &[view.graph.node(user).span]);
                    let name = &view.graph.node(user).path;
                    out.about(place, quoted(name), "{} reads probabilities as they are")
                        .note(format!(
                            "each of {} is about {:.0e}",
                            1u64 << widest.min(60),
                            0.5f64.powi(i32::try_from(widest).unwrap_or(0))
                        ))
                        .help(format!("scale them: `2 ** {widest} * ..`"));
                }
                Op::Gather { .. } | Op::Reshape => stack.extend(view.graph.users_of(user)),
                _ => {}
            }
        }
    }
}

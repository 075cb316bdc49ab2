//! `classical-dominates`: a model nearly all of whose weights are classical.

use crate::cost;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds hybrid models with circuits of which more than 99 % of the trained numbers stand outside the circuits.
    /// ## Why is this bad?
    /// What the model learns may well be classical. A result needs a control: the same model with the circuit replaced by a small
    /// classical layer.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[64]) -> real[2] { x |> linear[32] |> relu |> linear[2] |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub CLASSICAL_DOMINATES = ("QL0209", "classical-dominates", "over 99 % of the weights are classical"); Cost, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let value = |name: &str| cost::find(name).map_or(0.0, |metric| metric.evaluate(view.graph));
    let (all, quantum) = (value("weights"), value("weights.quantum"));
    // A circuit without weights is a fixed map by design.
    if quantum == 0.0 || quantum >= 0.01 * all {
        return;
    }
    let spans: Vec<_> = view.regions.iter().map(|region| region.span).collect();
    out.about(
        view.facts.place(&spans),
        quoted(&view.graph.name),
        "over 99 % of the weights of {} stand outside its circuits",
    )
    .note(format!("{quantum} of {all} trained numbers turn a gate"))
    .help("compare with the same model in which a small classical layer stands in place of the circuit");
}

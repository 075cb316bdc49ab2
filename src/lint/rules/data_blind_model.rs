//! `data-blind-model`: a model that ignores its input.

use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds architectures no output of which depends on any input.
    /// ## Why is this bad?
    /// The model can learn the most frequent class and no more. In a search such an architecture is trained like any other.
    /// ## Example
    /// ```qnas wrong
    /// model m(x: real[2]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; rz(x) q; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m(x: real[2]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DATA_BLIND_MODEL = ("QL0110", "data-blind-model", "no output depends on the input"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    if view.class.reads_input || view.graph.inputs.is_empty() {
        return;
    }
    let spans: Vec<_> = view.regions.iter().map(|region| region.span).collect();
    out.about(view.facts.place(&spans), quoted(&view.graph.name), "no output of {} depends on its input")
        .note("the numbers that enter are proved to have no effect, whatever the weights");
}

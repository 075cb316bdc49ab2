//! `unbounded-angle`: an angle that a layer can turn any number of times.

use crate::ir::{Op, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds numbers of trained layers that turn gates without anything that bounds them.
    /// ## Why is this bad?
    /// As the layer's weights grow, inputs wrap around the period and neighbours in the data become strangers; the loss gets rugged.
    /// Published spaces do it, so this is a note.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { pi * tanh(x |> linear[2]) |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered: outputs change.
    pub UNBOUNDED_ANGLE = ("QL0408", "unbounded-angle", "nothing bounds an angle"); Heuristic, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live) {
        for (variable, _) in super::angle_aliasing::periods(region) {
            let Variable::Input(input) = variable else { continue };
            let Some((node, element)) = view.source(region, input) else { continue };
            let (low, high) = view.ranges().get(node, element);
            let raw = matches!(view.graph.node(node).op, Op::Input { .. });
            if !raw && low == f64::NEG_INFINITY && high == f64::INFINITY {
                let place = view.place(region, &[region.variable_span(variable)]);
                out.about(place, quoted(&view.element_name(node, element)), "nothing bounds {}, which turns a gate")
                    .help("bound it: `pi * tanh(..)`");
            }
        }
    }
}

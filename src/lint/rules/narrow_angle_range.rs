//! `narrow-angle-range`: a feature that hardly turns its gate.

use crate::ir::Variable;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds numbers whose whole range is less than one twentieth of the period of the angle they turn.
    /// ## Why is this bad?
    /// Over a small part of a period a circuit is nearly linear in the feature, and differences drown in shot noise.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { 0.1 * tanh(x |> linear[2]) |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { pi * tanh(x |> linear[2]) |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub NARROW_ANGLE_RANGE = ("QL0403", "narrow-angle-range", "a feature hardly turns its gate"); Heuristic, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live) {
        for (variable, period) in super::angle_aliasing::periods(region) {
            let Variable::Input(input) = variable else { continue };
            let Some((node, element)) = view.source(region, input) else { continue };
            let (low, high) = view.ranges().get(node, element);
            if high - low < period / 20.0 && high > low {
                let place = view.place(region, &[region.variable_span(variable)]);
                out.about(
                    place,
                    quoted(&view.element_name(node, element)),
                    "{} ranges over less than a twentieth of a period",
                )
                .note(format!("it lies in {low:.4} to {high:.4}, and the period is {period:.4}"));
            }
        }
    }
}

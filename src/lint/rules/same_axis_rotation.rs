//! `same-axis-rotation`: an embedding and a trainable rotation about one axis that become one rotation.

use crate::ir::{QuantumOp, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use std::collections::BTreeSet;

declare_lint! {
    /// ## What it does
    /// Finds weights that are merged with a feature into one angle: a trainable rotation right behind an embedding about the same axis.
    /// ## Why is this bad?
    /// The weight is an offset of the feature, not a mixing of it. Where a layer with bias stands before the circuit the offset is
    /// there already (`offset-rotation` proves that case).
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; rx(weight[2]) q; cx q[0], q[1]; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; ry(weight[2]) q; cx q[0], q[1]; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub SAME_AXIS_ROTATION =
        ("QL0402", "same-axis-rotation", "a weight is only an offset of a feature"); Heuristic, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live && region.region.n_inputs > 0) {
        let mixed = |ops: &[QuantumOp]| -> BTreeSet<Variable> {
            let angles = ops.iter().flat_map(QuantumOp::angles);
            let with_input = angles.filter(|a| a.terms().iter().any(|term| matches!(term.0, Variable::Input(_))));
            with_input.flat_map(|a| a.terms()).map(|term| term.0).collect()
        };
        // An angle written as a sum is meant.
        let written = mixed(&region.region.ops);
        for variable in mixed(&region.reduced().ops).difference(&written).copied() {
            if view.is_trainable(variable) && !region.effects.is_dead(variable) {
                let place = view.place(region, &[region.variable_span(variable)]);
                out.about(
                    place,
                    quoted(&view.variable_name(region, variable)),
                    "the weight {} is only an offset of a feature",
                )
                .note("the rotation meets an embedding about the same axis, and the two are one rotation");
            }
        }
    }
}

//! `dead-weight`: a trainable number whose gradient is zero everywhere.

use crate::ir::{NodeId, Op, Variable};
use crate::lint::{Findings, GraphView, RegionView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds trainable numbers in angles on which no output depends: their gradient is zero for every input and every value of
    /// all weights. The finding carries a proof: `--explain` shows it.
    /// ## Why is this bad?
    /// An optimiser never moves them, and they count as weights, gates and depth in every objective. A rotation about Z right before
    /// a read-out of Z is the usual case.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; ry(weight[2]) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; cx q[0], q[1]; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// Safe where everything the statement makes is proved to do nothing: outputs stay as they are for the same weights.
    pub DEAD_WEIGHT = ("QL0102", "dead-weight", "a weight has no effect on any output"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let weight =
        |region: &RegionView<'_>, variable| view.is_trainable(variable) && !elsewhere(view, region.id, variable);
    super::without_effect(view, out, weight, ("no output depends on the weight {}", "its gradient is zero everywhere"));
}

/// Does the number have an effect in another region, or as a tensor?
fn elsewhere(view: &GraphView<'_>, own: NodeId, variable: Variable) -> bool {
    let Variable::Weight { weight, .. } = variable else { return false };
    let other = |region: &RegionView<'_>| {
        region.id != own && region.live && region.effects.variables.get(&variable).is_some_and(Option::is_none)
    };
    view.regions.iter().any(other)
        || view
            .readers(weight)
            .iter()
            .any(|&node| view.live.contains(&node) && !matches!(view.graph.node(node).op, Op::Region(_)))
}

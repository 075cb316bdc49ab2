//! `over-parameterised`: more weights than directions in which they move the state.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::{fisher_rank, trainable};

declare_lint! {
    /// ## What it does
    /// Compares the number of weights with an effect with the rank of the quantum Fisher information at random points, and reports
    /// circuits that have more weights.
    /// ## Why is this bad?
    /// The surplus moves the state in no new direction. It may still ease training (Larocca et al., arXiv:2109.11676), but it is no
    /// measure of what the model can do.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real) -> real { qubit q; ry(x) q; rx(weight) q; rz(weight) q; rx(weight) q; rz(weight) q; rx(weight) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real) -> real { qubit q; ry(x) q; rz(weight) q; rx(weight) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub OVER_PARAMETERISED = ("QL0305", "over-parameterised", "more weights than directions of the state"); Sampled, Graph(check)
}

const POINTS: usize = 4;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        let live = trainable(region.region).into_iter().filter(|&variable| !region.effects.is_dead(variable)).count();
        let Some(rank) = fisher_rank(region.region, POINTS, &mut rng).filter(|rank| *rank < live) else { continue };
        let place = view.place(region, &[]);
        out.about(
            place,
            view.circuit_name(region),
            "{} has more weights than directions in which they move its state",
        )
        .note(format!(
            "{live} weights have an effect, the quantum Fisher information has rank {rank} at {POINTS} random points"
        ));
    }
}

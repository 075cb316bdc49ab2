//! `rank-deficient`: fewer independent numbers than weights, as the outputs see them.

use super::measured;
use crate::ir::Variable;
use crate::lint::{Findings, GraphView, RegionView, declare_lint, quoted};
use crate::probe::{fisher_rank, jacobian_rank, same_effect, trainable};
use rand::rngs::ChaCha8Rng;

declare_lint! {
    /// ## What it does
    /// Measures the rank of the derivatives of all read-outs by the weights with an effect, over many random inputs, and reports
    /// circuits in which it is smaller than their number although they move the state independently. Pairs of weights of which one does
    /// what the other does (their derivatives are proportional everywhere) are named.
    /// ## Why is this bad?
    /// Some weights act on the outputs only through combinations with others: the read-outs do not see what the circuit does.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight) q[0]; rz(weight) q[0]; ry(weight) q[0]; expect(Z(q[0])) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub RANK_DEFICIENT = ("QL0306", "rank-deficient", "outputs see fewer numbers than there are weights"); Sampled, Graph(check)
}

const POINTS: usize = 3;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        let live = trainable(region.region).into_iter().filter(|&variable| !region.effects.is_dead(variable)).count();
        let Some(rank) = jacobian_rank(region.region, POINTS, &mut rng).filter(|rank| *rank < live) else { continue };
        // A circuit with weights to spare is the finding of another rule.
        if fisher_rank(region.region, POINTS, &mut rng).is_some_and(|fisher| fisher < live) {
            continue;
        }
        let place = view.place(region, &[]);
        let pair = pair(view, region, &mut rng);
        let finding =
            out.about(place, view.circuit_name(region), "the outputs of {} see fewer numbers than it has weights");
        finding.note(format!(
            "{live} weights have an effect, the derivatives of the outputs have rank {rank} at {POINTS} random points"
        ));
        if let Some((first, second)) = pair {
            finding.note(format!("{second} has the same effect on the outputs as {first}"));
        }
    }
}

/// The names of the first two weights with an effect that have the same one.
fn pair(view: &GraphView<'_>, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> Option<(String, String)> {
    let live = |variable: Variable| !region.effects.is_dead(variable);
    let pairs = same_effect(region.region, POINTS, rng)?;
    let (a, b) = pairs.into_iter().find(|&(a, b)| live(a) && live(b))?;
    let name = |variable| quoted(&view.variable_name(region, variable));
    Some((name(a), name(b)))
}

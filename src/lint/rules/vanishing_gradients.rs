//! `vanishing-gradients`: derivatives smaller than what a thousand shots can see.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::gradient_variance;

declare_lint! {
    /// ## What it does
    /// Measures the spread of the derivatives of all read-outs at random weights and reports circuits in which it is below
    /// 0.03, with its standard error.
    /// ## Why is this bad?
    /// 0.03 is the noise of an expectation value from 1,000 shots. Below it hardware sees no slope, and a simulator needs many
    /// steps. Deep circuits and read-outs of many qubits at once are the usual causes.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[5]) -> real[32] { qubit[5] q; for k in 0..6 { ry(x) q; rx(weight[5]) q; rz(weight[5]) q; for i in 0..5 { cx q[i], q[(i + 1) % 5]; } } rx(weight[5]) q; probabilities(q) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[4] { qubit[4] q; ry(x) q; for i in 0..3 { cx q[i], q[i + 1]; } rx(weight[4]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub VANISHING_GRADIENTS = ("QL0303", "vanishing-gradients", "derivatives drown in shot noise"); Sampled, Graph(check)
}

const SAMPLES: usize = 40;
/// The square of 0.0316, the deviation of an expectation value from 1,000 shots.
const LEAST: f64 = 1e-3;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        let Some(found) = gradient_variance(region.region, SAMPLES, &mut rng) else { continue };
        // Sure to two standard errors.
        if found.mean + 2.0 * found.error >= LEAST {
            continue;
        }
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), "the derivatives of {} drown in the noise of 1,000 shots").note(
            format!(
                "their variance is {:.1e} ± {:.0e} over {SAMPLES} random points; 1,000 shots have 1e-3",
                found.mean, found.error
            ),
        );
    }
}

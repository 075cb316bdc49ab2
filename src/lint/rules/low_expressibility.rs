//! `low-expressibility`: a circuit whose weights reach few states.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::{expressibility, trainable};

declare_lint! {
    /// ## What it does
    /// Measures how far the states a circuit reaches with random weights are from random ones (the divergence of Sim et al.,
    /// arXiv:1905.10876) and reports values above 1, from 400 pairs of states.
    /// ## Why is this bad?
    /// Published ansätze of one layer lie between 0.01 and 0.75. A circuit above 1 moves its state along a line or two: few
    /// functions can be learnt, however long it trains. A circuit made for one problem may be right to.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[3]) -> real[3] { qubit[3] q; ry(x) q; rx(weight) q[0]; cx q[0], q[1]; cx q[1], q[2]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[3]) -> real[3] {
    ///     qubit[3] q;
    ///     ry(x) q;
    ///     for k in 0..2 { rx(weight[3]) q; rz(weight[3]) q; cx q[0], q[1]; cx q[1], q[2]; }
    ///     rx(weight[3]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub LOW_EXPRESSIBILITY = ("QL0301", "low-expressibility", "the weights of a circuit reach few states"); Sampled, Graph(check)
}

const PAIRS: usize = 400;
const MOST: f64 = 1.0;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        let Some(value) = expressibility(region.region, PAIRS, &mut rng).filter(|value| *value > MOST) else {
            continue;
        };
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), "the weights of {} reach few of its states")
            .note(format!(
                "expressibility {value:.2} with {} weights, from {PAIRS} pairs; 0 is random, published ansätze have less than 0.75",
                trainable(region.region).len()
            ));
    }
}

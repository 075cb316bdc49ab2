//! `inert-choice`: a choice whose value often changes nothing.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};
use crate::math::share_interval;

declare_lint! {
    /// ## What it does
    /// Finds choices no other value of which changes the architecture, after everything that is proved to have no effect is
    /// taken out: in the whole space, or in a part of it.
    /// ## Why is this bad?
    /// A gene without effect makes one architecture look like several. Mutations of it are wasted, and a population that differs in it
    /// alone has no diversity.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     rx(weight[2]) q;
    ///     let last = choose { id, rz(weight) };
    ///     last q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     rx(weight[2]) q;
    ///     let last = choose { id, ry(weight) };
    ///     last q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub INERT_CHOICE = ("QL0119", "inert-choice", "a choice changes nothing"); Proved, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    for inert in view.inert().iter().filter(|inert| inert.without_effect > 0) {
        let (hits, tried) = (inert.without_effect, inert.tried);
        let percent = 100.0 * hits as f64 / tried as f64;
        let (low, high) = share_interval(hits, tried);
        let share = match (view.scope.exact, hits == tried) {
            (true, true) => "in no architecture of this space".to_owned(),
            (true, false) => format!("in {hits} of {tried} architectures of this space that have it ({percent:.1} %)"),
            (false, _) => format!(
                "in about {percent:.0} % of this space ({hits} of {tried} architectures tried; 95 % interval {:.0} to {:.0} %)",
                100.0 * low,
                100.0 * high
            ),
        };
        let place = view.choice_span(&inert.path);
        let message = match (view.scope.exact, hits == tried) {
            (true, true) => format!("the choice {{}} changes the architecture {share}"),
            _ => format!("the choice {{}} changes nothing {share}"),
        };
        out.about(place, quoted(&inert.path), message)
            .note("with each of its values the circuit is the same, once what has no effect is taken out")
            .help(format!("see one with `{}`", super::super::report::spelled(&inert.witness)));
    }
}

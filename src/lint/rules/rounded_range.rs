//! `rounded-range`: a choice whose values are rounded, clamped or wrapped into unequal shares.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds int choices of which several values build one and the same architecture as written, while others build one each or fewer
    /// together: values that are rounded (`floor(k / 2)`), clamped (`min(k, 4)`) or wrapped (`k % 3`).
    /// ## Why is this bad?
    /// A search draws and mutates values, so the architectures behind more of them are met more often. A range rounded to whole
    /// numbers gives its ends half the share of the rest; the published QNAS code samples its embeddings and sizes so.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let k = choose 2..=8; for i in 0..floor((k + 1) / 2) { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let k = choose 1..=4; for i in 0..k { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered: the same seed would draw other architectures.
    pub ROUNDED_RANGE = ("QL0214", "rounded-range", "values of a choice are rounded into unequal shares"); Cost, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    for uneven in view.uneven() {
        let (few, many) = (uneven.fewest, uneven.most);
        let times = |count: usize| if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
        out.about(
            view.choice_span(&uneven.path),
            quoted(&uneven.path),
            "values of the choice {} are rounded into unequal shares",
        )
        .note(format!(
            "its {} values build {} architectures: one of {} and one of {}",
            uneven.values,
            uneven.architectures,
            times(many),
            times(few)
        ))
        .help("choose among the results, so that each is one value");
    }
}

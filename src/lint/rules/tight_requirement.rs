//! `tight-requirement`: requirements over cost that nearly nothing meets.

use crate::lint::{Facts, Findings, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds searches whose requirements over cost leave less than one architecture in a hundred.
    /// ## Why is this bad?
    /// Architectures are drawn and rejected: a strategy spends its time outside the budget, and what little remains could be
    /// written down as narrower choices.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[4] q; let depth = choose 1..=200; for k in 0..depth { ry(weight[4]) q; cx q[0], q[1]; } expect(Z(q[0])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], require: [two_qubit_count <= 1], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[4] q; let depth = choose 1..=4; for k in 0..depth { ry(weight[4]) q; cx q[0], q[1]; } expect(Z(q[0])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], require: [two_qubit_count <= 1], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub TIGHT_REQUIREMENT = ("QL0204", "tight-requirement", "nearly no architecture meets a requirement over cost"); Cost, Search(check)
}

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let Some((left, all, place)) = facts.search.as_ref().and_then(|search| search.left) else { return };
    // Nothing at all is the finding of another rule.
    if left > 0 && left * 100 < all {
        let percent = 100.0 * left as f64 / all as f64;
        out.say(
            facts.place(&[place]),
            format!("only {percent:.2} % of the architectures meet the requirements over cost"),
        )
        .note(format!("{left} of {all}"))
        .help("narrow the choices to the part of the space that meets them");
    }
}

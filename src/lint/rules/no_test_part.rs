//! `no-test-part`: a search that has nothing left to report on.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds searches over data without a test part.
    /// ## Why is this bad?
    /// The numbers of the validation part are those architectures were chosen by: the best of many is too good to be true.
    /// ## Example
    /// ```qnas wrong
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=8; x |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: iris(train: 0.8, validation: 0.2, test: 0.0, scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), minimize: [1 - accuracy], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=8; x |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), minimize: [1 - accuracy], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub NO_TEST_PART = ("QL0211", "no-test-part", "nothing is left to report on"); Cost, Search(check)
}

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let (Some(search), Some(data)) = (&facts.search, &facts.data) else { return };
    let chooses = !search.spec.minimize.is_empty() && search.spec.strategy.is_some();
    if chooses && data.rows.is_some_and(|rows| rows[2] == 0) {
        out.about(facts.place(&[data.span]), quoted(&data.name), "no row of {} is left to report on")
            .note("the validation part chooses the architecture, so it flatters it")
            .help("write `test: 0.2`");
    }
}

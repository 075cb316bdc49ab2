//! `test-selection`: what is reported was used to choose.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds searches whose validation part is the test part (`protocol: qnas`, as in the published code of QNAS).
    /// ## Why is this bad?
    /// The best of many architectures on some rows looks better on these rows than it is. Reporting them again hides it.
    /// ## Example
    /// ```qnas wrong
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=64; x |> flatten |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: mnist(train: 50000, protocol: qnas), train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 2, batch: 64), minimize: [1 - accuracy], strategy: random(evaluations: 8), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=64; x |> flatten |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: mnist(train: 50000, validation: 10000), train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 2, batch: 64), minimize: [1 - accuracy], strategy: random(evaluations: 8), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered: results change, as they should.
    pub TEST_SELECTION = ("QL0212", "test-selection", "the test part chooses architectures"); Cost, Search(check)
}

fn check(facts: &Facts<'_>, out: &mut Findings) {
    if let Some(data) = facts.data.as_ref().filter(|data| data.leaky) {
        out.about(
            facts.place(&[data.span]),
            quoted(&data.name),
            "the rows of {} that choose an architecture are those that report on it",
        )
        .help("leave `protocol` out");
    }
}

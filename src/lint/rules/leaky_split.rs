//! `leaky-split`: rows to train on stand in the other parts, too.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds data in which at least 5 % of the rows to choose by, or of those to report on, have the features of a row to train on,
    /// after scaling, cropping and pooling. Sets of more than 10,000 rows are not read for it.
    /// ## Why is this bad?
    /// The model has seen them: what it is chosen by, or judged by, rewards learning by heart. Images pooled to a few pixels are often the
    /// same image, and tables copied together hold rows twice.
    /// ## Example
    /// ```qnas wrong
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=64; x |> flatten |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: digits(pool: 8, scale: unit), train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 2, batch: 64), minimize: [1 - accuracy], strategy: random(evaluations: 8), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=64; x |> flatten |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: digits(pool: 2, scale: unit), train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 2, batch: 64), minimize: [1 - accuracy], strategy: random(evaluations: 8), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered: results change, as they should.
    pub LEAKY_SPLIT = ("QL0210", "leaky-split", "rows to train on stand in another part, too"); Cost, Search(check)
}

/// The share of a part that is reported, as one in so many.
const ONE_IN: usize = 20;

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let Some(data) = &facts.data else { return };
    let (Some(shared), Some(rows)) = (data.shared, data.rows) else { return };
    let parts = [("to choose by", shared[0], rows[1]), ("to report on", shared[1], rows[2])];
    let leaks: Vec<String> = parts
        .iter()
        .filter(|(_, shared, rows)| *rows > 0 && shared * ONE_IN >= *rows)
        .map(|(name, shared, rows)| format!("{shared} of the {rows} rows {name}"))
        .collect();
    if !leaks.is_empty() {
        out.about(facts.place(&[data.span]), quoted(&data.name), "rows of {} to train on stand in another part, too")
            .note(format!("{} have the features of a row to train on", leaks.join(" and ")))
            .help("take the copies out, or keep more of what tells rows apart");
    }
}

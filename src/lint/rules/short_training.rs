//! `short-training`: a training of so few steps that nothing is learnt.

use crate::lint::{Facts, Findings, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds trainings of fewer than 30 optimiser steps.
    /// ## Why is this bad?
    /// Architectures are then compared by how they start, not by what they can learn. Settings published for a large data set do
    /// this on a small one: 5 epochs in batches of 64 are 10 steps on 90 rows.
    /// ## Example
    /// ```qnas wrong
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=8; x |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: iris(train: 0.6, validation: 0.2, test: 0.2), train: fit(adam(lr: 3e-3), loss: cross_entropy, epochs: 5, batch: 64), minimize: [1 - accuracy], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m[features, classes](x: real[features]) -> real[classes] { let w = choose 4..=8; x |> linear[w] |> relu |> linear[classes] }
    /// search s { model: m, data: iris(train: 0.6, validation: 0.2, test: 0.2), train: fit(adam(lr: 3e-3), loss: cross_entropy, epochs: 20, batch: 16), minimize: [1 - accuracy], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub SHORT_TRAINING = ("QL0407", "short-training", "a training has very few steps"); Heuristic, Search(check)
}

const STEPS: usize = 30;

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let (Some(train), Some(data)) = (&facts.train, &facts.data) else { return };
    let (Some(epochs), Some(batch), Some([rows, ..])) = (train.epochs, train.batch, data.rows) else { return };
    let steps = epochs * rows.div_ceil(batch.max(1));
    if steps < STEPS {
        out.say(facts.place(&[train.span]), format!("the training has only {steps} steps"))
            .note(format!("{epochs} epochs over {rows} rows in batches of {batch}"))
            .help("train more epochs, or in smaller batches");
    }
}

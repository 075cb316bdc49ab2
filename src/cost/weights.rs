//! `weights`: trainable numbers.

use super::trainable;

metric! {
    /// All trainable numbers of the model; running statistics of `batchnorm` are none. A shared weight counts once.
    pub WEIGHTS = ("weights", "trainable numbers", "");
    unit: "numbers",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| trainable(graph, |_| true),
}

//! `weights.classical`: trainable numbers outside angles.

use super::trainable;

metric! {
    /// Trainable numbers that stand in no angle.
    pub WEIGHTS_CLASSICAL = ("weights.classical", "trainable numbers outside angles", "");
    unit: "numbers",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| trainable(graph, |weight| !weight.quantum),
}

//! `weights.quantum`: trainable numbers in angles.

use super::trainable;

metric! {
    /// Trainable numbers that stand in an angle of a quantum region.
    pub WEIGHTS_QUANTUM = ("weights.quantum", "trainable numbers in angles", "");
    unit: "numbers",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| trainable(graph, |weight| weight.quantum),
}

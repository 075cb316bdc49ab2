//! `gates`: gates of all circuits.

use super::{Share, counted};
use crate::ir::QuantumOp;

metric! {
    /// All gates with at least one operand, as written: `id` counts, a global phase, `prepare`, barriers and read-outs do not.
    pub GATES = ("gates", "gates of all circuits", "");
    unit: "gates",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| Share::number(i64::from(matches!(op, QuantumOp::Gate(gate) if !gate.qubits.is_empty())))),
    evaluate: |graph, _| counted(graph, |counts| counts.total),
}

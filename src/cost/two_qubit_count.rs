//! `two_qubit_count`: gates on two or more qubits.

use super::{Share, counted};
use crate::ir::QuantumOp;

metric! {
    /// Gates that act on two or more qubits, controls included, as written: what entangles and what costs on hardware.
    pub TWO_QUBIT_COUNT = ("two_qubit_count", "gates on two or more qubits", "");
    unit: "gates",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| Share::number(i64::from(matches!(op, QuantumOp::Gate(gate) if gate.qubits.len() >= 2)))),
    evaluate: |graph, _| counted(graph, |counts| counts.two_qubit + counts.multi_qubit),
}

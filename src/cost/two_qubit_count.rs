//! `two_qubit_count`: gates on two or more qubits.

use super::counted;

metric! {
    /// Gates that act on two or more qubits, controls included, as written: what entangles and what costs on hardware.
    pub TWO_QUBIT_COUNT = ("two_qubit_count", "gates on two or more qubits", "");
    unit: "gates",
    additive: true,
    takes_gate: false,
    evaluate: |graph, _| counted(graph, |counts| counts.two_qubit + counts.multi_qubit),
}

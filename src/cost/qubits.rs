//! `qubits`: qubits of the widest circuit.

use super::largest;

metric! {
    /// The number of qubits of the widest quantum region; 0 for a classical model.
    pub QUBITS = ("qubits", "qubits of the widest circuit", "");
    unit: "qubits",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| largest(graph, |region| region.n_qubits as usize),
}

//! `two_qubit_depth`: layers of the deepest circuit, counting steps on two or more qubits.

use super::largest;
use crate::ir::Region;

metric! {
    /// `depth` if steps on one qubit took no time. Gates under controls act on their controls too; `prepare` on two or more qubits is
    /// one step.
    pub TWO_QUBIT_DEPTH = ("two_qubit_depth", "layers of the deepest circuit, counting steps on two or more qubits", "");
    unit: "layers",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| largest(graph, Region::two_qubit_depth),
}

//! `depth`: layers of the deepest circuit.

use super::largest;
use crate::ir::Region;

metric! {
    /// The longest chain of steps that wait for each other in a quantum region, embedding included, as written. A gate is one step
    /// whatever its size, `prepare` is one, a barrier is none but holds its qubits together, read-outs are none. With several
    /// circuits the deepest counts, as each runs by itself.
    pub DEPTH = ("depth", "layers of the deepest circuit", "");
    unit: "layers",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| largest(graph, Region::depth),
}

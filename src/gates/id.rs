//! `id`: identity.

use super::Inverse;
use super::matrices::{real, zero};

gate! {
    /// The identity: does nothing, keeps its place in a circuit.
    ///
    /// - `id a; = x a; x a;`
    /// - `id a; = p(0) a;`
    pub ID = ("id", "identity", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| real(&[1.0, 0.0, 0.0, 1.0]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "",
}

//! `dcx`: two cx in opposite directions.

use super::Inverse;
use super::matrices::{real, zero};

gate! {
    /// `cx a, b` and then `cx b, a`: a permutation of the basis.
    ///
    /// - `dcx a, b; = cx a, b; cx b, a;`
    pub DCX = ("dcx", "two cx in opposite directions", "Qiskit, DCXGate");
    controls: 0, targets: 2, params: &[],
    matrix: |_| real(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Unitary,
    qasm_definition: "gate dcx a, b { cx a, b; cx b, a; }",
}

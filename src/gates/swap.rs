//! `swap`: exchanges two qubits.

use super::Inverse;
use super::matrices::{middle, zero};
use crate::math::c;

gate! {
    /// Exchanges the states of two qubits; symmetric.
    ///
    /// - `swap a, b; = cx a, b; cx b, a; cx a, b;`
    /// - `swap a, b; = gphase(pi/4); rxx(pi/2) a, b; ryy(pi/2) a, b; rzz(pi/2) a, b;`
    pub SWAP = ("swap", "exchanges two qubits", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 2, params: &[],
    matrix: |_| middle([c(0.0, 0.0), c(1.0, 0.0), c(1.0, 0.0), c(0.0, 0.0)]),
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "gate swap a, b { cx a, b; cx b, a; cx a, b; }",
}

//! `iswap`: swap with a phase of i.

use super::Inverse;
use super::matrices::{middle, zero};
use crate::math::c;

gate! {
    /// Exchanges two qubits and multiplies |01>, |10> by i; symmetric.
    ///
    /// - `iswap a, b; = swap a, b; cz a, b; s a; s b;`
    /// - `iswap a, b; = rxx(-pi/2) a, b; ryy(-pi/2) a, b;`
    pub ISWAP = ("iswap", "swap with a phase of i", "Qiskit, iSwapGate");
    controls: 0, targets: 2, params: &[],
    matrix: |_| middle([c(0.0, 0.0), c(0.0, 1.0), c(0.0, 1.0), c(0.0, 0.0)]),
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Unitary,
    qasm_definition: "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
}

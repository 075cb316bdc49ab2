//! `x`: Pauli X, bit flip.

use super::Inverse;
use super::matrices::{real, zero};

gate! {
    /// Pauli X: exchanges |0> and |1>.
    ///
    /// - `x a; = u(pi, 0, pi) a;`
    /// - `x a; = h a; z a; h a;`
    /// - `x a; = gphase(pi/2); rx(pi) a;`
    pub X = ("x", "Pauli X, bit flip", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| real(&[0.0, 1.0, 1.0, 0.0]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "",
}

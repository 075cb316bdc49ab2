//! `z`: Pauli Z, phase flip.

use super::Inverse;
use super::matrices::{real, zero};

gate! {
    /// Pauli Z: multiplies |1> by -1.
    ///
    /// - `z a; = p(pi) a;`
    /// - `z a; = s a; s a;`
    /// - `z a; = gphase(pi/2); rz(pi) a;`
    pub Z = ("z", "Pauli Z, phase flip", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| real(&[1.0, 0.0, 0.0, -1.0]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "",
}

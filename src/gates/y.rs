//! `y`: Pauli Y.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};

gate! {
    /// Pauli Y: `[[0, -i], [i, 0]]`, a bit flip and a phase flip.
    ///
    /// - `y a; = u(pi, pi/2, pi/2) a;`
    /// - `y a; = gphase(pi/2); z a; x a;`
    /// - `y a; = gphase(pi/2); ry(pi) a;`
    pub Y = ("y", "Pauli Y", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::of([c(0.0, 0.0), c(0.0, -1.0), c(0.0, 1.0), c(0.0, 0.0)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "",
}

//! `s`: square root of z.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};

gate! {
    /// Multiplies |1> by `e^(i pi/2)`.
    ///
    /// - `s a; = p(pi/2) a;`
    /// - `s a; = t a; t a;`
    pub S = ("s", "square root of z", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::diagonal(&[c(1.0, 0.0), c(0.0, 1.0)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Gate("sdg"),
    qasm_definition: "",
}

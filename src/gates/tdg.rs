//! `tdg`: inverse of t.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// Multiplies |1> by `e^(i -pi/4)`.
    ///
    /// - `tdg a; = p(-pi/4) a;`
    /// - `tdg a; = sdg a; t a;`
    pub TDG = ("tdg", "inverse of t", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::diagonal(&[c(1.0, 0.0), c(FRAC_1_SQRT_2, -FRAC_1_SQRT_2)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Gate("t"),
    qasm_definition: "",
}

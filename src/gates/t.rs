//! `t`: fourth root of z.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// Multiplies |1> by `e^(i pi/4)`.
    ///
    /// - `t a; = p(pi/4) a;`
    pub T = ("t", "fourth root of z", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::diagonal(&[c(1.0, 0.0), c(FRAC_1_SQRT_2, FRAC_1_SQRT_2)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Gate("tdg"),
    qasm_definition: "",
}

//! `sx`: square root of x.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};

gate! {
    /// `[[1 + i, 1 - i], [1 - i, 1 + i]] / 2`.
    ///
    /// - `sx a; = h a; s a; h a;`
    /// - `sx a; = gphase(pi/4); rx(pi/2) a;`
    /// - `x a; = sx a; sx a;`
    pub SX = ("sx", "square root of x", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::of([c(0.5, 0.5), c(0.5, -0.5), c(0.5, -0.5), c(0.5, 0.5)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Gate("sxdg"),
    qasm_definition: "gate sx a { h a; s a; h a; }",
}

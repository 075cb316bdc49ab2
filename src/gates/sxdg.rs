//! `sxdg`: inverse of sx.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};

gate! {
    /// `[[1 - i, 1 + i], [1 + i, 1 - i]] / 2`.
    ///
    /// - `sxdg a; = h a; sdg a; h a;`
    /// - `sxdg a; = gphase(-pi/4); rx(-pi/2) a;`
    /// - `x a; = sxdg a; sxdg a;`
    pub SXDG = ("sxdg", "inverse of sx", "Qiskit, SXdgGate");
    controls: 0, targets: 1, params: &[],
    matrix: |_| Matrix::of([c(0.5, -0.5), c(0.5, 0.5), c(0.5, 0.5), c(0.5, -0.5)]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Gate("sx"),
    qasm_definition: "gate sxdg a { h a; sdg a; h a; }",
}

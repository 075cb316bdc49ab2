//! `h`: Hadamard.

use super::Inverse;
use super::matrices::{real, zero};
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// Hadamard: `[[1, 1], [1, -1]] / sqrt(2)`; swaps the x and z axes.
    ///
    /// - `h a; = u(pi/2, 0, pi) a;`
    /// - `h a; = ry(pi/2) a; x a;` read left to right in time: first `ry`, then `x`
    /// - `h a; = z a; ry(pi/2) a;`
    pub H = ("h", "Hadamard", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &[],
    matrix: |_| real(&[FRAC_1_SQRT_2, FRAC_1_SQRT_2, FRAC_1_SQRT_2, -FRAC_1_SQRT_2]),
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "",
}

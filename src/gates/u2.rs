//! `u2(phi, lambda)`: u with theta = pi/2.

use super::Inverse;
use super::matrices::{euler, euler_derivative};
use std::f64::consts::{FRAC_PI_2, PI};

gate! {
    /// `[[1, -e^(i lambda)], [e^(i phi), e^(i (phi + lambda))]] / sqrt(2)`, the matrix of Qiskit.
    ///
    /// - `u2(phi, lambda) a; = u(pi/2, phi, lambda) a;`
    /// - `h a; = u2(0, pi) a;`
    pub U2 = ("u2", "u with theta = pi/2", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["phi", "lambda"],
    matrix: |p| euler(FRAC_PI_2, p[0], p[1]),
    derivative: |p, k| euler_derivative(FRAC_PI_2, p[0], p[1], k + 1),
    generator: &[],
    inverse: Inverse::Shifted(&[(1, -1.0, -PI), (0, -1.0, PI)]),
    qasm_definition: "",
}

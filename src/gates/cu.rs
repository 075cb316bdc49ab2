//! `cu(theta, phi, lambda, gamma)`: controlled u with a phase.

use super::Inverse;
use super::matrices::{euler, euler_derivative};
use crate::math::C64;

gate! {
    /// `e^(i gamma) u(theta, phi, lambda)` on the target where the control is |1>.
    ///
    /// - `cu(theta, phi, lambda, gamma) a, b; = p(gamma) a; cu3(theta, phi, lambda) a, b;`
    pub CU = ("cu", "controlled u with a phase", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: 1, params: &["theta", "phi", "lambda", "gamma"],
    matrix: |p| euler(p[0], p[1], p[2]).scale(C64::cis(p[3])),
    derivative: |p, k| match k {
        3 => euler(p[0], p[1], p[2]).scale(C64::i() * C64::cis(p[3])),
        _ => euler_derivative(p[0], p[1], p[2], k).scale(C64::cis(p[3])),
    },
    generator: &[],
    inverse: Inverse::Params(&[(0, -1.0), (2, -1.0), (1, -1.0), (3, -1.0)]),
    qasm_definition: "gate cu(theta, phi, lambda, gamma) a, b { u1(gamma) a; u1((lambda + phi)/2) a; u1((lambda - phi)/2) b; cx a, b; u3(-theta/2, 0, -(phi + lambda)/2) b; cx a, b; u3(theta/2, phi, 0) b; }",
}

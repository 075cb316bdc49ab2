//! `u(theta, phi, lambda)`: any single-qubit gate.

use super::Inverse;
use super::matrices::{euler, euler_derivative};

gate! {
    /// `[[cos(theta/2), -e^(i lambda) sin(theta/2)], [e^(i phi) sin(theta/2), e^(i (phi + lambda)) cos(theta/2)]]`: the matrix
    /// of Qiskit. Definitions in text differ from it by a global phase at most; here `u`, `u3`, `u2` and `u1` carry no extra one.
    ///
    /// - `u(theta, phi, lambda) a; = gphase((phi + lambda)/2); rz(lambda) a; ry(theta) a; rz(phi) a;`
    /// - `u(theta, phi, lambda) a; = p(lambda) a; ry(theta) a; p(phi) a;`
    pub U = ("u", "any single-qubit gate", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["theta", "phi", "lambda"],
    matrix: |p| euler(p[0], p[1], p[2]),
    derivative: |p, k| euler_derivative(p[0], p[1], p[2], k),
    generator: &[],
    inverse: Inverse::Params(&[(0, -1.0), (2, -1.0), (1, -1.0)]),
    qasm_definition: "gate u(theta, phi, lambda) a { u3(theta, phi, lambda) a; }",
}

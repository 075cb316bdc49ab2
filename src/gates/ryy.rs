//! `ryy(theta)`: Ising YY interaction.

use super::Inverse;
use super::matrices::{generated, ising};

gate! {
    /// `exp(-i theta Y x Y / 2)`; symmetric in its operands.
    ///
    /// - `ryy(theta) a, b; = rx(pi/2) a; rx(pi/2) b; rzz(theta) a, b; rx(-pi/2) a; rx(-pi/2) b;`
    pub RYY = ("ryy", "Ising YY interaction", "Qiskit, RYYGate; absent from stdgates.inc");
    controls: 0, targets: 2, params: &["theta"],
    matrix: |p| ising("YY", p[0]),
    derivative: |p, _| generated(&[(0.5, "YY")], &ising("YY", p[0])),
    generator: &[(0.5, "YY")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
}

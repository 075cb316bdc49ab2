//! `rx(theta)`: rotation about x.

use super::Inverse;
use super::matrices::{generated, rotation_x};

gate! {
    /// `exp(-i theta X / 2)`.
    ///
    /// - `rx(theta) a; = h a; rz(theta) a; h a;`
    /// - `rx(theta) a; = u(theta, -pi/2, pi/2) a;`
    pub RX = ("rx", "rotation about x", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["theta"],
    matrix: |p| rotation_x(p[0]),
    derivative: |p, _| generated(&[(0.5, "X")], &rotation_x(p[0])),
    generator: &[(0.5, "X")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "",
}

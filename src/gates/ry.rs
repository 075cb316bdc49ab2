//! `ry(theta)`: rotation about y.

use super::Inverse;
use super::matrices::{generated, rotation_y};

gate! {
    /// `exp(-i theta Y / 2)`.
    ///
    /// - `ry(theta) a; = u(theta, 0, 0) a;`
    /// - `ry(theta) a; = sdg a; rx(theta) a; s a;`
    pub RY = ("ry", "rotation about y", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["theta"],
    matrix: |p| rotation_y(p[0]),
    derivative: |p, _| generated(&[(0.5, "Y")], &rotation_y(p[0])),
    generator: &[(0.5, "Y")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "",
}

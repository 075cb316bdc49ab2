//! `rz(theta)`: rotation about z.

use super::Inverse;
use super::matrices::{generated, rotation_z};

gate! {
    /// `exp(-i theta Z / 2)`.
    ///
    /// - `rz(theta) a; = gphase(-theta/2); p(theta) a;`
    /// - `rz(theta) a; = h a; rx(theta) a; h a;`
    pub RZ = ("rz", "rotation about z", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["theta"],
    matrix: |p| rotation_z(p[0]),
    derivative: |p, _| generated(&[(0.5, "Z")], &rotation_z(p[0])),
    generator: &[(0.5, "Z")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "",
}

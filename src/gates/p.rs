//! `p(lambda)`: phase on |1>.

use super::Inverse;
use super::matrices::{generated, phase};

gate! {
    /// Multiplies |1> by `e^(i lambda)`. Differs from `rz(lambda)` by a phase, which a control makes visible.
    ///
    /// - `p(lambda) a; = gphase(lambda/2); rz(lambda) a;`
    /// - `p(lambda) a; = u(0, 0, lambda) a;`
    pub P = ("p", "phase on |1>", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["lambda"],
    matrix: |p| phase(p[0]),
    derivative: |p, _| generated(&[(-0.5, "I"), (0.5, "Z")], &phase(p[0])),
    generator: &[(-0.5, "I"), (0.5, "Z")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "gate p(lambda) a { u1(lambda) a; }",
}

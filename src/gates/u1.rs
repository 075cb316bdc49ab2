//! `u1(lambda)`: phase on |1>.

use super::Inverse;
use super::matrices::{generated, phase};

gate! {
    /// The older name of `p`.
    ///
    /// Multiplies |1> by `e^(i lambda)`. Differs from `rz(lambda)` by a phase, which a control makes visible.
    ///
    /// - `u1(lambda) a; = gphase(lambda/2); rz(lambda) a;`
    /// - `u1(lambda) a; = u(0, 0, lambda) a;`
    pub U1 = ("u1", "phase on |1>", "OpenQASM 3, stdgates.inc");
    controls: 0, targets: 1, params: &["lambda"],
    matrix: |p| phase(p[0]),
    derivative: |p, _| generated(&[(-0.5, "I"), (0.5, "Z")], &phase(p[0])),
    generator: &[(-0.5, "I"), (0.5, "Z")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "",
}

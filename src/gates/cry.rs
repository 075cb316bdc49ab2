//! `cry(theta)`: controlled rotation about y.

use super::ry::RY;

gate! {
    /// `ry(theta)` on the target where the control is |1>.
    ///
    /// - `cry(theta) a, b; = ry(theta/2) b; cx a, b; ry(-theta/2) b; cx a, b;`
    pub CRY = ("cry", "controlled rotation about y", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: RY.targets, params: RY.params,
    matrix: RY.matrix,
    derivative: RY.derivative,
    generator: RY.generator,
    inverse: RY.inverse,
    qasm_definition: "gate cry(theta) a, b { ry(theta/2) b; cx a, b; ry(-theta/2) b; cx a, b; }",
}

//! `crz(theta)`: controlled rotation about z.

use super::rz::RZ;

gate! {
    /// `rz(theta)` on the target where the control is |1>; unlike `cp` not symmetric.
    ///
    /// - `crz(theta) a, b; = rz(theta/2) b; cx a, b; rz(-theta/2) b; cx a, b;`
    /// - `crz(theta) a, b; = p(-theta/2) a; cp(theta) a, b;`
    pub CRZ = ("crz", "controlled rotation about z", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: RZ.targets, params: RZ.params,
    matrix: RZ.matrix,
    derivative: RZ.derivative,
    generator: RZ.generator,
    inverse: RZ.inverse,
    qasm_definition: "",
}

//! `rzz(theta)`: Ising ZZ interaction.

use super::Inverse;
use super::matrices::{generated, ising};

gate! {
    /// `exp(-i theta Z x Z / 2)`; symmetric in its operands.
    ///
    /// - `rzz(theta) a, b; = cx a, b; rz(theta) b; cx a, b;`
    /// - `rzz(theta) a, b; = gphase(-theta/2); p(theta) a; p(theta) b; cp(-2*theta) a, b;`
    pub RZZ = ("rzz", "Ising ZZ interaction", "Qiskit, RZZGate; absent from stdgates.inc");
    controls: 0, targets: 2, params: &["theta"],
    matrix: |p| ising("ZZ", p[0]),
    derivative: |p, _| generated(&[(0.5, "ZZ")], &ising("ZZ", p[0])),
    generator: &[(0.5, "ZZ")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
}

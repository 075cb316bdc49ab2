//! `rzx(theta)`: Ising ZX interaction.

use super::Inverse;
use super::matrices::{generated, ising};

gate! {
    /// `exp(-i theta Z x X / 2)`; the first operand carries the Z, the second the X.
    ///
    /// - `rzx(theta) a, b; = h b; rzz(theta) a, b; h b;`
    pub RZX = ("rzx", "Ising ZX interaction", "Qiskit, RZXGate; absent from stdgates.inc");
    controls: 0, targets: 2, params: &["theta"],
    matrix: |p| ising("ZX", p[0]),
    derivative: |p, _| generated(&[(0.5, "ZX")], &ising("ZX", p[0])),
    generator: &[(0.5, "ZX")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
}

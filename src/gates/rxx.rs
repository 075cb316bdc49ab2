//! `rxx(theta)`: Ising XX interaction.

use super::Inverse;
use super::matrices::{generated, ising};

gate! {
    /// `exp(-i theta X x X / 2)`; symmetric in its operands.
    ///
    /// - `rxx(theta) a, b; = h a; h b; rzz(theta) a, b; h a; h b;`
    pub RXX = ("rxx", "Ising XX interaction", "Qiskit, RXXGate; absent from stdgates.inc");
    controls: 0, targets: 2, params: &["theta"],
    matrix: |p| ising("XX", p[0]),
    derivative: |p, _| generated(&[(0.5, "XX")], &ising("XX", p[0])),
    generator: &[(0.5, "XX")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; }",
}

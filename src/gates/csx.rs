//! `csx`: controlled sx.

use super::Inverse;
use super::sx::SX;

gate! {
    /// Square root of x on the target where the control is |1>.
    ///
    /// - `cx a, b; = csx a, b; csx a, b;`
    /// - `csx a, b; = h b; cp(pi/2) a, b; h b;`
    pub CSX = ("csx", "controlled sx", "Qiskit, CSXGate");
    controls: 1, targets: SX.targets, params: SX.params,
    matrix: SX.matrix,
    derivative: SX.derivative,
    generator: SX.generator,
    inverse: Inverse::Unitary,
    qasm_definition: "gate csx a, b { h b; cu1(pi/2) a, b; h b; }",
}

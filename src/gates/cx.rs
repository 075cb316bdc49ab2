//! `cx`: controlled x (CNOT).

use super::x::X;

gate! {
    /// Flips the target where the control is |1>. Operands: control, target.
    ///
    /// - `cx a, b; = h b; cz a, b; h b;`
    /// - `cx a, b; = h a; h b; cx b, a; h a; h b;`
    pub CX = ("cx", "controlled x (CNOT)", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: X.targets, params: X.params,
    matrix: X.matrix,
    derivative: X.derivative,
    generator: X.generator,
    inverse: X.inverse,
    qasm_definition: "",
}

//! `ccx`: doubly controlled x (Toffoli).

use super::x::X;

gate! {
    /// Flips the target where both controls are |1>. Operands: control, control, target.
    ///
    /// - `ccx a, b, c; = h c; ccz a, b, c; h c;`
    /// - `ccx a, b, c; = csx b, c; cx a, b; csx b, c; csx b, c; csx b, c; cx a, b; csx a, c;`
    pub CCX = ("ccx", "doubly controlled x (Toffoli)", "OpenQASM 3, stdgates.inc");
    controls: 2, targets: X.targets, params: X.params,
    matrix: X.matrix,
    derivative: X.derivative,
    generator: X.generator,
    inverse: X.inverse,
    qasm_definition: "",
}

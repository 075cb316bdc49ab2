//! `cy`: controlled y.

use super::y::Y;

gate! {
    /// `y` on the target where the control is |1>.
    ///
    /// - `cy a, b; = sdg b; cx a, b; s b;`
    pub CY = ("cy", "controlled y", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: Y.targets, params: Y.params,
    matrix: Y.matrix,
    derivative: Y.derivative,
    generator: Y.generator,
    inverse: Y.inverse,
    qasm_definition: "",
}

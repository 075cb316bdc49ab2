//! `cu1(lambda)`: controlled phase.

use super::u1::U1;

gate! {
    /// The older name of `cp`. Multiplies |11> by `e^(i lambda)`; symmetric in its operands.
    ///
    /// - `cu1(lambda) a, b; = cu1(lambda) b, a;`
    /// - `cu1(lambda) a, b; = p(lambda/2) a; cx a, b; p(-lambda/2) b; cx a, b; p(lambda/2) b;`
    /// - `cu1(lambda) a, b; = p(lambda/2) a; crz(lambda) a, b;`
    pub CU1 = ("cu1", "controlled phase", "OpenQASM 2, qelib1.inc (arXiv:1707.03429)");
    controls: 1, targets: U1.targets, params: U1.params,
    matrix: U1.matrix,
    derivative: U1.derivative,
    generator: U1.generator,
    inverse: U1.inverse,
    qasm_definition: "",
}

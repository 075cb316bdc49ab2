//! `cp(lambda)`: controlled phase.

use super::p::P;

gate! {
    /// Multiplies |11> by `e^(i lambda)`; symmetric in its operands.
    ///
    /// - `cp(lambda) a, b; = cp(lambda) b, a;`
    /// - `cp(lambda) a, b; = p(lambda/2) a; cx a, b; p(-lambda/2) b; cx a, b; p(lambda/2) b;`
    /// - `cp(lambda) a, b; = p(lambda/2) a; crz(lambda) a, b;`
    pub CP = ("cp", "controlled phase", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: P.targets, params: P.params,
    matrix: P.matrix,
    derivative: P.derivative,
    generator: P.generator,
    inverse: P.inverse,
    qasm_definition: "gate cp(lambda) a, b { cu1(lambda) a, b; }",
}

//! `crx(theta)`: controlled rotation about x.

use super::rx::RX;

gate! {
    /// `rx(theta)` on the target where the control is |1>.
    ///
    /// - `crx(theta) a, b; = h b; crz(theta) a, b; h b;`
    /// - `crx(theta) a, b; = rx(theta/2) b; cz a, b; rx(-theta/2) b; cz a, b;`
    pub CRX = ("crx", "controlled rotation about x", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: RX.targets, params: RX.params,
    matrix: RX.matrix,
    derivative: RX.derivative,
    generator: RX.generator,
    inverse: RX.inverse,
    qasm_definition: "gate crx(theta) a, b { h b; crz(theta) a, b; h b; }",
}

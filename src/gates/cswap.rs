//! `cswap`: controlled swap (Fredkin).

use super::swap::SWAP;

gate! {
    /// Exchanges the two targets where the control is |1>. Operands: control, target, target.
    ///
    /// - `cswap a, b, c; = cx c, b; ccx a, b, c; cx c, b;`
    pub CSWAP = ("cswap", "controlled swap (Fredkin)", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: SWAP.targets, params: SWAP.params,
    matrix: SWAP.matrix,
    derivative: SWAP.derivative,
    generator: SWAP.generator,
    inverse: SWAP.inverse,
    qasm_definition: "gate cswap a, b, c { cx c, b; ccx a, b, c; cx c, b; }",
}

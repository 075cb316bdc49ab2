//! `ccz`: doubly controlled z.

use super::z::Z;

gate! {
    /// Multiplies |111> by -1; symmetric in its operands.
    ///
    /// - `ccz a, b, c; = ccz c, a, b;`
    /// - `ccz a, b, c; = h c; ccx a, b, c; h c;`
    pub CCZ = ("ccz", "doubly controlled z", "Qiskit, CCZGate");
    controls: 2, targets: Z.targets, params: Z.params,
    matrix: Z.matrix,
    derivative: Z.derivative,
    generator: Z.generator,
    inverse: Z.inverse,
    qasm_definition: "gate ccz a, b, c { h c; ccx a, b, c; h c; }",
}

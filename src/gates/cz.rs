//! `cz`: controlled z.

use super::z::Z;

gate! {
    /// Multiplies |11> by -1; symmetric in its operands.
    ///
    /// - `cz a, b; = cz b, a;`
    /// - `cz a, b; = cp(pi) a, b;`
    /// - `cz a, b; = gphase(pi/4); rz(pi/2) a; rz(pi/2) b; rzz(-pi/2) a, b;`
    pub CZ = ("cz", "controlled z", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: Z.targets, params: Z.params,
    matrix: Z.matrix,
    derivative: Z.derivative,
    generator: Z.generator,
    inverse: Z.inverse,
    qasm_definition: "",
}

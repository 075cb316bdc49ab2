//! `ch`: controlled h.

use super::h::H;

gate! {
    /// Hadamard on the target where the control is |1>.
    ///
    /// - `ch a, b; = ry(-pi/4) b; cz a, b; ry(pi/4) b;`
    pub CH = ("ch", "controlled h", "OpenQASM 3, stdgates.inc");
    controls: 1, targets: H.targets, params: H.params,
    matrix: H.matrix,
    derivative: H.derivative,
    generator: H.generator,
    inverse: H.inverse,
    qasm_definition: "",
}

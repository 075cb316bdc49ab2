//! `gphase(gamma)`: global phase.

use super::Inverse;
use crate::math::{C64, Matrix};

gate! {
    /// Multiplies the whole state by `e^(i gamma)`; no operands. Under a control it is `p(gamma)` on the control.
    ///
    /// - `gphase(gamma); = gphase(gamma/2); gphase(gamma/2);`
    ///
    /// OpenQASM 2 has no word for it: a global phase is dropped there, a controlled one is `u1` on a control.
    pub GPHASE = ("gphase", "global phase", "OpenQASM 3, language specification");
    controls: 0, targets: 0, params: &["gamma"],
    matrix: |p| Matrix::diagonal(&[C64::cis(p[0])]),
    derivative: |p, _| Matrix::diagonal(&[C64::i() * C64::cis(p[0])]),
    generator: &[(-1.0, "")],
    inverse: Inverse::Params(&[(0, -1.0)]),
    qasm_definition: "",
}

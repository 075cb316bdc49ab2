//! `sqrtiswap`: square root of iswap.

use super::Inverse;
use super::matrices::{middle, zero};
use crate::math::c;
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// Principal square root of `iswap`: on |01>, |10> it is `[[1, i], [i, 1]] / sqrt(2)`; symmetric.
    ///
    /// - `iswap a, b; = sqrtiswap a, b; sqrtiswap a, b;`
    /// - `sqrtiswap a, b; = rxx(-pi/4) a, b; ryy(-pi/4) a, b;`
    pub SQRTISWAP = ("sqrtiswap", "square root of iswap", "Cirq, ISWAP ** 0.5; QuantumNAS (arXiv:2107.10845)");
    controls: 0, targets: 2, params: &[],
    matrix: |_| middle([c(FRAC_1_SQRT_2, 0.0), c(0.0, FRAC_1_SQRT_2), c(0.0, FRAC_1_SQRT_2), c(FRAC_1_SQRT_2, 0.0)]),
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Unitary,
    qasm_definition: "gate sqrtiswap a, b { h a; h b; cx a, b; rz(-pi/4) b; cx a, b; h a; h b; rx(pi/2) a; rx(pi/2) b; cx a, b; rz(-pi/4) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
}

//! `sqrtswap`: square root of swap.

use super::Inverse;
use super::matrices::{middle, zero};
use crate::math::c;

gate! {
    /// Principal square root of `swap`: on |01>, |10> it is `[[1 + i, 1 - i], [1 - i, 1 + i]] / 2`; symmetric.
    ///
    /// - `swap a, b; = sqrtswap a, b; sqrtswap a, b;`
    /// - `sqrtswap a, b; = gphase(pi/8); rxx(pi/4) a, b; ryy(pi/4) a, b; rzz(pi/4) a, b;`
    pub SQRTSWAP = ("sqrtswap", "square root of swap", "QuantumNAS (arXiv:2107.10845), space maxwell");
    controls: 0, targets: 2, params: &[],
    matrix: |_| middle([c(0.5, 0.5), c(0.5, -0.5), c(0.5, -0.5), c(0.5, 0.5)]),
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Unitary,
    qasm_definition: "gate sqrtswap a, b { cx a, b; h a; cu1(pi/2) b, a; h a; cx a, b; }",
}

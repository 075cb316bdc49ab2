//! `xx_plus_yy(theta, beta)`: XX + YY interaction.

use super::Inverse;
use super::matrices::{equator, equator_derivative, middle};
use crate::math::{Matrix, c};

gate! {
    /// `exp(-i theta (XX + YY) / 4)` between `rz(beta)` and `rz(-beta)` on the first operand: mixes |01> and |10> by `theta/2`.
    ///
    /// - `xx_plus_yy(theta, beta) a, b; = rz(beta) a; rxx(theta/2) a, b; ryy(theta/2) a, b; rz(-beta) a;`
    /// - `iswap a, b; = xx_plus_yy(-pi, 0) a, b;`
    pub XX_PLUS_YY = ("xx_plus_yy", "XX + YY interaction", "Qiskit, XXPlusYYGate");
    controls: 0, targets: 2, params: &["theta", "beta"],
    matrix: |p| {
        let [a, b, x, y] = equator(p[0], p[1]);
        middle([a, b, x, y])
    },
    derivative: |p, k| {
        let [a, b, x, y] = equator_derivative(p[0], p[1], k);
        let o = c(0.0, 0.0);
        Matrix::of([o, o, o, o, o, a, b, o, o, x, y, o, o, o, o, o])
    },
    generator: &[],
    inverse: Inverse::Params(&[(0, -1.0), (1, 1.0)]),
    qasm_definition: "gate xx_plus_yy(theta, beta) a, b { rz(beta) a; h a; h b; cx a, b; rz(theta/2) b; cx a, b; h a; h b; rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta/2) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; rz(-beta) a; }",
}

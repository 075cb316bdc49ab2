//! `xx_minus_yy(theta, beta)`: XX - YY interaction.

use super::Inverse;
use super::matrices::{equator, equator_derivative};
use crate::math::{Matrix, c};

gate! {
    /// `exp(-i theta (XX - YY) / 4)` between `rz(-beta)` and `rz(beta)` on the second operand: mixes |00> and |11> by `theta/2`.
    ///
    /// - `xx_minus_yy(theta, beta) a, b; = rz(-beta) b; rxx(theta/2) a, b; ryy(-theta/2) a, b; rz(beta) b;`
    pub XX_MINUS_YY = ("xx_minus_yy", "XX - YY interaction", "Qiskit, XXMinusYYGate");
    controls: 0, targets: 2, params: &["theta", "beta"],
    matrix: |p| {
        let [a, b, x, y] = equator(p[0], p[1]);
        let (o, l) = (c(0.0, 0.0), c(1.0, 0.0));
        Matrix::of([a, o, o, b, o, l, o, o, o, o, l, o, x, o, o, y])
    },
    derivative: |p, k| {
        let [a, b, x, y] = equator_derivative(p[0], p[1], k);
        let o = c(0.0, 0.0);
        Matrix::of([a, o, o, b, o, o, o, o, o, o, o, o, x, o, o, y])
    },
    generator: &[],
    inverse: Inverse::Params(&[(0, -1.0), (1, 1.0)]),
    qasm_definition: "gate xx_minus_yy(theta, beta) a, b { rz(-beta) b; h a; h b; cx a, b; rz(theta/2) b; cx a, b; h a; h b; rx(pi/2) a; rx(pi/2) b; cx a, b; rz(-theta/2) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; rz(beta) b; }",
}

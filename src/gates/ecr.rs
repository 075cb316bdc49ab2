//! `ecr`: echoed cross resonance.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// `(X on a - X on b times Y on a) / sqrt(2)`: the native gate of IBM's cross-resonance machines, maximally entangling, its own
    /// inverse.
    ///
    /// - `ecr a, b; = rzx(pi/4) a, b; x a; rzx(-pi/4) a, b;`
    pub ECR = ("ecr", "echoed cross resonance", "Qiskit, ECRGate");
    controls: 0, targets: 2, params: &[],
    matrix: |_| {
        let (o, r, i) = (c(0.0, 0.0), c(FRAC_1_SQRT_2, 0.0), c(0.0, FRAC_1_SQRT_2));
        Matrix::of([o, r, o, i, r, o, -i, o, o, i, o, r, -i, o, r, o])
    },
    derivative: zero::<4>,
    generator: &[],
    inverse: Inverse::Itself,
    qasm_definition: "gate ecr a, b { h b; cx a, b; u1(pi/4) b; cx a, b; h b; x a; h b; cx a, b; u1(-pi/4) b; cx a, b; h b; }",
}

//! `sqrth`: principal square root of h.

use super::Inverse;
use super::matrices::zero;
use crate::math::{Matrix, c};
use std::f64::consts::FRAC_1_SQRT_2;

gate! {
    /// The root of Hadamard with eigenvalues 1 and i: `((1 + i) 1 + (1 - i) h) / 2`. Used once on every qubit by the
    /// QuantumNAS space `barren` (RXYZ). TorchQuantum's `SHadamard` is `ry(pi/4)`, another gate.
    ///
    /// - `h a; = sqrth a; sqrth a;`
    /// - `sqrth a; = ry(-pi/4) a; s a; ry(pi/4) a;`
    pub SQRTH = ("sqrth", "principal square root of h", "QuantumNAS (arXiv:2107.10845), space RXYZ; principal root");
    controls: 0, targets: 1, params: &[],
    matrix: |_| {
        let (along, across) = (c(0.5, 0.5), c(0.5, -0.5) * FRAC_1_SQRT_2);
        Matrix::of([along + across, across, across, along - across])
    },
    derivative: zero::<2>,
    generator: &[],
    inverse: Inverse::Unitary,
    qasm_definition: "gate sqrth a { ry(-pi/4) a; s a; ry(pi/4) a; }",
}

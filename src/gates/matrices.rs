//! Shapes of matrices that several gates share, and their derivatives.
//!
//! Entries that are exactly 0, 1 or real for every angle are written as such: cost and kernels read the structure off
//! the matrix, so a `cos(pi/2)` of 6e-17 must not stand where a zero belongs.

use crate::math::{C64, Matrix, c};

/// A matrix of real entries, row-major.
pub(super) fn real(entries: &[f64]) -> Matrix {
    let dim = entries.len().isqrt();
    let mut out = Matrix::zeros(dim);
    for (k, &entry) in entries.iter().enumerate() {
        out[(k / dim, k % dim)] = c(entry, 0.0);
    }
    out
}

/// The derivative of a gate without parameters: nothing depends on anything.
pub(super) fn zero<const DIM: usize>(_: &[f64], _: usize) -> Matrix {
    Matrix::zeros(DIM)
}

/// `diag(1, e^(i lambda))`.
pub(super) fn phase(lambda: f64) -> Matrix {
    Matrix::diagonal(&[c(1.0, 0.0), C64::cis(lambda)])
}

/// `exp(-i theta X / 2)`.
pub(super) fn rotation_x(theta: f64) -> Matrix {
    let (sin, cos) = (theta / 2.0).sin_cos();
    Matrix::of([c(cos, 0.0), c(0.0, -sin), c(0.0, -sin), c(cos, 0.0)])
}

/// `exp(-i theta Y / 2)`.
pub(super) fn rotation_y(theta: f64) -> Matrix {
    let (sin, cos) = (theta / 2.0).sin_cos();
    real(&[cos, -sin, sin, cos])
}

/// `exp(-i theta Z / 2)`.
pub(super) fn rotation_z(theta: f64) -> Matrix {
    Matrix::diagonal(&[C64::cis(-theta / 2.0), C64::cis(theta / 2.0)])
}

/// `[[cos(theta/2), -e^(i lambda) sin(theta/2)], [e^(i phi) sin(theta/2), e^(i (phi + lambda)) cos(theta/2)]]`.
pub(super) fn euler(theta: f64, phi: f64, lambda: f64) -> Matrix {
    let (sin, cos) = (theta / 2.0).sin_cos();
    Matrix::of([c(cos, 0.0), -C64::cis(lambda) * sin, C64::cis(phi) * sin, C64::cis(phi + lambda) * cos])
}

/// The derivative of [`euler`] with respect to `theta` (0), `phi` (1) or `lambda` (2).
pub(super) fn euler_derivative(theta: f64, phi: f64, lambda: f64, k: usize) -> Matrix {
    let u = euler(theta, phi, lambda);
    let (o, i) = (c(0.0, 0.0), C64::i());
    match k {
        0 => {
            let (sin, cos) = (theta / 2.0).sin_cos();
            Matrix::of([
                c(-sin / 2.0, 0.0),
                -C64::cis(lambda) * (cos / 2.0),
                C64::cis(phi) * (cos / 2.0),
                -C64::cis(phi + lambda) * (sin / 2.0),
            ])
        }
        1 => Matrix::of([o, o, i * u[(1, 0)], i * u[(1, 1)]]),
        _ => Matrix::of([o, i * u[(0, 1)], o, i * u[(1, 1)]]),
    }
}

/// The rotation `[[cos, -i e^(-i beta) sin], [-i e^(i beta) sin, cos]]` by `theta / 2`, row-major.
pub(super) fn equator(theta: f64, beta: f64) -> [C64; 4] {
    let (sin, cos) = (theta / 2.0).sin_cos();
    let minus_i_sin = c(0.0, -sin);
    [c(cos, 0.0), minus_i_sin * C64::cis(-beta), minus_i_sin * C64::cis(beta), c(cos, 0.0)]
}

/// The derivative of [`equator`] with respect to `theta` (0) or `beta` (1).
pub(super) fn equator_derivative(theta: f64, beta: f64, k: usize) -> [C64; 4] {
    let (sin, cos) = (theta / 2.0).sin_cos();
    let o = c(0.0, 0.0);
    if k == 0 {
        let half = c(0.0, -cos / 2.0);
        [c(-sin / 2.0, 0.0), half * C64::cis(-beta), half * C64::cis(beta), c(-sin / 2.0, 0.0)]
    } else {
        [o, C64::cis(-beta) * -sin, C64::cis(beta) * sin, o]
    }
}

/// A two-qubit matrix that leaves |00> and |11> alone and is `block` (row-major) on |01>, |10>.
pub(super) fn middle(block: [C64; 4]) -> Matrix {
    let (o, l) = (c(0.0, 0.0), c(1.0, 0.0));
    let [a, b, x, y] = block;
    Matrix::of([l, o, o, o, o, a, b, o, o, x, y, o, o, o, o, l])
}

/// `exp(-i theta P / 2)` of a Pauli string `P`, letter k on target k: `cos(theta/2) 1 - i sin(theta/2) P`.
pub(super) fn ising(letters: &str, theta: f64) -> Matrix {
    let (sin, cos) = (theta / 2.0).sin_cos();
    let string = pauli_matrix(letters);
    let mut out = string.scale(c(0.0, -sin));
    for k in 0..out.dim() {
        out[(k, k)] += c(cos, 0.0);
    }
    out
}

/// The derivative of `unitary = exp(-i theta G)`: `-i G unitary`.
pub(super) fn generated(generator: &[(f64, &str)], unitary: &Matrix) -> Matrix {
    pauli_sum_matrix(generator).matmul(unitary).scale(c(0.0, -1.0))
}

/// The matrix of `Σ coefficient · letters`, letter k on target k.
pub(super) fn pauli_sum_matrix(terms: &[(f64, &str)]) -> Matrix {
    let dim = terms.first().map_or(1, |(_, letters)| 1 << letters.len());
    terms.iter().fold(Matrix::zeros(dim), |sum, (coefficient, letters)| {
        sum.plus(&pauli_matrix(letters).scale(c(*coefficient, 0.0)))
    })
}

/// The matrix of a string of Pauli letters (`I`, `X`, `Y`, `Z`), letter k on target k.
fn pauli_matrix(letters: &str) -> Matrix {
    let (o, l, i) = (c(0.0, 0.0), c(1.0, 0.0), C64::i());
    letters.chars().fold(Matrix::identity(1), |low, letter| {
        low.kron_high(&Matrix::of(match letter {
            'X' => [o, l, l, o],
            'Y' => [o, -i, i, o],
            'Z' => [l, o, o, -l],
            _ => [l, o, o, l],
        }))
    })
}

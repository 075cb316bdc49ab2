//! What a two-qubit unitary does between its qubits: `U = (L1 ⊗ L0) · Σ u_a σ_a ⊗ σ_a · (R1 ⊗ R0)`, up to a phase.
//!
//! In the magic basis local gates are real and the non-local part is diagonal, so everything follows from the
//! eigenvectors of one symmetric unitary matrix (Kraus and Cirac, quant-ph/0011050). Its real and imaginary parts commute;
//! a Jacobi iteration on a mixture of both diagonalises both. The overhead of cutting the gate needs the `|u_a|` alone,
//! which no choice of roots, signs or order changes.

use crate::math::{C64, Matrix, c};
use std::f64::consts::FRAC_1_SQRT_2;

/// The parts of a two-qubit unitary. Operand 0 is the less significant bit; pairs are `[operand 0, operand 1]`.
#[derive(Clone, Debug)]
pub struct Kak {
    /// Applied last, per operand.
    pub left: [Matrix; 2],
    /// Applied first, per operand.
    pub right: [Matrix; 2],
    /// Coefficients of `II`, `XX`, `YY`, `ZZ`; their squared magnitudes add up to 1.
    pub u: [C64; 4],
}

type Real4 = [[f64; 4]; 4];

/// Eigenvalues of `II`, `XX`, `YY`, `ZZ` on the columns of the magic basis.
const SIGNS: [[f64; 4]; 4] =
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, -1.0, -1.0], [-1.0, 1.0, -1.0, 1.0], [1.0, -1.0, -1.0, 1.0]];

/// Mixtures of real and imaginary part; a matrix whose eigenvalues one of them confuses is separated by the next.
const MIXTURES: [f64; 5] = [0.732_050_8, -1.381_966, 2.236_068, 0.129_1, -0.317_8];

fn magic() -> Matrix {
    let (o, l, i) = (c(0.0, 0.0), c(FRAC_1_SQRT_2, 0.0), c(0.0, FRAC_1_SQRT_2));
    Matrix::from_rows(vec![l, o, o, i, o, i, l, o, o, i, -l, o, l, o, o, -i])
}

/// Takes a two-qubit unitary apart.
#[must_use]
pub fn kak(unitary: &Matrix) -> Kak {
    let basis = magic();
    let quarter = determinant(unitary).arg() / 4.0;
    let special = unitary.scale(C64::cis(-quarter));
    let turned = basis.dagger().matmul(&special).matmul(&basis);
    let symmetric = transposed(&turned).matmul(&turned);
    let vectors = diagonalise(&symmetric);
    let p = Matrix::from_rows(vectors.iter().flatten().map(|&x| c(x, 0.0)).collect::<Vec<_>>());
    let squares = transposed(&p).matmul(&symmetric).matmul(&p);
    let mut roots: [C64; 4] = std::array::from_fn(|k| C64::cis(squares[(k, k)].arg() / 2.0));
    if roots.iter().product::<C64>().re < 0.0 {
        roots[0] = -roots[0];
    }
    let inverse = Matrix::diagonal(&roots.map(|root| root.conj()));
    let outer = turned.matmul(&p).matmul(&inverse);
    let local = |o: &Matrix| factors(&basis.matmul(o).matmul(&basis.dagger()));
    let u = std::array::from_fn(|a| (0..4).map(|k| roots[k] * (SIGNS[a][k] / 4.0)).sum());
    Kak { left: local(&outer), right: local(&transposed(&p)), u }
}

fn transposed(m: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(m.dim());
    for i in 0..m.dim() {
        for j in 0..m.dim() {
            out[(i, j)] = m[(j, i)];
        }
    }
    out
}

/// The determinant by elimination with the largest pivot.
fn determinant(m: &Matrix) -> C64 {
    let mut a = m.clone();
    let mut det = c(1.0, 0.0);
    for k in 0..a.dim() {
        let pivot = (k..a.dim()).max_by(|&x, &y| a[(x, k)].norm().total_cmp(&a[(y, k)].norm())).unwrap_or(k);
        if a[(pivot, k)].norm() == 0.0 {
            return c(0.0, 0.0);
        }
        if pivot != k {
            det = -det;
            for j in 0..a.dim() {
                let held = a[(k, j)];
                a[(k, j)] = a[(pivot, j)];
                a[(pivot, j)] = held;
            }
        }
        det *= a[(k, k)];
        for i in k + 1..a.dim() {
            let factor = a[(i, k)] / a[(k, k)];
            for j in k..a.dim() {
                let above = a[(k, j)];
                a[(i, j)] -= factor * above;
            }
        }
    }
    det
}

/// Real orthonormal eigenvectors, as columns, of a symmetric unitary matrix; their determinant is 1.
fn diagonalise(m: &Matrix) -> Real4 {
    let rest = |v: &Real4| {
        let p = Matrix::from_rows(v.iter().flatten().map(|&x| c(x, 0.0)).collect::<Vec<_>>());
        let d = transposed(&p).matmul(m).matmul(&p);
        (0..16).filter(|at| at / 4 != at % 4).map(|at| d[(at / 4, at % 4)].norm()).fold(0.0, f64::max)
    };
    let mut best: Option<(f64, Real4)> = None;
    for mixture in MIXTURES {
        let mixed = std::array::from_fn(|i| std::array::from_fn(|j| m[(i, j)].re + mixture * m[(i, j)].im));
        let vectors = jacobi(mixed);
        let left = rest(&vectors);
        if best.as_ref().is_none_or(|(least, _)| left < *least) {
            best = Some((left, vectors));
        }
        if left < 1e-13 {
            break;
        }
    }
    let mut vectors = best.map_or_else(|| jacobi([[0.0; 4]; 4]), |(_, vectors)| vectors);
    let det = determinant(&Matrix::from_rows(vectors.iter().flatten().map(|&x| c(x, 0.0)).collect::<Vec<_>>()));
    if det.re < 0.0 {
        vectors.iter_mut().for_each(|row| row[0] = -row[0]);
    }
    vectors
}

/// Eigenvectors of a real symmetric matrix by rotations of pairs, as columns.
fn jacobi(mut a: Real4) -> Real4 {
    let mut v: Real4 = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..60 {
        let off: f64 = (0..4).flat_map(|p| (p + 1..4).map(move |q| (p, q))).map(|(p, q)| a[p][q] * a[p][q]).sum();
        if off < 1e-32 {
            break;
        }
        for p in 0..4 {
            for q in p + 1..4 {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cos = 1.0 / (t * t + 1.0).sqrt();
                rotate(&mut a, &mut v, (p, q), (cos, t * cos));
            }
        }
    }
    v
}

fn rotate(a: &mut Real4, v: &mut Real4, (p, q): (usize, usize), (cos, sin): (f64, f64)) {
    for row in a.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        row[p] = cos * x - sin * y;
        row[q] = sin * x + cos * y;
    }
    let (x, y) = (a[p], a[q]);
    a[p] = std::array::from_fn(|k| cos * x[k] - sin * y[k]);
    a[q] = std::array::from_fn(|k| sin * x[k] + cos * y[k]);
}

/// `high ⊗ low` taken apart as `[low, high]`, up to a phase.
fn factors(product: &Matrix) -> [Matrix; 2] {
    let largest =
        (0..16).max_by(|&x, &y| product[(x / 4, x % 4)].norm().total_cmp(&product[(y / 4, y % 4)].norm())).unwrap_or(0);
    let (row, column) = (largest / 4, largest % 4);
    let mut low = Matrix::zeros(2);
    let mut high = Matrix::zeros(2);
    for i in 0..2 {
        for j in 0..2 {
            low[(i, j)] = product[(row & 2 | i, column & 2 | j)];
            high[(i, j)] = product[(i << 1 | row & 1, j << 1 | column & 1)];
        }
    }
    let unit = |m: &Matrix| m.scale(c(1.0, 0.0) / determinant(m).sqrt());
    [unit(&low), unit(&high)]
}

/// `Σ u_a σ_a ⊗ σ_a` as a matrix.
#[must_use]
pub fn non_local(u: &[C64; 4]) -> Matrix {
    let paulis = [pauli(0), pauli(1), pauli(2), pauli(3)];
    u.iter().zip(&paulis).fold(Matrix::zeros(4), |sum, (&u, p)| sum.plus(&p.kron_high(p).scale(u)))
}

/// The Pauli matrix of a number: identity, X, Y, Z.
#[must_use]
pub fn pauli(a: usize) -> Matrix {
    let (o, l, i) = (c(0.0, 0.0), c(1.0, 0.0), C64::i());
    Matrix::from_rows(match a {
        1 => vec![o, l, l, o],
        2 => vec![o, -i, i, o],
        3 => vec![l, o, o, -l],
        _ => vec![l, o, o, l],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The unitary again, from its parts.
    fn back(parts: &Kak) -> Matrix {
        let left = parts.left[0].kron_high(&parts.left[1]);
        let right = parts.right[0].kron_high(&parts.right[1]);
        left.matmul(&non_local(&parts.u)).matmul(&right)
    }

    fn check(unitary: &Matrix) {
        let parts = kak(unitary);
        let product = back(&parts).dagger().matmul(unitary);
        let phase = product[(0, 0)];
        assert!((phase.norm() - 1.0).abs() < 1e-9, "{unitary:?}");
        assert!(product.distance(&Matrix::identity(4).scale(phase)) < 1e-9, "{unitary:?}");
        assert!((parts.u.iter().map(C64::norm_sqr).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    fn euler(angles: &[f64]) -> Matrix {
        (crate::gates::u::U.matrix)(&angles[..3])
    }

    #[test]
    fn gates_of_the_catalogue_come_back() {
        for gate in crate::gates::GATES.iter().filter(|gate| gate.n_qubits() == 2 && gate.controls == 0) {
            let params: Vec<f64> = (0..gate.params.len()).map(|k| 0.3 + 0.7 * k as f64).collect();
            check(&(gate.matrix)(&params));
        }
        check(&Matrix::identity(4));
    }

    proptest! {
        #[test]
        fn random_unitaries_come_back(angles in prop::collection::vec(-4.0..4.0f64, 15)) {
            let local = |k: usize| euler(&angles[3 * k..]).kron_high(&euler(&angles[3 * k + 3..]));
            let [x, y, z] = ["rxx", "ryy", "rzz"].map(|name| crate::gates::find(name).map(|gate| gate.matrix).unwrap());
            let middle = x(&angles[12..]).matmul(&y(&angles[13..])).matmul(&z(&angles[14..]));
            check(&local(0).matmul(&middle).matmul(&local(2)));
        }
    }
}

//! Constant unitaries on two qubits as local gates around one interaction (Cartan decomposition).
//!
//! Any unitary is `(l ⊗ l') · exp(-i (x XX + y YY + z ZZ) / 2) · (r ⊗ r')` up to a phase. In the magic basis the local
//! part is real and the interaction diagonal, so the factors come from the eigenvectors of `MᵀM`: a symmetric unitary,
//! whose real and imaginary part commute and are diagonalised together. Index bit 0 is the first qubit.
//!
//! Source: Kraus and Cirac, quant-ph/0011050; Zhang et al., quant-ph/0209120.

use super::turn::{self, One};
use super::{C64, c};

/// A unitary on two qubits, row-major.
pub type Pair = [[C64; 4]; 4];

const O: C64 = c(0.0, 0.0);

/// What is around the interaction, and its three angles.
#[derive(Clone, Debug)]
pub struct Cartan {
    /// Before it, on the first and the second qubit.
    pub before: [One; 2],
    /// Angles of XX, YY and ZZ in `(-pi/2, pi/2]`.
    pub axes: [f64; 3],
    /// After it.
    pub after: [One; 2],
}

/// Eigenvalues of XX, YY and ZZ on the four vectors of the magic basis.
const SIGNS: [[f64; 3]; 4] = [[1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, -1.0], [-1.0, 1.0, 1.0]];

fn magic() -> Pair {
    let h = c(std::f64::consts::FRAC_1_SQRT_2, 0.0);
    let i = C64::i() * h;
    [[h, O, O, i], [O, i, h, O], [O, i, -h, O], [h, O, O, -i]]
}

/// `a · b`.
#[must_use]
pub fn times(a: &Pair, b: &Pair) -> Pair {
    let mut out = [[O; 4]; 4];
    for (i, row) in out.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = (0..4).map(|k| a[i][k] * b[k][j]).sum();
        }
    }
    out
}

fn turned(a: &Pair, of: impl Fn(C64) -> C64) -> Pair {
    let mut out = [[O; 4]; 4];
    for (i, row) in out.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = of(a[j][i]);
        }
    }
    out
}

fn dagger(a: &Pair) -> Pair {
    turned(a, |x| x.conj())
}

/// `first` on bit 0, `second` on bit 1.
#[must_use]
pub fn local(first: &One, second: &One) -> Pair {
    let mut out = [[O; 4]; 4];
    for (i, row) in out.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = first[(i & 1) * 2 + (j & 1)] * second[(i >> 1) * 2 + (j >> 1)];
        }
    }
    out
}

/// `exp(-i (x XX + y YY + z ZZ) / 2)`.
#[must_use]
pub fn interaction(axes: &[f64; 3]) -> Pair {
    let b = magic();
    let mut out = b;
    for row in &mut out {
        for (entry, signs) in row.iter_mut().zip(&SIGNS) {
            let angle: f64 = signs.iter().zip(axes).map(|(sign, axis)| sign * axis).sum();
            *entry *= C64::cis(-angle / 2.0);
        }
    }
    times(&out, &dagger(&b))
}

/// The decomposition; `None` if the matrix is not unitary.
#[must_use]
pub fn decompose(u: &Pair) -> Option<Cartan> {
    let b = magic();
    let inner = times(&dagger(&b), &times(&unit_determinant(u), &b));
    let square = times(&turned(&inner, |x| x), &inner);
    let p = common_eigenvectors(&square)?;
    let real = |entry: f64| c(entry, 0.0);
    let vectors: Pair = p.map(|row| row.map(real));
    let diagonal = times(&turned(&vectors, |x| x), &times(&square, &vectors));
    let mut phases: [f64; 4] = std::array::from_fn(|j| diagonal[j][j].arg() / 2.0);
    let left = |phases: &[f64; 4]| {
        let mut out = times(&inner, &vectors);
        for row in &mut out {
            row.iter_mut().zip(phases).for_each(|(entry, phase)| *entry *= C64::cis(-phase));
        }
        out
    };
    let mut outer = left(&phases);
    if determinant(&outer.map(|row| row.map(|x| x.re))) < 0.0 {
        phases[0] += std::f64::consts::PI;
        outer = left(&phases);
    }
    let before = factors(&times(&b, &times(&turned(&vectors, |x| x), &dagger(&b))))?;
    let after = factors(&times(&b, &times(&outer, &dagger(&b))))?;
    let axes = std::array::from_fn(|k| -(0..4).map(|j| SIGNS[j][k] * phases[j]).sum::<f64>() / 2.0);
    Some(folded(Cartan { before, axes, after }))
}

/// Angles brought into `(-pi/2, pi/2]`: a half turn about PP is P on both qubits.
fn folded(mut cartan: Cartan) -> Cartan {
    let paulis: [One; 3] =
        [[O, c(1.0, 0.0), c(1.0, 0.0), O], [O, c(0.0, -1.0), c(0.0, 1.0), O], [c(1.0, 0.0), O, O, c(-1.0, 0.0)]];
    for (axis, pauli) in cartan.axes.iter_mut().zip(&paulis) {
        let special = (*axis / std::f64::consts::FRAC_PI_4).round() * std::f64::consts::FRAC_PI_4;
        let exact = if (*axis - special).abs() < turn::NEAR { special } else { *axis };
        let halves = (exact / std::f64::consts::PI - 0.5).ceil();
        *axis = exact - halves * std::f64::consts::PI;
        if halves.rem_euclid(2.0) == 1.0 {
            cartan.after = cartan.after.map(|m| turn::times(&m, pauli));
        }
    }
    cartan
}

fn unit_determinant(u: &Pair) -> Pair {
    let mut m = *u;
    let mut product = c(1.0, 0.0);
    for k in 0..4 {
        let pivot = (k..4).max_by(|&i, &j| m[i][k].norm().total_cmp(&m[j][k].norm())).unwrap_or(k);
        if pivot != k {
            m.swap(pivot, k);
            product = -product;
        }
        product *= m[k][k];
        for i in k + 1..4 {
            let factor = m[i][k] / m[k][k];
            let row = m[k];
            m[i].iter_mut().zip(row).for_each(|(entry, above)| *entry -= factor * above);
        }
    }
    let phase = C64::cis(-product.arg() / 4.0);
    u.map(|row| row.map(|x| x * phase))
}

fn determinant(m: &[[f64; 4]; 4]) -> f64 {
    let minor = |rows: [usize; 3], columns: [usize; 3]| {
        let e = |i: usize, j: usize| m[rows[i]][columns[j]];
        e(0, 0) * (e(1, 1) * e(2, 2) - e(1, 2) * e(2, 1)) - e(0, 1) * (e(1, 0) * e(2, 2) - e(1, 2) * e(2, 0))
            + e(0, 2) * (e(1, 0) * e(2, 1) - e(1, 1) * e(2, 0))
    };
    m[0][0] * minor([1, 2, 3], [1, 2, 3]) - m[0][1] * minor([1, 2, 3], [0, 2, 3])
        + m[0][2] * minor([1, 2, 3], [0, 1, 3])
        - m[0][3] * minor([1, 2, 3], [0, 1, 2])
}

/// Real orthonormal columns that diagonalise a symmetric unitary, of determinant 1.
fn common_eigenvectors(m: &Pair) -> Option<[[f64; 4]; 4]> {
    // Where eigenvalues of one mixture of the two parts coincide by chance, another mixture tells them apart.
    for mixture in [(1.0, 0.0), (0.0, 1.0), (0.731, 0.412), (-0.533, 0.921), (0.287, -0.958), (0.977, 0.101)] {
        let mixed: [[f64; 4]; 4] =
            std::array::from_fn(|i| std::array::from_fn(|j| mixture.0 * m[i][j].re + mixture.1 * m[i][j].im));
        let mut vectors = jacobi(mixed);
        let real: Pair = vectors.map(|row| row.map(|x| c(x, 0.0)));
        let diagonal = times(&turned(&real, |x| x), &times(m, &real));
        let rest = (0..4).flat_map(|i| (0..4).filter(move |&j| j != i).map(move |j| (i, j)));
        if rest.map(|(i, j)| diagonal[i][j].norm()).fold(0.0, f64::max) < 1e-9 {
            if determinant(&vectors) < 0.0 {
                vectors.iter_mut().for_each(|row| row[0] = -row[0]);
            }
            return Some(vectors);
        }
    }
    None
}

/// Eigenvectors of a real symmetric matrix as columns, by rotations.
fn jacobi(mut a: [[f64; 4]; 4]) -> [[f64; 4]; 4] {
    let mut v: [[f64; 4]; 4] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..24 {
        let mut off = 0.0;
        for p in 0..4 {
            for q in p + 1..4 {
                off += a[p][q] * a[p][q];
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let slope = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = slope.signum() / (slope.abs() + (slope * slope + 1.0).sqrt());
                let t = if slope == 0.0 { 1.0 } else { t };
                let cos = 1.0 / (t * t + 1.0).sqrt();
                let sin = t * cos;
                for row in &mut a {
                    (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
                }
                let (above, below) = (a[p], a[q]);
                a[p] = std::array::from_fn(|k| cos * above[k] - sin * below[k]);
                a[q] = std::array::from_fn(|k| sin * above[k] + cos * below[k]);
                for row in &mut v {
                    (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
                }
            }
        }
        if off < 1e-28 {
            break;
        }
    }
    v
}

/// The two factors of a product of local gates, up to phases.
fn factors(m: &Pair) -> Option<[One; 2]> {
    let (mut i, mut j) = (0, 0);
    for row in 0..4 {
        for column in 0..4 {
            if m[row][column].norm() > m[i][j].norm() {
                (i, j) = (row, column);
            }
        }
    }
    let first: One = std::array::from_fn(|k| m[(i & 2) | (k >> 1)][(j & 2) | (k & 1)]);
    let second: One = std::array::from_fn(|k| m[(i & 1) | (k >> 1) << 1][(j & 1) | (k & 1) << 1]);
    let unit = |one: One| {
        let size = (one[0] * one[3] - one[1] * one[2]).norm().sqrt();
        (size > 1e-6).then(|| one.map(|x| x / size))
    };
    Some([unit(first)?, unit(second)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance(a: &Pair, b: &Pair) -> f64 {
        let product = times(a, &dagger(b));
        let trace: C64 = (0..4).map(|k| product[k][k]).sum();
        (1.0 - trace.norm() / 4.0).abs().sqrt()
    }

    fn one(angles: &[f64]) -> One {
        let turned = turn::times(&turn::sx(), &turn::rz(angles[2]));
        let again = turn::times(&turn::sx(), &turn::times(&turn::rz(angles[0]), &turned));
        turn::times(&turn::rz(angles[1]), &again)
    }

    proptest! {
        #[test]
        fn a_product_of_locals_and_an_interaction_is_found_again(
            locals in proptest::collection::vec(prop_oneof![-4.0..4.0f64, (-4..4i8).prop_map(|k| f64::from(k) * std::f64::consts::FRAC_PI_4)], 12),
            axes in proptest::array::uniform3(prop_oneof![-4.0..4.0f64, (-4..4i8).prop_map(|k| f64::from(k) * std::f64::consts::FRAC_PI_4)]),
        ) {
            let before = local(&one(&locals[0..3]), &one(&locals[3..6]));
            let after = local(&one(&locals[6..9]), &one(&locals[9..12]));
            let u = times(&after, &times(&interaction(&axes), &before));
            let found = decompose(&u).unwrap();
            let again = times(
                &local(&found.after[0], &found.after[1]),
                &times(&interaction(&found.axes), &local(&found.before[0], &found.before[1])),
            );
            prop_assert!(distance(&u, &again) < 1e-6);
            // The interaction is the same up to order and signs, and no larger than it must be.
            let sorted = |axes: [f64; 3]| {
                let mut out = axes.map(|axis| turn::wrap(axis, std::f64::consts::PI).abs());
                out.sort_by(f64::total_cmp);
                out
            };
            let (found, wanted) = (sorted(found.axes), sorted(axes));
            prop_assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {wanted:?}");
        }
    }
}

//! What a two-qubit unitary does between its qubits: `U = (L1 ⊗ L0) · Σ u_a σ_a ⊗ σ_a · (R1 ⊗ R0)`, up to a phase.
//!
//! The three angles of its interaction (`math::weyl`) say it all: XX, YY and ZZ commute, and the product of two of them is minus the
//! third. The overhead of cutting the gate needs the `|u_a|` alone, which no choice of roots, signs or order changes.

use crate::math::{C64, Matrix, c, weyl};

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

/// Takes a two-qubit unitary apart; what is not unitary is taken for the identity.
#[must_use]
pub fn kak(unitary: &Matrix) -> Kak {
    let pair: weyl::Pair = std::array::from_fn(|i| std::array::from_fn(|j| unitary[(i, j)]));
    let one = |m: &crate::math::turn::One| Matrix::from_rows(m.to_vec());
    match weyl::decompose(&pair) {
        Some(found) => Kak {
            left: found.after.each_ref().map(one),
            right: found.before.each_ref().map(one),
            u: weights(found.axes),
        },
        None => {
            let same = || [Matrix::identity(2), Matrix::identity(2)];
            Kak { left: same(), right: same(), u: weights([0.0; 3]) }
        }
    }
}

/// `exp(-i (x XX + y YY + z ZZ) / 2)` as weights of `II`, `XX`, `YY`, `ZZ`.
fn weights(axes: [f64; 3]) -> [C64; 4] {
    let [(sx, cx), (sy, cy), (sz, cz)] = axes.map(|axis| (axis / 2.0).sin_cos());
    [
        c(cx * cy * cz, -sx * sy * sz),
        c(cx * sy * sz, -sx * cy * cz),
        c(sx * cy * sz, -cx * sy * cz),
        c(sx * sy * cz, -cx * cy * sz),
    ]
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

    /// `Σ u_a σ_a ⊗ σ_a` as a matrix.
    fn non_local(u: &[C64; 4]) -> Matrix {
        let paulis = [pauli(0), pauli(1), pauli(2), pauli(3)];
        u.iter().zip(&paulis).fold(Matrix::zeros(4), |sum, (&u, p)| sum.plus(&p.kron_high(p).scale(u)))
    }

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

//! Small dense square matrices (1 to 4 qubits), row-major.

use super::{C64, c};
use std::ops::{Index, IndexMut};

/// A square complex matrix of size `dim × dim`, row-major.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix {
    dim: usize,
    data: Entries,
}

/// Entries of matrices on up to two qubits stand in place, so that gates give theirs without touching the heap.
#[derive(Clone, PartialEq, Debug)]
#[allow(clippy::large_enum_variant)] // the point of it
enum Entries {
    /// Zero beyond the last entry.
    Few([C64; FEW]),
    Many(Vec<C64>),
}

/// Entries of a matrix on two qubits.
const FEW: usize = 16;

impl Matrix {
    /// From rows given one after another; `data.len()` is a square.
    #[must_use]
    pub fn from_rows(data: Vec<C64>) -> Self {
        Self::of_slice(&data)
    }

    /// The same without a list on the heap.
    #[must_use]
    pub fn of<const N: usize>(data: [C64; N]) -> Self {
        Self::of_slice(&data)
    }

    fn of_slice(data: &[C64]) -> Self {
        let dim = data.len().isqrt();
        assert_eq!(dim * dim, data.len(), "a square matrix has a square number of entries");
        let mut out = Self::zeros(dim);
        out.as_mut_slice().copy_from_slice(data);
        out
    }

    /// All zeros.
    #[must_use]
    pub fn zeros(dim: usize) -> Self {
        let zero = c(0.0, 0.0);
        let few = dim * dim <= FEW;
        Self { dim, data: if few { Entries::Few([zero; FEW]) } else { Entries::Many(vec![zero; dim * dim]) } }
    }

    /// The identity.
    #[must_use]
    pub fn identity(dim: usize) -> Self {
        let mut out = Self::zeros(dim);
        for i in 0..dim {
            out[(i, i)] = c(1.0, 0.0);
        }
        out
    }

    /// A diagonal matrix.
    #[must_use]
    pub fn diagonal(entries: &[C64]) -> Self {
        let mut out = Self::zeros(entries.len());
        for (i, &entry) in entries.iter().enumerate() {
            out[(i, i)] = entry;
        }
        out
    }

    /// Number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The entries, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &[C64] {
        match &self.data {
            Entries::Few(all) => &all[..self.dim * self.dim],
            Entries::Many(all) => all,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [C64] {
        match &mut self.data {
            Entries::Few(all) => &mut all[..self.dim * self.dim],
            Entries::Many(all) => all,
        }
    }

    /// `self · other`.
    #[must_use]
    pub fn matmul(&self, other: &Self) -> Self {
        assert_eq!(self.dim, other.dim);
        let mut out = Self::zeros(self.dim);
        for i in 0..self.dim {
            for k in 0..self.dim {
                let a = self[(i, k)];
                for j in 0..self.dim {
                    out[(i, j)] += a * other[(k, j)];
                }
            }
        }
        out
    }

    /// The conjugate transpose.
    #[must_use]
    pub fn dagger(&self) -> Self {
        let mut out = Self::zeros(self.dim);
        for i in 0..self.dim {
            for j in 0..self.dim {
                out[(j, i)] = self[(i, j)].conj();
            }
        }
        out
    }

    /// Kronecker product with `high` on the more significant index: `high ⊗ self`.
    #[must_use]
    pub fn kron_high(&self, high: &Self) -> Self {
        let mut out = Self::zeros(self.dim * high.dim);
        for i in 0..out.dim {
            for j in 0..out.dim {
                out[(i, j)] = high[(i / self.dim, j / self.dim)] * self[(i % self.dim, j % self.dim)];
            }
        }
        out
    }

    /// Every entry times `factor`.
    #[must_use]
    pub fn scale(&self, factor: C64) -> Self {
        let mut out = self.clone();
        out.as_mut_slice().iter_mut().for_each(|x| *x *= factor);
        out
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        assert_eq!(self.dim, other.dim);
        let mut out = self.clone();
        out.as_mut_slice().iter_mut().zip(other.as_slice()).for_each(|(a, b)| *a += b);
        out
    }

    /// Largest absolute difference of two entries.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        assert_eq!(self.dim, other.dim);
        self.as_slice().iter().zip(other.as_slice()).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
    }

    /// Is `self · self† = 1` within `tolerance`?
    #[must_use]
    pub fn is_unitary(&self, tolerance: f64) -> bool {
        self.matmul(&self.dagger()).distance(&Self::identity(self.dim)) <= tolerance
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = C64;
    fn index(&self, (row, column): (usize, usize)) -> &C64 {
        &self.as_slice()[row * self.dim + column]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut C64 {
        let at = row * self.dim + column;
        &mut self.as_mut_slice()[at]
    }
}

//! Pauli strings on all qubits as two rows of bits, signs left out.

use crate::math::{Pauli, PauliString};
use crate::passes::local::LocalPauli;

/// A string on up to `64 * W` qubits: bit `q` of `x` says X on qubit `q`, of `z` says Z, both say Y.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Bits<const W: usize> {
    pub(crate) x: [u64; W],
    pub(crate) z: [u64; W],
}

impl<const W: usize> Bits<W> {
    pub(crate) const IDENTITY: Self = Self { x: [0; W], z: [0; W] };

    pub(crate) fn of(string: &PauliString) -> Self {
        let mut out = Self::IDENTITY;
        for &(qubit, pauli) in string.factors() {
            out.set(
                qubit,
                match pauli {
                    Pauli::X => 1,
                    Pauli::Z => 2,
                    Pauli::Y => 3,
                },
            );
        }
        out
    }

    /// 0 for nothing, 1 for X, 2 for Z, 3 for Y.
    #[inline]
    pub(crate) fn get(&self, qubit: u32) -> LocalPauli {
        let (word, bit) = (qubit as usize / 64, qubit % 64);
        ((self.x[word] >> bit & 1) | (self.z[word] >> bit & 1) << 1) as LocalPauli
    }

    #[inline]
    pub(crate) fn set(&mut self, qubit: u32, pauli: LocalPauli) {
        let (word, bit) = (qubit as usize / 64, qubit % 64);
        self.x[word] = self.x[word] & !(1 << bit) | u64::from(pauli & 1) << bit;
        self.z[word] = self.z[word] & !(1 << bit) | u64::from(pauli >> 1 & 1) << bit;
    }

    /// The part on `qubits`, operand `j` in bits `2j` and `2j + 1`.
    #[inline]
    pub(crate) fn local(&self, qubits: &[u32]) -> LocalPauli {
        qubits.iter().enumerate().fold(0, |mask, (j, &qubit)| mask | self.get(qubit) << (2 * j))
    }

    /// The qubits that carry anything.
    #[inline]
    pub(crate) fn support(&self) -> [u64; W] {
        std::array::from_fn(|word| self.x[word] | self.z[word])
    }

    #[inline]
    pub(crate) fn with_local(mut self, qubits: &[u32], pauli: LocalPauli) -> Self {
        for (j, &qubit) in qubits.iter().enumerate() {
            self.set(qubit, pauli >> (2 * j) & 3);
        }
        self
    }

    #[inline]
    pub(crate) fn commutes_with(&self, other: &Self) -> bool {
        let odd: u32 = (0..W).map(|w| ((self.x[w] & other.z[w]) ^ (self.z[w] & other.x[w])).count_ones()).sum();
        odd.is_multiple_of(2)
    }

    /// The product, sign left out.
    #[inline]
    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut out = *self;
        for w in 0..W {
            out.x[w] ^= other.x[w];
            out.z[w] ^= other.z[w];
        }
        out
    }

    /// As people write it.
    pub(crate) fn to_string(self, n: u32) -> PauliString {
        let pauli = |qubit| match self.get(qubit) {
            1 => Some((qubit, Pauli::X)),
            2 => Some((qubit, Pauli::Z)),
            3 => Some((qubit, Pauli::Y)),
            _ => None,
        };
        PauliString::from_factors((0..n).filter_map(pauli).collect())
    }
}

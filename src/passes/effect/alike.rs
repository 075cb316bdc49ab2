//! Which letters of a string come to the same on the way back: behind rotations about several axes any Pauli becomes every Pauli,
//! so strings that differ in nothing else need not be told apart.
//!
//! What a letter becomes is followed through the gates on its qubit alone, back to the last gate on several qubits before it. Letters that
//! become the same set are written as one, so of the `3^k` strings on `k` such qubits one is left.

use super::strings::Bits;
use super::table::Tables;
use crate::ir::{QuantumOp, Region};

/// For each Pauli (0 for none, 1 for X, 2 for Z, 3 for Y), another.
type Letters = [u8; 4];

const ITSELF: Letters = [0, 1, 2, 3];

/// Per place of a region and qubit, the letters that stand for others.
pub(crate) struct Alike {
    n: usize,
    /// By place, then qubit; empty if every letter stands for itself everywhere.
    letters: Vec<Letters>,
}

impl Alike {
    pub(crate) fn new(region: &Region, tables: &Tables) -> Self {
        let n = region.n_qubits as usize;
        // Per qubit and letter the set of letters it becomes, bit by bit.
        let mut sets: Vec<Letters> = vec![[1, 2, 4, 8]; n];
        let mut now = vec![ITSELF; n];
        let mut letters = Vec::with_capacity(n * (region.ops.len() + 1));
        let mut any = false;
        letters.extend_from_slice(&now);
        for (op, table) in region.ops.iter().zip(&tables.of_op) {
            match (op, table, op.qubits()) {
                (QuantumOp::Barrier { .. }, ..) => {}
                (QuantumOp::Gate(_), Some(table), &[qubit]) => {
                    let before = sets[qubit as usize];
                    let after = |letter: usize| {
                        table.images[letter].iter().fold(0, |all, &(image, _)| all | before[image as usize])
                    };
                    sets[qubit as usize] = std::array::from_fn(after);
                    now[qubit as usize] = first_of(&sets[qubit as usize]);
                    any |= now[qubit as usize] != ITSELF;
                }
                (_, _, qubits) => qubits.iter().for_each(|&qubit| {
                    sets[qubit as usize] = [1, 2, 4, 8];
                    now[qubit as usize] = ITSELF;
                }),
            }
            letters.extend_from_slice(&now);
        }
        Self { n, letters: if any { letters } else { Vec::new() } }
    }

    /// The string before step `end` that stands for all those that become the same.
    pub(crate) fn stands_for(&self, end: usize, mut string: Bits<1>) -> Bits<1> {
        let Some(letters) = self.letters.get(end * self.n..(end + 1) * self.n) else { return string };
        let mut left = string.support()[0];
        while left != 0 {
            let qubit = left.trailing_zeros();
            left &= left - 1;
            string.set(qubit, letters[qubit as usize][string.get(qubit) as usize]);
        }
        string
    }
}

/// Of the letters with one set, one: Z first, which most gates leave as it is.
fn first_of(sets: &Letters) -> Letters {
    std::array::from_fn(|letter| {
        let same = [0u8, 2, 1, 3].into_iter().find(|&other| sets[other as usize] == sets[letter]);
        same.unwrap_or(0)
    })
}

//! Which letters of a string come to the same on the way back: behind rotations about several axes any Pauli becomes every Pauli,
//! so strings that differ in nothing else need not be told apart.
//!
//! What a letter becomes is followed through the gates on its qubit alone, back to the last gate on several qubits before it. Letters that
//! become the same set are written as one, so of the `3^k` strings on `k` such qubits one is left.

use super::strings::Bits;
use super::table::Tables;
use crate::ir::{QuantumOp, Region};

/// For each Pauli (0 for none, 1 for X, 2 for Z, 3 for Y) the set of those that it becomes, bit by bit.
type Sets = [u8; 4];

const ITSELF: Sets = [1, 2, 4, 8];

/// Which qubits' letters are written as others, Z before X before Y. Most gates leave Z as it is.
#[derive(Clone, Copy, Default, PartialEq)]
struct Written {
    x_as_z: u64,
    y_as_z: u64,
    y_as_x: u64,
}

impl Written {
    /// Sets the letters of a qubit.
    fn set(&mut self, qubit: u32, [_, x, z, y]: Sets) {
        let put = |mask: &mut u64, same: bool| *mask = *mask & !(1 << qubit) | u64::from(same) << qubit;
        put(&mut self.x_as_z, x == z);
        put(&mut self.y_as_z, y == z);
        put(&mut self.y_as_x, y == x && y != z);
    }
}

/// Per place of a region, the letters that stand for others.
pub(crate) struct Alike {
    /// By place; empty if every letter stands for itself everywhere.
    places: Vec<Written>,
}

impl Alike {
    pub(crate) fn new(region: &Region, tables: &Tables) -> Self {
        let mut sets: Vec<Sets> = vec![ITSELF; region.n_qubits as usize];
        let mut now = Written::default();
        let mut places = vec![now];
        for (op, table) in region.ops.iter().zip(&tables.of_op) {
            match (op, table, op.qubits()) {
                (QuantumOp::Barrier { .. }, ..) => {}
                (QuantumOp::Gate(_), Some(table), &[qubit]) => {
                    let before = sets[qubit as usize];
                    let after = |letter: usize| {
                        table.images[letter].iter().fold(0, |all, &(image, _)| all | before[image as usize])
                    };
                    sets[qubit as usize] = std::array::from_fn(after);
                    now.set(qubit, sets[qubit as usize]);
                }
                (_, _, qubits) => qubits.iter().for_each(|&qubit| {
                    sets[qubit as usize] = ITSELF;
                    now.set(qubit, ITSELF);
                }),
            }
            places.push(now);
        }
        let any = places.iter().any(|place| *place != Written::default());
        Self { places: if any { places } else { Vec::new() } }
    }

    /// The string before step `end` that stands for all those that become the same.
    pub(crate) fn stands_for(&self, end: usize, mut string: Bits<1>) -> Bits<1> {
        let Some(written) = self.places.get(end) else { return string };
        let ([x], [z]) = (string.x, string.z);
        let to_z = x & !z & written.x_as_z | x & z & written.y_as_z;
        let to_x = x & z & written.y_as_x;
        (string.x, string.z) = ([x & !to_z], [(z | to_z) & !to_x]);
        string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_one_set_are_written_as_the_first_of_them() {
        for sets in [[1, 2, 4, 8], [1, 6, 6, 8], [1, 10, 4, 10], [1, 2, 12, 12], [1, 14, 14, 14]] {
            let mut place = Written::default();
            place.set(3, sets);
            let alike = Alike { places: vec![place] };
            for letter in 1..4u8 {
                let string = Bits::<1>::IDENTITY.with_local(&[3], letter).with_local(&[2], 1);
                let first = [2u8, 1, 3].into_iter().find(|&other| sets[other as usize] == sets[letter as usize]);
                let expected = string.with_local(&[3], first.expect("itself"));
                assert_eq!(alike.stands_for(0, string), expected, "{sets:?} {letter}");
            }
        }
    }
}

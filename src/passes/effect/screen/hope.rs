//! Which strings may end well at all, qubit by qubit.

use super::{String, Walk};
use crate::ir::QuantumOp;
use crate::passes::local::LocalPauli;

/// A set of Paulis on one qubit: bit 0 for none, 1 for X, 2 for Z, 3 for Y.
type Letters = u8;

const EVERY: Letters = 15;

/// Which Paulis a string may have on a qubit and still end well, as far as the gates since |0⟩ on few qubits tell. Without it, a
/// string that is lost on one qubit would be followed through all it can become on the others.
pub(super) struct Hope {
    /// Per step and operand, before it.
    before: Vec<Vec<Letters>>,
    /// Per qubit at the end.
    end: Vec<Letters>,
}

impl Hope {
    pub(super) fn new(walk: &Walk<'_, 1>) -> Self {
        // Of |0⟩ nothing but Z has an expectation.
        let mut now: Vec<Letters> = vec![0b0101; walk.region.n_qubits as usize];
        let mut before = Vec::with_capacity(walk.region.ops.len());
        for (op, table) in walk.region.ops.iter().zip(&walk.tables.of_op) {
            let here: Vec<Letters> = op.qubits().iter().map(|&qubit| now[qubit as usize]).collect();
            let mut after = vec![EVERY; here.len()];
            match (op, table) {
                (QuantumOp::Barrier { .. }, _) => after.clone_from(&here),
                (QuantumOp::Gate(_), Some(table)) if here.iter().any(|letters| *letters != EVERY) => {
                    after.fill(0);
                    let hoped =
                        |image: LocalPauli| here.iter().enumerate().all(|(j, l)| l >> (image >> (2 * j) & 3) & 1 == 1);
                    let lives = |images: &[(LocalPauli, f64)]| images.iter().any(|image| hoped(image.0));
                    for (pauli, _) in table.images.iter().enumerate().filter(|(_, images)| lives(images)) {
                        after.iter_mut().enumerate().for_each(|(j, letters)| *letters |= 1 << (pauli >> (2 * j) & 3));
                    }
                }
                _ => {}
            }
            op.qubits().iter().zip(after).for_each(|(&qubit, letters)| now[qubit as usize] = letters);
            before.push(here);
        }
        Self { before, end: now }
    }

    /// May a string that comes out of a step backwards, with this part on its operands, end well?
    pub(super) fn through(&self, at: usize, local: LocalPauli) -> bool {
        self.before[at].iter().enumerate().all(|(j, letters)| letters >> (local >> (2 * j) & 3) & 1 == 1)
    }

    /// May a read-out's string end well?
    pub(super) fn ends_well(&self, string: &String) -> bool {
        self.end.iter().zip(0..).all(|(letters, qubit)| letters >> string.get(qubit) & 1 == 1)
    }
}

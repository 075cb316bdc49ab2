//! The coarse half of the engine: per qubit the set of Paulis any observable may have there. Linear, on any number of qubits.

use super::table::Table;
use crate::ir::{GateOp, Readout, Region};

/// Per qubit a set: bit 0 for X, bit 1 for Z, bit 2 for Y. The identity is always possible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Types(pub(crate) Vec<u8>);

const EVERYTHING: u8 = 7;

/// The bit of a Pauli coded 1 (X), 2 (Z), 3 (Y).
fn bit(pauli: u8) -> u8 {
    match pauli {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    }
}

/// What one gate does to the types.
pub(crate) struct Step {
    /// It commutes with every string the types allow.
    pub(crate) fixed: bool,
    /// Bit by bit per parameter: may the strings depend on it? Those past the last bit are not spoken of.
    pub(crate) live_params: u32,
}

impl Types {
    /// Of the read-outs of a region.
    pub(crate) fn of_readouts(region: &Region) -> Self {
        let mut types = Self(vec![0; region.n_qubits as usize]);
        for readout in &region.readouts {
            match readout {
                Readout::Probabilities(qubits) => qubits.iter().for_each(|&qubit| types.add(qubit, 2)),
                Readout::Expectation(sum) => {
                    for &(qubit, pauli) in sum.terms().iter().flat_map(|term| term.1.factors()) {
                        types.add(
                            qubit,
                            match pauli {
                                crate::math::Pauli::X => 1,
                                crate::math::Pauli::Z => 2,
                                crate::math::Pauli::Y => 3,
                            },
                        );
                    }
                }
            }
        }
        types
    }

    /// Allows a Pauli (coded 1, 2, 3) on a qubit.
    pub(crate) fn add(&mut self, qubit: u32, pauli: u8) {
        self.0[qubit as usize] |= bit(pauli);
    }

    /// Is anything but the identity possible on one of these qubits?
    pub(crate) fn touch(&self, qubits: &[u32]) -> bool {
        qubits.iter().any(|&qubit| self.0[qubit as usize] != 0)
    }

    /// Nothing but the identity on these qubits from here on.
    pub(crate) fn clear(&mut self, qubits: &[u32]) {
        qubits.iter().for_each(|&qubit| self.0[qubit as usize] = 0);
    }

    /// Takes the types from behind a gate to before it. A gate that is `fixed` leaves them as they are.
    pub(crate) fn back(&mut self, gate: &GateOp, table: Option<&Table>) -> Step {
        let Some(table) = table else {
            let targets_idle = !self.touch(gate.targets());
            let fixed = targets_idle && gate.controls().all(|(qubit, _)| self.0[qubit as usize] & !bit(2) == 0);
            if !fixed {
                gate.qubits.iter().for_each(|&qubit| self.0[qubit as usize] = EVERYTHING);
            }
            return Step { fixed, live_params: if fixed { 0 } else { u32::MAX } };
        };
        let mut step = Step { fixed: true, live_params: 0 };
        let mut before = [0u8; 8];
        for pauli in 0..1usize << (2 * table.n) {
            let part = |j: usize| (pauli >> (2 * j) & 3) as u8;
            let possible =
                gate.qubits.iter().enumerate().all(|(j, &q)| part(j) == 0 || self.0[q as usize] & bit(part(j)) != 0);
            if !possible || pauli == 0 {
                continue;
            }
            step.fixed &= table.fixed[pauli];
            for (k, of_string) in table.derivatives.iter().enumerate() {
                step.live_params |= u32::from(!of_string[pauli].is_empty()) << k;
            }
            for &(image, _) in &table.images[pauli] {
                (0..table.n).for_each(|j| before[j] |= bit(image >> (2 * j) & 3));
            }
        }
        if !step.fixed {
            for (j, &qubit) in gate.qubits.iter().enumerate() {
                self.0[qubit as usize] = before[j];
            }
        }
        step
    }
}

//! Read-outs over the final slots: permutations at the end of a circuit fold into these tables.

use super::passes::class;
use super::program::{Flip, Placement, Readouts};
use crate::ir::{Readout, Region};
use crate::math::{C64, Pauli, PauliString, c};
use std::collections::BTreeMap;

/// Does it depend on the absolute values of the amplitudes alone?
pub(crate) fn is_diagonal(readout: &Readout) -> bool {
    match readout {
        Readout::Expectation(sum) => sum.is_diagonal(),
        Readout::Probabilities(_) => true,
    }
}

/// Plans the read-outs of a region.
pub(crate) fn lower(region: &Region, placement: &Placement) -> Readouts {
    let states = &placement.state_of;
    let mut out = Readouts::default();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut output = 0;
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => {
                let qubits: Vec<usize> = qubits.iter().map(|&qubit| qubit as usize).collect();
                let outcomes = states.iter().map(|&state| class(state, &qubits) as u32).collect();
                out.probabilities.push((output, outcomes));
            }
            Readout::Expectation(sum) => {
                let mut by_flip: BTreeMap<u32, Vec<&(f64, PauliString)>> = BTreeMap::new();
                for term in sum.terms() {
                    by_flip.entry(masks(&term.1).0).or_default().push(term);
                }
                for (flip, terms) in by_flip {
                    let factor =
                        |state: u32| terms.iter().map(|(k, string)| entry(string, state ^ flip) * *k).sum::<C64>();
                    if flip == 0 {
                        out.diagonal.push(output);
                        columns.push(states.iter().map(|&state| factor(state).re).collect());
                    } else {
                        out.flips.push(Flip {
                            output,
                            partner: states.iter().map(|&state| placement.slot_of[(state ^ flip) as usize]).collect(),
                            factor: states.iter().map(|&state| factor(state)).collect(),
                        });
                    }
                }
            }
        }
        output += readout.len();
    }
    out.values = (0..states.len()).flat_map(|slot| columns.iter().map(move |column| column[slot])).collect();
    out
}

/// The bits a string flips, and those whose value gives its sign.
fn masks(string: &PauliString) -> (u32, u32) {
    string.factors().iter().fold((0, 0), |(x, z), &(qubit, pauli)| match pauli {
        Pauli::X => (x | 1 << qubit, z),
        Pauli::Y => (x | 1 << qubit, z | 1 << qubit),
        Pauli::Z => (x, z | 1 << qubit),
    })
}

/// `P|state> = entry · |state ^ flips>`: `Y|0> = i|1>`, `Y|1> = -i|0>`.
fn entry(string: &PauliString, state: u32) -> C64 {
    let (x, z) = masks(string);
    let phase = [c(1.0, 0.0), c(0.0, 1.0), c(-1.0, 0.0), c(0.0, -1.0)][(x & z).count_ones() as usize % 4];
    if (state & z).count_ones().is_multiple_of(2) { phase } else { -phase }
}

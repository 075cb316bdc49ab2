//! The way of a Pauli string back through a circuit: to the last step before a place that changes it.
//!
//! Strings sit on few of the qubits, so steps are skipped by sets of qubits: first whole blocks of them, then one by one.

use super::strings::Bits;
use super::table::Tables;
use crate::ir::{GateOp, QuantumOp, Region};
use crate::passes::local::LocalPauli;

/// Steps that are skipped together.
const BLOCK: usize = 64;

/// A region with what its steps do to strings.
pub(crate) struct Walk<'r, const W: usize> {
    pub(crate) region: &'r Region,
    pub(crate) tables: Tables,
    /// Per step the qubits on which it may change a string.
    masks: Vec<[u64; W]>,
    /// The same of whole blocks.
    blocks: Vec<[u64; W]>,
}

impl<'r, const W: usize> Walk<'r, W> {
    pub(crate) fn new(region: &'r Region) -> Self {
        let masks: Vec<[u64; W]> = region.ops.iter().map(mask).collect();
        let all = |block: &[[u64; W]]| {
            block.iter().fold([0; W], |mut all, mask| {
                all.iter_mut().zip(mask).for_each(|(all, mask)| *all |= mask);
                all
            })
        };
        let blocks = masks.chunks(BLOCK).map(all).collect();
        Self { region, tables: Tables::new(region), masks, blocks }
    }

    /// The last step before `end` that changes the string. `met` hears of every step on the way that stands on a qubit of the string, that
    /// one included, with the string's part on its operands.
    pub(crate) fn event(&self, string: &Bits<W>, end: usize, mut met: impl FnMut(usize, LocalPauli)) -> Option<usize> {
        let support = string.support();
        let apart = |mask: &[u64; W]| mask.iter().zip(&support).all(|(mask, support)| mask & support == 0);
        let mut at = end;
        while at > 0 {
            if at.is_multiple_of(BLOCK) && apart(&self.blocks[at / BLOCK - 1]) {
                at -= BLOCK;
                continue;
            }
            at -= 1;
            if apart(&self.masks[at]) {
                continue;
            }
            let changes = match (&self.region.ops[at], &self.tables.of_op[at]) {
                (QuantumOp::Gate(gate), Some(table)) => {
                    let local = string.local(&gate.qubits);
                    met(at, local);
                    !table.fixed[local as usize]
                }
                (QuantumOp::Gate(gate), None) => !passes_by(gate, string),
                (QuantumOp::Prepare { .. }, _) => true,
                (QuantumOp::Barrier { .. }, _) => false,
            };
            if changes {
                return Some(at);
            }
        }
        None
    }
}

fn mask<const W: usize>(op: &QuantumOp) -> [u64; W] {
    let mut out = [0; W];
    if !matches!(op, QuantumOp::Barrier { .. }) {
        op.qubits().iter().for_each(|&qubit| out[qubit as usize / 64] |= 1 << (qubit % 64));
    }
    out
}

/// Does a string commute with a gate too wide to multiply out, by its controls alone?
fn passes_by<const W: usize>(gate: &GateOp, string: &Bits<W>) -> bool {
    gate.targets().iter().all(|&qubit| string.get(qubit) == 0)
        && gate.controls().all(|(qubit, _)| string.get(qubit) & 1 == 0)
}

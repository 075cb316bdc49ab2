//! One sweep over a region that lets every gate slide back through gates it commutes with until it meets a partner.
//!
//! What meets is combined at the place of the earlier gate; so a gate is only ever removed, and the depth cannot grow. Looking
//! back follows the gate's own wires and stops at the first gate it does not commute with, or at the window's end.

use super::commute::{Commuter, Kind};
use super::{Changed, PassContext};
use crate::ir::{GateOp, QuantumOp, Region};

/// What becomes of two gates that meet.
pub(super) enum Meeting {
    /// They pass each other if they commute.
    Pass,
    /// Both vanish.
    Vanish,
    /// One gate does for both, on the same set of qubits.
    Become(Box<GateOp>),
}

struct Sweep {
    ops: Vec<Option<(QuantumOp, Option<Kind>)>>,
    /// Per qubit the positions of the steps on it that remain, ascending.
    wires: Vec<Vec<usize>>,
    commuter: Commuter,
}

impl Sweep {
    fn remove(&mut self, at: usize) {
        if let Some((op, _)) = self.ops[at].take() {
            for &qubit in op.qubits() {
                let wire = &mut self.wires[qubit as usize];
                if let Some(place) = wire.iter().rposition(|&entry| entry == at) {
                    wire.remove(place);
                }
            }
        }
    }

    /// Slides a gate back; `true` if it was combined away.
    fn slide(&mut self, gate: &GateOp, kind: Kind, window: usize, meet: &mut impl FnMut(&GateOp, &GateOp) -> Meeting) -> bool {
        let mut cursors: Vec<usize> = gate.qubits.iter().map(|&qubit| self.wires[qubit as usize].len()).collect();
        for _ in 0..window {
            let latest = gate.qubits.iter().zip(&cursors).filter(|(_, cursor)| **cursor > 0);
            let Some(at) = latest.map(|(&qubit, &cursor)| self.wires[qubit as usize][cursor - 1]).max() else {
                return false;
            };
            let Some((op, other)) = &self.ops[at] else { return false };
            if let QuantumOp::Gate(earlier) = op
                && same_set(&earlier.qubits, &gate.qubits)
            {
                match meet(earlier, gate) {
                    Meeting::Pass => {}
                    Meeting::Vanish => {
                        self.remove(at);
                        return true;
                    }
                    Meeting::Become(merged) => {
                        let kind = self.commuter.gate_kind(&merged);
                        self.ops[at] = Some((QuantumOp::Gate(*merged), Some(kind)));
                        return true;
                    }
                }
            }
            if !self.commuter.commute((*other, op.qubits()), (Some(kind), &gate.qubits)) {
                return false;
            }
            for (&qubit, cursor) in gate.qubits.iter().zip(&mut cursors) {
                if *cursor > 0 && self.wires[qubit as usize][*cursor - 1] == at {
                    *cursor -= 1;
                }
            }
        }
        false
    }
}

fn same_set(a: &[u32], b: &[u32]) -> bool {
    a.len() == b.len() && a.iter().all(|qubit| b.contains(qubit))
}

/// Sweeps until nothing meets any more.
pub(super) fn sweep(
    region: &mut Region,
    cx: &PassContext,
    mut meet: impl FnMut(&GateOp, &GateOp) -> Meeting,
) -> Changed {
    let mut changed = Changed::No;
    loop {
        let mut sweep = Sweep {
            ops: Vec::with_capacity(region.ops.len()),
            wires: vec![Vec::new(); region.n_qubits as usize],
            commuter: Commuter::default(),
        };
        let before = region.ops.len();
        for op in std::mem::take(&mut region.ops) {
            let kind = sweep.commuter.kind(&op);
            if let (QuantumOp::Gate(gate), Some(kind)) = (&op, kind)
                && !gate.qubits.is_empty()
                && sweep.slide(gate, kind, cx.window, &mut meet)
            {
                continue;
            }
            for &qubit in op.qubits() {
                sweep.wires[qubit as usize].push(sweep.ops.len());
            }
            sweep.ops.push(Some((op, kind)));
        }
        region.ops = sweep.ops.into_iter().flatten().map(|(op, _)| op).collect();
        if region.ops.len() == before {
            return changed;
        }
        changed = Changed::Yes;
    }
}

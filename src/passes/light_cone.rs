//! `light-cone`: steps that no read-out can reach through shared qubits go.

use super::{Changed, PassContext, declare_pass};
use crate::ir::{QuantumOp, Readout, Region};

declare_pass! {
    /// Removes steps outside the light cone of all read-outs together.
    ///
    /// The cone of one observable is in [`cone`]; a region computes all its read-outs from one state, so a step
    /// goes only if it is outside every cone. The observables are part of the program, so nothing is assumed about
    /// what will be measured.
    pub LightCone = ("light-cone", "removes steps that no read-out reaches", ""); Observables, prune
}

fn prune(region: &mut Region, _: &PassContext) -> Changed {
    let reached = cone(region, &region.readouts);
    let before = region.ops.len();
    let mut keep = reached.into_iter();
    region.ops.retain(|op| keep.next().unwrap_or(true) || matches!(op, QuantumOp::Barrier { .. }));
    Changed::when(region.ops.len() != before)
}

/// Per step: does some of these read-outs reach it? Barriers reach through nothing; a global phase is reached by nobody.
#[must_use]
pub fn cone(region: &Region, readouts: &[Readout]) -> Vec<bool> {
    let mut live = vec![false; region.n_qubits as usize];
    for readout in readouts {
        match readout {
            Readout::Probabilities(qubits) => qubits.iter().for_each(|&qubit| live[qubit as usize] = true),
            Readout::Expectation(sum) => {
                let factors = sum.terms().iter().flat_map(|term| term.1.factors());
                factors.for_each(|&(qubit, _)| live[qubit as usize] = true);
            }
        }
    }
    let mut reached = vec![false; region.ops.len()];
    for (at, op) in region.ops.iter().enumerate().rev() {
        if !matches!(op, QuantumOp::Barrier { .. }) && op.qubits().iter().any(|&qubit| live[qubit as usize]) {
            reached[at] = true;
            op.qubits().iter().for_each(|&qubit| live[qubit as usize] = true);
        }
    }
    reached
}

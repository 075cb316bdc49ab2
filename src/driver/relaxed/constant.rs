//! Candidates that give the same whatever their weights: found before training, computed once.

use super::Site;
use crate::ir::{Angle, Graph, NodeId, Op, QuantumOp, Region, Variable};
use crate::passes::effect::prove;

/// Is it proved that no read-out depends on a weight or an input, though the circuit has weights?
#[must_use]
pub fn is_constant(region: &Region) -> bool {
    let weights = region.weights();
    !weights.is_empty()
        && region.n_inputs == 0
        && prove(region).readouts.iter().all(|readout| !readout.weights && !readout.inputs)
}

/// Takes the weights out of the angles of a site's constant candidates: they are then the same in every step.
pub(super) fn freeze(graph: &mut Graph, site: &Site, kept: &[usize]) {
    let regions: Vec<NodeId> =
        graph.regions().filter(|(_, region)| region.path == site.path).map(|(id, _)| id).collect();
    if regions.len() != kept.len() {
        return;
    }
    for (id, &at) in regions.into_iter().zip(kept) {
        if !site.candidates[at].constant {
            continue;
        }
        if let Op::Region(region) = &mut graph.node_mut(id).op {
            region.ops.iter_mut().for_each(still);
        }
    }
}

/// The step with its weights at zero.
fn still(op: &mut QuantumOp) {
    for angle in op.angles_mut() {
        if angle.terms().iter().any(|(variable, _)| matches!(variable, Variable::Weight { .. })) {
            *angle = Angle::constant(angle.constant);
        }
    }
}

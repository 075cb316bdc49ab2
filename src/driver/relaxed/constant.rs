//! Candidates that give the same whatever their weights: found before training, computed once.

use super::{Candidate, Site};
use crate::ir::{Angle, Graph, NodeId, Op, QuantumOp, Region, Variable};
use crate::passes::effect::prove;
use std::collections::BTreeMap;

/// Is it proved that no read-out depends on a weight or an input, though the circuit has weights?
#[must_use]
pub fn is_constant(region: &Region) -> bool {
    let weights = region.weights();
    !weights.is_empty()
        && region.n_inputs == 0
        && prove(region).readouts.iter().all(|readout| !readout.weights && !readout.inputs)
}

/// Finds a site's constant candidates; `graphs` are the models with each of them.
pub(super) fn find(site: &mut Site, graphs: &[Graph]) {
    let circuits: Vec<BTreeMap<&str, &Region>> =
        graphs.iter().map(|graph| graph.regions().map(|(_, region)| (&*region.path, region)).collect()).collect();
    for (candidate, here) in site.candidates.iter_mut().zip(&circuits) {
        if !site.around {
            candidate.constant = here.get(&*site.path).is_some_and(|region| is_constant(region));
            continue;
        }
        // What all candidates have is no matter of the choice.
        let differs = |path: &str| circuits.iter().any(|other| other.get(path) != here.get(path));
        let own = || here.iter().filter(|(path, region)| differs(path) && !region.weights().is_empty());
        let still = own().filter(|(_, region)| is_constant(region)).map(|(path, _)| (*path).to_owned());
        candidate.still = still.collect();
        candidate.constant = !candidate.still.is_empty() && candidate.still.len() == own().count();
    }
}

/// Takes the weights out of the angles of a candidate's constant circuits.
pub(super) fn freeze_all(graph: &mut Graph, candidate: &Candidate) {
    let regions: Vec<NodeId> =
        graph.regions().filter(|(_, region)| candidate.still.contains(&region.path)).map(|(id, _)| id).collect();
    for id in regions {
        if let Op::Region(region) = &mut graph.node_mut(id).op {
            region.ops.iter_mut().for_each(still);
        }
    }
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

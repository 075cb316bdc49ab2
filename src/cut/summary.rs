//! All plans of a model under one budget, and the numbers that searches minimise.
//!
//! Read-outs that depend on the same circuit share a plan. Planning a model costs up to milliseconds and a search asks for
//! several of its numbers, so the last answers are kept; they are pure functions of what they are kept under.

use super::instance::{Instance, pruned};
use super::plan::{EFFORT, Plan, plan};
use super::segments::segments;
use crate::diag::Diagnostic;
use crate::ir::{Graph, QuantumOp, Region};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What is taken as one circuit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// What each read-out depends on.
    Observable,
    /// The circuit as written, whatever is measured.
    Whole,
}

/// A plan and what it is for.
#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    /// Which read-outs of the region, ascending.
    pub readouts: Vec<usize>,
    /// The plan.
    pub plan: Plan,
}

/// The plans of a region: one per circuit that its read-outs depend on.
///
/// # Errors
/// As [`plan`].
pub fn plans(region: &Region, budget: usize, scope: Scope, effort: u64) -> Result<Vec<Planned>, Diagnostic> {
    if scope == Scope::Whole {
        let plan = plan(Instance::new(region.clone()), budget, effort)?;
        return Ok(vec![Planned { readouts: (0..region.readouts.len()).collect(), plan }]);
    }
    let mut circuits: Vec<(Vec<usize>, Region)> = Vec::new();
    for (at, readout) in region.readouts.iter().enumerate() {
        let alone = pruned(region, readout);
        match circuits.iter_mut().find(|(_, other)| other.ops == alone.ops) {
            Some((list, other)) => {
                list.push(at);
                other.readouts.extend(alone.readouts);
            }
            None => circuits.push((vec![at], alone)),
        }
    }
    circuits
        .into_iter()
        .map(|(readouts, region)| Ok(Planned { readouts, plan: plan(Instance::new(region), budget, effort)? }))
        .collect()
}

/// The numbers of a model under one budget.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Summary {
    /// Gates and wires cut, for the read-out that needs most.
    pub cuts: f64,
    /// Pieces, for the read-out that needs most.
    pub partitions: f64,
    /// Circuits that determine all pieces, over all read-outs.
    pub fragment_variants: f64,
    /// Distinct circuits that hardware runs, over all read-outs.
    pub subexperiments: f64,
    /// Factor on the number of shots, for the dearest read-out and the dearest angles.
    pub overhead: f64,
    /// QNAS's count.
    pub segments_qnas: f64,
}

/// Answers that are kept.
const KEPT: usize = 4096;
static CACHE: Mutex<BTreeMap<[u8; 32], Summary>> = Mutex::new(BTreeMap::new());

/// The numbers of a model; all but the QNAS count are infinite where there is no plan.
#[must_use]
pub fn summary(graph: &Graph, budget: usize) -> Summary {
    let mut total = Summary { overhead: 1.0, ..Summary::default() };
    for (_, region) in graph.regions() {
        let key = fingerprint(region, budget);
        let kept = CACHE.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        let one = kept.unwrap_or_else(|| {
            let one = of_region(region, budget);
            let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= KEPT {
                cache.clear();
            }
            cache.insert(key, one);
            one
        });
        total.cuts = total.cuts.max(one.cuts);
        total.partitions = total.partitions.max(one.partitions);
        total.overhead = total.overhead.max(one.overhead);
        total.fragment_variants += one.fragment_variants;
        total.subexperiments += one.subexperiments;
        total.segments_qnas += one.segments_qnas;
    }
    total
}

fn of_region(region: &Region, budget: usize) -> Summary {
    let segments_qnas = segments(region, budget) as f64;
    let Ok(plans) = plans(region, budget, Scope::Observable, EFFORT) else {
        let never = f64::INFINITY;
        return Summary {
            cuts: never,
            partitions: never,
            fragment_variants: never,
            subexperiments: never,
            overhead: never,
            segments_qnas,
        };
    };
    let largest = |of: fn(&Plan) -> f64| plans.iter().map(|one| of(&one.plan)).fold(0.0, f64::max);
    let sum = |of: fn(&Plan) -> f64| plans.iter().map(|one| of(&one.plan)).sum();
    Summary {
        cuts: largest(|plan| plan.cuts() as f64),
        partitions: largest(|plan| plan.fragments.len() as f64),
        overhead: largest(|plan| plan.overhead.high).max(1.0),
        fragment_variants: sum(Plan::fragment_variants),
        subexperiments: sum(Plan::subexperiments),
        segments_qnas,
    }
}

/// What a plan depends on, as bytes that differ whenever it does.
fn fingerprint(region: &Region, budget: usize) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(format!("{budget} {} {:?}", region.n_qubits, region.readouts));
    for op in &region.ops {
        match op {
            QuantumOp::Gate(gate) => {
                hasher.update(format!("g{:?}{:?}{:?}", gate.operation, gate.extra_controls, gate.qubits));
            }
            QuantumOp::Prepare { qubits, values, .. } => hasher.update(format!("p{qubits:?}{values:?}")),
            QuantumOp::Barrier { .. } => {}
        }
    }
    hasher.finalize().into()
}

//! Proofs kept from one architecture to the next: searches of one file often share their space, and architectures of a space
//! their circuits. What is proved of a circuit is a fact about it, whoever asks; so is the identity of a model. Where their steps
//! are written is no part of it: two searches over one model of the library write it at two places. Nor is which weights its angles read,
//! as long as they come in one order: policy and value of an actor-critic are often one circuit over weights of their own.

use super::same::{renaming, same_circuit, same_model};
use crate::ir::{Graph, Node, QuantumOp, Region, Variable, WeightId};
use crate::passes::cancel_inverses::CancelInverses;
use crate::passes::canonical::{Identity, canonical_region, identity_by};
use crate::passes::effect::{Certificate, Effects, Subject, prove_and_reduce};
use crate::passes::{Changed, Pass, PassContext, pipeline, run_region};
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Circuits whose proofs are kept: those of the architectures drawn from a few spaces.
const KEPT: usize = 1024;

/// Numbers in all nodes of a model that is kept.
const LARGEST: usize = 100_000;

/// Things by a quick hash, with what is known about them.
type Known<T, K> = Mutex<FxHashMap<u64, Vec<(T, K)>>>;

/// What is known about a circuit.
#[derive(Debug)]
pub struct Proved {
    /// What has an effect.
    pub effects: Arc<Effects>,
    reduced: OnceLock<Region>,
    undone: OnceLock<Vec<usize>>,
}

impl Proved {
    /// What the default passes leave of the circuit, which is given as it is. Paths and places are those of whoever asked first.
    pub fn reduced(&self, region: &Region) -> &Region {
        self.reduced.get_or_init(|| {
            let mut region = region.clone();
            let passes = pipeline::find("default").map_or(&[][..], |pipeline| pipeline.passes);
            run_region(&mut region, passes, &PassContext::default());
            region
        })
    }

    /// The gates of the circuit, which is given as it is, that are gone once gates and their inverses have cancelled; by position.
    pub fn undone(&self, region: &Region) -> &[usize] {
        self.undone.get_or_init(|| undone(region))
    }
}

/// For each weight of one circuit the one of another that stands in its place.
type Names = BTreeMap<WeightId, WeightId>;

/// What is known of a circuit is known of one that differs only in which weights its angles read.
trait Renamed {
    /// The same of such a circuit.
    fn renamed(&self, names: &Names) -> Self;
}

/// Takes each weight for the one that stands in its place.
fn under(names: &Names) -> impl FnMut(WeightId) -> WeightId {
    |weight| names.get(&weight).copied().unwrap_or(weight)
}

impl Renamed for Region {
    fn renamed(&self, names: &Names) -> Self {
        self.with_weights(&mut under(names))
    }
}

impl Renamed for Proved {
    fn renamed(&self, names: &Names) -> Self {
        let variable = |variable: Variable| variable.with_weight(&mut under(names));
        let certificate = |certificate: &Certificate| Certificate {
            subject: match certificate.subject {
                Subject::Variable(subject) => Subject::Variable(variable(subject)),
                step @ Subject::Step(_) => step,
            },
            ..certificate.clone()
        };
        let mut effects = Effects::clone(&self.effects);
        effects.variables =
            self.effects.variables.iter().map(|(&of, proof)| (variable(of), proof.as_ref().map(certificate))).collect();
        Self {
            effects: Arc::new(effects),
            reduced: self.reduced.get().map_or_else(OnceLock::new, |reduced| reduced.renamed(names).into()),
            undone: self.undone.clone(),
        }
    }
}

/// What was proved so far.
#[derive(Debug, Default)]
pub struct Proofs {
    circuits: Known<Region, Arc<Proved>>,
    /// Canonical forms.
    forms: Known<Region, Arc<Region>>,
    models: Known<Graph, Identity>,
}

impl Proofs {
    /// What is proved about a region, by itself or because an equal one was asked about before.
    #[must_use]
    pub fn of(&self, region: &Region) -> Arc<Proved> {
        about(&self.circuits, region, || {
            let (effects, reduced) = prove_and_reduce(region);
            Proved {
                effects: Arc::new(effects),
                reduced: reduced.map_or_else(OnceLock::new, OnceLock::from),
                undone: OnceLock::new(),
            }
        })
    }

    /// The canonical form of a circuit: models of a space are many, their circuits are often few.
    fn form(&self, region: &Region) -> Arc<Region> {
        about(&self.forms, region, || canonical_region(region))
    }

    /// The identity of a model.
    #[must_use]
    pub fn identity(&self, graph: &Graph) -> Identity {
        let identity = |graph| identity_by(graph, &|region| self.form(region));
        if graph.nodes().map(Node::len).sum::<usize>() > LARGEST {
            return identity(graph);
        }
        let key =
            graph.regions().fold(graph.nodes().count() as u64, |all, (_, region)| all.rotate_left(5) ^ key(region));
        if let Some(found) = find(&self.models, key, |other| same_model(other, graph)) {
            return found;
        }
        let found = identity(graph);
        keep(&self.models, key, graph, found);
        found
    }
}

/// What is known about a circuit, worked out if nothing tells.
fn about<K: Renamed>(known: &Known<Region, Arc<K>>, region: &Region, new: impl FnOnce() -> K) -> Arc<K> {
    let key = key(region);
    if let Some(found) = find(known, key, |other| same_circuit(other, region)) {
        return found;
    }
    let named = || {
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key)?.iter().find_map(|(other, fact)| Some((renaming(other, region)?, Arc::clone(fact))))
    };
    // Without the lock: others go on meanwhile.
    let found = Arc::new(match named() {
        Some((names, fact)) => fact.renamed(&names),
        None => new(),
    });
    keep(known, key, region, Arc::clone(&found));
    found
}

/// The gates that are gone once gates and their inverses have cancelled.
fn undone(region: &Region) -> Vec<usize> {
    let mut left = region.clone();
    // The pass says what is left, not what went: each gate carries its position where its place was.
    for (op, at) in left.ops.iter_mut().zip(0..) {
        if let QuantumOp::Gate(gate) = op {
            gate.span.start = at;
        }
    }
    if CancelInverses.run(&mut left, &PassContext::default()) == Changed::No {
        return Vec::new();
    }
    let kept: BTreeSet<u32> = left.gates().map(|gate| gate.span.start).collect();
    let gates = region.ops.iter().zip(0..).filter(|(op, _)| matches!(op, QuantumOp::Gate(_)));
    gates.filter(|(_, at)| !kept.contains(at)).map(|(_, at)| at as usize).collect()
}

fn find<T, K: Clone>(known: &Known<T, K>, key: u64, is: impl Fn(&T) -> bool) -> Option<K> {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&key)?.iter().find(|one| is(&one.0)).map(|one| one.1.clone())
}

fn keep<T: Clone, K>(known: &Known<T, K>, key: u64, what: &T, fact: K) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() < KEPT {
        known.entry(key).or_default().push((what.clone(), fact));
    }
}

/// Equal for equal regions; angles are left out, which are the same where all the rest is.
fn key(region: &Region) -> u64 {
    let mut hasher = FxHasher::default();
    (region.n_qubits, region.n_inputs, region.ops.len(), region.readouts.len()).hash(&mut hasher);
    for op in &region.ops {
        op.qubits().hash(&mut hasher);
        if let QuantumOp::Gate(gate) = op {
            gate.name().hash(&mut hasher);
        }
    }
    hasher.finish()
}

//! Proofs kept from one architecture to the next: searches of one file often share their space, and architectures of a space
//! their circuits. What is proved of a circuit is a fact about it, whoever asks; so is the identity of a model.

use crate::ir::{Graph, Node, QuantumOp, Region};
use crate::passes::canonical::{Identity, identity};
use crate::passes::effect::{Effects, prove};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Circuits whose proofs are kept: those of the architectures drawn from a few spaces.
const KEPT: usize = 1024;

/// Numbers in all nodes of a model that is kept.
const LARGEST: usize = 100_000;

/// Things by a quick hash, with what is known about them.
type Known<T, K> = Mutex<FxHashMap<u64, Vec<(T, K)>>>;

/// What was proved so far.
#[derive(Debug, Default)]
pub struct Proofs {
    circuits: Known<Region, Arc<Effects>>,
    models: Known<Graph, Identity>,
}

impl Proofs {
    /// What is proved about a region, by itself or because an equal one was asked about before.
    #[must_use]
    pub fn of(&self, region: &Region) -> Arc<Effects> {
        let key = key(region);
        if let Some(found) = find(&self.circuits, key, |other| other == region) {
            return found;
        }
        // Without the lock: others go on meanwhile.
        let effects = Arc::new(prove(region));
        keep(&self.circuits, key, region, Arc::clone(&effects));
        effects
    }

    /// The identity of a model.
    #[must_use]
    pub fn identity(&self, graph: &Graph) -> Identity {
        if graph.nodes().map(Node::len).sum::<usize>() > LARGEST {
            return identity(graph);
        }
        let key =
            graph.regions().fold(graph.nodes().count() as u64, |all, (_, region)| all.rotate_left(5) ^ key(region));
        if let Some(found) = find(&self.models, key, |other| alike(other, graph)) {
            return found;
        }
        let found = identity(graph);
        keep(&self.models, key, graph, found);
        found
    }
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

/// Are two graphs the same as written? Both are built by one program, so their nodes are in one order.
pub(super) fn alike(a: &Graph, b: &Graph) -> bool {
    let same = |(x, y): (&Node, &Node)| x.op == y.op && x.shape == y.shape && a.inputs_of(x.id) == b.inputs_of(y.id);
    let outputs = a.outputs.len() == b.outputs.len() && a.outputs.iter().zip(&b.outputs).all(|(x, y)| x.node == y.node);
    outputs && a.weights == b.weights && a.nodes().count() == b.nodes().count() && a.nodes().zip(b.nodes()).all(same)
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

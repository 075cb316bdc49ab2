//! Proofs kept from one architecture to the next: searches of one file often share their space, and architectures of a space
//! their circuits. What is proved of a circuit is a fact about it, whoever asks; so is the identity of a model. Where their steps
//! are written is no part of it: two searches over one model of the library write it at two places.

use crate::ir::{Graph, Node, Op, QuantumOp, Region, Weight};
use crate::passes::canonical::{Identity, canonical_region, identity_by};
use crate::passes::effect::{Effects, prove_and_reduce};
use crate::passes::{PassContext, pipeline, run_region};
use rustc_hash::{FxHashMap, FxHasher};
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
        let key = key(region);
        if let Some(found) = find(&self.circuits, key, |other| same_circuit(other, region)) {
            return found;
        }
        // Without the lock: others go on meanwhile.
        let (effects, reduced) = prove_and_reduce(region);
        let proved = Arc::new(Proved {
            effects: Arc::new(effects),
            reduced: reduced.map_or_else(OnceLock::new, OnceLock::from),
        });
        keep(&self.circuits, key, region, Arc::clone(&proved));
        proved
    }

    /// The canonical form of a circuit: models of a space are many, their circuits are often few.
    fn form(&self, region: &Region) -> Arc<Region> {
        let key = key(region);
        find(&self.forms, key, |other| same_circuit(other, region)).unwrap_or_else(|| {
            let form = Arc::new(canonical_region(region));
            keep(&self.forms, key, region, Arc::clone(&form));
            form
        })
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
    a.weights == b.weights && same_nodes(a, b, |x, y| x == y)
}

/// As [`alike`], wherever it is written.
fn same_model(a: &Graph, b: &Graph) -> bool {
    let weights = |(x, y): (&Weight, &Weight)| {
        (&x.path, &x.shape, &x.init, x.trainable) == (&y.path, &y.shape, &y.init, y.trainable)
    };
    a.weights.len() == b.weights.len()
        && a.weights.iter().zip(&b.weights).all(weights)
        && same_nodes(a, b, |x, y| match (x, y) {
            (Op::Region(x), Op::Region(y)) => same_circuit(x, y),
            _ => x == y,
        })
}

fn same_nodes(a: &Graph, b: &Graph, is: impl Fn(&Op, &Op) -> bool) -> bool {
    let same =
        |(x, y): (&Node, &Node)| is(&x.op, &y.op) && x.shape == y.shape && a.inputs_of(x.id) == b.inputs_of(y.id);
    let outputs = a.outputs.len() == b.outputs.len() && a.outputs.iter().zip(&b.outputs).all(|(x, y)| x.node == y.node);
    outputs && a.nodes().count() == b.nodes().count() && a.nodes().zip(b.nodes()).all(same)
}

/// Do two regions do the same steps in the same order? What proofs say of them, they say by position.
fn same_circuit(a: &Region, b: &Region) -> bool {
    let same = |(x, y): (&QuantumOp, &QuantumOp)| match (x, y) {
        (QuantumOp::Gate(x), QuantumOp::Gate(y)) => {
            x.qubits == y.qubits && x.extra_controls == y.extra_controls && x.operation == y.operation
        }
        (QuantumOp::Prepare { qubits, values, .. }, QuantumOp::Prepare { qubits: others, values: theirs, .. }) => {
            qubits == others && values == theirs
        }
        _ => x == y,
    };
    let size = |region: &Region| (region.n_qubits, region.n_inputs, region.ops.len());
    size(a) == size(b) && a.readouts == b.readouts && a.ops.iter().zip(&b.ops).all(same)
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

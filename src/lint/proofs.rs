//! Proofs kept from one architecture to the next: searches of one file often share their space, and architectures of a space
//! their circuits. What is proved of a circuit is a fact about it, whoever asks.

use crate::ir::{QuantumOp, Region};
use crate::passes::effect::{Effects, prove};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Circuits whose proofs are kept: those of the architectures drawn from a few spaces.
const KEPT: usize = 1024;

/// Circuits by a quick hash, with what is proved about them.
type Known = FxHashMap<u64, Vec<(Region, Arc<Effects>)>>;

/// What was proved so far.
#[derive(Debug, Default)]
pub struct Proofs(Mutex<Known>);

impl Proofs {
    /// What is proved about a region, by itself or because an equal one was asked about before.
    #[must_use]
    pub fn of(&self, region: &Region) -> Arc<Effects> {
        let key = key(region);
        if let Some(found) = self.known().get(&key).and_then(|list| list.iter().find(|one| one.0 == *region)) {
            return Arc::clone(&found.1);
        }
        // Without the lock: others go on meanwhile.
        let effects = Arc::new(prove(region));
        let mut known = self.known();
        if known.len() < KEPT {
            known.entry(key).or_default().push((region.clone(), Arc::clone(&effects)));
        }
        effects
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

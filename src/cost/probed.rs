//! Training-free proxies as metrics: what exact states at random weights say of a circuit before it is trained.
//!
//! How each is measured, and its source, stands with it in [`crate::probe`]. Samples and seed are fixed and the same for all architectures, so
//! that a proxy is a number of the circuit as written alone, and differences between architectures are not those of their draws. A
//! search asks for one several times, so the last answers are kept; they are pure functions of what they are kept under.

use super::Metric;
use crate::ir::{Graph, QuantumOp, Region};
use crate::meta::Meta;
use crate::probe::{self, Probe, Typical};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A proxy: its description and unit, what it is for the regions of a graph.
const fn proxy(meta: Meta, unit: &'static str, evaluate: fn(&Graph, &str) -> f64) -> Metric {
    Metric { meta, unit, evaluate, proxy: true, ..Metric::PLAIN }
}

/// Pairs of states for expressibility: the finite-sample floor, which is taken off, is 0.04 nats.
const PAIRS: usize = 400;
/// Points at which entanglement is averaged.
const POINTS: usize = 100;
/// Points at which derivatives are taken.
const SLOPES: usize = 32;
/// Points of which the largest rank counts.
const RANKS: usize = 2;

pub(super) static EXPRESSIBILITY: Metric = proxy(probe::EXPRESSIBILITY.meta, "nats", |graph, _| {
    // A circuit without weights is as far from random as can be.
    let none = (probe::BINS as f64).ln();
    each(graph, &probe::EXPRESSIBILITY, PAIRS, none).fold(0.0, worse)
});

pub(super) static ENTANGLING_CAPABILITY: Metric = proxy(probe::ENTANGLING_CAPABILITY.meta, "of 1", |graph, _| {
    each(graph, &probe::ENTANGLING_CAPABILITY, POINTS, 0.0).reduce(lesser).unwrap_or(0.0)
});

pub(super) static GRADIENT_VARIANCE: Metric = proxy(probe::GRADIENT_VARIANCE.meta, "squared slopes", |graph, _| {
    each(graph, &probe::GRADIENT_VARIANCE, SLOPES, 0.0).reduce(lesser).unwrap_or(0.0)
});

pub(super) static FISHER_RANK: Metric =
    proxy(probe::FISHER_RANK.meta, "directions", |graph, _| each(graph, &probe::FISHER_RANK, RANKS, 0.0).sum());

pub(super) static JACOBIAN_RANK: Metric =
    proxy(probe::JACOBIAN_RANK.meta, "directions", |graph, _| each(graph, &probe::JACOBIAN_RANK, RANKS, 0.0).sum());

pub(super) static CLIFFORD_NOISE_RESILIENCE: Metric = proxy(probe::CLIFFORD_NOISE_RESILIENCE, "of 1", |graph, _| {
    let one = |(_, region): (_, &Region)| {
        kept(region, probe::CLIFFORD_NOISE_RESILIENCE.name, |rng| {
            probe::clifford_noise_resilience(region, probe::REPLICAS, &Typical, rng)
        })
    };
    graph.regions().map(one).reduce(lesser).unwrap_or(1.0)
});

/// The larger of two; what is unknown stays so.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The smaller of two; what is unknown stays so.
fn lesser(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

/// The value for every region, not a number for those with too many qubits, `none` for those that have nothing to measure.
fn each(graph: &Graph, probe: &'static Probe, samples: usize, none: f64) -> impl Iterator<Item = f64> {
    graph.regions().map(move |(_, region)| match region.n_qubits > probe::MOST_QUBITS {
        true => f64::NAN,
        false => kept(region, probe.meta.name, |rng| (probe.measure)(region, samples, rng).unwrap_or(none)),
    })
}

/// Answers that are kept.
const KEPT: usize = 16_384;
static CACHE: Mutex<BTreeMap<[u8; 32], f64>> = Mutex::new(BTreeMap::new());

/// The answer for a region, measured with the one seed if it is not known yet.
fn kept(region: &Region, name: &str, measure: impl FnOnce(&mut ChaCha8Rng) -> f64) -> f64 {
    let key = fingerprint(region, name);
    if let Some(&known) = CACHE.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known;
    }
    let value = measure(&mut ChaCha8Rng::seed_from_u64(0));
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(key, value);
    value
}

/// What a proxy of a region depends on, as bytes that differ whenever it does.
#[must_use]
pub fn fingerprint(region: &Region, name: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(format!("{name} {} {:?}", region.n_qubits, region.readouts));
    for op in &region.ops {
        match op {
            QuantumOp::Gate(gate) => {
                let kind = (gate.name(), gate.params(), &gate.extra_controls, &gate.qubits);
                hasher.update(format!("g{kind:?}"));
                if gate.name() == "unitary" {
                    hasher.update(format!("{:?}", gate.operation));
                }
            }
            QuantumOp::Prepare { qubits, values, .. } => hasher.update(format!("p{qubits:?}{values:?}")),
            QuantumOp::Barrier { .. } => {}
        }
    }
    hasher.finalize().into()
}

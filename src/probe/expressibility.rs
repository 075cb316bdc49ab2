//! How much of the space of states a circuit reaches: the distance of its fidelities from those of random states.

use super::probe;
use super::state::{MOST_QUBITS, Point, state, trainable};
use crate::ir::Region;
use crate::math::{C64, c};
use rand::rngs::ChaCha8Rng;

probe! {
    /// The Kullback-Leibler divergence of the distribution of fidelities |⟨ψ(θ)|ψ(φ)⟩|² of states with random weights from that
    /// of Haar-random states, in nats. 0 is as expressive as possible, ln(bins) a circuit that does nothing.
    ///
    /// Bins have equal Haar mass, so that no bin is empty by size alone, and the mean of what a finite sample adds,
    /// (bins - 1) / (2 pairs), is taken off.
    pub EXPRESSIBILITY = ("expressibility", "divergence of fidelities from random states", "Sim, Johnson and Aspuru-Guzik, arXiv:1905.10876");
    expressibility
}

/// Bins of equal Haar mass.
pub const BINS: usize = 32;

/// The divergence from `pairs` pairs, inputs fixed at random values; `None` for too many qubits or no weights.
#[must_use]
pub fn expressibility(region: &Region, pairs: usize, rng: &mut ChaCha8Rng) -> Option<f64> {
    if region.n_qubits > MOST_QUBITS || region.n_qubits == 0 || trainable(region).is_empty() || pairs == 0 {
        return None;
    }
    let start = Point::random(region, rng);
    let mut counts = [0usize; BINS];
    let power = 2f64.powi(i32::try_from(region.n_qubits).ok()?) - 1.0;
    for _ in 0..pairs {
        let (a, b) = (start.with_new_weights(rng), start.with_new_weights(rng));
        let fidelity = overlap(&state(region, &a)?, &state(region, &b)?);
        // Haar: P(F > f) = (1 - f)^(N - 1), which is uniform over 0..1.
        let rank = (1.0 - fidelity).max(0.0).powf(power);
        counts[((rank * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let total = pairs as f64;
    let term = |&count: &usize| match count {
        0 => 0.0,
        _ => count as f64 / total * (count as f64 / total * BINS as f64).ln(),
    };
    let floor = (BINS - 1) as f64 / (2.0 * total);
    Some((counts.iter().map(term).sum::<f64>() - floor).max(0.0))
}

fn overlap(a: &[C64], b: &[C64]) -> f64 {
    a.iter().zip(b).fold(c(0.0, 0.0), |sum, (x, y)| sum + x.conj() * y).norm_sqr()
}

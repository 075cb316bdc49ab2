//! In how many directions weights move the state.

use super::linear::rank;
use super::probe;
use super::state::{MOST_QUBITS, Point, tangents, trainable};
use crate::ir::Region;
use crate::math::{C64, c};
use rand::rngs::ChaCha8Rng;

probe! {
    /// The largest rank over random points of the quantum Fisher information matrix: the number of independent directions in which
    /// weights move the state. More weights than that are redundant near any point.
    pub FISHER_RANK = ("fisher_rank", "rank of the quantum Fisher information", "Larocca et al., Nat. Comput. Sci. 3, 542, 2023, arXiv:2109.11676");
    |region, samples, rng| fisher_rank(region, samples, rng).map(|rank| rank as f64)
}

/// Directions shorter than this share of the longest are rounding.
const TOLERANCE: f64 = 1e-7;

/// The rank; `None` for too many qubits or no weights.
#[must_use]
pub fn fisher_rank(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<usize> {
    let weights = trainable(region);
    if region.n_qubits > MOST_QUBITS || weights.is_empty() {
        return None;
    }
    let mut best = 0;
    for _ in 0..samples.max(1) {
        let (state, tangents) = tangents(region, &Point::random(region, rng), &weights)?;
        // Without the part along the state, which is a phase, and read as real vectors.
        let vectors = tangents.iter().map(|tangent| {
            let along = state.iter().zip(tangent).fold(c(0.0, 0.0), |sum, (a, b)| sum + a.conj() * b);
            let rest: Vec<C64> = tangent.iter().zip(&state).map(|(d, a)| d - along * a).collect();
            rest.iter().flat_map(|z| [z.re, z.im]).collect()
        });
        best = best.max(rank(vectors.collect(), TOLERANCE));
    }
    Some(best)
}

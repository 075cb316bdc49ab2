//! How large gradients are where training begins.

use super::probe;
use super::state::{MOST_QUBITS, Point, slopes, tangents, trainable};
use crate::ir::Region;
use rand::rngs::ChaCha8Rng;

probe! {
    /// The variance over random weights of the derivatives of the read-outs, averaged over the pairs of a weight and
    /// a read-out that moves with it.
    /// On a barren plateau it falls exponentially with the number of qubits.
    pub GRADIENT_VARIANCE = ("gradient_variance", "variance of the derivatives of read-outs", "McClean et al., Nat. Commun. 9, 4812, 2018, arXiv:1803.11173");
    |region, samples, rng| gradient_variance(region, samples, rng).map(|found| found.mean)
}

/// A variance, and how sure it is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Variance {
    /// The mean of the squared derivatives.
    pub mean: f64,
    /// Its standard error over the samples.
    pub error: f64,
}

/// The variance from `samples` points; `None` for too many qubits, or if no weight changes a read-out.
#[must_use]
pub fn gradient_variance(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<Variance> {
    let weights = trainable(region);
    if region.n_qubits > MOST_QUBITS || weights.is_empty() || samples < 2 {
        return None;
    }
    // Per sample the squares of all derivatives, weight by weight.
    let mut squares: Vec<Vec<f64>> = Vec::with_capacity(samples);
    for _ in 0..samples {
        let (state, tangents) = tangents(region, &Point::random(region, rng), &weights)?;
        squares.push(tangents.iter().flat_map(|t| slopes(region, &state, t)).map(|slope| slope * slope).collect());
    }
    // A read-out that never moves with a weight says nothing about how large gradients are.
    let pairs = squares.first().map_or(0, Vec::len);
    let live: Vec<usize> = (0..pairs).filter(|&pair| squares.iter().any(|sample| sample[pair] > 1e-20)).collect();
    if live.is_empty() {
        return None;
    }
    let means: Vec<f64> =
        squares.iter().map(|sample| live.iter().map(|&pair| sample[pair]).sum::<f64>() / live.len() as f64).collect();
    let n = samples as f64;
    let mean = means.iter().sum::<f64>() / n;
    let spread = means.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    Some(Variance { mean, error: (spread / n).sqrt() })
}

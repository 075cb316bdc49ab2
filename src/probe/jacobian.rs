//! In how many directions weights move the outputs.

use super::linear::rank;
use super::probe;
use super::state::{MOST_QUBITS, Point, slopes, tangents, trainable};
use crate::ir::{Region, Variable};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use std::f64::consts::TAU;

probe! {
    /// The rank of the derivatives of all read-outs by all weights, over many random inputs at one random point, the largest of a
    /// few points: how many numbers training really has. Weights beyond it act only through combinations with others.
    pub JACOBIAN_RANK = ("jacobian_rank", "rank of the derivatives of outputs by weights", "Funcke et al., Quantum 5, 422, 2021, arXiv:2011.03532");
    |region, samples, rng| jacobian_rank(region, samples, rng).map(|rank| rank as f64)
}

const TOLERANCE: f64 = 1e-7;

/// The rank, from enough inputs to tell all weights apart; `None` for too many qubits or no weights.
#[must_use]
pub fn jacobian_rank(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<usize> {
    let weights = trainable(region);
    let mut best = 0;
    for _ in 0..samples.max(1) {
        best = best.max(rank(columns(region, &weights, rng)?, TOLERANCE));
    }
    Some(best)
}

/// Pairs of weights whose derivatives of all read-outs are proportional at every one of `samples` random points, over many random
/// inputs each: they have the same effect. Weights without any are left out. `None` as [`jacobian_rank`].
#[must_use]
pub fn same_effect(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<Vec<(Variable, Variable)>> {
    let weights = trainable(region);
    let pairs = (0..weights.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    let mut left: Vec<(usize, usize)> = pairs.collect();
    for _ in 0..samples.max(1) {
        let columns = columns(region, &weights, rng)?;
        left.retain(|&(a, b)| proportional(&columns[a], &columns[b]));
    }
    Some(left.into_iter().map(|(a, b)| (weights[a], weights[b])).collect())
}

/// Is the angle between two vectors nothing but rounding? Never if one is zero.
fn proportional(a: &[f64], b: &[f64]) -> bool {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let (aa, bb) = (dot(a, a), dot(b, b));
    aa > TOLERANCE && bb > TOLERANCE && (1.0 - dot(a, b).powi(2) / (aa * bb)).abs() < TOLERANCE
}

/// The derivatives of all read-outs by each weight at one random point of the weights, over enough random inputs to tell all weights apart.
fn columns(region: &Region, weights: &[Variable], rng: &mut ChaCha8Rng) -> Option<Vec<Vec<f64>>> {
    if region.n_qubits > MOST_QUBITS || weights.is_empty() || region.n_outputs() == 0 {
        return None;
    }
    let reads =
        region.ops.iter().flat_map(|op| op.angles()).flat_map(|a| a.terms()).any(|t| matches!(t.0, Variable::Input(_)));
    // Twice as many rows as weights, so that chance hides no direction.
    let inputs = if reads { (2 * weights.len()).div_ceil(region.n_outputs()) + 2 } else { 1 };
    let mut point = Point::random(region, rng);
    let mut columns = vec![Vec::new(); weights.len()];
    for _ in 0..inputs {
        for (variable, value) in &mut point.0 {
            if matches!(variable, Variable::Input(_)) {
                *value = rng.random_range(0.0..TAU);
            }
        }
        let (state, tangents) = tangents(region, &point, weights)?;
        for (column, tangent) in columns.iter_mut().zip(&tangents) {
            column.extend(slopes(region, &state, tangent));
        }
    }
    Some(columns)
}

//! How well the states of a circuit tell classes apart before it is trained.

use super::state::{MOST_QUBITS, Point, state};
use crate::ir::{Readout, Region, Variable};
use crate::math::{C64, c};
use crate::meta::Meta;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeSet;

/// What the metric is called and where it comes from; it needs rows of data, so it is no [`super::Probe`].
pub static REPRESENTATIONAL_CAPACITY: Meta = crate::meta!(
    "representational_capacity",
    "how well untrained states tell classes apart",
    doc = "Compares how similar the states of pairs of training rows are with how similar they should be: 1 within a class, 0 across. 1 minus the \
           mean squared difference, pairs across classes weighing 1 / (classes - 1). The larger the better: minimise \
           `1 - representational_capacity`. A search measures it before training, on up to 16 rows of each class, with 32 draws of the \
           circuit's weights; layers before the circuit have their initial weights.\n\n\
           The similarity of two states is the mean over the qubits that are read of Tr ρσ / √(Tr ρ² Tr σ²), reduced to that qubit, exactly: what \
           local read-outs can tell. The published measure estimates it from randomised measurements. Up to ten qubits.",
    source = "Élivágar: Anagolum et al., ASPLOS 2024, arXiv:2401.09393"
);

/// Rows of each class that are looked at.
pub const ROWS: usize = 16;
/// Draws of the weights.
pub const DRAWS: usize = 32;

/// The capacity of a region for rows of its inputs and their classes, over `draws` draws of its weights; `None` for too many qubits, a row whose
/// amplitudes are all zero, or rows of one class.
#[must_use]
pub fn representational_capacity(
    region: &Region,
    (rows, classes): (&[Vec<f64>], &[u32]),
    draws: usize,
    rng: &mut ChaCha8Rng,
) -> Option<f64> {
    let kinds: BTreeSet<u32> = classes.iter().copied().collect();
    let read = read_qubits(region);
    if region.n_qubits > MOST_QUBITS || kinds.len() < 2 || read.is_empty() || draws == 0 {
        return None;
    }
    let n = rows.len();
    let mut similarity = vec![0.0; n * n];
    for _ in 0..draws {
        let mut point = Point::random(region, rng);
        let mut reduced = Vec::with_capacity(n);
        for row in rows {
            for (input, &value) in (0..).zip(row) {
                point.0.insert(Variable::Input(input), value);
            }
            let state = state(region, &point)?;
            reduced.push(read.iter().map(|&qubit| bloch(&state, qubit)).collect::<Vec<_>>());
        }
        for i in 0..n {
            for j in 0..i {
                similarity[i * n + j] += alike(&reduced[i], &reduced[j]) / draws as f64;
            }
        }
    }
    let across = 1.0 / (kinds.len() - 1) as f64;
    let (mut wrong, mut all) = (0.0, 0.0);
    for i in 0..n {
        for j in 0..i {
            let (weight, wanted) = if classes[i] == classes[j] { (1.0, 1.0) } else { (across, 0.0) };
            wrong += weight * (similarity[i * n + j] - wanted).powi(2);
            all += weight;
        }
    }
    Some(1.0 - wrong / all)
}

fn read_qubits(region: &Region) -> BTreeSet<u32> {
    let of = |readout: &Readout| -> Vec<u32> {
        match readout {
            Readout::Probabilities(qubits) => qubits.clone(),
            Readout::Expectation(sum) => {
                sum.terms().iter().flat_map(|term| term.1.factors()).map(|factor| factor.0).collect()
            }
        }
    };
    region.readouts.iter().flat_map(of).collect()
}

/// The Bloch vector of one qubit.
fn bloch(state: &[C64], qubit: u32) -> [f64; 3] {
    let (mut z, mut off) = (0.0, c(0.0, 0.0));
    for at in (0..state.len()).filter(|at| at >> qubit & 1 == 0) {
        let (zero, one) = (state[at], state[at | 1 << qubit]);
        z += zero.norm_sqr() - one.norm_sqr();
        off += zero.conj() * one;
    }
    [2.0 * off.re, 2.0 * off.im, z]
}

/// The mean over qubits of `Tr ρσ / √(Tr ρ² Tr σ²)`, where `Tr ρσ = (1 + r·s) / 2`.
fn alike(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let dot = |r: &[f64; 3], s: &[f64; 3]| r.iter().zip(s).map(|(x, y)| x * y).sum::<f64>();
    let one = |(r, s): (&[f64; 3], &[f64; 3])| (1.0 + dot(r, s)) / ((1.0 + dot(r, r)) * (1.0 + dot(s, s))).sqrt();
    a.iter().zip(b).map(one).sum::<f64>() / a.len().max(1) as f64
}

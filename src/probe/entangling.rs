//! How entangled the states of a circuit are, on average.

use super::probe;
use super::state::{MOST_QUBITS, Point, state};
use crate::ir::Region;
use crate::math::{C64, c};
use rand::rngs::ChaCha8Rng;

probe! {
    /// The mean over random weights of the Meyer-Wallach measure Q = 2 (1 - mean over qubits of Tr ρ²): 0 for product states, 1
    /// if every qubit alone is maximally mixed.
    pub ENTANGLING_CAPABILITY = ("entangling_capability", "mean Meyer-Wallach entanglement", "Sim, Johnson and Aspuru-Guzik, arXiv:1905.10876; Meyer and Wallach, J. Math. Phys. 43, 4273, 2002");
    entangling_capability
}

/// The mean over `samples` points; `None` for one qubit, or too many.
#[must_use]
pub fn entangling_capability(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<f64> {
    if !(2..=MOST_QUBITS).contains(&region.n_qubits) || samples == 0 {
        return None;
    }
    let mut sum = 0.0;
    for _ in 0..samples {
        let state = state(region, &Point::random(region, rng))?;
        let purity: f64 = (0..region.n_qubits).map(|qubit| purity(&state, qubit)).sum();
        sum += 2.0 * (1.0 - purity / f64::from(region.n_qubits));
    }
    Some(sum / samples as f64)
}

/// `Tr ρ²` of one qubit.
fn purity(state: &[C64], qubit: u32) -> f64 {
    let (mut zero, mut one, mut off) = (0.0, 0.0, c(0.0, 0.0));
    for at in (0..state.len()).filter(|at| at >> qubit & 1 == 0) {
        let (a, b) = (state[at], state[at | 1 << qubit]);
        zero += a.norm_sqr();
        one += b.norm_sqr();
        off += a * b.conj();
    }
    zero * zero + one * one + 2.0 * off.norm_sqr()
}

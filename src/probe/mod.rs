//! Proxies: numbers that say something about a circuit before it is trained, measured on exact states with random weights.
//!
//! One file per proxy, one line here, each with its source. States are computed exactly and randomness is an argument, so a
//! proxy is a function of the circuit, the seed and the number of samples alone. They serve lints (`lint`) and searches (`cost/probed.rs`).

mod capacity;
mod clifford;
mod entangling;
mod expressibility;
mod fisher;
mod fourier;
mod gradient;
mod jacobian;
mod lie;
mod linear;
mod state;

pub use capacity::{DRAWS, REPRESENTATIONAL_CAPACITY, ROWS, representational_capacity};
pub use clifford::{CLIFFORD_NOISE_RESILIENCE, Noise, REPLICAS, Typical, clifford_noise_resilience};
pub use entangling::{ENTANGLING_CAPABILITY, entangling_capability};
pub use expressibility::{BINS, EXPRESSIBILITY, expressibility};
pub use fisher::{FISHER_RANK, fisher_rank};
pub use fourier::{FOURIER_DEGREE, fourier_degree, spectrum};
pub use gradient::{GRADIENT_VARIANCE, Variance, gradient_variance};
pub use jacobian::{JACOBIAN_RANK, jacobian_rank, same_effect};
pub use lie::{LIE_DIMENSION, LieDimension, lie_dimension};
pub use state::{MOST_QUBITS, Point, trainable};

use crate::ir::Region;
use crate::meta::Meta;
use rand::rngs::ChaCha8Rng;

/// One proxy.
#[derive(Debug)]
pub struct Probe {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// The value for a region; `None` if it is too large, or the proxy says nothing about it.
    pub measure: fn(&Region, usize, &mut ChaCha8Rng) -> Option<f64>,
}

/// Declares one proxy: its documentation, then name, summary and source, and what measures it.
macro_rules! probe {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); $measure:expr) => {
        $(#[doc = $doc])+
        pub static $ident: $crate::probe::Probe = $crate::probe::Probe {
            meta: $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source),
            measure: $measure,
        };
    };
}
use probe;

/// All proxies, in the order they are listed to people.
pub static PROBES: &[&Probe] = &[
    &EXPRESSIBILITY,
    &ENTANGLING_CAPABILITY,
    &GRADIENT_VARIANCE,
    &FISHER_RANK,
    &JACOBIAN_RANK,
    &LIE_DIMENSION,
    &FOURIER_DEGREE,
];

#[cfg(test)]
mod tests;

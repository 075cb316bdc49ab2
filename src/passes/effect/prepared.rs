//! Pauli strings on a prepared state: which have an expectation at all, and on which amplitudes it depends.
//!
//! Amplitudes are real and normalised, so a string with an odd number of Ys has none. The rest is computed at two generic places, as for
//! gates; a variable has the same value wherever it stands.

use crate::ir::{Angle, Variable};
use crate::passes::local::EPS;

/// Amplitudes of one `prepare`, at two generic places of its variables.
pub(crate) struct Prepared {
    vectors: [Vec<f64>; 2],
    variable: Vec<bool>,
}

/// Is it not zero? A vector of zeros gives NaN, for which nobody could vouch.
fn moves(value: f64) -> bool {
    value.is_nan() || value.abs() > EPS
}

/// A number in `(0.2, 1.2)` that depends on which variable it is and on the place, on nothing else.
fn generic(variable: Variable, place: u64) -> f64 {
    let seed = match variable {
        Variable::Weight { weight, index } => u64::from(weight.0) << 33 | u64::from(index) << 1 | 1,
        Variable::Input(index) => u64::from(index) << 1,
    };
    // The finaliser of SplitMix64.
    let mut z = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    0.2 + ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
}

impl Prepared {
    pub(crate) fn new(values: &[Angle]) -> Self {
        let vector = |place| {
            let raw: Vec<f64> = values.iter().map(|value| value.evaluate(|v| generic(v, place))).collect();
            let norm = raw.iter().map(|a| a * a).sum::<f64>().sqrt();
            raw.into_iter().map(|a| a / norm).collect()
        };
        Self { vectors: [vector(0), vector(1)], variable: values.iter().map(|v| v.as_constant().is_none()).collect() }
    }

    /// The string that flips the bits of `x` and signs those of `z`: is its expectation ever not zero, and which amplitudes move it?
    pub(crate) fn expectation(&self, x: usize, z: usize) -> Option<Vec<usize>> {
        if (x & z).count_ones() % 2 == 1 {
            return None;
        }
        let mut depends = vec![false; self.variable.len()];
        let mut any = false;
        for vector in &self.vectors {
            let sign = |j: usize| if (j & z).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
            let moved: Vec<f64> = (0..vector.len()).map(|j| sign(j ^ x) * vector[j ^ x]).collect();
            let value: f64 = vector.iter().zip(&moved).map(|(a, b)| a * b).sum();
            any |= moves(value);
            for (j, slot) in depends.iter_mut().enumerate() {
                *slot |= self.variable[j] && moves(moved[j] - value * vector[j]);
            }
        }
        let moving: Vec<usize> = (0..depends.len()).filter(|&j| depends[j]).collect();
        (any || !moving.is_empty()).then_some(moving)
    }
}

//! Pauli strings on a prepared state: which have an expectation at all, and on which amplitudes it depends.
//!
//! Amplitudes are real and normalised, so a string with an odd number of Ys has none. The rest is computed at two generic places, as for
//! gates; a variable has the same value wherever it stands.

use crate::ir::{Angle, Variable};
use crate::passes::local::EPS;

/// Amplitudes of one `prepare`, at two generic places of its variables.
pub(crate) struct Prepared {
    vectors: [Vec<f64>; 2],
    /// Positions of amplitudes that are not the number zero: padded vectors have few.
    support: Vec<usize>,
    /// Positions of amplitudes that are no numbers.
    variable: Vec<usize>,
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
        let vector = |place| -> Vec<f64> {
            let raw: Vec<f64> = values.iter().map(|value| value.evaluate(|v| generic(v, place))).collect();
            let norm = raw.iter().map(|a| a * a).sum::<f64>().sqrt();
            raw.into_iter().map(|a| a / norm).collect()
        };
        let vectors: [Vec<f64>; 2] = [vector(0), vector(1)];
        let variable: Vec<usize> = (0..values.len()).filter(|&j| values[j].as_constant().is_none()).collect();
        // What is not a number (of a vector of zeros) differs from zero, too.
        let support = (0..values.len()).filter(|&j| vectors[0][j] != 0.0 || vectors[1][j] != 0.0).collect();
        Self { vectors, support, variable }
    }

    /// How many amplitudes one string looks at.
    pub(crate) fn work(&self) -> usize {
        self.support.len()
    }

    /// The string that flips the bits of `x` and signs those of `z`: is its expectation ever not zero, and which amplitudes move it?
    pub(crate) fn expectation(&self, x: usize, z: usize) -> Option<Vec<usize>> {
        if (x & z).count_ones() % 2 == 1 {
            return None;
        }
        let sign = |j: usize| if (j & z).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
        let values = self.vectors.each_ref().map(|vector| {
            let moved = |&j: &usize| vector[j] * sign(j ^ x) * vector[j ^ x];
            self.support.iter().map(moved).sum::<f64>()
        });
        let depends = |&j: &usize| {
            let slope = |(vector, value): (&Vec<f64>, &f64)| sign(j ^ x) * vector[j ^ x] - value * vector[j];
            self.vectors.iter().zip(&values).map(slope).any(moves)
        };
        let moving: Vec<usize> = self.variable.iter().copied().filter(depends).collect();
        (values.into_iter().any(moves) || !moving.is_empty()).then_some(moving)
    }
}

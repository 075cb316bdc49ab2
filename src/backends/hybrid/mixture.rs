//! Coefficients of a mixture of candidates, and how they change with the structural weights.

use super::Mode;
use crate::ir::{Mix, MixRule};

/// Sets the coefficients. Training cools and, for Gumbel-softmax, draws noise that is a pure function of seed, step and node;
/// an evaluation has the temperature of the last training step and no noise.
pub(super) fn coefficients(
    rule: MixRule,
    mut weights: Vec<f64>,
    (mode, node): (Mode, u32),
    out: &mut Vec<f64>,
    temperature: &mut f64,
) {
    if let Mode::Train { seed, step } = mode {
        *temperature = rule.temperature(step);
        if rule.mix == Mix::GumbelSoftmax {
            let key = scramble(scramble(scramble(seed) ^ step) ^ u64::from(node));
            for (position, weight) in (0u64..).zip(&mut weights) {
                // Strictly between 0 and 1.
                let uniform = ((scramble(key ^ position) >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64);
                *weight -= (-uniform.ln()).ln();
            }
        }
    }
    *out = rule.coefficients(&weights, *temperature);
}

/// Turns gradients by coefficient into gradients by weight.
pub(super) fn weight_slopes(rule: MixRule, coefficients: &[f64], temperature: f64, slopes: &mut [f64]) {
    if rule.mix == Mix::Raw {
        return;
    }
    let mean: f64 = coefficients.iter().zip(&*slopes).map(|(c, d)| c * d).sum();
    slopes.iter_mut().zip(coefficients).for_each(|(d, c)| *d = c * (*d - mean) / temperature);
}

/// The finaliser of SplitMix64 after one step of its counter (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
fn scramble(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

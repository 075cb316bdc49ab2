//! Dropout masks: a pure function of seed, step, node, and position, so that no order of work changes them.

use crate::backends::Real;

/// Sets `mask` to 0 with probability `p` and to `1 / (1 - p)` otherwise; `position` runs over the whole batch.
pub(crate) fn mask<T: Real>(p: f64, (seed, step, node): (u64, u64, u32), mask: &mut [T]) {
    let kept = T::of(1.0 / (1.0 - p));
    let key = mix(mix(mix(seed) ^ step) ^ u64::from(node));
    for (position, mask) in (0u64..).zip(mask) {
        let uniform = (mix(key ^ position) >> 11) as f64 * (1.0 / (1u64 << 53) as f64);
        *mask = if uniform < p { T::zero() } else { kept };
    }
}

/// The finaliser of SplitMix64 after one step of its counter (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

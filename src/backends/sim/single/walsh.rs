//! The Walsh-Hadamard transform `y[p] = Σ_z (-1)^(p·z) x[z]` of numbers by place, in place.
//!
//! A fast transform: `bits · 2^bits` additions. Halves that do not fit the nearest cache are transformed one after the
//! other, then added and subtracted.

#![allow(unsafe_code)]

use crate::backends::Real;
use crate::backends::sim::simd::{Isa, Kernel, Vector};

/// Numbers that are transformed as a whole.
const WHOLE: usize = 1 << 12;

/// Transforms `2^k` numbers, at least one vector of them.
pub(super) fn transform<T: Real>(isa: Isa, numbers: &mut [T]) {
    let len = numbers.len();
    debug_assert!(len.is_power_of_two() && len >= T::LANES);
    if len > WHOLE {
        let (low, high) = numbers.split_at_mut(len / 2);
        transform(isa, low);
        transform(isa, high);
        T::dispatch(isa, Butterflies { low, high });
    } else {
        T::dispatch(isa, Whole(numbers));
    }
}

/// `(low, high) = (low + high, low - high)`
struct Butterflies<'a, T> {
    low: &'a mut [T],
    high: &'a mut [T],
}

#[inline(always)]
fn butterflies<T: Real, V: Vector<T>>(low: &mut [T], high: &mut [T]) {
    for (low, high) in low.chunks_exact_mut(T::LANES).zip(high.chunks_exact_mut(T::LANES)) {
        // SAFETY: both are a vector long.
        unsafe {
            let (a, b) = (V::load(low.as_ptr()), V::load(high.as_ptr()));
            a.add(b).store(low.as_mut_ptr());
            a.sub(b).store(high.as_mut_ptr());
        }
    }
}

impl<T: Real> Kernel<T> for Butterflies<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        butterflies::<T, V>(self.low, self.high);
    }
}

/// All of it.
struct Whole<'a, T>(&'a mut [T]);

impl<T: Real> Kernel<T> for Whole<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let lanes = T::LANES;
        let mut step = 1;
        while step < lanes {
            let (mut order, mut signs) = ([0u32; 16], [T::one(); 16]);
            for lane in 0..lanes {
                order[lane] = (lane ^ step) as u32;
                if lane & step != 0 {
                    signs[lane] = -T::one();
                }
            }
            // SAFETY: no vector has more than 16 lanes, and the order names each once.
            unsafe {
                let signs = V::load(signs.as_ptr());
                for vector in self.0.chunks_exact_mut(lanes) {
                    let own = V::load(vector.as_ptr());
                    own.fma(signs, own.shuffle(order.as_ptr())).store(vector.as_mut_ptr());
                }
            }
            step *= 2;
        }
        while step < self.0.len() {
            for pair in self.0.chunks_exact_mut(2 * step) {
                let (low, high) = pair.split_at_mut(step);
                butterflies::<T, V>(low, high);
            }
            step *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_transform_is_the_sum_it_stands_for() {
        for bits in [4, 9, 14] {
            let len = 1usize << bits;
            let x: Vec<f64> = (0..len).map(|at| ((at * 37 + 11) % 101) as f64 / 50.0 - 1.0).collect();
            for isa in Isa::available() {
                let mut fast = x.clone();
                transform(isa, &mut fast);
                let mut single: Vec<f32> = x.iter().map(|&x| x as f32).collect();
                transform(isa, &mut single);
                for p in (0..len).step_by(len / 16) {
                    let sign = |z: usize| if (p & z).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
                    let slow: f64 = x.iter().enumerate().map(|(z, x)| sign(z) * x).sum();
                    assert!((fast[p] - slow).abs() < 1e-10, "{isa:?} {bits} {p}");
                    assert!((f64::from(single[p]) - slow).abs() < 1e-2, "{isa:?} {bits} {p}");
                }
            }
        }
    }
}

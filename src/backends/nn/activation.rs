//! Activations and their derivatives.

use super::vector::{Function, exp_in_place, map};
use crate::backends::Real;
use crate::ir::Activation;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Numbers whose slopes are made at a time.
const CHUNK: usize = 64;

/// Sets `y`; `axis` is the length of the last axis.
pub(crate) fn forward<T: Real>(activation: Activation, axis: usize, x: &[T], y: &mut [T]) {
    match activation {
        Activation::Relu => {
            x.iter().zip(y).for_each(|(&x, y)| *y = if x < T::zero() { T::zero() } else { x });
        }
        Activation::Gelu => map(Function::Gelu, x, y),
        Activation::Tanh => map(Function::Tanh, x, y),
        Activation::Sigmoid => map(Function::Sigmoid, x, y),
        Activation::Softmax => {
            below_largest(axis, x, y);
            exp_in_place(y);
            for y in y.chunks_exact_mut(axis) {
                let sum: T = y.iter().copied().sum();
                y.iter_mut().for_each(|y| *y /= sum);
            }
        }
        Activation::LogSoftmax => {
            for (x, y) in x.chunks_exact(axis).zip(y.chunks_exact_mut(axis)) {
                let log = log_sum_exp(x);
                x.iter().zip(y).for_each(|(&x, y)| *y = x - log);
            }
        }
    }
}

/// Sets `y` to `x` less the largest number of its row, so that no exponential overflows.
pub(crate) fn below_largest<T: Real>(axis: usize, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks_exact(axis).zip(y.chunks_exact_mut(axis)) {
        let max = x.iter().copied().fold(T::neg_infinity(), T::max);
        x.iter().zip(y).for_each(|(&x, y)| *y = x - max);
    }
}

/// Adds to `dx`, given input and output.
pub(crate) fn backward<T: Real>(activation: Activation, axis: usize, (x, y): (&[T], &[T]), dy: &[T], dx: &mut [T]) {
    let one = T::one();
    let rows = || y.chunks_exact(axis).zip(dy.chunks_exact(axis));
    match activation {
        Activation::Relu => {
            dx.iter_mut().zip(x).zip(dy).for_each(|((dx, &x), &dy)| *dx += if x > T::zero() { dy } else { T::zero() });
        }
        Activation::Gelu => {
            let mut slopes = [T::zero(); CHUNK];
            for ((x, dy), dx) in x.chunks(CHUNK).zip(dy.chunks(CHUNK)).zip(dx.chunks_mut(CHUNK)) {
                map(Function::GeluSlope, x, &mut slopes[..x.len()]);
                dx.iter_mut().zip(&slopes).zip(dy).for_each(|((dx, &slope), &dy)| *dx += slope * dy);
            }
        }
        Activation::Tanh => dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += (one - y * y) * dy),
        Activation::Sigmoid => dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += y * (one - y) * dy),
        Activation::Softmax => {
            for ((y, dy), dx) in rows().zip(dx.chunks_exact_mut(axis)) {
                let along: T = y.iter().zip(dy).map(|(&y, &dy)| y * dy).sum();
                dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += y * (dy - along));
            }
        }
        Activation::LogSoftmax => {
            for ((y, dy), dx) in rows().zip(dx.chunks_exact_mut(axis)) {
                let sum: T = dy.iter().copied().sum();
                dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += dy - y.exp() * sum);
            }
        }
    }
}

/// `1 / (1 + e^-x)` without overflow.
pub(crate) fn sigmoid<T: Real>(x: T) -> T {
    if x >= T::zero() {
        T::one() / (T::one() + (-x).exp())
    } else {
        let e = x.exp();
        e / (T::one() + e)
    }
}

/// `ln Σ e^x` without overflow.
pub(crate) fn log_sum_exp<T: Real>(x: &[T]) -> T {
    let max = x.iter().copied().fold(T::neg_infinity(), T::max);
    if max.is_infinite() {
        return max;
    }
    max + x.iter().map(|&x| (x - max).exp()).sum::<T>().ln()
}

/// The normal distribution function.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let t = x.abs() * FRAC_1_SQRT_2;
    let upper = if t < 2.5 { 0.5 * (1.0 - erf_series(t)) } else { 0.5 * erfc_fraction(t) };
    if x > 0.0 { 1.0 - upper } else { upper }
}

/// `erf x = 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!`: all terms positive, so nothing cancels.
fn erf_series(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while term > 1e-17 * sum {
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// `erfc x = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ..))))`, from 60 levels down: enough from 2.5 on.
fn erfc_fraction(x: f64) -> f64 {
    let tail = (1..=60).rev().fold(x, |tail, k| x + 0.5 * f64::from(k) / tail);
    (-x * x).exp() / PI.sqrt() / tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_function_is_exact() {
        // Abramowitz and Stegun, table 26.1, and the tail from the asymptotic series.
        for (x, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (-1.0, 0.158_655_253_931_457_05),
            (3.0, 0.998_650_101_968_369_9),
        ] {
            assert!((normal_cdf(x) - expected).abs() < 1e-15, "{x}");
        }
        assert!((normal_cdf(-6.0) / 9.865_876_450_376_946e-10 - 1.0).abs() < 1e-12);
        assert!((erf_series(2.5) + erfc_fraction(2.5) - 1.0).abs() < 1e-15);
    }
}

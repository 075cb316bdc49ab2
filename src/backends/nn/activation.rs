//! Activations and their derivatives.

use crate::backends::Real;
use crate::ir::Activation;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Sets `y`; `axis` is the length of the last axis.
pub(crate) fn forward<T: Real>(activation: Activation, axis: usize, x: &[T], y: &mut [T]) {
    let mut each = |f: fn(T) -> T| x.iter().zip(y.iter_mut()).for_each(|(&x, y)| *y = f(x));
    match activation {
        Activation::Relu => each(|x| if x < T::zero() { T::zero() } else { x }),
        Activation::Gelu => each(|x| T::of(x.wide() * normal_cdf(x.wide()))),
        Activation::Tanh => each(T::tanh),
        Activation::Sigmoid => each(sigmoid),
        Activation::Softmax | Activation::LogSoftmax => {
            for (x, y) in x.chunks_exact(axis).zip(y.chunks_exact_mut(axis)) {
                let log = log_sum_exp(x);
                for (&x, y) in x.iter().zip(y) {
                    *y = if activation == Activation::Softmax { (x - log).exp() } else { x - log };
                }
            }
        }
    }
}

/// Adds to `dx`, given input and output.
pub(crate) fn backward<T: Real>(activation: Activation, axis: usize, (x, y): (&[T], &[T]), dy: &[T], dx: &mut [T]) {
    let slope: fn(T, T) -> T = match activation {
        Activation::Relu => |x, _| if x > T::zero() { T::one() } else { T::zero() },
        Activation::Gelu => |x, _| {
            let x = x.wide();
            T::of(normal_cdf(x) + x * (-0.5 * x * x).exp() / (2.0 * PI).sqrt())
        },
        Activation::Tanh => |_, y| T::one() - y * y,
        Activation::Sigmoid => |_, y| y * (T::one() - y),
        Activation::Softmax | Activation::LogSoftmax => {
            let rows = y.chunks_exact(axis).zip(dy.chunks_exact(axis)).zip(dx.chunks_exact_mut(axis));
            for ((y, dy), dx) in rows {
                if activation == Activation::Softmax {
                    let along: T = y.iter().zip(dy).map(|(&y, &dy)| y * dy).sum();
                    dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += y * (dy - along));
                } else {
                    let sum: T = dy.iter().copied().sum();
                    dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += dy - y.exp() * sum);
                }
            }
            return;
        }
    };
    let values = x.iter().zip(y);
    dx.iter_mut().zip(values).zip(dy).for_each(|((dx, (&x, &y)), &dy)| *dx += slope(x, y) * dy);
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
fn normal_cdf(x: f64) -> f64 {
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

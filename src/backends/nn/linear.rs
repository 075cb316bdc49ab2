//! `y = x Wᵀ + b` over all rows of a batch at once.

use super::gemm::{Mat, gemm};
use crate::backends::Real;

/// `y[rows, out]` from `x[rows, in]`, `weight[out, in]`, `bias[out]`.
pub(crate) fn forward<T: Real>(x: &[T], weight: &[T], bias: Option<&[T]>, n_in: usize, n_out: usize, y: &mut [T]) {
    let rows = x.len() / n_in;
    let beta = match bias {
        Some(bias) => {
            y.chunks_exact_mut(n_out).for_each(|row| row.copy_from_slice(bias));
            T::one()
        }
        None => T::zero(),
    };
    gemm(Mat::new(x, rows, n_in), Mat::new(weight, n_out, n_in).t(), beta, y);
}

/// Adds `dy x` to `d_weight`.
pub(crate) fn backward_weight<T: Real>(x: &[T], dy: &[T], n_in: usize, n_out: usize, d_weight: &mut [T]) {
    let rows = x.len() / n_in;
    gemm(Mat::new(dy, rows, n_out).t(), Mat::new(x, rows, n_in), T::one(), d_weight);
}

/// Adds the column sums of `dy` to `d_bias`.
pub(crate) fn backward_bias<T: Real>(dy: &[T], d_bias: &mut [T]) {
    for row in dy.chunks_exact(d_bias.len()) {
        d_bias.iter_mut().zip(row).for_each(|(sum, &d)| *sum += d);
    }
}

/// Adds `dy W` to `dx`.
pub(crate) fn backward_input<T: Real>(dy: &[T], weight: &[T], n_in: usize, n_out: usize, dx: &mut [T]) {
    let rows = dx.len() / n_in;
    gemm(Mat::new(dy, rows, n_out), Mat::new(weight, n_out, n_in), T::one(), dx);
}

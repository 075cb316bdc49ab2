//! The scalar of a simulation: `f32` or `f64`, with everything generic code asks of it.
//!
//! Shared numbers (angles, matrices of gates, chain rules) are always computed in `f64` and rounded once; only what is
//! done per sample runs in the scalar itself.

use super::sim::simd::{Isa, Kernel, dispatch_f32, dispatch_f64};
use std::fmt::Debug;

/// `f32` or `f64`.
pub trait Real:
    num_traits::Float
    + num_traits::NumAssign
    + ndarray::LinalgScalar
    + std::iter::Sum
    + Default
    + Debug
    + Send
    + Sync
    + 'static
{
    /// Numbers in one vector of lanes: 16 for `f32`, 8 for `f64`.
    const LANES: usize;

    /// Is it single precision?
    const SINGLE: bool;

    /// The nearest number.
    fn of(value: f64) -> Self;

    /// The same number in double precision.
    fn wide(self) -> f64;

    /// Runs a kernel with the vectors of an instruction set.
    #[doc(hidden)]
    fn dispatch<K: Kernel<Self>>(isa: Isa, kernel: K) -> K::Output;
}

impl Real for f32 {
    const LANES: usize = 16;
    const SINGLE: bool = true;

    #[allow(clippy::cast_possible_truncation)]
    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn dispatch<K: Kernel<Self>>(isa: Isa, kernel: K) -> K::Output {
        dispatch_f32(isa, kernel)
    }
}

impl Real for f64 {
    const LANES: usize = 8;
    const SINGLE: bool = false;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }

    #[inline(always)]
    fn dispatch<K: Kernel<Self>>(isa: Isa, kernel: K) -> K::Output {
        dispatch_f64(isa, kernel)
    }
}

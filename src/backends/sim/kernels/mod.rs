//! The inner loops over states, each written once over vectors of lanes.
//!
//! A state is `[slot][re|im][lane]`: `2 · 2^n · LANES` numbers, one sample per lane, so every gate on every qubit is the
//! same straight loop over whole vectors and no lane ever meets another. Kernels take raw pointers because they work in
//! place on overlapping views; each says what it needs behind them.

#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop)] // fixed-size loops over registers, which the compiler unrolls

mod lanes;
mod overlap;
mod pauli;
mod product;
mod readout;
mod state;
mod trig;

pub(crate) use lanes::*;
pub(crate) use overlap::*;
pub(crate) use pauli::*;
pub(crate) use product::*;
pub(crate) use readout::*;
pub(crate) use state::*;
pub(crate) use trig::*;

use super::simd::Vector;
use crate::backends::Real;

/// A complex number per lane.
#[derive(Clone, Copy)]
pub(crate) struct C<V> {
    pub(crate) re: V,
    pub(crate) im: V,
}

impl<V: Copy> C<V> {
    /// Reads real parts at `p` and imaginary parts right behind them.
    ///
    /// # Safety
    /// `p` points at `2 · T::LANES` readable numbers.
    #[inline(always)]
    pub(crate) unsafe fn load<T: Real>(p: *const T) -> Self
    where
        V: Vector<T>,
    {
        // SAFETY: the caller vouches for both halves.
        unsafe { Self { re: V::load(p), im: V::load(p.add(T::LANES)) } }
    }

    /// Writes what `load` reads.
    ///
    /// # Safety
    /// `p` points at `2 · T::LANES` writable numbers.
    #[inline(always)]
    pub(crate) unsafe fn store<T: Real>(self, p: *mut T)
    where
        V: Vector<T>,
    {
        // SAFETY: the caller vouches for both halves.
        unsafe {
            self.re.store(p);
            self.im.store(p.add(T::LANES));
        }
    }

    #[inline(always)]
    pub(crate) fn zero<T: Real>() -> Self
    where
        V: Vector<T>,
    {
        Self { re: V::zero(), im: V::zero() }
    }

    /// `self · b`
    #[inline(always)]
    pub(crate) fn times<T: Real>(self, b: Self) -> Self
    where
        V: Vector<T>,
    {
        Self { re: self.im.fnma(b.im, self.re.mul(b.re)), im: self.im.fma(b.re, self.re.mul(b.im)) }
    }

    /// `sum + self · b`
    #[inline(always)]
    pub(crate) fn times_add<T: Real>(self, b: Self, sum: Self) -> Self
    where
        V: Vector<T>,
    {
        Self { re: self.im.fnma(b.im, self.re.fma(b.re, sum.re)), im: self.im.fma(b.re, self.re.fma(b.im, sum.im)) }
    }

    /// `sum + conj(self) · b`
    #[inline(always)]
    pub(crate) fn conj_times_add<T: Real>(self, b: Self, sum: Self) -> Self
    where
        V: Vector<T>,
    {
        Self { re: self.im.fma(b.im, self.re.fma(b.re, sum.re)), im: self.im.fnma(b.re, self.re.fma(b.im, sum.im)) }
    }

    /// `conj(self)`
    #[inline(always)]
    pub(crate) fn conj<T: Real>(self) -> Self
    where
        V: Vector<T>,
    {
        Self { re: self.re, im: self.im.neg() }
    }
}

/// Numbers from one slot to the next.
#[inline(always)]
pub(crate) const fn stride<T: Real>() -> usize {
    2 * T::LANES
}

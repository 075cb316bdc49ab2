//! Kernels of read-outs and of the adjoint state they start.

use super::{C, stride};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// Expectation values of `count` diagonal observables: `out[k] = Σ_s values[s][first + k] |ψ[s]|²`.
pub(crate) struct Expectations<'a, T> {
    pub(crate) state: *const T,
    /// `[slot][observable]`
    pub(crate) values: &'a [T],
    /// Observables per slot of `values`.
    pub(crate) width: usize,
    pub(crate) first: usize,
    pub(crate) count: usize,
    /// `count` vectors.
    pub(crate) out: *mut T,
}

impl<T: Real> Expectations<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize>(&self) {
        let mut sums = [V::zero(); K];
        for (slot, values) in self.values.chunks_exact(self.width).enumerate() {
            // SAFETY: the state has a slot per row of values.
            let a = unsafe { C::<V>::load(self.state.add(slot * stride::<T>())) };
            let p = a.re.fma(a.re, a.im.mul(a.im));
            for k in 0..K {
                sums[k] = p.fma(V::splat(values[self.first + k]), sums[k]);
            }
        }
        for k in 0..K {
            // SAFETY: `out` is `count` vectors.
            unsafe { sums[k].store(self.out.add(k * T::LANES)) };
        }
    }
}

impl<T: Real> Kernel<T> for Expectations<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: the state has a slot per row of values.
        unsafe {
            match self.count {
                1 => self.go::<V, 1>(),
                2 => self.go::<V, 2>(),
                4 => self.go::<V, 4>(),
                _ => self.go::<V, 8>(),
            }
        }
    }
}

/// Starts the adjoint state: `λ[s] = (Σ_k g[k] values[s][k]) ψ[s]`.
pub(crate) struct Seed<'a, T> {
    pub(crate) state: *const T,
    pub(crate) lambda: *mut T,
    pub(crate) slots: usize,
    pub(crate) values: &'a [T],
    /// One vector per observable.
    pub(crate) upstream: &'a [T],
}

impl<T: Real> Kernel<T> for Seed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let width = self.upstream.len() / T::LANES;
        for slot in 0..self.slots {
            let mut sum = V::zero();
            for k in 0..width {
                // SAFETY: one vector per observable.
                let g = unsafe { V::load(self.upstream.as_ptr().add(k * T::LANES)) };
                sum = g.fma(V::splat(self.values[slot * width + k]), sum);
            }
            // SAFETY: both states have `slots` slots.
            unsafe {
                let a = C::<V>::load(self.state.add(slot * stride::<T>()));
                C { re: a.re.mul(sum), im: a.im.mul(sum) }.store(self.lambda.add(slot * stride::<T>()));
            }
        }
    }
}

/// `out[outcome[s]] += |ψ[s]|²` per lane.
pub(crate) struct Probabilities<'a, T> {
    pub(crate) state: *const T,
    pub(crate) outcomes: &'a [u32],
    pub(crate) out: &'a mut [T],
}

impl<T: Real> Kernel<T> for Probabilities<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for (slot, &outcome) in self.outcomes.iter().enumerate() {
            let sum = &mut self.out[outcome as usize * T::LANES..][..T::LANES];
            // SAFETY: the state has a slot per outcome entry, and `sum` is a vector.
            unsafe {
                let a = C::<V>::load(self.state.add(slot * stride::<T>()));
                let total = a.re.fma(a.re, a.im.fma(a.im, V::load(sum.as_ptr())));
                total.store(sum.as_mut_ptr());
            }
        }
    }
}

/// `λ[s] += g[outcome[s]] ψ[s]`.
pub(crate) struct ProbabilitySeed<'a, T> {
    pub(crate) state: *const T,
    pub(crate) lambda: *mut T,
    pub(crate) outcomes: &'a [u32],
    pub(crate) upstream: &'a [T],
}

impl<T: Real> Kernel<T> for ProbabilitySeed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for (slot, &outcome) in self.outcomes.iter().enumerate() {
            let g = &self.upstream[outcome as usize * T::LANES..][..T::LANES];
            let at = slot * stride::<T>();
            // SAFETY: both states have a slot per outcome entry, and `g` is a vector.
            unsafe {
                let g = V::load(g.as_ptr());
                let (a, l) = (C::<V>::load(self.state.add(at)), C::<V>::load(self.lambda.add(at)));
                C { re: g.fma(a.re, l.re), im: g.fma(a.im, l.im) }.store(self.lambda.add(at));
            }
        }
    }
}

/// `Σ_s Re(conj(ψ[s]) factor[s] ψ[partner[s]])`, added to the vector `out`; and, if there is a `lambda`, instead
/// `λ[s] += out · factor[s] ψ[partner[s]]` with `out` the upstream gradient.
pub(crate) struct FlipTerms<'a, T> {
    pub(crate) state: *const T,
    pub(crate) lambda: Option<*mut T>,
    pub(crate) partner: &'a [u32],
    /// `[slot][re|im]`
    pub(crate) factor: &'a [T],
    pub(crate) out: *mut T,
}

impl<T: Real> Kernel<T> for FlipTerms<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: the states have a slot per partner, partners name slots, `out` is a vector.
        unsafe {
            let mut sum = V::load(self.out);
            let g = sum;
            for (slot, (&partner, factor)) in self.partner.iter().zip(self.factor.chunks_exact(2)).enumerate() {
                let other = C::<V>::load(self.state.add(partner as usize * stride::<T>()));
                let value = other.times(C { re: V::splat(factor[0]), im: V::splat(factor[1]) });
                let at = slot * stride::<T>();
                if let Some(lambda) = self.lambda {
                    let l = C::<V>::load(lambda.add(at));
                    C { re: g.fma(value.re, l.re), im: g.fma(value.im, l.im) }.store(lambda.add(at));
                } else {
                    let a = C::<V>::load(self.state.add(at));
                    sum = a.re.fma(value.re, a.im.fma(value.im, sum));
                }
            }
            sum.store(self.out);
        }
    }
}

//! The product state at the start of a circuit, and the way back through it.

use super::{C, stride};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// `dst[b · len + i] = src[i] · factor[b]`: one more factor, more significant in the slot number. `src` and `dst` are
/// different.
pub(crate) struct Grow<T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    /// Slots of `src`.
    pub(crate) len: usize,
    /// `dim` complex vectors, `step` apart.
    pub(crate) factor: *const T,
    pub(crate) step: usize,
    pub(crate) dim: usize,
}

impl<T: Real> Kernel<T> for Grow<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for b in 0..self.dim {
            // SAFETY: the factor has `dim` entries, `src` has `len` slots, `dst` has `len · dim`.
            unsafe {
                let v = C::<V>::load(self.factor.add(b * self.step * stride::<T>()));
                for i in 0..self.len {
                    let value = C::load(self.src.add(i * stride::<T>())).times(v);
                    value.store(self.dst.add((b * self.len + i) * stride::<T>()));
                }
            }
        }
    }
}

/// The way back through [`Grow`]: `out[b] = Σ_i λ[b · len + i] conj(src[i])`, and, in place,
/// `λ[i] = Σ_b λ[b · len + i] conj(factor[b])` for `i < len`.
pub(crate) struct Shrink<T> {
    pub(crate) lambda: *mut T,
    pub(crate) src: *const T,
    pub(crate) len: usize,
    /// `dim` complex vectors, `step` apart.
    pub(crate) factor: *const T,
    pub(crate) step: usize,
    pub(crate) dim: usize,
    /// `dim` complex vectors.
    pub(crate) out: *mut T,
}

impl<T: Real> Kernel<T> for Shrink<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for b in 0..self.dim {
            // SAFETY: `lambda` has `len · dim` slots, `src` has `len`, `factor` and `out` have `dim` entries.
            unsafe {
                let v = C::<V>::load(self.factor.add(b * self.step * stride::<T>()));
                let mut sum = C::<V>::zero();
                for i in 0..self.len {
                    let at = i * stride::<T>();
                    let l = C::<V>::load(self.lambda.add(b * self.len * stride::<T>() + at));
                    sum = C::<V>::load(self.src.add(at)).conj_times_add(l, sum);
                    let rest = if b == 0 { C::zero() } else { C::load(self.lambda.add(at)) };
                    v.conj_times_add(l, rest).store(self.lambda.add(at));
                }
                sum.store(self.out.add(b * stride::<T>()));
            }
        }
    }
}

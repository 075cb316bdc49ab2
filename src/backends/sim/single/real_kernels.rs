//! Inner loops over one state of real amplitudes, `[slot][lane]`, and over vectors of numbers by place.
//!
//! Half the numbers of a complex state and a quarter of the arithmetic; the laid matrices are the same, of which only the
//! real parts are read.

#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop)] // fixed-size loops over registers, which the compiler unrolls

use super::kernels::{Groups, Laid, sides};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// The partner's numbers in the lanes of their partners.
///
/// # Safety
/// `laid.order` has an entry per lane.
#[inline(always)]
unsafe fn crossed<T: Real, V: Vector<T>>(laid: &Laid<T>, a: V) -> V {
    // SAFETY: the caller vouches for the order.
    if laid.crosses { unsafe { a.shuffle(laid.order.as_ptr()) } } else { a }
}

/// The number of a slot after a turn, from its own number and its partner's.
#[inline(always)]
unsafe fn turned<T: Real, V: Vector<T>>(laid: &Laid<T>, parity: usize, own: V, partner: V) -> V {
    // SAFETY: four vectors per parity, of which the first and the third are real parts.
    unsafe {
        let at = laid.factors.as_ptr().add(parity * 4 * T::LANES);
        V::load(at.add(2 * T::LANES)).fma(partner, V::load(at).mul(own))
    }
}

/// A turn along bit `K` of the group, all in registers.
#[inline(always)]
unsafe fn across<T: Real, V: Vector<T>, const D: usize, const K: usize>(a: &mut [V; D], laid: &Laid<T>, sides: u32) {
    for low in 0..D {
        if low >> K & 1 == 0 {
            let high = (low | 1 << K) & (D - 1);
            let (x, y) = (a[low], a[high]);
            let (px, py) = ((sides >> low & 1) as usize, (sides >> high & 1) as usize);
            // SAFETY: the caller vouches for the laid matrix.
            unsafe {
                a[low] = turned(laid, px, x, crossed(laid, y));
                a[high] = turned(laid, py, y, crossed(laid, x));
            }
        }
    }
}

/// A turn that stays within every slot.
#[inline(always)]
unsafe fn within<T: Real, V: Vector<T>, const D: usize>(a: &mut [V; D], laid: &Laid<T>, sides: u32) {
    for j in 0..D {
        // SAFETY: the caller vouches for the laid matrix.
        a[j] = unsafe { turned(laid, (sides >> j & 1) as usize, a[j], crossed(laid, a[j])) };
    }
}

/// Turns of a group, in place.
pub(crate) struct ApplyReal<'a, T> {
    pub(crate) state: *mut T,
    pub(crate) groups: Groups<'a>,
    pub(crate) across: &'a [usize],
    pub(crate) within: &'a [usize],
    pub(crate) laid: &'a [Laid<T>],
}

impl<T: Real> ApplyReal<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(&self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ self.groups.offsets[j]) as usize * T::LANES;
            let mut a = [V::splat(T::zero()); D];
            // SAFETY: groups name slots of the state.
            unsafe {
                for j in 0..D {
                    a[j] = V::load(self.state.add(at(j)));
                }
                // Written out: the bit must be a constant for the group to stay in registers.
                if K > 0 {
                    across::<T, V, D, 0>(&mut a, &self.laid[self.across[0]], outer[0].at(base));
                }
                if K > 1 {
                    across::<T, V, D, 1>(&mut a, &self.laid[self.across[1]], outer[1].at(base));
                }
                if K > 2 {
                    across::<T, V, D, 2>(&mut a, &self.laid[self.across[2]], outer[2].at(base));
                }
                for (&turn, sides) in self.within.iter().zip(&inner) {
                    within(&mut a, &self.laid[turn], sides.at(base));
                }
                for j in 0..D {
                    a[j].store(self.state.add(at(j)));
                }
            }
        }
    }
}

impl<T: Real> Kernel<T> for ApplyReal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of the state.
        unsafe {
            match self.across.len() {
                0 => self.go::<V, 0, 1>(),
                1 => self.go::<V, 1, 2>(),
                2 => self.go::<V, 2, 4>(),
                _ => self.go::<V, 3, 8>(),
            }
        }
    }
}

/// Turns back both states and takes the overlap of λ and φ with Y of every turn in front of it, before signs of lanes:
/// `out[turn][lane]` for `across`, then `within`. Overlaps with X and Z have no imaginary part.
pub(crate) struct UndoReal<'a, T> {
    pub(crate) phi: *mut T,
    pub(crate) lambda: *mut T,
    pub(crate) groups: Groups<'a>,
    pub(crate) across: &'a [usize],
    pub(crate) within: &'a [usize],
    pub(crate) laid: &'a [Laid<T>],
    pub(crate) out: &'a mut [T],
}

/// Adds the overlaps of a group to a vector, given the partners of φ.
#[inline(always)]
unsafe fn overlap<T: Real, V: Vector<T>, const D: usize>(
    out: *mut T,
    sides: u32,
    l: &[V; D],
    partner: impl Fn(usize) -> V,
) {
    // SAFETY: `out` is a vector.
    unsafe {
        let (mut plus, mut minus) = (V::load(out), V::splat(T::zero()));
        for j in 0..D {
            let sign = V::splat(if sides >> j & 1 == 0 { T::one() } else { -T::one() });
            let signed = sign.mul(partner(j));
            // Two sums, so that additions do not wait for each other.
            if j % 2 == 0 {
                plus = l[j].fnma(signed, plus);
            } else {
                minus = l[j].fnma(signed, minus);
            }
        }
        plus.add(minus).store(out);
    }
}

/// Undoes a turn along bit `K` in both states and takes its overlap.
#[inline(always)]
unsafe fn undo_across<T: Real, V: Vector<T>, const D: usize, const K: usize>(
    (f, l): (&mut [V; D], &mut [V; D]),
    laid: &Laid<T>,
    sides: u32,
    out: *mut T,
) {
    // SAFETY: the caller vouches for the laid matrix and for a vector at `out`.
    unsafe {
        across::<T, V, D, K>(f, laid, sides);
        across::<T, V, D, K>(l, laid, sides);
        overlap(out, sides, l, |j| crossed(laid, f[(j ^ 1 << K) & (D - 1)]));
    }
}

impl<T: Real> UndoReal<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        let out = self.out.as_mut_ptr();
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ self.groups.offsets[j]) as usize * T::LANES;
            let mut f = [V::splat(T::zero()); D];
            let mut l = [V::splat(T::zero()); D];
            // SAFETY: groups name slots of both states, `out` holds a vector per turn.
            unsafe {
                for j in 0..D {
                    (f[j], l[j]) = (V::load(self.phi.add(at(j))), V::load(self.lambda.add(at(j))));
                }
                if K > 0 {
                    let laid = &self.laid[self.across[0]];
                    undo_across::<T, V, D, 0>((&mut f, &mut l), laid, outer[0].at(base), out);
                }
                if K > 1 {
                    let laid = &self.laid[self.across[1]];
                    undo_across::<T, V, D, 1>((&mut f, &mut l), laid, outer[1].at(base), out.add(T::LANES));
                }
                if K > 2 {
                    let laid = &self.laid[self.across[2]];
                    undo_across::<T, V, D, 2>((&mut f, &mut l), laid, outer[2].at(base), out.add(2 * T::LANES));
                }
                for (k, (&turn, sides)) in self.within.iter().zip(&inner).enumerate() {
                    let (laid, sides) = (&self.laid[turn], sides.at(base));
                    within(&mut f, laid, sides);
                    within(&mut l, laid, sides);
                    overlap(out.add((K + k) * T::LANES), sides, &l, |j| crossed(laid, f[j]));
                }
                for j in 0..D {
                    f[j].store(self.phi.add(at(j)));
                    l[j].store(self.lambda.add(at(j)));
                }
            }
        }
    }
}

impl<T: Real> Kernel<T> for UndoReal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of both states.
        unsafe {
            match self.across.len() {
                0 => self.go::<V, 0, 1>(),
                1 => self.go::<V, 1, 2>(),
                2 => self.go::<V, 2, 4>(),
                _ => self.go::<V, 3, 8>(),
            }
        }
    }
}

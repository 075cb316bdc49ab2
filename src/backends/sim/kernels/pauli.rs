//! Exponentials of Pauli strings: `cos - i sin P` on the pairs of slots that P exchanges, and overlaps with P.

use super::{C, stride};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// What a pass does with its pairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'a> {
    /// Slots of all groups, `2^count` each.
    pub(crate) groups: &'a [u32],
    /// Per group: which pairs have a negative coefficient.
    pub(crate) signs: &'a [u16],
    pub(crate) count: usize,
    /// Per turn: does it rotate (a string with an odd number of Ys), or mix real with imaginary parts?
    pub(crate) real: [bool; 3],
}

/// Up to three exponentials in one pass. `src` and `dst` may be the same state.
pub(crate) struct PauliApply<'a, T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    pub(crate) pairs: Pairs<'a>,
    /// Per turn: vectors of cosines, of sines, and of sines with the other sign.
    pub(crate) numbers: &'a [T],
    /// Undo them?
    pub(crate) dagger: bool,
}

impl<T: Real> PauliApply<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(&self) {
        let numbers = self.numbers.as_ptr();
        let flip = if self.dagger { u16::MAX } else { 0 };
        let mut cos = [V::zero(); K];
        for k in 0..K {
            // SAFETY: three vectors per turn.
            cos[k] = unsafe { V::load(numbers.add(3 * k * T::LANES)) };
        }
        for (group, &signs) in self.pairs.groups.chunks_exact(D).zip(self.pairs.signs) {
            let signs = signs ^ flip;
            let mut a = [C::<V>::zero(); D];
            for j in 0..D {
                // SAFETY: groups name slots of both states.
                a[j] = unsafe { C::load(self.src.add(group[j] as usize * stride::<T>())) };
            }
            for k in 0..K {
                let mut pair = 0;
                for low in 0..D {
                    if low >> k & 1 == 0 {
                        let high = low | 1 << k;
                        let sign = (signs >> (k * D / 2 + pair) & 1) as usize;
                        // SAFETY: three vectors per turn.
                        let q = unsafe { V::load(numbers.add((3 * k + 1 + sign) * T::LANES)) };
                        (a[low], a[high]) = turned(a[low], a[high], cos[k], q, self.pairs.real[k]);
                        pair += 1;
                    }
                }
            }
            for j in 0..D {
                // SAFETY: groups name slots of both states, and each slot once.
                unsafe { a[j].store(self.dst.add(group[j] as usize * stride::<T>())) };
            }
        }
    }
}

/// `[[c, -q], [q, c]]` if real, `[[c, -iq], [-iq, c]]` otherwise.
#[inline(always)]
fn turned<T: Real, V: Vector<T>>(x: C<V>, y: C<V>, c: V, q: V, real: bool) -> (C<V>, C<V>) {
    let px = C { re: x.re.mul(c), im: x.im.mul(c) };
    let py = C { re: y.re.mul(c), im: y.im.mul(c) };
    if real {
        (C { re: q.fnma(y.re, px.re), im: q.fnma(y.im, px.im) }, C { re: q.fma(x.re, py.re), im: q.fma(x.im, py.im) })
    } else {
        (C { re: q.fma(y.im, px.re), im: q.fnma(y.re, px.im) }, C { re: q.fma(x.im, py.re), im: q.fnma(x.re, py.im) })
    }
}

impl<T: Real> Kernel<T> for PauliApply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        assert!(self.numbers.len() >= 3 * self.pairs.count * T::LANES);
        // SAFETY: groups name slots of both states, and each slot once; the numbers were counted.
        unsafe {
            match self.pairs.count {
                1 => self.go::<V, 1, 2>(),
                2 => self.go::<V, 2, 4>(),
                _ => self.go::<V, 3, 8>(),
            }
        }
    }
}

/// `Im<λ|P|φ>` of one or two strings, per lane: `out` is a vector for each.
pub(crate) struct PauliOverlaps<'a, T> {
    pub(crate) lambda: *const T,
    pub(crate) phi: *const T,
    pub(crate) pairs: Pairs<'a>,
    pub(crate) out: &'a mut [T],
}

impl<T: Real> PauliOverlaps<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(&mut self) {
        let signed = [T::one(), -T::one()];
        let mut sums = [V::zero(); K];
        for (group, &signs) in self.pairs.groups.chunks_exact(D).zip(self.pairs.signs) {
            let mut l = [C::<V>::zero(); D];
            let mut f = [C::<V>::zero(); D];
            for j in 0..D {
                let at = group[j] as usize * stride::<T>();
                // SAFETY: groups name slots of both states.
                (l[j], f[j]) = unsafe { (C::load(self.lambda.add(at)), C::load(self.phi.add(at))) };
            }
            for k in 0..K {
                let mut pair = 0;
                for low in 0..D {
                    if low >> k & 1 == 0 {
                        let high = low | 1 << k;
                        let sign = V::splat(signed[(signs >> (k * D / 2 + pair) & 1) as usize]);
                        sums[k] = sign.fma(overlap((l[low], l[high]), (f[low], f[high]), self.pairs.real[k]), sums[k]);
                        pair += 1;
                    }
                }
            }
        }
        for k in 0..K {
            // SAFETY: `out` is a vector per string.
            unsafe { sums[k].store(self.out.as_mut_ptr().add(k * T::LANES)) };
        }
    }
}

/// The part of one pair, before its sign.
#[inline(always)]
fn overlap<T: Real, V: Vector<T>>((l0, l1): (C<V>, C<V>), (f0, f1): (C<V>, C<V>), real: bool) -> V {
    if real {
        let below = l0.re.fma(f1.re, l0.im.mul(f1.im));
        l1.re.fma(f0.re, l1.im.fma(f0.im, below.neg()))
    } else {
        let below = l0.im.fnma(f1.re, l0.re.mul(f1.im));
        l1.re.fma(f0.im, l1.im.fnma(f0.re, below))
    }
}

impl<T: Real> Kernel<T> for PauliOverlaps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(mut self) {
        assert!(self.out.len() >= self.pairs.count * T::LANES);
        // SAFETY: groups name slots of both states; the room for sums was counted.
        unsafe {
            match self.pairs.count {
                1 => self.go::<V, 1, 2>(),
                _ => self.go::<V, 2, 4>(),
            }
        }
    }
}

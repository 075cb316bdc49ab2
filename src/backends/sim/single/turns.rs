//! Turns of one state: 2x2 matrices on groups of slots, several at a time in registers, and their way back.
//!
//! What an amplitude is kept as, a complex number or its real part alone, is the only difference between the two kinds of
//! states: half the numbers and a quarter of the arithmetic. The laid matrices are the same for both. On the way back two groups
//! of up to eight amplitudes each are more than the registers hold, so everything about a pair is done before the next pair.

#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop)] // fixed-size loops over registers, which the compiler unrolls

use super::kernels::{Groups, Laid, parity};
use crate::backends::Real;
use crate::backends::sim::kernels::{C, stride};
use crate::backends::sim::simd::{Kernel, Vector};

/// What amplitudes are kept as, a vector of them at a time.
trait Amplitude<T: Real>: Copy {
    /// Numbers of a slot.
    const NUMBERS: usize;
    /// Axes a turn has overlaps with.
    const AXES: usize;
    /// Overlaps so far, a vector per axis.
    type Sums: Copy;

    fn zero() -> Self;

    /// # Safety
    /// `p` points at [`Self::NUMBERS`] readable numbers.
    unsafe fn load(p: *const T) -> Self;

    /// # Safety
    /// `p` points at [`Self::NUMBERS`] writable numbers.
    unsafe fn store(self, p: *mut T);

    /// The partner's numbers in the lanes of their partners.
    ///
    /// # Safety
    /// `laid.order` has an entry per lane.
    unsafe fn crossed(self, laid: &Laid<T>) -> Self;

    /// The number of a slot after a turn, from its own number and its partner's.
    ///
    /// # Safety
    /// `laid.factors` has two complex vectors per parity.
    unsafe fn turned(self, laid: &Laid<T>, parity: usize, partner: Self) -> Self;

    /// # Safety
    /// `out` points at [`Self::AXES`] readable vectors.
    unsafe fn load_sums(out: *const T) -> Self::Sums;

    /// # Safety
    /// `out` points at [`Self::AXES`] writable vectors.
    unsafe fn store_sums(sums: Self::Sums, out: *mut T);

    /// Adds the overlaps of a slot: of λ with φ, of which the own number and the partner's are given. Of `sides` the lowest bit counts.
    fn overlap(sums: Self::Sums, sides: (u32, bool), lambda: Self, own: Self, partner: Self) -> Self::Sums;
}

/// Overlaps with X, Y and Z.
impl<T: Real, V: Vector<T>> Amplitude<T> for C<V> {
    const NUMBERS: usize = stride::<T>();
    const AXES: usize = 3;
    type Sums = [V; 3];

    #[inline(always)]
    fn zero() -> Self {
        C::zero()
    }

    #[inline(always)]
    unsafe fn load(p: *const T) -> Self {
        // SAFETY: as the trait says.
        unsafe { C::load(p) }
    }

    #[inline(always)]
    unsafe fn store(self, p: *mut T) {
        // SAFETY: as the trait says.
        unsafe { C::store(self, p) }
    }

    #[inline(always)]
    unsafe fn crossed(self, laid: &Laid<T>) -> Self {
        if laid.crosses {
            // SAFETY: as the trait says.
            unsafe { C { re: self.re.shuffle(laid.order.as_ptr()), im: self.im.shuffle(laid.order.as_ptr()) } }
        } else {
            self
        }
    }

    #[inline(always)]
    unsafe fn turned(self, laid: &Laid<T>, parity: usize, partner: Self) -> Self {
        // SAFETY: as the trait says.
        unsafe {
            let at = laid.factors.as_ptr().add(parity * 2 * stride::<T>());
            let (x, y) = (C::<V>::load(at), C::<V>::load(at.add(stride::<T>())));
            y.times_add(partner, x.times(self))
        }
    }

    #[inline(always)]
    unsafe fn load_sums(out: *const T) -> [V; 3] {
        // SAFETY: as the trait says.
        unsafe { [V::load(out), V::load(out.add(T::LANES)), V::load(out.add(2 * T::LANES))] }
    }

    #[inline(always)]
    unsafe fn store_sums([x, y, z]: [V; 3], out: *mut T) {
        // SAFETY: as the trait says.
        unsafe {
            x.store(out);
            y.store(out.add(T::LANES));
            z.store(out.add(2 * T::LANES));
        }
    }

    #[inline(always)]
    fn overlap([x, y, z]: [V; 3], (sides, signed): (u32, bool), l: Self, own: Self, partner: Self) -> [V; 3] {
        let sign = sign::<T, V>(sides);
        let x = if signed {
            sign.fma(l.im.fnma(partner.re, l.re.mul(partner.im)), x)
        } else {
            l.re.fma(partner.im, l.im.fnma(partner.re, x))
        };
        let y = sign.fnma(l.re.fma(partner.re, l.im.mul(partner.im)), y);
        let z = sign.fma(l.im.fnma(own.re, l.re.mul(own.im)), z);
        [x, y, z]
    }
}

/// Real parts alone: overlaps with Y, as those with X and Z have no imaginary part.
#[derive(Clone, Copy)]
struct RealPart<V>(V);

impl<T: Real, V: Vector<T>> Amplitude<T> for RealPart<V> {
    const NUMBERS: usize = T::LANES;
    const AXES: usize = 1;
    type Sums = V;

    #[inline(always)]
    fn zero() -> Self {
        Self(V::splat(T::zero()))
    }

    #[inline(always)]
    unsafe fn load(p: *const T) -> Self {
        // SAFETY: as the trait says.
        Self(unsafe { V::load(p) })
    }

    #[inline(always)]
    unsafe fn store(self, p: *mut T) {
        // SAFETY: as the trait says.
        unsafe { self.0.store(p) }
    }

    #[inline(always)]
    unsafe fn crossed(self, laid: &Laid<T>) -> Self {
        // SAFETY: as the trait says.
        if laid.crosses { Self(unsafe { self.0.shuffle(laid.order.as_ptr()) }) } else { self }
    }

    #[inline(always)]
    unsafe fn turned(self, laid: &Laid<T>, parity: usize, partner: Self) -> Self {
        // SAFETY: four vectors per parity, of which the first and the third are real parts.
        unsafe {
            let at = laid.factors.as_ptr().add(parity * 4 * T::LANES);
            Self(V::load(at.add(2 * T::LANES)).fma(partner.0, V::load(at).mul(self.0)))
        }
    }

    #[inline(always)]
    unsafe fn load_sums(out: *const T) -> V {
        // SAFETY: as the trait says.
        unsafe { V::load(out) }
    }

    #[inline(always)]
    unsafe fn store_sums(sums: V, out: *mut T) {
        // SAFETY: as the trait says.
        unsafe { sums.store(out) }
    }

    #[inline(always)]
    fn overlap(sums: V, (sides, _): (u32, bool), l: Self, _: Self, partner: Self) -> V {
        l.0.fnma(sign::<T, V>(sides).mul(partner.0), sums)
    }
}

/// 1 or -1 by the lowest bit.
#[inline(always)]
fn sign<T: Real, V: Vector<T>>(sides: u32) -> V {
    V::splat(if sides & 1 == 0 { T::one() } else { -T::one() })
}

/// Turns of a group, in place. A kernel of its own for each kind of amplitudes: one for both is slower by a fifth.
pub(crate) struct ApplyTurns<'a, T, const REAL: bool> {
    pub(crate) state: *mut T,
    pub(crate) groups: Groups<'a>,
    pub(crate) across: &'a [usize],
    pub(crate) within: &'a [usize],
    pub(crate) laid: &'a [Laid<T>],
}

/// Parities of a turn at the slots of a group: bit `j` for slot `base ^ offsets[j]`.
#[derive(Clone, Copy, Default)]
pub(super) struct Sides {
    /// Those of a group that begins at 0.
    pattern: u32,
    mask: u32,
}

impl Sides {
    #[inline(always)]
    fn new<T>(laid: &Laid<T>, groups: &Groups<'_>) -> Self {
        let at = |j: usize| (parity(groups.offsets[j], laid.mask) ^ parity(groups.origin, laid.slot_mask)) as u32;
        Self { pattern: (0..8).fold(0, |pattern, j| pattern | at(j) << j), mask: laid.mask }
    }

    #[inline(always)]
    pub(super) fn at(self, base: u32) -> u32 {
        self.pattern ^ (parity(base, self.mask) as u32).wrapping_neg()
    }
}

/// At most so many turns of a group stay within a slot.
pub(crate) const WITHIN: usize = 4;

/// The sides of the turns of a group.
#[inline(always)]
pub(super) fn sides<T>(laid: &[Laid<T>], groups: &Groups<'_>, turns: &[usize]) -> [Sides; WITHIN] {
    let mut out = [Sides::default(); WITHIN];
    for (out, &turn) in out.iter_mut().zip(turns) {
        *out = Sides::new(&laid[turn], groups);
    }
    out
}

/// Turns two slots that are partners.
///
/// # Safety
/// As for [`Amplitude::turned`].
#[inline(always)]
unsafe fn pair<T: Real, A: Amplitude<T>>(a: &mut [A], (low, high): (usize, usize), laid: &Laid<T>, sides: u32) {
    let (x, y) = (a[low], a[high]);
    let (px, py) = ((sides >> low & 1) as usize, (sides >> high & 1) as usize);
    // SAFETY: the caller vouches for the laid matrix.
    unsafe {
        a[low] = x.turned(laid, px, y.crossed(laid));
        a[high] = y.turned(laid, py, x.crossed(laid));
    }
}

/// Turns a slot whose partners are in itself.
///
/// # Safety
/// As for [`Amplitude::turned`].
#[inline(always)]
unsafe fn alone<T: Real, A: Amplitude<T>>(a: &mut A, laid: &Laid<T>, side: u32) {
    // SAFETY: the caller vouches for the laid matrix.
    *a = unsafe { a.turned(laid, (side & 1) as usize, a.crossed(laid)) };
}

/// A turn along bit `K` of the group, all in registers.
#[inline(always)]
unsafe fn across<T: Real, A: Amplitude<T>, const D: usize, const K: usize>(a: &mut [A; D], laid: &Laid<T>, sides: u32) {
    // A plain loop, here and below: what an iterator hides keeps the group out of registers.
    for low in 0..D {
        if low >> K & 1 == 0 {
            // SAFETY: the caller vouches for the laid matrix.
            unsafe { pair(a, (low, (low | 1 << K) & (D - 1)), laid, sides) };
        }
    }
}

/// A turn that stays within every slot.
#[inline(always)]
unsafe fn within<T: Real, A: Amplitude<T>, const D: usize>(a: &mut [A; D], laid: &Laid<T>, sides: u32) {
    for j in 0..D {
        // SAFETY: the caller vouches for the laid matrix.
        unsafe { alone(&mut a[j], laid, sides >> j) };
    }
}

impl<T: Real, const REAL: bool> ApplyTurns<'_, T, REAL> {
    #[inline(always)]
    unsafe fn any<A: Amplitude<T>>(self) {
        // SAFETY: the caller vouches for the groups.
        unsafe {
            match self.across.len() {
                0 => self.go::<A, 0, 1>(),
                1 => self.go::<A, 1, 2>(),
                2 => self.go::<A, 2, 4>(),
                _ => self.go::<A, 3, 8>(),
            }
        }
    }

    #[inline(always)]
    unsafe fn go<A: Amplitude<T>, const K: usize, const D: usize>(self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        let state = self.state;
        let offsets = *self.groups.offsets;
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ offsets[j]) as usize * A::NUMBERS;
            let mut a = [A::zero(); D];
            // SAFETY: groups name slots of the state.
            unsafe {
                for j in 0..D {
                    a[j] = A::load(state.add(at(j)));
                }
                // Written out: the bit must be a constant for the group to stay in registers.
                if K > 0 {
                    across::<T, A, D, 0>(&mut a, &self.laid[self.across[0]], outer[0].at(base));
                }
                if K > 1 {
                    across::<T, A, D, 1>(&mut a, &self.laid[self.across[1]], outer[1].at(base));
                }
                if K > 2 {
                    across::<T, A, D, 2>(&mut a, &self.laid[self.across[2]], outer[2].at(base));
                }
                for (&turn, sides) in self.within.iter().zip(&inner) {
                    within(&mut a, &self.laid[turn], sides.at(base));
                }
                for j in 0..D {
                    a[j].store(state.add(at(j)));
                }
            }
        }
    }
}

impl<T: Real, const REAL: bool> Kernel<T> for ApplyTurns<'_, T, REAL> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of the state.
        unsafe {
            match REAL {
                true => self.any::<RealPart<V>>(),
                false => self.any::<C<V>>(),
            }
        }
    }
}

/// Turns back both states and takes the overlaps of λ and φ with X, Y, Z, or Y alone if they are real, of every turn in front of it, before signs of
/// lanes: `out[turn][axis][lane]` for `across`, then `within`. `laid` is laid from the conjugate transposes.
pub(crate) struct UndoTurns<'a, T, const REAL: bool> {
    pub(crate) phi: *mut T,
    pub(crate) lambda: *mut T,
    pub(crate) groups: Groups<'a>,
    pub(crate) across: &'a [usize],
    pub(crate) within: &'a [usize],
    pub(crate) laid: &'a [Laid<T>],
    pub(crate) out: &'a mut [T],
}

/// Undoes a turn along bit `K` in both states and takes its overlaps.
#[inline(always)]
unsafe fn undo_across<T: Real, A: Amplitude<T>, const D: usize, const K: usize>(
    (f, l): (&mut [A; D], &mut [A; D]),
    laid: &Laid<T>,
    sides: u32,
    out: *mut T,
) {
    // SAFETY: the caller vouches for the laid matrix and for a vector per axis at `out`.
    unsafe {
        let mut sums = A::load_sums(out);
        for low in 0..D {
            if low >> K & 1 == 0 {
                let high = (low | 1 << K) & (D - 1);
                pair(f, (low, high), laid, sides);
                pair(l, (low, high), laid, sides);
                sums = A::overlap(sums, (sides >> low, laid.signed), l[low], f[low], f[high].crossed(laid));
                sums = A::overlap(sums, (sides >> high, laid.signed), l[high], f[high], f[low].crossed(laid));
            }
        }
        A::store_sums(sums, out);
    }
}

/// Undoes a turn within every slot in both states and takes its overlaps.
#[inline(always)]
unsafe fn undo_within<T: Real, A: Amplitude<T>, const D: usize>(
    (f, l): (&mut [A; D], &mut [A; D]),
    laid: &Laid<T>,
    sides: u32,
    out: *mut T,
) {
    // SAFETY: as above.
    unsafe {
        let mut sums = A::load_sums(out);
        for j in 0..D {
            alone(&mut f[j], laid, sides >> j);
            alone(&mut l[j], laid, sides >> j);
            sums = A::overlap(sums, (sides >> j, laid.signed), l[j], f[j], f[j].crossed(laid));
        }
        A::store_sums(sums, out);
    }
}

impl<T: Real, const REAL: bool> UndoTurns<'_, T, REAL> {
    #[inline(always)]
    unsafe fn any<A: Amplitude<T>>(self) {
        // SAFETY: the caller vouches for the groups.
        unsafe {
            match self.across.len() {
                0 => self.go::<A, 0, 1>(),
                1 => self.go::<A, 1, 2>(),
                2 => self.go::<A, 2, 4>(),
                _ => self.go::<A, 3, 8>(),
            }
        }
    }

    #[inline(always)]
    unsafe fn go<A: Amplitude<T>, const K: usize, const D: usize>(self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        let out = self.out.as_mut_ptr();
        let sums = A::AXES * T::LANES;
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ self.groups.offsets[j]) as usize * A::NUMBERS;
            let mut f = [A::zero(); D];
            let mut l = [A::zero(); D];
            // SAFETY: groups name slots of both states, `out` holds a vector per turn and axis.
            unsafe {
                for j in 0..D {
                    (f[j], l[j]) = (A::load(self.phi.add(at(j))), A::load(self.lambda.add(at(j))));
                }
                if K > 0 {
                    let laid = &self.laid[self.across[0]];
                    undo_across::<T, A, D, 0>((&mut f, &mut l), laid, outer[0].at(base), out);
                }
                if K > 1 {
                    let laid = &self.laid[self.across[1]];
                    undo_across::<T, A, D, 1>((&mut f, &mut l), laid, outer[1].at(base), out.add(sums));
                }
                if K > 2 {
                    let laid = &self.laid[self.across[2]];
                    undo_across::<T, A, D, 2>((&mut f, &mut l), laid, outer[2].at(base), out.add(2 * sums));
                }
                for (k, (&turn, sides)) in self.within.iter().zip(&inner).enumerate() {
                    let (laid, sides) = (&self.laid[turn], sides.at(base));
                    undo_within((&mut f, &mut l), laid, sides, out.add((K + k) * sums));
                }
                for j in 0..D {
                    f[j].store(self.phi.add(at(j)));
                    l[j].store(self.lambda.add(at(j)));
                }
            }
        }
    }
}

impl<T: Real, const REAL: bool> Kernel<T> for UndoTurns<'_, T, REAL> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of both states.
        unsafe {
            match REAL {
                true => self.any::<RealPart<V>>(),
                false => self.any::<C<V>>(),
            }
        }
    }
}

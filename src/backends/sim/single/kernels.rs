//! Inner loops over one state: `[slot][re|im][lane]`, the low bits of a place in the lane.
//!
//! Partners of an amplitude are another slot with its lanes exchanged; which entry of a matrix applies differs between
//! lanes and is laid out beforehand, once for each parity of the slot.

#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop)] // fixed-size loops over registers, which the compiler unrolls

use crate::backends::Real;
use crate::backends::sim::kernels::{C, stride};
use crate::backends::sim::simd::{Kernel, Vector};

/// A 2x2 matrix laid out for a bit of the place: for both parities of the slot the factors of an amplitude and of its
/// partner, per lane.
#[derive(Clone, Debug)]
pub(crate) struct Laid<T> {
    /// `[parity][own|partner][re|im][lane]`
    pub(crate) factors: Vec<T>,
    /// Bits of the slot whose parity counts.
    pub(crate) slot_mask: u32,
    /// Bits of the position in the block whose parity counts.
    pub(crate) mask: u32,
    /// Lane `l`'s partner is in lane `order[l]`.
    pub(crate) order: Vec<u32>,
    /// Is that another lane?
    pub(crate) crosses: bool,
    /// Does the overlap with X take the signs of the bit, as strings that move another way want it?
    pub(crate) signed: bool,
}

/// Slots of groups: group `t` begins at `t` with zeros put in at the pivots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Groups<'a> {
    pub(crate) pivots: &'a [u32],
    pub(crate) offsets: &'a [u32; 8],
    /// Groups `first..last`.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The slot at which the block begins.
    pub(crate) origin: u32,
}

impl Groups<'_> {
    #[inline(always)]
    pub(super) fn base(&self, t: usize) -> u32 {
        deposit(t as u32, self.pivots)
    }
}

/// `t` with zeros put in at the pivots.
#[inline(always)]
pub(crate) fn deposit(t: u32, pivots: &[u32]) -> u32 {
    pivots.iter().fold(t, |slot, &pivot| (slot >> pivot) << (pivot + 1) | slot & ((1 << pivot) - 1))
}

/// Copies the slots `base ^ offsets[..]` to a block, or back.
pub(crate) struct MoveBlock<'a, T> {
    pub(crate) state: *mut T,
    pub(crate) room: *mut T,
    pub(crate) offsets: &'a [u32],
    pub(crate) base: u32,
    pub(crate) back: bool,
}

impl<T: Real> Kernel<T> for MoveBlock<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for (position, offset) in self.offsets.iter().enumerate() {
            // SAFETY: offsets name slots of the state, the room has a slot per offset.
            unsafe {
                let far = self.state.add((self.base ^ offset) as usize * stride::<T>());
                let near = self.room.add(position * stride::<T>());
                let (from, to) = if self.back { (near, far) } else { (far, near) };
                C::<V>::load(from).store(to);
            }
        }
    }
}

/// The parity of the slot bits that count.
#[inline(always)]
fn parity(slot: u32, mask: u32) -> usize {
    ((slot & mask).count_ones() & 1) as usize
}

/// The partner's numbers in the lanes of their partners.
///
/// # Safety
/// `laid.order` has an entry per lane.
#[inline(always)]
unsafe fn crossed<T: Real, V: Vector<T>>(laid: &Laid<T>, a: C<V>) -> C<V> {
    if laid.crosses {
        // SAFETY: the caller vouches for the order.
        unsafe { C { re: a.re.shuffle(laid.order.as_ptr()), im: a.im.shuffle(laid.order.as_ptr()) } }
    } else {
        a
    }
}

/// The number of a slot after a turn, from its own number and its partner's.
#[inline(always)]
unsafe fn turned<T: Real, V: Vector<T>>(laid: &Laid<T>, parity: usize, own: C<V>, partner: C<V>) -> C<V> {
    // SAFETY: two complex vectors per parity.
    unsafe {
        let at = laid.factors.as_ptr().add(parity * 2 * stride::<T>());
        let (x, y) = (C::<V>::load(at), C::<V>::load(at.add(stride::<T>())));
        y.times_add(partner, x.times(own))
    }
}

/// Splits every amplitude of the slots below `reach` in two: `state[s + reach] = go · state[s]`, `state[s] *= stay`.
pub(crate) struct Split<T> {
    pub(crate) state: *mut T,
    /// Slots `first..last` of those below `reach`.
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) reach: usize,
    pub(crate) stay: [T; 2],
    pub(crate) go: [T; 2],
}

impl<T: Real> Kernel<T> for Split<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let stay = C { re: V::splat(self.stay[0]), im: V::splat(self.stay[1]) };
        let go = C { re: V::splat(self.go[0]), im: V::splat(self.go[1]) };
        for slot in self.first..self.last {
            // SAFETY: the state has twice as many slots as `reach`.
            unsafe {
                let low = self.state.add(slot * stride::<T>());
                let a = C::<V>::load(low);
                a.times(go).store(low.add(self.reach * stride::<T>()));
                a.times(stay).store(low);
            }
        }
    }
}

/// Turns of a group, in place.
pub(crate) struct ApplyTurns<'a, T> {
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

/// A turn along bit `K` of the group, all in registers.
#[inline(always)]
unsafe fn across<T: Real, V: Vector<T>, const D: usize, const K: usize>(a: &mut [C<V>; D], laid: &Laid<T>, sides: u32) {
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
unsafe fn within<T: Real, V: Vector<T>, const D: usize>(a: &mut [C<V>; D], laid: &Laid<T>, sides: u32) {
    for j in 0..D {
        // SAFETY: the caller vouches for the laid matrix.
        a[j] = unsafe { turned(laid, (sides >> j & 1) as usize, a[j], crossed(laid, a[j])) };
    }
}

impl<T: Real> ApplyTurns<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(&self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ self.groups.offsets[j]) as usize * stride::<T>();
            let mut a = [C::<V>::zero(); D];
            // SAFETY: groups name slots of the state.
            unsafe {
                for j in 0..D {
                    a[j] = C::load(self.state.add(at(j)));
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

impl<T: Real> Kernel<T> for ApplyTurns<'_, T> {
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

/// Turns back both states and takes the overlaps of λ and φ with X, Y, Z of every turn in front of it, before signs of
/// lanes: `out[turn][axis][lane]` for `across`, then `within`. `laid` is laid from the conjugate transposes.
pub(crate) struct UndoTurns<'a, T> {
    pub(crate) phi: *mut T,
    pub(crate) lambda: *mut T,
    pub(crate) groups: Groups<'a>,
    pub(crate) across: &'a [usize],
    pub(crate) within: &'a [usize],
    pub(crate) laid: &'a [Laid<T>],
    pub(crate) out: &'a mut [T],
}

/// Adds the overlaps of a group to three vectors, given the partners of φ.
#[inline(always)]
unsafe fn overlaps<T: Real, V: Vector<T>, const D: usize>(
    out: *mut T,
    (sides, signed): (u32, bool),
    (l, own): (&[C<V>; D], &[C<V>; D]),
    partner: impl Fn(usize) -> C<V>,
) {
    // SAFETY: `out` is three vectors.
    unsafe {
        let (mut x, mut y, mut z) = (V::load(out), V::load(out.add(T::LANES)), V::load(out.add(2 * T::LANES)));
        for j in 0..D {
            let sign = V::splat(if sides >> j & 1 == 0 { T::one() } else { -T::one() });
            let partner = partner(j);
            x = if signed {
                sign.fma(l[j].im.fnma(partner.re, l[j].re.mul(partner.im)), x)
            } else {
                l[j].re.fma(partner.im, l[j].im.fnma(partner.re, x))
            };
            y = sign.fnma(l[j].re.fma(partner.re, l[j].im.mul(partner.im)), y);
            z = sign.fma(l[j].im.fnma(own[j].re, l[j].re.mul(own[j].im)), z);
        }
        x.store(out);
        y.store(out.add(T::LANES));
        z.store(out.add(2 * T::LANES));
    }
}

/// Undoes a turn along bit `K` in both states and takes its overlaps.
#[inline(always)]
unsafe fn undo_across<T: Real, V: Vector<T>, const D: usize, const K: usize>(
    (f, l): (&mut [C<V>; D], &mut [C<V>; D]),
    laid: &Laid<T>,
    sides: u32,
    out: *mut T,
) {
    // SAFETY: the caller vouches for the laid matrix and for three vectors at `out`.
    unsafe {
        across::<T, V, D, K>(f, laid, sides);
        across::<T, V, D, K>(l, laid, sides);
        overlaps(out, (sides, laid.signed), (l, f), |j| crossed(laid, f[(j ^ 1 << K) & (D - 1)]));
    }
}

impl<T: Real> UndoTurns<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize>(self) {
        let outer = sides(self.laid, &self.groups, self.across);
        let inner = sides(self.laid, &self.groups, self.within);
        let out = self.out.as_mut_ptr();
        let sums = 3 * T::LANES;
        for t in self.groups.first..self.groups.last {
            let base = self.groups.base(t);
            let at = |j: usize| (base ^ self.groups.offsets[j]) as usize * stride::<T>();
            let mut f = [C::<V>::zero(); D];
            let mut l = [C::<V>::zero(); D];
            // SAFETY: groups name slots of both states, `out` holds three vectors per turn.
            unsafe {
                for j in 0..D {
                    (f[j], l[j]) = (C::load(self.phi.add(at(j))), C::load(self.lambda.add(at(j))));
                }
                if K > 0 {
                    let laid = &self.laid[self.across[0]];
                    undo_across::<T, V, D, 0>((&mut f, &mut l), laid, outer[0].at(base), out);
                }
                if K > 1 {
                    let laid = &self.laid[self.across[1]];
                    undo_across::<T, V, D, 1>((&mut f, &mut l), laid, outer[1].at(base), out.add(sums));
                }
                if K > 2 {
                    let laid = &self.laid[self.across[2]];
                    undo_across::<T, V, D, 2>((&mut f, &mut l), laid, outer[2].at(base), out.add(2 * sums));
                }
                for (k, (&turn, sides)) in self.within.iter().zip(&inner).enumerate() {
                    let (laid, sides) = (&self.laid[turn], sides.at(base));
                    within(&mut f, laid, sides);
                    within(&mut l, laid, sides);
                    overlaps(out.add((K + k) * sums), (sides, laid.signed), (&l, &f), |j| crossed(laid, f[j]));
                }
                for j in 0..D {
                    f[j].store(self.phi.add(at(j)));
                    l[j].store(self.lambda.add(at(j)));
                }
            }
        }
    }
}

impl<T: Real> Kernel<T> for UndoTurns<'_, T> {
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

/// Which class a slot belongs to: bit `k` is the parity of `slot & masks[k]`.
#[inline(always)]
pub(crate) fn class_of(slot: u32, masks: &[u32]) -> usize {
    masks.iter().enumerate().fold(0, |class, (k, &mask)| class | parity(slot, mask) << k)
}

/// A matrix on any bits: `dst[p] = Σ_m factors[m][class(p)] src[p moved by m]`. `src` and `dst` are different.
pub(crate) struct ApplyGeneral<'a, T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Per move: how the slot changes, and the order of lanes.
    pub(crate) moves: &'a [(u32, Vec<u32>)],
    /// Per bit of the class: the bits of the slot whose parity it is.
    pub(crate) masks: &'a [u32],
    /// `[move][class of the slot][re|im][lane]`
    pub(crate) factors: &'a [T],
}

impl<T: Real> Kernel<T> for ApplyGeneral<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let classes = 1 << self.masks.len();
        for slot in self.first..self.last {
            let class = class_of(slot as u32, self.masks);
            let mut sum = C::<V>::zero();
            for (m, (offset, order)) in self.moves.iter().enumerate() {
                // SAFETY: moves stay within the state, the table has an entry for every class.
                unsafe {
                    let a = C::<V>::load(self.src.add((slot as u32 ^ offset) as usize * stride::<T>()));
                    let a = C { re: a.re.shuffle(order.as_ptr()), im: a.im.shuffle(order.as_ptr()) };
                    let factor = C::load(self.factors[(m * classes + class) * stride::<T>()..].as_ptr());
                    sum = factor.times_add(a, sum);
                }
            }
            // SAFETY: as above.
            unsafe { sum.store(self.dst.add(slot * stride::<T>())) };
        }
    }
}

/// `out[move][class] += conj(λ[p]) φ[p moved]`, per lane.
pub(crate) struct GeneralOverlaps<'a, T> {
    pub(crate) lambda: *const T,
    pub(crate) phi: *const T,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) moves: &'a [(u32, Vec<u32>)],
    pub(crate) masks: &'a [u32],
    pub(crate) out: &'a mut [T],
}

impl<T: Real> Kernel<T> for GeneralOverlaps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let classes = 1 << self.masks.len();
        for slot in self.first..self.last {
            let class = class_of(slot as u32, self.masks);
            for (m, (offset, order)) in self.moves.iter().enumerate() {
                let sum = &mut self.out[(m * classes + class) * stride::<T>()..][..stride::<T>()];
                // SAFETY: moves stay within the states, and `sum` is a complex vector.
                unsafe {
                    let l = C::<V>::load(self.lambda.add(slot * stride::<T>()));
                    let f = C::<V>::load(self.phi.add((slot as u32 ^ offset) as usize * stride::<T>()));
                    let f = C { re: f.re.shuffle(order.as_ptr()), im: f.im.shuffle(order.as_ptr()) };
                    l.conj_times_add(f, C::load(sum.as_ptr())).store(sum.as_mut_ptr());
                }
            }
        }
    }
}

/// `Σ |ψ|²` over the slots of each class, per lane.
pub(crate) struct ClassSums<'a, T> {
    pub(crate) state: *const T,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Signs: vector `k` of `out` adds `±|ψ[slot]|²` by the parity of `slot & masks[k]`.
    pub(crate) masks: &'a [u32],
    pub(crate) out: &'a mut [T],
}

impl<T: Real> Kernel<T> for ClassSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let out = self.out.as_mut_ptr();
        for slot in self.first..self.last {
            // SAFETY: the state has these slots, `out` a vector per mask.
            unsafe {
                let a = C::<V>::load(self.state.add(slot * stride::<T>()));
                let p = a.re.fma(a.re, a.im.mul(a.im));
                for (k, &mask) in self.masks.iter().enumerate() {
                    let at = out.add(k * T::LANES);
                    let sum = V::load(at);
                    if parity(slot as u32, mask) == 0 { sum.add(p) } else { sum.sub(p) }.store(at);
                }
            }
        }
    }
}

/// `λ[p] = (Σ_k ± weights[k]) ψ[p]`, the sign by the parity of `slot & masks[k]`.
pub(crate) struct SeedDiagonal<'a, T> {
    pub(crate) state: *const T,
    pub(crate) lambda: *mut T,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) masks: &'a [u32],
    /// A vector per mask.
    pub(crate) weights: &'a [T],
}

impl<T: Real> Kernel<T> for SeedDiagonal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for slot in self.first..self.last {
            // SAFETY: the states have these slots, `weights` a vector per mask.
            unsafe {
                let mut sum = V::zero();
                for (k, &mask) in self.masks.iter().enumerate() {
                    let weight = V::load(self.weights.as_ptr().add(k * T::LANES));
                    sum = if parity(slot as u32, mask) == 0 { sum.add(weight) } else { sum.sub(weight) };
                }
                let a = C::<V>::load(self.state.add(slot * stride::<T>()));
                C { re: a.re.mul(sum), im: a.im.mul(sum) }.store(self.lambda.add(slot * stride::<T>()));
            }
        }
    }
}

/// A Pauli string that flips bits: `(Pψ)[p] = ± factor[lane] ψ[p moved]`. Sums `Re conj(ψ) Pψ` into the vector `out`, or adds
/// `Pψ` to λ.
pub(crate) struct FlipString<'a, T> {
    pub(crate) state: *const T,
    pub(crate) lambda: Option<*mut T>,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) offset: u32,
    pub(crate) order: &'a [u32],
    pub(crate) mask: u32,
    /// A complex vector.
    pub(crate) factor: &'a [T],
    pub(crate) out: *mut T,
}

impl<T: Real> Kernel<T> for FlipString<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: the states have these slots, the move stays inside, `order`, `factor` and `out` have their lanes.
        unsafe {
            let plus = C::<V>::load(self.factor.as_ptr());
            let minus = C { re: plus.re.neg(), im: plus.im.neg() };
            let mut sum = V::zero();
            for slot in self.first..self.last {
                let other = C::<V>::load(self.state.add((slot as u32 ^ self.offset) as usize * stride::<T>()));
                let other = C { re: other.re.shuffle(self.order.as_ptr()), im: other.im.shuffle(self.order.as_ptr()) };
                let factor = if parity(slot as u32, self.mask) == 0 { plus } else { minus };
                let at = slot * stride::<T>();
                if let Some(lambda) = self.lambda {
                    let l = C::<V>::load(lambda.add(at));
                    factor.times_add(other, l).store(lambda.add(at));
                } else {
                    let (a, value) = (C::<V>::load(self.state.add(at)), factor.times(other));
                    sum = a.re.fma(value.re, a.im.fma(value.im, sum));
                }
            }
            if self.lambda.is_none() {
                V::load(self.out).add(sum).store(self.out);
            }
        }
    }
}

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
pub(super) fn parity(slot: u32, mask: u32) -> usize {
    ((slot & mask).count_ones() & 1) as usize
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

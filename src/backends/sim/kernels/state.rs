//! Kernels that change a state by something all samples share: phases, real rotations, dense matrices.

use super::{C, stride};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// `dst[s] = table[s] · src[s]`, or with the conjugate table. `src` and `dst` may be the same.
pub(crate) struct Phases<'a, T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    /// `[slot][re|im]`
    pub(crate) table: &'a [T],
    pub(crate) conjugate: bool,
}

impl<T: Real> Kernel<T> for Phases<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let sign = if self.conjugate { -T::one() } else { T::one() };
        for (slot, entry) in self.table.chunks_exact(2).enumerate() {
            // SAFETY: both states have a slot per entry of the table.
            unsafe {
                let at = slot * stride::<T>();
                let phase = C { re: V::splat(entry[0]), im: V::splat(sign * entry[1]) };
                C::<V>::load(self.src.add(at)).times(phase).store(self.dst.add(at));
            }
        }
    }
}

/// Up to three real rotations `[[p, -q], [q, p]]` of different qubits in one pass over groups of `2^count` slots.
/// `src` and `dst` may be the same state.
pub(crate) struct Rotations<'a, T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    pub(crate) groups: &'a [u32],
    pub(crate) rotations: &'a Turns<T>,
    /// Rotate back?
    pub(crate) transposed: bool,
}

/// The numbers of a pass of rotations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turns<T> {
    pub(crate) count: usize,
    /// All `p` are 1: the cosines stand elsewhere, and a rotation is two multiply-adds per number.
    pub(crate) lifted: bool,
    pub(crate) p: [T; 3],
    pub(crate) q: [T; 3],
}

impl<T: Real> Kernel<T> for Rotations<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of both states, and each slot once.
        unsafe {
            match (self.rotations.count, self.rotations.lifted) {
                (1, true) => self.go::<V, 1, 2, true>(),
                (2, true) => self.go::<V, 2, 4, true>(),
                (_, true) => self.go::<V, 3, 8, true>(),
                (1, false) => self.go::<V, 1, 2, false>(),
                (2, false) => self.go::<V, 2, 4, false>(),
                (_, false) => self.go::<V, 3, 8, false>(),
            }
        }
    }
}

impl<T: Real> Rotations<'_, T> {
    #[inline(always)]
    unsafe fn go<V: Vector<T>, const K: usize, const D: usize, const LIFTED: bool>(&self) {
        let sign = if self.transposed { -T::one() } else { T::one() };
        let mut p = [V::zero(); K];
        let mut q = [V::zero(); K];
        for k in 0..K {
            p[k] = V::splat(self.rotations.p[k]);
            q[k] = V::splat(sign * self.rotations.q[k]);
        }
        for group in self.groups.chunks_exact(D) {
            let mut a = [C::<V>::zero(); D];
            for j in 0..D {
                // SAFETY: the caller vouches for the slots.
                a[j] = unsafe { C::load(self.src.add(group[j] as usize * stride::<T>())) };
            }
            for k in 0..K {
                for low in 0..D {
                    if low >> k & 1 == 0 {
                        let high = low | 1 << k;
                        let (x, y) = (a[low], a[high]);
                        let (px, py) = if LIFTED {
                            (x, y)
                        } else {
                            (C { re: x.re.mul(p[k]), im: x.im.mul(p[k]) }, C { re: y.re.mul(p[k]), im: y.im.mul(p[k]) })
                        };
                        a[low] = C { re: y.re.fnma(q[k], px.re), im: y.im.fnma(q[k], px.im) };
                        a[high] = C { re: x.re.fma(q[k], py.re), im: x.im.fma(q[k], py.im) };
                    }
                }
            }
            for j in 0..D {
                // SAFETY: the caller vouches for the slots.
                unsafe { a[j].store(self.dst.add(group[j] as usize * stride::<T>())) };
            }
        }
    }
}

/// A matrix on groups of `dim` slots, from `src` to `state`, which may be the same; shared (`matrix[row][column][re|im]`) or per lane (each entry a vector).
pub(crate) struct DenseApply<'a, T> {
    pub(crate) src: *const T,
    pub(crate) state: *mut T,
    pub(crate) groups: &'a [u32],
    pub(crate) dim: usize,
    pub(crate) matrix: &'a [T],
    pub(crate) per_lane: bool,
    /// The conjugate transpose instead?
    pub(crate) dagger: bool,
    /// `dim` complex vectors.
    pub(crate) scratch: *mut T,
}

impl<T: Real> DenseApply<'_, T> {
    #[inline(always)]
    fn entry<V: Vector<T>>(&self, row: usize, column: usize) -> C<V> {
        let at = if self.dagger { column * self.dim + row } else { row * self.dim + column };
        let entry = if self.per_lane {
            // SAFETY: a matrix per lane has a complex vector per entry.
            unsafe { C::load(self.matrix[at * stride::<T>()..].as_ptr()) }
        } else {
            C { re: V::splat(self.matrix[2 * at]), im: V::splat(self.matrix[2 * at + 1]) }
        };
        if self.dagger { entry.conj() } else { entry }
    }

    #[inline(always)]
    unsafe fn small<V: Vector<T>, const D: usize>(&self) {
        let mut m = [[C::<V>::zero(); D]; D];
        for row in 0..D {
            for column in 0..D {
                m[row][column] = self.entry(row, column);
            }
        }
        for group in self.groups.chunks_exact(D) {
            let mut a = [C::<V>::zero(); D];
            for j in 0..D {
                // SAFETY: groups name slots of the state.
                a[j] = unsafe { C::load(self.src.add(group[j] as usize * stride::<T>())) };
            }
            for row in 0..D {
                let mut sum = C::<V>::zero();
                for column in 0..D {
                    sum = m[row][column].times_add(a[column], sum);
                }
                // SAFETY: as above.
                unsafe { sum.store(self.state.add(group[row] as usize * stride::<T>())) };
            }
        }
    }

    #[inline(always)]
    unsafe fn large<V: Vector<T>>(&self) {
        for group in self.groups.chunks_exact(self.dim) {
            for row in 0..self.dim {
                let mut sum = C::<V>::zero();
                for column in 0..self.dim {
                    // SAFETY: groups name slots of the state.
                    let a = unsafe { C::load(self.src.add(group[column] as usize * stride::<T>())) };
                    sum = self.entry::<V>(row, column).times_add(a, sum);
                }
                // SAFETY: scratch holds `dim` complex vectors.
                unsafe { sum.store(self.scratch.add(row * stride::<T>())) };
            }
            for row in 0..self.dim {
                // SAFETY: as above.
                unsafe {
                    let value = C::<V>::load(self.scratch.add(row * stride::<T>()));
                    value.store(self.state.add(group[row] as usize * stride::<T>()));
                }
            }
        }
    }
}

impl<T: Real> Kernel<T> for DenseApply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: groups name slots of the state.
        unsafe {
            match self.dim {
                2 => self.small::<V, 2>(),
                4 => self.small::<V, 4>(),
                _ => self.large::<V>(),
            }
        }
    }
}

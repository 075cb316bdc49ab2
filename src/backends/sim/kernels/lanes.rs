//! Work on one qubit's numbers, a few vectors at a time: matrices per lane, and the way back through runs of gates.

use super::{C, stride};
use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// A gate in a run, with its numbers.
pub(crate) enum Link<'a, T> {
    /// The same for all lanes: its matrix, and how it turns the Bloch vector.
    Shared { matrix: &'a [T; 8], bloch: &'a [[T; 3]; 3] },
    /// `exp(-iθ a·σ)`: the unit axis, and `cos |a|θ` and `sin |a|θ` per lane.
    Generated { axis: [T; 3], cos: *const T, sin: *const T },
    /// Four complex vectors.
    General(*const T),
}

type M2<V> = [C<V>; 4];

#[inline(always)]
fn times<T: Real, V: Vector<T>>(a: &M2<V>, b: &M2<V>) -> M2<V> {
    [
        a[1].times_add(b[2], a[0].times(b[0])),
        a[1].times_add(b[3], a[0].times(b[1])),
        a[3].times_add(b[2], a[2].times(b[0])),
        a[3].times_add(b[3], a[2].times(b[1])),
    ]
}

impl<T: Real> Link<'_, T> {
    #[inline(always)]
    fn matrix<V: Vector<T>>(&self) -> M2<V> {
        let mut out = [C::<V>::zero(); 4];
        // SAFETY: whoever made the link vouches for the vectors behind its pointers.
        unsafe {
            match self {
                Self::Shared { matrix, .. } => {
                    for k in 0..4 {
                        out[k] = C { re: V::splat(matrix[2 * k]), im: V::splat(matrix[2 * k + 1]) };
                    }
                }
                Self::Generated { axis, cos, sin } => {
                    let (c, s) = (V::load(*cos), V::load(*sin));
                    let (x, y, z) = (s.mul(V::splat(axis[0])), s.mul(V::splat(axis[1])), s.mul(V::splat(axis[2])));
                    out = [
                        C { re: c, im: z.neg() },
                        C { re: y.neg(), im: x.neg() },
                        C { re: y, im: x.neg() },
                        C { re: c, im: z },
                    ];
                }
                Self::General(at) => {
                    for k in 0..4 {
                        out[k] = C::load(at.add(k * stride::<T>()));
                    }
                }
            }
        }
        out
    }
}

/// Multiplies a run: `out` is four complex vectors, to which a `more` goes on multiplying.
pub(crate) struct RunMatrix<'a, T> {
    pub(crate) links: &'a [Link<'a, T>],
    pub(crate) more: bool,
    pub(crate) out: *mut T,
}

impl<T: Real> Kernel<T> for RunMatrix<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let one = C { re: V::splat(T::one()), im: V::zero() };
        let mut out = [one, C::zero(), C::zero(), one];
        if self.more {
            for k in 0..4 {
                // SAFETY: `out` is four complex vectors.
                out[k] = unsafe { C::load(self.out.add(k * stride::<T>())) };
            }
        }
        for (at, link) in self.links.iter().enumerate() {
            let matrix = link.matrix::<V>();
            out = if at == 0 && !self.more { matrix } else { times(&matrix, &out) };
        }
        for k in 0..4 {
            // SAFETY: `out` is four complex vectors.
            unsafe { out[k].store(self.out.add(k * stride::<T>())) };
        }
    }
}

/// Turns the overlaps in front of a link (three vectors, in place) into those behind it.
pub(crate) struct TurnOverlaps<'a, T> {
    pub(crate) link: Link<'a, T>,
    pub(crate) r: *mut T,
}

impl<T: Real> Kernel<T> for TurnOverlaps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: `r` is three vectors.
        unsafe {
            let r = [V::load(self.r), V::load(self.r.add(T::LANES)), V::load(self.r.add(2 * T::LANES))];
            for (axis, value) in turned(&self.link, r).into_iter().enumerate() {
                value.store(self.r.add(axis * T::LANES));
            }
        }
    }
}

/// The Bloch vector after a link.
#[inline(always)]
unsafe fn turned<T: Real, V: Vector<T>>(link: &Link<'_, T>, r: [V; 3]) -> [V; 3] {
    let mut out = [V::zero(); 3];
    match link {
        Link::Shared { bloch, .. } => {
            for k in 0..3 {
                for l in 0..3 {
                    out[k] = r[l].fma(V::splat(bloch[k][l]), out[k]);
                }
            }
        }
        Link::Generated { axis, cos, sin } => {
            // SAFETY: the caller vouches for the vectors.
            let (c, s) = unsafe { (V::load(*cos), V::load(*sin)) };
            let cos2 = c.mul(c).sub(s.mul(s));
            let sin2 = c.mul(s).add(c.mul(s));
            let n = [V::splat(axis[0]), V::splat(axis[1]), V::splat(axis[2])];
            let along = n[0].fma(r[0], n[1].fma(r[1], n[2].mul(r[2])));
            let along = cos2.fnma(along, along);
            for k in 0..3 {
                let (a, b) = ((k + 1) % 3, (k + 2) % 3);
                let cross = n[b].fnma(r[a], n[a].mul(r[b]));
                out[k] = r[k].fma(cos2, cross.fma(sin2, n[k].mul(along)));
            }
        }
        Link::General(_) => {
            let u = link.matrix::<V>();
            let e = [
                C { re: r[2], im: V::zero() },
                C { re: r[0], im: r[1].neg() },
                C { re: r[0], im: r[1] },
                C { re: r[2].neg(), im: V::zero() },
            ];
            let back = times(&times(&u, &e), &[u[0].conj(), u[2].conj(), u[1].conj(), u[3].conj()]);
            out = [back[2].re, back[2].im, back[0].re];
        }
    }
    out
}

/// The overlaps at the start of a run on |0> whose product state has the adjoint vector `e` (two complex vectors) behind
/// the run with matrix `matrix` (four): three vectors.
pub(crate) struct StartOverlaps<T> {
    pub(crate) e: *const T,
    pub(crate) matrix: *const T,
    pub(crate) out: *mut T,
}

impl<T: Real> Kernel<T> for StartOverlaps<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        // SAFETY: the caller vouches for the vectors.
        unsafe {
            let (e0, e1) = (C::<V>::load(self.e), C::load(self.e.add(stride::<T>())));
            let m = |k: usize| C::<V>::load(self.matrix.add(k * stride::<T>()));
            // e before the run is U† e; on |0> the overlaps are those of its two entries with 1 and 0.
            let before0 = m(2).conj_times_add(e1, m(0).conj_times_add(e0, C::zero()));
            let before1 = m(3).conj_times_add(e1, m(1).conj_times_add(e0, C::zero()));
            before1.im.neg().store(self.out);
            before1.re.store(self.out.add(T::LANES));
            before0.im.neg().store(self.out.add(2 * T::LANES));
        }
    }
}

/// `state[s] = phase[class[s]] · src[s]` per lane, or with its conjugate. `src` and `state` may be the same.
pub(crate) struct ClassPhases<'a, T> {
    pub(crate) src: *const T,
    pub(crate) state: *mut T,
    pub(crate) classes: &'a [u8],
    /// A complex vector per class.
    pub(crate) phases: &'a [T],
    pub(crate) conjugate: bool,
}

impl<T: Real> Kernel<T> for ClassPhases<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for (slot, &class) in self.classes.iter().enumerate() {
            let phase = &self.phases[class as usize * stride::<T>()..][..stride::<T>()];
            // SAFETY: the state has a slot per class entry, and `phase` is a complex vector.
            unsafe {
                let phase = C::<V>::load(phase.as_ptr());
                let phase = if self.conjugate { phase.conj() } else { phase };
                let at = slot * stride::<T>();
                C::load(self.src.add(at)).times(phase).store(self.state.add(at));
            }
        }
    }
}

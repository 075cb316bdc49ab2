//! Pooling of square windows.

use crate::backends::Real;
use crate::ir::Pooling;

/// Sizes of a pooling: planes of `height x width` to planes of `out_height x out_width`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PoolShape {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) out_height: usize,
    pub(crate) out_width: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
}

impl PoolShape {
    /// The positions of a window in its plane.
    fn window(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { width, kernel, .. } = *self;
        let start = (at / self.out_width * width + at % self.out_width) * self.stride;
        (0..kernel * kernel).map(move |k| start + k / kernel * width + k % kernel)
    }

    /// The first of the largest numbers of a window; a NaN counts as largest.
    fn largest<T: Real>(&self, plane: &[T], at: usize) -> usize {
        let larger =
            |best: usize, next: usize| if plane[next] > plane[best] || plane[next].is_nan() { next } else { best };
        self.window(at).reduce(larger).unwrap_or(0)
    }
}

/// Pools every plane of `x`.
pub(crate) fn forward<T: Real>(s: PoolShape, pooling: Pooling, x: &[T], y: &mut [T]) {
    let share = T::one() / T::of((s.kernel * s.kernel) as f64);
    for (x, y) in x.chunks_exact(s.height * s.width).zip(y.chunks_exact_mut(s.out_height * s.out_width)) {
        for (at, y) in y.iter_mut().enumerate() {
            *y = match pooling {
                Pooling::Average => s.window(at).map(|k| x[k]).sum::<T>() * share,
                Pooling::Max => x[s.largest(x, at)],
            };
        }
    }
}

/// Adds to `dx`.
pub(crate) fn backward<T: Real>(s: PoolShape, pooling: Pooling, x: &[T], dy: &[T], dx: &mut [T]) {
    let share = T::one() / T::of((s.kernel * s.kernel) as f64);
    let planes = x.chunks_exact(s.height * s.width).zip(dx.chunks_exact_mut(s.height * s.width));
    for ((x, dx), dy) in planes.zip(dy.chunks_exact(s.out_height * s.out_width)) {
        for (at, &dy) in dy.iter().enumerate() {
            match pooling {
                Pooling::Average => s.window(at).for_each(|k| dx[k] += dy * share),
                Pooling::Max => dx[s.largest(x, at)] += dy,
            }
        }
    }
}

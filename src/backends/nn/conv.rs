//! Two-dimensional cross-correlation as one matrix product per sample over unfolded windows.

use super::gemm::{Mat, gemm};
use crate::backends::Real;

/// Sizes of a convolution; height, width and channels of input and output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ConvShape {
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) out_channels: usize,
    pub(crate) out_height: usize,
    pub(crate) out_width: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

impl ConvShape {
    /// Rows of the unfolded windows.
    pub(crate) fn window(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }

    /// Columns of the unfolded windows: positions of the output.
    pub(crate) fn positions(&self) -> usize {
        self.out_height * self.out_width
    }

    /// Length of an input sample.
    pub(crate) fn input(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Calls `f(at, index, len)` for every stretch of the unfolded windows inside the image: `len` neighbours from `at` on
    /// come from pixels from `index` on, one `stride` apart.
    #[inline(always)]
    fn stretches(&self, mut f: impl FnMut(usize, usize, usize)) {
        let mut at = 0;
        for channel in 0..self.channels {
            for ky in 0..self.kernel {
                for kx in 0..self.kernel {
                    // Columns of the output whose pixel lies inside the image.
                    let first = self.padding.saturating_sub(kx).div_ceil(self.stride).min(self.out_width);
                    let reach = (self.width + self.padding).saturating_sub(kx).div_ceil(self.stride);
                    let len = reach.min(self.out_width).saturating_sub(first);
                    for oy in 0..self.out_height {
                        let y = (oy * self.stride + ky).wrapping_sub(self.padding);
                        if y < self.height && len > 0 {
                            let x = first * self.stride + kx - self.padding;
                            f(at + first, (channel * self.height + y) * self.width + x, len);
                        }
                        at += self.out_width;
                    }
                }
            }
        }
    }

    fn unfold<T: Real>(&self, image: &[T], columns: &mut [T]) {
        if self.padding > 0 {
            columns.fill(T::zero());
        }
        self.stretches(|at, index, len| {
            let columns = &mut columns[at..at + len];
            if self.stride == 1 {
                columns.copy_from_slice(&image[index..index + len]);
            } else {
                columns.iter_mut().zip(image[index..].iter().step_by(self.stride)).for_each(|(to, &x)| *to = x);
            }
        });
    }

    /// Adds what was unfolded back to the image.
    fn fold<T: Real>(&self, columns: &[T], image: &mut [T]) {
        self.stretches(|at, index, len| {
            let columns = &columns[at..at + len];
            if self.stride == 1 {
                image[index..index + len].iter_mut().zip(columns).for_each(|(sum, &x)| *sum += x);
            } else {
                image[index..].iter_mut().step_by(self.stride).zip(columns).for_each(|(sum, &x)| *sum += x);
            }
        });
    }
}

/// `y[rows, out, h', w']`; `columns` is room for the windows of one sample.
pub(crate) fn forward<T: Real>(
    s: ConvShape,
    x: &[T],
    weight: &[T],
    bias: Option<&[T]>,
    y: &mut [T],
    columns: &mut [T],
) {
    for (x, y) in x.chunks_exact(s.input()).zip(y.chunks_exact_mut(s.out_channels * s.positions())) {
        s.unfold(x, columns);
        let mut beta = T::zero();
        if let Some(bias) = bias {
            beta = T::one();
            y.chunks_exact_mut(s.positions()).zip(bias).for_each(|(y, &bias)| y.fill(bias));
        }
        let weight = Mat::new(weight, s.out_channels, s.window());
        gemm(weight, Mat::new(columns, s.window(), s.positions()), beta, y);
    }
}

/// Adds to `d_weight` and `d_bias`.
pub(crate) fn backward_weight<T: Real>(s: ConvShape, x: &[T], dy: &[T], d_weight: &mut [T], columns: &mut [T]) {
    for (x, dy) in x.chunks_exact(s.input()).zip(dy.chunks_exact(s.out_channels * s.positions())) {
        s.unfold(x, columns);
        let dy = Mat::new(dy, s.out_channels, s.positions());
        gemm(dy, Mat::new(columns, s.window(), s.positions()).t(), T::one(), d_weight);
    }
}

/// Adds to `d_bias`.
pub(crate) fn backward_bias<T: Real>(s: ConvShape, dy: &[T], d_bias: &mut [T]) {
    for dy in dy.chunks_exact(s.out_channels * s.positions()) {
        for (sum, dy) in d_bias.iter_mut().zip(dy.chunks_exact(s.positions())) {
            *sum += dy.iter().copied().sum();
        }
    }
}

/// Adds to `dx`.
pub(crate) fn backward_input<T: Real>(s: ConvShape, dy: &[T], weight: &[T], dx: &mut [T], columns: &mut [T]) {
    for (dx, dy) in dx.chunks_exact_mut(s.input()).zip(dy.chunks_exact(s.out_channels * s.positions())) {
        let weight = Mat::new(weight, s.out_channels, s.window()).t();
        gemm(weight, Mat::new(dy, s.out_channels, s.positions()), T::zero(), columns);
        s.fold(columns, dx);
    }
}

//! The one door to matrix products.

use crate::backends::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

/// A matrix over a slice.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a, T: Real> Mat<'a, T> {
    /// Row-major.
    pub(crate) fn new(data: &'a [T], rows: usize, columns: usize) -> Self {
        Self { data, rows, columns, transposed: false }
    }

    /// The transpose of a row-major `rows x columns` matrix.
    pub(crate) fn t(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    fn view(self) -> Option<ArrayView2<'a, T>> {
        let shape = (self.rows, self.columns);
        let view = ArrayView2::from_shape(shape, &self.data[..self.rows * self.columns]).ok()?;
        Some(if self.transposed { view.reversed_axes() } else { view })
    }
}

/// `c = a b + beta c`, `c` row-major.
pub(crate) fn gemm<T: Real>(a: Mat<'_, T>, b: Mat<'_, T>, beta: T, c: &mut [T]) {
    let (Some(a), Some(b)) = (a.view(), b.view()) else { return };
    let shape = (a.nrows(), b.ncols());
    let len = shape.0 * shape.1;
    if let Ok(mut c) = ArrayViewMut2::from_shape(shape.strides((shape.1, 1)), &mut c[..len]) {
        general_mat_mul(T::one(), &a, &b, beta, &mut c);
    }
}

//! The one door to matrix products: `c = a b + beta c` over slices, transposes read in place.
//!
//! Blocks of both operands are packed into strips, so that the inner loop reads straight ahead; it keeps a tile of `c` in
//! registers (12 x 2 vectors where there are 32 of them). Rows of `a` that meet few columns, and columns of `b` that meet
//! few rows, are read where they are: packing them would cost more than it saves. Every entry of `c` is summed in the order of the inner index whatever tile
//! it falls into, so a row does not depend on the batch it stands in. Room for packing belongs to the thread and is made
//! once. Source: K. Goto, R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
//! doi:10.1145/1356052.1356053.

#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop)] // fixed-size loops over registers, which the compiler unrolls

use crate::backends::Real;
use crate::backends::sim::simd::{Isa, Kernel, Vector};
use std::cell::RefCell;

/// Rows of `a`, columns of `b`, and the inner length that are packed at a time.
const BLOCK_ROWS: usize = 192;
const BLOCK_COLUMNS: usize = 512;
const BLOCK_INNER: usize = 256;
/// Up to so many columns the rows of `a` are not packed.
const FEW_COLUMNS: usize = 128;
/// Up to so many strips of rows the columns of a row-major `b` are not packed.
const FEW_STRIPS: usize = 2;

/// A matrix over a slice.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    /// Numbers from one row, and from one column, to the next.
    strides: (usize, usize),
}

impl<'a, T: Real> Mat<'a, T> {
    /// Row-major.
    pub(crate) fn new(data: &'a [T], rows: usize, columns: usize) -> Self {
        Self { data: &data[..rows * columns], rows, columns, strides: (columns, 1) }
    }

    /// The transpose.
    pub(crate) fn t(self) -> Self {
        Self { rows: self.columns, columns: self.rows, strides: (self.strides.1, self.strides.0), ..self }
    }
}

thread_local! {
    /// Packed strips, as bytes of either scalar.
    static ROOM: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// `c = a b + beta c`, `c` row-major.
pub(crate) fn gemm<T: Real>(a: Mat<'_, T>, b: Mat<'_, T>, beta: T, c: &mut [T]) {
    let c = &mut c[..a.rows * b.columns];
    let round = |n: usize, to: usize| n.div_ceil(to) * to;
    let inner = a.columns.min(BLOCK_INNER);
    let strip = 2 * T::LANES;
    let len = inner * (a.rows.min(BLOCK_ROWS) + round(b.columns.min(BLOCK_COLUMNS), strip)) + 64;
    ROOM.with_borrow_mut(|room| {
        room.resize(room.len().max(len * size_of::<T>() / size_of::<u64>() + 1), 0);
        // SAFETY: the room has as many bytes, is aligned for both scalars, and any bits are a number.
        let room = unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<T>(), len) };
        let start = room.as_ptr().align_offset(64).min(32);
        T::dispatch(Isa::detect(), Product { a, b, beta, c, room: &mut room[start..] });
    });
}

struct Product<'a, T> {
    a: Mat<'a, T>,
    b: Mat<'a, T>,
    beta: T,
    c: &'a mut [T],
    room: &'a mut [T],
}

/// A tile of `c` and its operands.
struct Tile<T> {
    /// First entry, and numbers from row to row.
    c: *mut T,
    stride: usize,
    columns: usize,
    beta: T,
    inner: usize,
    /// First entry of the rows of `a`, and numbers from row to row and from column to column.
    a: *const T,
    a_strides: (usize, usize),
    /// First of the columns, and numbers from one inner index to the next.
    b: *const T,
    b_stride: usize,
}

impl<T: Real> Kernel<T> for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        match V::REGISTERS {
            1 => self.blocks::<V>(12, 2),
            2 => self.blocks::<V>(6, 1),
            _ => self.blocks::<V>(2, 1),
        }
    }
}

impl<T: Real> Product<'_, T> {
    #[inline(always)]
    fn blocks<V: Vector<T>>(self, height: usize, vectors: usize) {
        let Self { a, b, beta, c, room } = self;
        if a.columns == 0 {
            c.iter_mut().for_each(|c| *c *= beta);
        }
        for first in (0..b.columns).step_by(BLOCK_COLUMNS) {
            let columns = BLOCK_COLUMNS.min(b.columns - first);
            for at in (0..a.columns).step_by(BLOCK_INNER) {
                let inner = BLOCK_INNER.min(a.columns - at);
                let (room_b, room_a) = room.split_at_mut(columns.div_ceil(T::LANES) * T::LANES * inner);
                let direct = b.strides.1 == 1 && a.rows <= FEW_STRIPS * height;
                for (column, width) in columns_of::<T>(columns, vectors) {
                    let count = width.min(columns - column);
                    let strip = &mut room_b[column * inner..(column + width) * inner];
                    if !direct || count < width {
                        pack(&b.t(), (first + column, count), (at, inner), width, strip);
                    }
                }
                let beta = if at == 0 { beta } else { T::one() };
                for top in (0..a.rows).step_by(BLOCK_ROWS) {
                    let rows = BLOCK_ROWS.min(a.rows - top);
                    let packed = b.columns > FEW_COLUMNS;
                    for (row, count) in strips(if packed { rows } else { 0 }, height) {
                        let strip = &mut room_a[row * inner..(row + count) * inner];
                        pack(&a, (top + row, count), (at, inner), count, strip);
                    }
                    for (column, width) in columns_of::<T>(columns, vectors) {
                        for (row, count) in strips(rows, height) {
                            let c = c[(top + row) * b.columns + first + column..].as_mut_ptr();
                            let whole = (top + row) * a.strides.0 + at * a.strides.1;
                            let (a, a_strides) = match packed {
                                true => (room_a[row * inner..].as_ptr(), (1, count)),
                                false => (a.data[whole..].as_ptr(), a.strides),
                            };
                            let (stride, columns) = (b.columns, width.min(columns - column));
                            let (b, b_stride) = match direct && columns == width {
                                true => (b.data[at * b.strides.0 + first + column..].as_ptr(), b.strides.0),
                                false => (room_b[column * inner..(column + width) * inner].as_ptr(), width),
                            };
                            let tile = Tile { c, stride, columns, beta, inner, a, a_strides, b, b_stride };
                            // SAFETY: the tile lies in `c`, its rows in `a` or packed, its columns in `b` or packed.
                            unsafe { tile.multiply::<V>(count, width / T::LANES, packed) };
                        }
                    }
                }
            }
        }
    }
}

/// Strips of columns: of so many vectors, and one of a single vector if no more is left. First column and width.
#[inline(always)]
fn columns_of<T: Real>(columns: usize, vectors: usize) -> impl Iterator<Item = (usize, usize)> {
    let width = vectors * T::LANES;
    (0..columns).step_by(width).map(move |at| (at, if columns - at <= T::LANES { T::LANES } else { width }))
}

/// Strips of rows: as many full ones as there are, then smaller ones of the heights there are loops for.
#[inline(always)]
fn strips(rows: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut row = 0;
    std::iter::from_fn(move || {
        let left = rows - row;
        let count = [height, 8, 4, 2, 1].into_iter().find(|&count| count <= left.min(height))?;
        row += count;
        Some((row - count, count))
    })
}

/// `out[k][i] = m[first + i][from + k]`, zero from `count` to `width`.
#[inline(always)]
fn pack<T: Real>(
    m: &Mat<'_, T>,
    (first, count): (usize, usize),
    (from, inner): (usize, usize),
    width: usize,
    out: &mut [T],
) {
    if count < width {
        out.fill(T::zero());
    }
    let (down, along) = m.strides;
    if down == 1 {
        for (k, out) in out.chunks_exact_mut(width).enumerate().take(inner) {
            let start = first + (from + k) * along;
            out[..count].copy_from_slice(&m.data[start..start + count]);
        }
    } else {
        let row = |i: usize| &m.data[(first + i) * down + from..][..inner];
        let fours = count - count % 4;
        for i in (0..fours).step_by(4) {
            // Four numbers at a time are one store.
            let (a, b, c, d) = (row(i), row(i + 1), row(i + 2), row(i + 3));
            for (k, out) in out.chunks_exact_mut(width).enumerate().take(inner) {
                out[i..i + 4].copy_from_slice(&[a[k], b[k], c[k], d[k]]);
            }
        }
        for i in fours..count {
            out.chunks_exact_mut(width).zip(row(i)).for_each(|(out, &x)| out[i] = x);
        }
    }
}

impl<T: Real> Tile<T> {
    /// # Safety
    /// `c` has `count` rows of `columns` columns, `a` as many rows and `b` `vectors` vectors, both for all of `inner`.
    #[inline(always)]
    unsafe fn multiply<V: Vector<T>>(self, count: usize, vectors: usize, packed: bool) {
        // SAFETY: the caller's promise is handed on.
        unsafe {
            match (V::REGISTERS, vectors, packed) {
                (1, 2, true) => self.strip::<V, 2, true>(count),
                (1, 2, false) => self.strip::<V, 2, false>(count),
                (_, _, true) => self.strip::<V, 1, true>(count),
                (_, _, false) => self.strip::<V, 1, false>(count),
            }
        }
    }

    #[inline(always)]
    unsafe fn strip<V: Vector<T>, const N: usize, const PACKED: bool>(self, count: usize) {
        // SAFETY: the caller's promise is handed on.
        unsafe {
            match (V::REGISTERS, count) {
                (1, 12) => self.rows::<V, N, 12, PACKED>(),
                (1, 8) => self.rows::<V, N, 8, PACKED>(),
                (2, 6) => self.rows::<V, N, 6, PACKED>(),
                (1 | 2, 4) => self.rows::<V, N, 4, PACKED>(),
                (_, 2) => self.rows::<V, N, 2, PACKED>(),
                _ => self.rows::<V, N, 1, PACKED>(),
            }
        }
    }

    #[inline(always)]
    unsafe fn rows<V: Vector<T>, const N: usize, const M: usize, const PACKED: bool>(self) {
        let mut sums = [[V::zero(); N]; M];
        let (mut a, mut b) = (self.a, self.b);
        let (down, along) = if PACKED { (1, M) } else { self.a_strides };
        // SAFETY: the caller vouches for all three.
        unsafe {
            for _ in 0..self.inner {
                let mut row = [V::zero(); N];
                for j in 0..N {
                    row[j] = V::load(b.add(j * T::LANES));
                }
                for i in 0..M {
                    let x = V::splat(*a.add(i * down));
                    for j in 0..N {
                        sums[i][j] = x.fma(row[j], sums[i][j]);
                    }
                }
                a = a.wrapping_add(along);
                b = b.wrapping_add(self.b_stride);
            }
            for i in 0..M {
                for j in 0..N {
                    self.add_to(i, j, sums[i][j]);
                }
            }
        }
    }

    /// Adds a vector to `c`, after `c` was multiplied by `beta`.
    #[inline(always)]
    unsafe fn add_to<V: Vector<T>>(&self, row: usize, vector: usize, sum: V) {
        // SAFETY: the caller vouches for `c`, and nothing beyond its columns is touched.
        unsafe {
            let at = self.c.add(row * self.stride + vector * T::LANES);
            let count = T::LANES.min(self.columns.saturating_sub(vector * T::LANES));
            // A `c` that is not asked for may hold anything, even what is not a number.
            let fresh = self.beta == T::zero();
            if count == T::LANES {
                let old = if fresh { V::zero() } else { V::load(at).mul(V::splat(self.beta)) };
                return old.add(sum).store(at);
            }
            let old = if fresh { V::zero() } else { V::load_first(at, count).mul(V::splat(self.beta)) };
            old.add(sum).store_first(at, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(len: usize, salt: usize) -> Vec<f64> {
        (0..len).map(|k| ((k * 7919 + salt) % 1009) as f64 / 504.0 - 1.0).collect()
    }

    /// Compares with the definition; `transposed` says how the operands lie in memory.
    fn check<T: Real>((m, n, k): (usize, usize, usize), transposed: (bool, bool), beta: f64, tolerance: f64) {
        let narrow = |x: &[f64]| x.iter().map(|&x| T::of(x)).collect::<Vec<T>>();
        let (a, b, c) = (narrow(&numbers(m * k, 1)), narrow(&numbers(k * n, 2)), narrow(&numbers(m * n, 3)));
        let view = |data, rows, columns, t| {
            if t { Mat::new(data, columns, rows).t() } else { Mat::new(data, rows, columns) }
        };
        let (left, right) = (view(&a[..], m, k, transposed.0), view(&b[..], k, n, transposed.1));
        let mut got = c.clone();
        gemm(left, right, T::of(beta), &mut got);
        let at =
            |mat: &Mat<'_, T>, row: usize, column: usize| mat.data[row * mat.strides.0 + column * mat.strides.1].wide();
        for row in 0..m {
            for column in 0..n {
                let sum: f64 = (0..k).map(|inner| at(&left, row, inner) * at(&right, inner, column)).sum();
                let expected = sum + beta * c[row * n + column].wide();
                let error = (got[row * n + column].wide() - expected).abs();
                assert!(error <= tolerance * (1.0 + k as f64), "{m} {n} {k} {transposed:?} {row} {column}: {error}");
            }
        }
    }

    #[test]
    fn products_agree_with_the_definition() {
        for m in [1, 2, 5, 12, 13, 27, 200] {
            for n in [1, 3, 16, 31, 32, 33, 70] {
                for k in [1, 2, 17, 300] {
                    for transposed in [(false, false), (true, false), (false, true), (true, true)] {
                        check::<f64>((m, n, k), transposed, 0.0, 1e-15);
                        check::<f32>((m, n, k), transposed, 1.0, 1e-6);
                    }
                }
            }
        }
        check::<f64>((3, 600, 4), (false, false), 1.0, 1e-15);
        check::<f64>((600, 3, 4), (false, true), 0.0, 1e-15);
    }

    #[test]
    fn a_row_does_not_depend_on_its_batch() {
        let (n, k) = (20, 301);
        let a: Vec<f32> = numbers(50 * k, 1).iter().map(|&x| x as f32).collect();
        let b: Vec<f32> = numbers(k * n, 2).iter().map(|&x| x as f32).collect();
        let mut whole = vec![0.0; 50 * n];
        gemm(Mat::new(&a, 50, k), Mat::new(&b, k, n), 0.0, &mut whole);
        for (first, rows) in [(49, 1), (7, 30), (3, 5)] {
            let mut part = vec![f32::NAN; rows * n];
            gemm(Mat::new(&a[first * k..], rows, k), Mat::new(&b, k, n), 0.0, &mut part);
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&part), bits(&whole[first * n..(first + rows) * n]));
        }
    }
}

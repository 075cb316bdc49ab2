//! Batch normalisation (S. Ioffe, C. Szegedy, arXiv:1502.03167; conventions of PyTorch) and division by the norm.

use crate::backends::Real;

/// Added to a variance before its root is taken.
const EPS: f64 = 1e-5;
/// Weight of a new batch in the running statistics.
const MOMENTUM: f64 = 0.1;

/// Statistics that the backward pass needs.
#[derive(Debug, Default)]
pub(crate) struct BatchStats<T> {
    mean: Vec<T>,
    inverse: Vec<T>,
    training: bool,
}

/// Indices of a feature: `rows` samples of `features x inner` numbers.
fn feature(rows: usize, features: usize, inner: usize, f: usize) -> impl Iterator<Item = usize> {
    (0..rows).flat_map(move |row| (0..inner).map(move |k| (row * features + f) * inner + k))
}

/// Sets `y` from `x[rows, features, inner]`. While training, `running = (mean, variance)` moves towards the batch; a batch
/// with one number per feature has no unbiased variance and leaves the running one alone.
pub(crate) fn forward<T: Real>(
    (rows, inner): (usize, usize),
    x: &[T],
    (scale, shift): (&[T], &[T]),
    running: (&mut [T], &mut [T]),
    stats: &mut BatchStats<T>,
    training: bool,
    y: &mut [T],
) {
    let features = scale.len();
    stats.training = training;
    stats.mean.resize(features, T::zero());
    stats.inverse.resize(features, T::zero());
    let count = (rows * inner) as f64;
    for f in 0..features {
        let indices = || feature(rows, features, inner, f);
        let (mean, variance) = if training {
            let mean = indices().map(|at| x[at]).sum::<T>() / T::of(count);
            let variance = indices().map(|at| (x[at] - mean) * (x[at] - mean)).sum::<T>() / T::of(count);
            let momentum = T::of(MOMENTUM);
            running.0[f] += momentum * (mean - running.0[f]);
            if count > 1.0 {
                running.1[f] += momentum * (variance * T::of(count / (count - 1.0)) - running.1[f]);
            }
            (mean, variance)
        } else {
            (running.0[f], running.1[f])
        };
        let inverse = T::one() / (variance + T::of(EPS)).sqrt();
        (stats.mean[f], stats.inverse[f]) = (mean, inverse);
        indices().for_each(|at| y[at] = (x[at] - mean) * inverse * scale[f] + shift[f]);
    }
}

/// Adds to `d_scale` and `d_shift`, and to `dx` if there is one.
pub(crate) fn backward<T: Real>(
    (rows, inner): (usize, usize),
    x: &[T],
    scale: &[T],
    stats: &BatchStats<T>,
    dy: &[T],
    (d_scale, d_shift): (&mut [T], &mut [T]),
    mut dx: Option<&mut [T]>,
) {
    let features = scale.len();
    let count = T::of((rows * inner) as f64);
    for f in 0..features {
        let indices = || feature(rows, features, inner, f);
        let (mean, inverse) = (stats.mean[f], stats.inverse[f]);
        let sum: T = indices().map(|at| dy[at]).sum();
        let along: T = indices().map(|at| dy[at] * (x[at] - mean) * inverse).sum();
        d_shift[f] += sum;
        d_scale[f] += along;
        let Some(dx) = dx.as_deref_mut() else { continue };
        let factor = scale[f] * inverse;
        for at in indices() {
            let through = if stats.training { (sum + (x[at] - mean) * inverse * along) / count } else { T::zero() };
            dx[at] += factor * (dy[at] - through);
        }
    }
}

/// Divides each row by its Euclidean norm; a zero row becomes NaN.
pub(crate) fn normalize<T: Real>(len: usize, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks_exact(len).zip(y.chunks_exact_mut(len)) {
        let norm = norm(x);
        let norm = if norm == T::zero() { T::nan() } else { norm };
        x.iter().zip(y).for_each(|(&x, y)| *y = x / norm);
    }
}

/// Adds to `dx`; a zero row gets nothing.
pub(crate) fn normalize_backward<T: Real>(len: usize, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
    let rows = x.chunks_exact(len).zip(y.chunks_exact(len)).zip(dy.chunks_exact(len)).zip(dx.chunks_exact_mut(len));
    for (((x, y), dy), dx) in rows {
        let norm = norm(x);
        if norm == T::zero() {
            continue;
        }
        let along: T = y.iter().zip(dy).map(|(&y, &dy)| y * dy).sum();
        dx.iter_mut().zip(y).zip(dy).for_each(|((dx, &y), &dy)| *dx += (dy - y * along) / norm);
    }
}

fn norm<T: Real>(x: &[T]) -> T {
    x.iter().map(|&x| x * x).sum::<T>().sqrt()
}

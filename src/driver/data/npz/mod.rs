//! NPZ files: `x`, `y` and, where there is an official test part, `x_test`, `y_test`.

mod archive;
mod array;

use super::errors::{BAD_ARRAY, BAD_CELL, BAD_LABEL, EMPTY_TABLE, broken, suggest};
use super::raw::count_classes;
use super::{Numbers, Raw, RawTargets};
use crate::diag::Diagnostic;
use crate::driver::random::sha256;
use archive::Archive;
use array::Array;
use std::path::Path;

/// Reads an NPZ file, compressed or not. `y` of an integer type holds classes, of a real type values; without `y` a
/// model can only learn its own input.
///
/// # Errors
/// `QN0915` for a broken archive, `QN0917`, `QN0919`, `QN0920` and `QN0922` for what its arrays hold.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Raw, Diagnostic> {
    let archive = Archive::open(bytes).map_err(|why| broken(path, why))?;
    let Some(x) = array(&archive, path, "x")? else {
        let error = Diagnostic::global(&BAD_ARRAY, format!("`{}` has no array `x`", path.display()));
        return Err(suggest(error, "x", &archive.names(), "arrays in the file").help("save it with `x=..`, `y=..`"));
    };
    let y = array(&archive, path, "y")?;
    let rows = check_features(&x, path, "x")?;
    let tests = (array(&archive, path, "x_test")?, array(&archive, path, "y_test")?);
    let (x, y, test_from) = match tests {
        (None, None) => (x, y, None),
        (Some(x_test), y_test) if y.is_some() == y_test.is_some() => {
            check_features(&x_test, path, "x_test")?;
            let x = append(x, x_test, path, "x")?;
            let y = y.zip(y_test).map(|(y, y_test)| append(y, y_test, path, "y")).transpose()?;
            (x, y, Some(rows))
        }
        _ => return Err(bad(path, "y_test", "and `x_test` must both be there, like `x` and `y`")),
    };
    let total = x.shape[0];
    Ok(Raw {
        targets: y.map_or(Ok(RawTargets::None), |y| targets(&y, total, path))?,
        full_scale: matches!(x.values, Numbers::U8(_)).then_some(255.0),
        shape: x.shape[1..].to_vec(),
        values: x.values,
        feature_names: Vec::new(),
        test_from,
        published: None,
        source_digest: sha256(bytes),
    })
}

fn bad(path: &Path, name: &str, why: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::global(&BAD_ARRAY, format!("the array `{name}` of `{}` {why}", path.display()))
}

fn array(archive: &Archive<'_>, path: &Path, name: &str) -> Result<Option<Array>, Diagnostic> {
    let Some(content) = archive.read(name) else { return Ok(None) };
    let content = content.map_err(|why| broken(path, format!("is broken: the entry `{name}` {why}")))?;
    array::parse(&content).map(Some).map_err(|why| bad(path, name, why))
}

/// Checks that `x` is a non-empty table of finite numbers, and counts its rows.
fn check_features(x: &Array, path: &Path, name: &str) -> Result<usize, Diagnostic> {
    if x.shape.len() < 2 {
        return Err(bad(path, name, format!("has the shape {:?}; rows come first, features after", x.shape)));
    }
    if x.values.is_empty() {
        return Err(Diagnostic::global(&EMPTY_TABLE, format!("the array `{name}` of `{}` is empty", path.display())));
    }
    if u32::try_from(x.shape[0]).is_err() {
        return Err(bad(path, name, "has more than 2^32 rows"));
    }
    finite(x, path, name)?;
    Ok(x.shape[0])
}

fn finite(array: &Array, path: &Path, name: &str) -> Result<(), Diagnostic> {
    let width = array.values.len() / array.shape.first().copied().unwrap_or(1).max(1);
    match (0..array.values.len()).find(|&at| !array.values.get(at).is_finite()) {
        None => Ok(()),
        Some(at) => {
            let (row, column) = (at / width.max(1), at % width.max(1));
            let value = array.values.get(at);
            let place =
                format!("`{name}` of `{}` holds {value} in row {row}, position {column} (from 0)", path.display());
            Err(Diagnostic::global(&BAD_CELL, place).help("fill missing values in, or drop the row"))
        }
    }
}

/// The rows of `test` behind those of `train`.
fn append(train: Array, test: Array, path: &Path, name: &str) -> Result<Array, Diagnostic> {
    let fits = train.shape.get(1..) == test.shape.get(1..) && train.whole == test.whole;
    let values = match (train.values, test.values) {
        (Numbers::U8(mut a), Numbers::U8(b)) if fits => {
            a.extend(b);
            Numbers::U8(a)
        }
        (Numbers::F32(mut a), Numbers::F32(b)) if fits => {
            a.extend(b);
            Numbers::F32(a)
        }
        (Numbers::F64(mut a), Numbers::F64(b)) if fits => {
            a.extend(b);
            Numbers::F64(a)
        }
        _ => {
            let why = format!(
                "(shape {:?}) does not continue `{name}` (shape {:?}) with the same type",
                test.shape, train.shape
            );
            return Err(bad(path, &format!("{name}_test"), why));
        }
    };
    let mut shape = train.shape;
    if let (Some(rows), Some(more)) = (shape.first_mut(), test.shape.first()) {
        *rows += more;
    }
    Ok(Array { shape, values, whole: train.whole })
}

fn targets(y: &Array, rows: usize, path: &Path) -> Result<RawTargets, Diagnostic> {
    if y.shape.first() != Some(&rows) {
        return Err(bad(path, "y", format!("has the shape {:?}, but `x` has {rows} rows", y.shape)));
    }
    if y.values.is_empty() {
        return Err(bad(path, "y", "is empty"));
    }
    let trailing = if y.shape[1..] == [1] { &[] } else { &y.shape[1..] };
    if !y.whole {
        finite(y, path, "y")?;
        let values = (0..y.values.len()).map(|at| y.values.get(at)).collect();
        return Ok(RawTargets::Values { values, shape: trailing.to_vec() });
    }
    if !trailing.is_empty() {
        let why = format!("holds integers, so one class per row, but has the shape {:?}", y.shape);
        return Err(bad(path, "y", why).help("save class numbers as `[rows]`, or values as float64"));
    }
    let mut labels = Vec::with_capacity(rows);
    for row in 0..rows {
        let label = y.values.get(row);
        if !(0.0..=f64::from(u32::MAX)).contains(&label) {
            let message =
                format!("the label {label} in row {row} of `y` in `{}` is not a class number", path.display());
            return Err(Diagnostic::global(&BAD_LABEL, message).help("number the classes 0, 1, 2, .."));
        }
        labels.push(label as u32);
    }
    let n_classes = count_classes(&labels, |at| format!("row {at} of `y` in `{}`", path.display()))?;
    Ok(RawTargets::Classes { labels, n_classes, names: Vec::new() })
}

#[cfg(test)]
mod tests;

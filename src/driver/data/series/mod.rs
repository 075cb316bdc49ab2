//! Generated time series and their windows.
//!
//! Every generator is a pure function without a seed, so a series is the same numbers everywhere. The recipes are those of
//! the published code (systems of the same names in DiffQAS-QT, QLSTM and their relatives): grids, scaling of the whole
//! series, windows of `window` steps, and one window fewer than fit.

mod bessel;
mod control;
mod narma;
mod pendulum;

pub(super) use bessel::bessel;
pub(super) use control::control;
pub(super) use narma::response;
pub(super) use pendulum::pendulum;

use super::errors::bad_option;
use super::{DataOptions, Numbers, Raw, RawTargets};
use crate::diag::Diagnostic;
use crate::driver::random::sha256;

/// Steps of a window, unless the options say otherwise.
const WINDOW: usize = 4;

/// The smallest value becomes -1, the largest 1.
fn scaled(series: &[f64]) -> Vec<f64> {
    let low = series.iter().copied().fold(f64::INFINITY, f64::min);
    let high = series.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    series.iter().map(|x| (x - low) / (high - low) * 2.0 - 1.0).collect()
}

/// Windows of `input`, each with the value of `target` that comes next; the last window that would fit is left out, as in
/// the published code.
///
/// # Errors
/// `QN0912` if the window is as long as the series, or is given a column of a table.
fn windows(name: &str, input: &[f64], target: &[f64], options: &DataOptions) -> Result<Raw, Diagnostic> {
    super::sets::published_only(name, options)?;
    let window = options.window.unwrap_or(WINDOW);
    if window + 2 > input.len() {
        let why = format!("is {window}, and the series has {} steps", input.len());
        return Err(bad_option("window", why));
    }
    let count = input.len() - window - 1;
    let values: Vec<f64> = (0..count).flat_map(|at| input[at..at + window].iter().copied()).collect();
    let targets: Vec<f64> = target[window..window + count].to_vec();
    let bytes: Vec<u8> = input.iter().chain(target).flat_map(|x| x.to_le_bytes()).collect();
    Ok(Raw {
        values: Numbers::F64(values),
        shape: vec![window, 1],
        feature_names: Vec::new(),
        targets: RawTargets::Values { values: targets, shape: vec![1] },
        test_from: None,
        full_scale: None,
        published: None,
        source_digest: sha256(&bytes),
    })
}

/// A series that is its own target.
fn own(name: &str, series: &[f64], options: &DataOptions) -> Result<Raw, Diagnostic> {
    let series = scaled(series);
    windows(name, &series, &series, options)
}

#[cfg(test)]
mod tests;

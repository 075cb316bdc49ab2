//! The catalogue of data sets: one file per set, one line here.

mod bessel;
mod breast_cancer;
mod csv;
mod damped_shm;
mod delayed_control;
mod digits;
mod fashion_mnist;
mod iris;
mod mnist;
mod narma10;
mod narma5;
mod npz;
mod wine;

use super::errors::bad_option;
use super::{DataDirs, DataOptions, DatasetEntry, Facts, Numbers, Raw, RawTargets, Target, table};
use crate::diag::Diagnostic;
use std::path::{Path, PathBuf};

/// All data sets, in the order they are listed to people.
pub static DATASETS: &[&DatasetEntry] = &[
    &iris::IRIS,
    &wine::WINE,
    &breast_cancer::BREAST_CANCER,
    &digits::DIGITS,
    &mnist::MNIST,
    &fashion_mnist::FASHION_MNIST,
    &bessel::BESSEL,
    &damped_shm::DAMPED_SHM,
    &delayed_control::DELAYED_CONTROL,
    &narma5::NARMA5,
    &narma10::NARMA10,
    &csv::CSV,
    &npz::NPZ,
];

/// Reads one of the tables inside the binary.
fn embedded(text: &str, name: &str, facts: &Facts, options: &DataOptions) -> Result<Raw, Diagnostic> {
    published_only(name, options)?;
    let plain = DataOptions::default();
    let mut raw = table::parse(text.as_bytes(), Path::new(name), &plain)?;
    raw.shape = facts.shape.to_vec();
    if let RawTargets::Classes { names, n_classes, .. } = &mut raw.targets {
        *names = facts.classes.iter().map(|&name| name.into()).collect();
        *n_classes = facts.classes.len();
    }
    Ok(raw)
}

/// Refuses the options that say what the columns of the user's own table mean.
pub(super) fn published_only(name: &str, options: &DataOptions) -> Result<(), Diagnostic> {
    let wrong = match options {
        DataOptions { path: Some(_), .. } => "path",
        DataOptions { label: Some(_), .. } => "label",
        DataOptions { target: Target::Columns(_), .. } => "target",
        _ => return Ok(()),
    };
    Err(bad_option(wrong, format!("names something of your own table, and `{name}` is a published one"))
        .help("read your own table with `csv(\"file.csv\")`"))
}

/// The file of `csv(..)` or `npz(..)` and its bytes.
fn own_file(name: &str, options: &DataOptions, dirs: &DataDirs) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
    let Some(path) = &options.path else {
        return Err(bad_option("path", "is missing").help(format!("write `{name}(\"file.{name}\")`")));
    };
    dirs.read_own(path)
}

/// Bytes of image-like tables: `values` all whole numbers from 0 to 255.
fn as_bytes(values: &Numbers) -> Option<Numbers> {
    let byte = |x: f64| ((0.0..=255.0).contains(&x) && x.fract() == 0.0).then_some(x as u8);
    (0..values.len()).map(|at| byte(values.get(at))).collect::<Option<Vec<u8>>>().map(Numbers::U8)
}

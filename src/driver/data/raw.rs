//! A data set as its source holds it: every row, nothing scaled, nothing split.

use super::Numbers;
use super::errors::BAD_LABEL;
use crate::diag::Diagnostic;

/// Targets as a source holds them.
#[derive(Clone, PartialEq, Debug)]
pub enum RawTargets {
    /// A class per row.
    Classes {
        /// `0..n_classes`, one per row.
        labels: Vec<u32>,
        /// Number of classes.
        n_classes: usize,
        /// Their names; may be empty.
        names: Vec<String>,
    },
    /// Real numbers per row.
    Values {
        /// Row after row.
        values: Vec<f64>,
        /// Shape of one row's; empty for one number.
        shape: Vec<usize>,
    },
    /// The source has features only.
    None,
}

/// A data set as its source holds it.
#[derive(Clone, PartialEq, Debug)]
pub struct Raw {
    /// Features, row after row.
    pub values: Numbers,
    /// Shape of one row's features.
    pub shape: Vec<usize>,
    /// Names of the features; may be empty.
    pub feature_names: Vec<String>,
    /// Targets.
    pub targets: RawTargets,
    /// Rows from here on are the official test part.
    pub test_from: Option<usize>,
    /// The largest value the format can hold, where it has one: 255 for bytes.
    pub full_scale: Option<f64>,
    /// Published mean and standard deviation of the features divided by [`Raw::full_scale`].
    pub published: Option<(f64, f64)>,
    /// SHA-256 over the bytes of the source.
    pub source_digest: String,
}

impl Raw {
    /// Features per row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.width()).unwrap_or(0)
    }
}

/// Number of classes of labels that are numbered from 0, at least 1.
///
/// # Errors
/// `QN0920` if a label is not below the number of rows: with so few rows it cannot be a class. `place` tells where label
/// number i stands.
pub(super) fn count_classes(labels: &[u32], place: impl Fn(usize) -> String) -> Result<usize, Diagnostic> {
    let Some((at, &largest)) = labels.iter().enumerate().max_by_key(|&(at, label)| (label, std::cmp::Reverse(at)))
    else {
        return Ok(1);
    };
    if largest as usize >= labels.len().max(2) {
        let message = format!("the label {largest} in {} is out of range for {} rows", place(at), labels.len());
        return Err(Diagnostic::global(&BAD_LABEL, message).help("number the classes 0, 1, 2, .. without gaps"));
    }
    Ok(largest as usize + 1)
}

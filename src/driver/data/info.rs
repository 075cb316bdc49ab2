//! What `qnas data info` tells about a set, before any selection.

use super::{DataDirs, DataOptions, DatasetEntry, Numbers, Raw, RawTargets};
use crate::diag::Diagnostic;
use serde::Serialize;

/// One class.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ClassInfo {
    /// Its number.
    pub class: usize,
    /// Its name; may be empty.
    pub name: String,
    /// Rows outside the official test part.
    pub rows: usize,
    /// Rows in the official test part.
    pub test_rows: usize,
}

/// One feature, or all features of an image together.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FeatureInfo {
    /// Its name.
    pub name: String,
    /// Smallest value over all rows.
    pub min: f64,
    /// Largest value over all rows.
    pub max: f64,
    /// Mean over all rows.
    pub mean: f64,
}

/// What a data set is.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Info {
    /// Its name.
    pub name: String,
    /// One line.
    pub summary: String,
    /// Where it comes from.
    pub source: String,
    /// Its licence; empty for the user's own.
    pub licence: String,
    /// Rows outside the official test part.
    pub rows: usize,
    /// Rows of the official test part; 0 if it has none.
    pub test_rows: usize,
    /// Shape of one row's features in the source.
    pub feature_shape: Vec<usize>,
    /// Shape of one row's real-valued targets, if that is what it has.
    pub target_shape: Option<Vec<usize>>,
    /// Its classes; empty if it has none.
    pub classes: Vec<ClassInfo>,
    /// Its features: each one of a table, all together (`pixels`) of images and arrays.
    pub features: Vec<FeatureInfo>,
    /// SHA-256 over the bytes of the source.
    pub digest: String,
}

/// Reads `entry` and describes it.
///
/// # Errors
/// Those of reading.
pub(super) fn info(entry: &DatasetEntry, options: &DataOptions, dirs: &DataDirs) -> Result<Info, Diagnostic> {
    let raw = (entry.load)(options, dirs)?;
    let rows = raw.rows();
    let split = raw.test_from.unwrap_or(rows);
    Ok(Info {
        name: entry.meta.name.into(),
        summary: entry.meta.summary.into(),
        source: entry.meta.source.into(),
        licence: entry.licence.into(),
        rows: split,
        test_rows: rows - split,
        feature_shape: raw.shape.clone(),
        target_shape: match &raw.targets {
            RawTargets::Values { shape, .. } => Some(shape.clone()),
            _ => None,
        },
        classes: classes(&raw, split),
        features: features(&raw),
        digest: raw.source_digest,
    })
}

fn classes(raw: &Raw, split: usize) -> Vec<ClassInfo> {
    let RawTargets::Classes { labels, n_classes, names } = &raw.targets else { return Vec::new() };
    let count = |labels: &[u32], class: usize| labels.iter().filter(|label| **label as usize == class).count();
    let describe = |class: usize| ClassInfo {
        class,
        name: names.get(class).cloned().unwrap_or_default(),
        rows: count(&labels[..split], class),
        test_rows: count(&labels[split..], class),
    };
    (0..*n_classes).map(describe).collect()
}

fn features(raw: &Raw) -> Vec<FeatureInfo> {
    let width = if raw.feature_names.is_empty() { 1 } else { raw.width() };
    let rows = raw.values.len() / width;
    let describe = |at: usize| {
        let start = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        let (min, max, sum) = (0..rows)
            .map(|row| raw.values.get(row * width + at))
            .fold(start, |(min, max, sum), x| (f64::min(min, x), f64::max(max, x), sum + x));
        let images = if matches!(raw.values, Numbers::U8(_)) { "pixels" } else { "features" };
        let name = raw.feature_names.get(at).cloned().unwrap_or_else(|| images.into());
        FeatureInfo { name, min, max, mean: sum / rows as f64 }
    };
    (0..width).map(describe).collect()
}

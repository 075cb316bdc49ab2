//! Data sets: four tables inside the binary, the image sets of a folder, the user's own tables.
//!
//! A source becomes a [`Raw`] set (everything, unscaled), options make [`Splits`] of it (three disjoint parts, scaled
//! by the training part alone). Both steps are pure functions of bytes, options and seed, on every platform.
//! What a search must know before the files are there (shapes, number of classes) comes from [`describe`].

mod dataset;
mod dirs;
pub mod errors;
mod idx;
mod info;
mod npz;
mod options;
mod prepare;
mod raw;
mod scale;
mod series;
mod sets;
mod shape;
mod split;
mod table;

pub use dataset::{Dataset, Numbers, Splits, Targets};
pub use dirs::{DataDirs, Place};
pub use info::{ClassInfo, FeatureInfo, Info};
pub use options::{DataOptions, OPTIONS, Part, Protocol, Scale, Split, Target};
pub use raw::{Raw, RawTargets};
pub use scale::Scaler;
pub use sets::DATASETS;

use crate::diag::Diagnostic;
use crate::meta::Meta;

/// What is known of a published set without reading it.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Rows outside the official test part.
    pub rows: usize,
    /// Rows of the official test part; 0 if it has none.
    pub test_rows: usize,
    /// Shape of one row's features.
    pub shape: &'static [usize],
    /// Names of the classes.
    pub classes: &'static [&'static str],
}

/// An entry of the catalogue of data sets.
#[derive(Debug)]
pub struct DatasetEntry {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// Its licence; empty for the user's own data.
    pub licence: &'static str,
    /// What is known before reading; `None` for the user's own data.
    pub facts: Option<Facts>,
    /// Reads everything.
    pub load: fn(&DataOptions, &DataDirs) -> Result<Raw, Diagnostic>,
}

/// What a model has to fit: the shapes a search binds its model's settings to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    /// Shape of one row's features, after cropping, pooling and flattening.
    pub feature_shape: Vec<usize>,
    /// Number of classes, if the target is a class.
    pub classes: Option<usize>,
    /// Shape of the target: `[classes]`, that of the real values, or that of the features.
    pub target_shape: Vec<usize>,
}

/// The entry `name`.
///
/// # Errors
/// `QN0910` with the nearest names.
pub fn find(name: &str) -> Result<&'static DatasetEntry, Diagnostic> {
    DATASETS
        .iter()
        .copied()
        .find(|entry| entry.meta.name == name)
        .ok_or_else(|| errors::unknown_dataset(name, &DATASETS.iter().map(|entry| entry.meta.name).collect::<Vec<_>>()))
}

/// Reads the data set `name` and makes its three parts; `seed` is the run's, for options without their own.
///
/// # Errors
/// `QN0910` to `QN0924`: an unknown name, options that make no sense, files that are missing, changed or broken.
pub fn load(name: &str, options: &DataOptions, seed: u64, dirs: &DataDirs) -> Result<Splits, Diagnostic> {
    let raw = (find(name)?.load)(options, dirs)?;
    prepare::prepare(name, &raw, options, seed)
}

/// The shapes of the data set `name` under `options`. Published sets need no files for it.
///
/// # Errors
/// As [`load`], but for published sets never about files.
pub fn describe(name: &str, options: &DataOptions, dirs: &DataDirs) -> Result<Description, Diagnostic> {
    let entry = find(name)?;
    let (shape, classes, values) = match entry.facts {
        Some(facts) => (facts.shape.to_vec(), Some(facts.classes.len()), None),
        None => {
            let raw = (entry.load)(options, dirs)?;
            match raw.targets {
                RawTargets::Classes { n_classes, .. } => (raw.shape, Some(n_classes), None),
                RawTargets::Values { shape, .. } => (raw.shape, None, Some(shape)),
                RawTargets::None => (raw.shape, None, None),
            }
        }
    };
    prepare::check_classes(options, classes)?;
    let feature_shape = shape::Shaping::new(&shape, options)?.shape().to_vec();
    let classes = classes.map(|classes| options.classes.as_ref().map_or(classes, Vec::len));
    let classes = classes.filter(|_| options.target != Target::Input);
    let target_shape = match (classes, values) {
        (Some(classes), _) => vec![classes],
        (None, Some(shape)) if options.target != Target::Input => shape,
        _ => feature_shape.clone(),
    };
    Ok(Description { feature_shape, classes, target_shape })
}

/// Reads the data set `name` and tells what is in it.
///
/// # Errors
/// As [`load`].
pub fn info(name: &str, options: &DataOptions, dirs: &DataDirs) -> Result<Info, Diagnostic> {
    info::info(find(name)?, options, dirs)
}

//! What a data set is once it is ready: numbers in rows, targets, three parts.
//!
//! Parts are read-only and shared by every candidate of a search: a training loop gathers the rows of a batch into its
//! own buffer and never copies a part. Tables are kept in f64, images in f32 (an image has 8 bits).

use super::Scaler;
use crate::backends::Real;
use crate::diag::Diagnostic;
use num_traits::Float;

/// Numbers in the precision they are worth.
#[derive(Clone, PartialEq, Debug)]
pub enum Numbers {
    /// Bytes of images as they are in the file.
    U8(Vec<u8>),
    /// Scaled images.
    F32(Vec<f32>),
    /// Tables.
    F64(Vec<f64>),
}

impl Numbers {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    /// None?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at `at`.
    #[must_use]
    pub fn get(&self, at: usize) -> f64 {
        match self {
            Self::U8(values) => f64::from(values[at]),
            Self::F32(values) => f64::from(values[at]),
            Self::F64(values) => values[at],
        }
    }

    /// A copy of `values` in their own precision.
    #[must_use]
    pub fn of<T: Real>(values: &[T]) -> Self {
        if size_of::<T>() == size_of::<f32>() {
            Self::F32(values.iter().map(|value| value.wide() as f32).collect())
        } else {
            Self::F64(values.iter().map(|value| value.wide()).collect())
        }
    }

    /// Copies all numbers into `out`, as many as there are.
    pub fn read_into<T: Real>(&self, out: &mut [T]) {
        out.iter_mut().enumerate().for_each(|(at, to)| *to = T::of(self.get(at)));
    }

    /// Copies rows of `width` numbers, one after another, into `out` (`rows.len() * width` numbers).
    pub fn gather<T: Float>(&self, rows: &[u32], width: usize, out: &mut [T]) {
        fn copy<S: Copy + num_traits::ToPrimitive, T: Float>(from: &[S], rows: &[u32], width: usize, out: &mut [T]) {
            if width == 0 {
                return;
            }
            for (&row, target) in rows.iter().zip(out.chunks_exact_mut(width)) {
                let source = &from[row as usize * width..][..width];
                for (to, &value) in target.iter_mut().zip(source) {
                    *to = T::from(value).unwrap_or_else(T::nan);
                }
            }
        }
        match self {
            Self::U8(values) => copy(values, rows, width, out),
            Self::F32(values) => copy(values, rows, width, out),
            Self::F64(values) => copy(values, rows, width, out),
        }
    }
}

/// What the rows of a part should give.
#[derive(Clone, PartialEq, Debug)]
pub enum Targets {
    /// A class each.
    Classes {
        /// `0..n_classes`, one per row.
        labels: Vec<u32>,
        /// Number of classes.
        n_classes: usize,
    },
    /// Real numbers each.
    Values {
        /// Row after row.
        values: Numbers,
        /// Shape of one row's; empty for one number.
        shape: Vec<usize>,
    },
    /// The row's own features (autoencoders).
    Input,
}

/// One part: rows of features with their targets.
#[derive(Clone, PartialEq, Debug)]
pub struct Dataset {
    /// `train`, `validation` or `test`.
    pub name: &'static str,
    /// Features, row after row, each row in [`Dataset::feature_shape`], row-major.
    pub features: Numbers,
    /// Shape of one row's features.
    pub feature_shape: Vec<usize>,
    /// What they should give.
    pub targets: Targets,
    /// Position of every row in its source, ascending.
    pub rows: Vec<u32>,
}

impl Dataset {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Features per row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.feature_shape.iter().product()
    }

    /// Shape of what one row should give; for classes, the shape of a model's output: `[n_classes]`.
    #[must_use]
    pub fn target_shape(&self) -> Vec<usize> {
        match &self.targets {
            Targets::Classes { n_classes, .. } => vec![*n_classes],
            Targets::Values { shape, .. } => shape.clone(),
            Targets::Input => self.feature_shape.clone(),
        }
    }

    /// All features, row after row.
    #[must_use]
    pub fn features_as<T: Float>(&self) -> Vec<T> {
        let mut out = vec![T::zero(); self.features.len()];
        let rows: Vec<u32> = (0u32..).take(self.len()).collect();
        self.features.gather(&rows, self.width(), &mut out);
        out
    }

    /// The features of `rows` (positions in this part), one after another, into the front of `out`.
    pub fn gather_features<T: Float>(&self, rows: &[u32], out: &mut [T]) {
        self.features.gather(rows, self.width(), out);
    }

    /// The real-valued targets of `rows`, one after another, into the front of `out`; nothing for classes.
    pub fn gather_values<T: Float>(&self, rows: &[u32], out: &mut [T]) {
        match &self.targets {
            Targets::Classes { .. } => {}
            Targets::Values { values, shape } => values.gather(rows, shape.iter().product(), out),
            Targets::Input => self.gather_features(rows, out),
        }
    }

    /// The classes of `rows`, into the front of `out`; nothing for real-valued targets.
    pub fn gather_labels(&self, rows: &[u32], out: &mut [u32]) {
        if let Targets::Classes { labels, .. } = &self.targets {
            for (to, &row) in out.iter_mut().zip(rows) {
                *to = labels[row as usize];
            }
        }
    }

    /// Rows per class; empty for real-valued targets.
    #[must_use]
    pub fn class_counts(&self) -> Vec<usize> {
        match &self.targets {
            Targets::Classes { labels, n_classes } => {
                let mut counts = vec![0; *n_classes];
                labels.iter().for_each(|&label| counts[label as usize] += 1);
                counts
            }
            _ => Vec::new(),
        }
    }
}

/// A data set ready for a search.
#[derive(Clone, Debug)]
pub struct Splits {
    /// The name of the set.
    pub name: String,
    /// Rows to train on.
    pub train: Dataset,
    /// Rows to choose by.
    pub validation: Dataset,
    /// Rows to report on, once.
    pub test: Dataset,
    /// Names of the classes, after selection; may be empty.
    pub class_names: Vec<String>,
    /// How the features were scaled: fitted on the training part.
    pub scaler: Scaler,
    /// SHA-256 over the source files, the options and the seed: the same digest is the same data.
    pub digest: String,
    /// Do validation part and test part share rows?
    pub leaky: bool,
    /// What is odd about it, but allowed.
    pub warnings: Vec<Diagnostic>,
}

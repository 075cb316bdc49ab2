//! From a raw data set to three parts: select classes, keep a subset, split, shape, fit the scaler, scale.

use super::errors::{BAD_SPLIT, LEAKY_PROTOCOL, THIN_PART, UNKNOWN_CLASS, bad_option, warning};
use super::scale::{Range, Scaler};
use super::shape::Shaping;
use super::split::{Parts, Sizes, deal};
use super::{DataOptions, Dataset, Numbers, Part, Protocol, Raw, RawTargets, Scale, Splits, Target, Targets};
use crate::diag::Diagnostic;
use crate::driver::random::sha256;

/// Makes the parts of `raw`; `seed` is the run's, used unless the options have their own.
///
/// # Errors
/// `QN0912`, `QN0923`, `QN0924` where options and data do not fit.
pub(super) fn prepare(name: &str, raw: &Raw, options: &DataOptions, seed: u64) -> Result<Splits, Diagnostic> {
    let seed = options.seed.unwrap_or(seed);
    let selection = Selection::new(raw, options)?;
    let shaping = Shaping::new(&raw.shape, options)?;
    let parts = split(&selection, options, seed)?;
    let row = |row: u32| shaping.apply(&raw.values, row);
    let default = if raw.full_scale.is_some() { Scale::Unit } else { Scale::None };
    let range = Range { full_scale: raw.full_scale, published: raw.published };
    let scaler = Scaler::fit(options.scale.unwrap_or(default), range, shaping.width(), || {
        parts.train.iter().map(|&at| row(at))
    })?;
    let build = |name: &'static str, rows: Vec<u32>| Dataset {
        name,
        features: gather(&raw.values, &rows, shaping.width(), |at| {
            let mut features = row(at);
            scaler.apply(&mut features);
            features
        }),
        feature_shape: shaping.shape().to_vec(),
        targets: selection.targets(raw, options, &rows),
        rows,
    };
    let leaky = options.protocol == Protocol::Qnas;
    let (train, validation) = (build("train", parts.train), build("validation", parts.validation));
    let test = build("test", parts.test);
    Ok(Splits {
        name: name.into(),
        warnings: warnings(&[&train, &validation, &test], leaky),
        train,
        validation,
        test,
        class_names: selection.class_names(raw),
        digest: digest(name, raw, options, seed),
        scaler,
        leaky,
    })
}

/// Does the data have the classes `options` keep?
///
/// # Errors
/// `QN0924` if not, `QN0912` if it has no classes at all.
pub(super) fn check_classes(options: &DataOptions, n_classes: Option<usize>) -> Result<(), Diagnostic> {
    let Some(kept) = &options.classes else { return Ok(()) };
    let n_classes = n_classes.ok_or_else(|| bad_option("classes", "needs a data set with classes"))?;
    match kept.iter().find(|class| **class as usize >= n_classes) {
        None => Ok(()),
        Some(class) => {
            let message = format!("there is no class {class}: the classes are 0 to {}", n_classes.saturating_sub(1));
            Err(Diagnostic::global(&UNKNOWN_CLASS, message))
        }
    }
}

/// The rows that take part, and their classes.
struct Selection {
    /// Rows to train and choose on; with the rows to report on where no official part exists.
    pool: Vec<u32>,
    /// Rows of the official test part.
    official: Option<Vec<u32>>,
    /// Class per row of the source after relabelling; empty if the model does not learn classes.
    labels: Vec<u32>,
    /// Original classes in their new order; empty if the rows have none.
    classes: Vec<u32>,
}

impl Selection {
    fn new(raw: &Raw, options: &DataOptions) -> Result<Self, Diagnostic> {
        let n_classes = match &raw.targets {
            RawTargets::Classes { n_classes, .. } => Some(*n_classes),
            _ => None,
        };
        check_classes(options, n_classes)?;
        let (old, classes) = match (&raw.targets, &options.classes) {
            (RawTargets::Classes { labels, .. }, Some(kept)) => (labels.as_slice(), kept.clone()),
            (RawTargets::Classes { labels, n_classes, .. }, None) => {
                (labels.as_slice(), (0u32..).take(*n_classes).collect::<Vec<u32>>())
            }
            _ => (&[][..], Vec::new()),
        };
        if options.target == Target::Label && raw.targets == RawTargets::None {
            let error = bad_option("target", "is `label`, but the data has no labels");
            return Err(error.help("write `target: input` for an autoencoder"));
        }
        let mut new = vec![None; classes.iter().max().map_or(0, |&largest| largest as usize + 1)];
        classes.iter().zip(0u32..).for_each(|(&class, label)| new[class as usize] = Some(label));
        let relabel = |row: u32| old.get(row as usize).map(|&class| new.get(class as usize).copied().flatten());
        let kept = |row: &u32| relabel(*row) != Some(None);
        let rows = u32::try_from(raw.rows()).unwrap_or(u32::MAX);
        let test_from = raw.test_from.map_or(rows, |row| u32::try_from(row).unwrap_or(u32::MAX));
        Ok(Self {
            pool: (0..test_from).filter(kept).collect(),
            official: raw.test_from.map(|_| (test_from..rows).filter(kept).collect()),
            labels: (0..rows).filter_map(relabel).map(|label| label.unwrap_or(0)).collect(),
            classes,
        })
    }

    fn class(&self, row: u32) -> u32 {
        self.labels.get(row as usize).copied().unwrap_or(0)
    }

    fn targets(&self, raw: &Raw, options: &DataOptions, rows: &[u32]) -> Targets {
        match &raw.targets {
            _ if options.target == Target::Input => Targets::Input,
            RawTargets::Classes { .. } => Targets::Classes {
                labels: rows.iter().map(|&row| self.class(row)).collect(),
                n_classes: self.classes.len(),
            },
            RawTargets::Values { values, shape } => {
                let width: usize = shape.iter().product();
                let picked = rows.iter().flat_map(|&row| &values[row as usize * width..][..width]);
                Targets::Values { values: Numbers::F64(picked.copied().collect()), shape: shape.clone() }
            }
            RawTargets::None => Targets::Input,
        }
    }

    fn class_names(&self, raw: &Raw) -> Vec<String> {
        match &raw.targets {
            RawTargets::Classes { names, .. } if !names.is_empty() => {
                self.classes.iter().map(|&class| names[class as usize].clone()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn split(selection: &Selection, options: &DataOptions, seed: u64) -> Result<Parts, Diagnostic> {
    let class = |row| selection.class(row);
    let part = |pool: &[u32], part: Part, purpose: &str| {
        let size = part.of(pool.len());
        if size > pool.len() {
            let message = format!("{size} rows are asked for, there are {}", pool.len());
            return Err(Diagnostic::global(&BAD_SPLIT, message));
        }
        Ok(deal(pool, &[size], options.split, seed, purpose, class).remove(0))
    };
    let pool = match options.subset {
        Some(subset) => part(&selection.pool, subset, "data/subset")?,
        None => selection.pool.clone(),
    };
    let leaky = options.protocol == Protocol::Qnas;
    if leaky && options.test.is_some() {
        return Err(bad_option("test", "cannot be chosen with `protocol: qnas`, where it is the validation part"));
    }
    let cut = |sizes: Sizes| -> Result<Vec<Vec<u32>>, Diagnostic> {
        Ok(deal(&pool, &sizes.resolve(pool.len())?, options.split, seed, "data/split", class))
    };
    let none = Some(Part::Count(0));
    let mut parts = match (&selection.official, leaky) {
        (None, false) => cut(Sizes { train: options.train, validation: options.validation, test: options.test })?,
        (None, true) => cut(Sizes { train: options.train, validation: options.validation, test: none })?,
        (Some(official), false) => {
            let mut parts = cut(Sizes { train: options.train, validation: options.validation, test: none })?;
            parts[2] = options.test.map_or_else(|| Ok(official.clone()), |test| part(official, test, "data/test"))?;
            parts
        }
        (Some(official), true) => {
            let mut parts =
                cut(Sizes { train: options.train.or(Some(Part::Fraction(1.0))), validation: none, test: none })?;
            parts[1] =
                options.validation.map_or_else(|| Ok(official.clone()), |size| part(official, size, "data/test"))?;
            parts
        }
    };
    if leaky {
        parts[2] = parts[1].clone();
    }
    let mut parts = parts.into_iter();
    let mut next = || parts.next().unwrap_or_default();
    Ok(Parts { train: next(), validation: next(), test: next() })
}

/// Rows in the precision they are worth: images in f32, tables in f64.
fn gather(source: &Numbers, rows: &[u32], width: usize, row: impl Fn(u32) -> Vec<f64>) -> Numbers {
    match source {
        Numbers::F64(_) => {
            let mut out = Vec::with_capacity(rows.len() * width);
            rows.iter().for_each(|&at| out.extend(row(at)));
            Numbers::F64(out)
        }
        Numbers::U8(_) | Numbers::F32(_) => {
            let mut out = Vec::with_capacity(rows.len() * width);
            rows.iter().for_each(|&at| out.extend(row(at).into_iter().map(|x| x as f32)));
            Numbers::F32(out)
        }
    }
}

fn warnings(parts: &[&Dataset; 3], leaky: bool) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for part in parts {
        if part.is_empty() {
            out.push(warning(&THIN_PART, format!("the {} part has no rows", part.name)));
            continue;
        }
        let counts = part.class_counts();
        for (class, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
            out.push(warning(&THIN_PART, format!("class {class} has no row in the {} part", part.name)));
        }
    }
    if leaky {
        let message = "the validation part is also the test part: the reported accuracy is optimistic";
        out.push(warning(&LEAKY_PROTOCOL, message).help("leave `protocol: qnas` out for disjoint parts"));
    }
    out
}

/// The same digest means the same rows, shapes, scales and targets.
fn digest(name: &str, raw: &Raw, options: &DataOptions, seed: u64) -> String {
    let resolved = DataOptions { seed: Some(seed), ..options.clone() };
    let options = serde_json::to_string(&resolved).unwrap_or_default();
    sha256(format!("qnas data 1\n{name}\n{}\n{options}\n", raw.source_digest).as_bytes())
}

#[cfg(test)]
mod tests;

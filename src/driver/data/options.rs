//! The options of a data set: `mnist(train: 50000, classes: [1, 5], scale: center)`.
//!
//! [`DataOptions`] is a plain struct. [`DataOptions::set`] fills it from named settings, so that the language and the
//! command line accept the same names and give the same errors.

use super::errors::{bad_option, unknown_option};
use crate::diag::Diagnostic;
use crate::driver::setting::{Setting, arguments};
use serde::Serialize;
use std::path::PathBuf;

/// How much of the rows a part takes.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// So many rows.
    Count(usize),
    /// This share of the rows, in `0..=1`, rounded to the nearest row.
    Fraction(f64),
}

impl Part {
    /// Number of rows out of `rows`.
    #[must_use]
    pub fn of(self, rows: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Fraction(fraction) => (fraction * rows as f64).round() as usize,
        }
    }
}

/// How features are scaled. Everything that is measured is measured on the training part.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As they are.
    None,
    /// Mean 0 and (population) standard deviation 1, per feature; constant features become 0.
    Standard,
    /// The smallest value of a feature becomes `low`, the largest `high`; constant features become `low`.
    Minmax {
        /// Value of the smallest.
        low: f64,
        /// Value of the largest.
        high: f64,
    },
    /// Divided by the largest value the format can hold: 255 for byte images, 16 for `digits`.
    Unit,
    /// `(unit - 0.5) / 0.5`: from -1 to 1.
    Center,
    /// `(unit - mean) / std` with given numbers, or those published for the set.
    Normalize {
        /// Mean and standard deviation after division by the largest value.
        given: Option<(f64, f64)>,
    },
}

/// What a model learns to give.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The label of the row.
    Label,
    /// The (scaled) features of the row: an autoencoder.
    Input,
    /// The real numbers in these columns of a CSV table.
    Columns(Vec<String>),
}

/// Which rows the parts may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Training, validation and test part are disjoint.
    Standard,
    /// As the QNAS code does it: the official test part *is* the validation part. The result is marked as leaky.
    Qnas,
}

/// How rows are dealt out to the parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// At random with the classes in equal shares; just at random where there are no classes.
    Stratified,
    /// At random.
    Random,
    /// In the order of the file: the first rows train (time series).
    InOrder,
}

/// All options. [`DataOptions::default`] leaves every choice to the data set.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DataOptions {
    /// The file of `csv(..)` and `npz(..)`.
    #[serde(skip)]
    pub path: Option<PathBuf>,
    /// Rows to train on.
    pub train: Option<Part>,
    /// Rows to choose by.
    pub validation: Option<Part>,
    /// Rows to report on, once.
    pub test: Option<Part>,
    /// Keep these classes; they become 0, 1, .. in this order.
    pub classes: Option<Vec<u32>>,
    /// Keep so many rows before splitting (of the official training part, where there is one).
    pub subset: Option<Part>,
    /// Scaling; `None`: [`Scale::Unit`] for images, [`Scale::None`] for anything else.
    pub scale: Option<Scale>,
    /// What to learn.
    pub target: Target,
    /// The column with the class label of a CSV table.
    pub label: Option<String>,
    /// The seed of subset and split; `None`: the run's.
    pub seed: Option<u64>,
    /// Features in one axis (`[784]`) instead of the image's shape (`[1, 28, 28]`), which a model that takes one axis
    /// flattens by itself?
    pub flatten: bool,
    /// Cut images down to a centred square of this side, before pooling.
    pub crop: Option<usize>,
    /// Average windows of `pool × pool` pixels.
    pub pool: usize,
    /// Steps of a window of a generated series; `None`: 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// Which rows the parts may take.
    pub protocol: Protocol,
    /// How rows are dealt out.
    pub split: Split,
}

impl Default for DataOptions {
    fn default() -> Self {
        Self {
            path: None,
            train: None,
            validation: None,
            test: None,
            classes: None,
            subset: None,
            scale: None,
            target: Target::Label,
            label: None,
            seed: None,
            flatten: false,
            crop: None,
            pool: 1,
            window: None,
            protocol: Protocol::Standard,
            split: Split::Stratified,
        }
    }
}

/// The names [`DataOptions::set`] knows, with one line each, in the order they are listed to people.
pub const OPTIONS: &[(&str, &str)] = &[
    ("path", "the file of `csv` and `npz`; may stand first without its name"),
    ("train", "rows to train on: a count or a fraction"),
    ("validation", "rows the search chooses by: a count or a fraction"),
    ("test", "rows the result is reported on: a count or a fraction"),
    ("split", "`stratified`, `random` or `in_order`"),
    ("subset", "keep so many rows before splitting: a count or a fraction"),
    ("limit", "the same as `subset`"),
    ("classes", "keep these classes, which become 0, 1, .."),
    ("scale", "`none`, `standard`, `minmax`, `minmax(-1, 1)`, `unit`, `center`, `normalize`, `normalize(0.5, 0.5)`"),
    ("target", "`label`, `input` (autoencoders), or the names of real-valued CSV columns"),
    ("label", "the name of the CSV column with the class"),
    ("flatten", "`true`: one axis, whatever the model takes"),
    ("crop", "side of the centred square cut from images"),
    ("pool", "side of the windows of pixels that are averaged"),
    ("window", "steps of a window of a generated series (4)"),
    ("protocol", "`standard`, or `qnas`: choose by the official test part, as published"),
    ("seed", "seed of subset and split"),
];

impl DataOptions {
    /// Sets the option `name`.
    ///
    /// # Errors
    /// `QN0911` for an unknown name, `QN0912` for a value of the wrong kind or range; no place in a source: the caller
    /// knows it and adds it.
    pub fn set(&mut self, name: &str, value: &Setting) -> Result<(), Diagnostic> {
        match name {
            "path" => self.path = Some(PathBuf::from(text(name, value)?)),
            "train" => self.train = Some(part(name, value)?),
            "validation" => self.validation = Some(part(name, value)?),
            "test" => self.test = Some(part(name, value)?),
            "subset" | "limit" => self.subset = Some(part(name, value)?),
            "classes" => self.classes = Some(classes(name, value)?),
            "scale" => self.scale = Some(scale(name, value)?),
            "target" => self.target = target(name, value)?,
            "label" => self.label = Some(text(name, value)?),
            "seed" => self.seed = Some(int(name, value, 0)?),
            "flatten" => match value {
                Setting::Bool(flatten) => self.flatten = *flatten,
                _ => return Err(bad_option(name, "is `true` or `false`")),
            },
            "crop" => self.crop = Some(int(name, value, 1)? as usize),
            "pool" => self.pool = int(name, value, 1)? as usize,
            "window" => self.window = Some(int(name, value, 1)? as usize),
            "protocol" => {
                self.protocol = one_of(name, value, &[("standard", Protocol::Standard), ("qnas", Protocol::Qnas)])?;
            }
            "split" => {
                let known =
                    [("stratified", Split::Stratified), ("random", Split::Random), ("in_order", Split::InOrder)];
                self.split = one_of(name, value, &known)?;
            }
            _ => return Err(unknown_option(name, &OPTIONS.iter().map(|option| option.0).collect::<Vec<_>>())),
        }
        Ok(())
    }
}

fn int(name: &str, value: &Setting, least: u64) -> Result<u64, Diagnostic> {
    let Setting::Int(value) = value else { return Err(bad_option(name, "is an int")) };
    u64::try_from(*value)
        .ok()
        .filter(|value| *value >= least)
        .ok_or_else(|| bad_option(name, format!("must be at least {least}, not {value}")))
}

fn text(name: &str, value: &Setting) -> Result<String, Diagnostic> {
    match value {
        Setting::Text(text) => Ok(text.clone()),
        _ => Err(bad_option(name, "is a text in double quotes")),
    }
}

fn real(name: &str, value: &Setting) -> Result<f64, Diagnostic> {
    value.number().filter(|value| value.is_finite()).ok_or_else(|| bad_option(name, "takes numbers"))
}

fn part(name: &str, value: &Setting) -> Result<Part, Diagnostic> {
    match value {
        Setting::Int(_) => Ok(Part::Count(int(name, value, 0)? as usize)),
        Setting::Real(share) if (0.0..=1.0).contains(share) => Ok(Part::Fraction(*share)),
        Setting::Real(share) => Err(bad_option(name, format!("is a fraction between 0.0 and 1.0, not {share:?}"))
            .help(format!("write an int for a number of rows: `{name}: 100`"))),
        _ => Err(bad_option(name, "is a fraction such as `0.6` or a number of rows such as `100`")),
    }
}

fn classes(name: &str, value: &Setting) -> Result<Vec<u32>, Diagnostic> {
    let wrong = || bad_option(name, "is a list of class numbers").help("write `classes: [1, 5]`");
    let Setting::List(items) = value else { return Err(wrong()) };
    let mut out = Vec::new();
    for item in items {
        let Setting::Int(class) = item else { return Err(wrong()) };
        let class = u32::try_from(*class).map_err(|_| wrong())?;
        if out.contains(&class) {
            return Err(bad_option(name, format!("lists class {class} twice")));
        }
        out.push(class);
    }
    if out.is_empty() { Err(bad_option(name, "lists no class")) } else { Ok(out) }
}

fn scale(name: &str, value: &Setting) -> Result<Scale, Diagnostic> {
    let known = [
        ("none", Scale::None),
        ("standard", Scale::Standard),
        ("minmax", Scale::Minmax { low: 0.0, high: 1.0 }),
        ("unit", Scale::Unit),
        ("center", Scale::Center),
        ("normalize", Scale::Normalize { given: None }),
    ];
    match value {
        Setting::Call(call, given) if call == "minmax" || call == "normalize" => {
            let names = if call == "minmax" { ["low", "high"] } else { ["mean", "std"] };
            let placed = arguments(given, names, |why| bad_option(name, format!("`{call}` {why}")))?;
            let [Some(a), Some(b)] = placed else {
                return Err(bad_option(name, format!("`{call}` takes two numbers, or none without parentheses")));
            };
            let (a, b) = (real(name, a)?, real(name, b)?);
            match call.as_str() {
                "minmax" if a < b => Ok(Scale::Minmax { low: a, high: b }),
                "minmax" => Err(bad_option(name, format!("`minmax` goes from low to high, not from {a:?} to {b:?}"))),
                _ if b > 0.0 => Ok(Scale::Normalize { given: Some((a, b)) }),
                _ => Err(bad_option(name, format!("`normalize` divides by a positive number, not by {b:?}"))),
            }
        }
        Setting::Call(call, _) => one_of(name, &Setting::Name(call.clone()), &known)
            .and_then(|_| Err(bad_option(name, format!("`{call}` takes no arguments")))),
        _ => one_of(name, value, &known),
    }
}

fn target(name: &str, value: &Setting) -> Result<Target, Diagnostic> {
    match value {
        Setting::Text(column) => Ok(Target::Columns(vec![column.clone()])),
        Setting::List(columns) if !columns.is_empty() => {
            Ok(Target::Columns(columns.iter().map(|column| text(name, column)).collect::<Result<_, _>>()?))
        }
        _ => one_of(name, value, &[("label", Target::Label), ("input", Target::Input)]),
    }
}

fn one_of<V: Clone>(name: &str, value: &Setting, known: &[(&str, V)]) -> Result<V, Diagnostic> {
    let names: Vec<&str> = known.iter().map(|entry| entry.0).collect();
    let Setting::Name(written) = value else {
        return Err(bad_option(name, format!("is one of {}", super::errors::quoted(&names))));
    };
    known.iter().find(|entry| entry.0 == written).map(|entry| entry.1.clone()).ok_or_else(|| {
        super::errors::suggest(bad_option(name, format!("cannot be `{written}`")), written, &names, "values")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: Setting) -> Result<DataOptions, Diagnostic> {
        let mut options = DataOptions::default();
        options.set(name, &value).map(|()| options)
    }

    #[test]
    fn settings_become_options() {
        let name = |text: &str| Setting::Name(text.into());
        assert_eq!(set("train", Setting::Real(0.6)).unwrap().train, Some(Part::Fraction(0.6)));
        assert_eq!(set("limit", Setting::Int(7)).unwrap().subset, Some(Part::Count(7)));
        assert_eq!(set("target", name("input")).unwrap().target, Target::Input);
        assert_eq!(set("scale", name("standard")).unwrap().scale, Some(Scale::Standard));
        let minmax =
            Setting::Call("minmax".into(), vec![(String::new(), Setting::Int(-1)), ("high".into(), Setting::Int(1))]);
        assert_eq!(set("scale", minmax).unwrap().scale, Some(Scale::Minmax { low: -1.0, high: 1.0 }));
        let classes = Setting::List(vec![Setting::Int(5), Setting::Int(1)]);
        assert_eq!(set("classes", classes).unwrap().classes, Some(vec![5, 1]));
    }

    #[test]
    fn every_listed_option_is_known() {
        for (name, _) in OPTIONS {
            if let Err(error) = set(name, Setting::Int(1)) {
                assert_ne!(error.code.meta.code, "QN0911", "{name}");
            }
        }
    }

    #[test]
    fn mistakes_say_what_to_type() {
        let error = set("trian", Setting::Real(0.6)).unwrap_err();
        assert_eq!((error.code.meta.code, error.helps[0].as_str()), ("QN0911", "did you mean `train`?"));
        let error = set("train", Setting::Real(1.5)).unwrap_err();
        assert_eq!(error.code.meta.code, "QN0912");
        assert!(error.helps[0].contains("train: 100"));
        let error = set("scale", Setting::Name("standart".into())).unwrap_err();
        assert_eq!(error.helps, ["did you mean `standard`?"]);
        assert!(set("pool", Setting::Int(0)).is_err());
        assert!(set("seed", Setting::Int(-1)).is_err());
        assert!(set("classes", Setting::List(vec![Setting::Int(1), Setting::Int(1)])).is_err());
        assert!(set("scale", Setting::Call("unit".into(), vec![])).is_err());
    }
}

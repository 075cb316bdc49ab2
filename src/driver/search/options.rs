//! Options of strategies: what there is, what was asked for, and what that comes to with defaults.
//!
//! A strategy describes its options once ([`OptionSpec`]); checking, defaults, `qnas explain` and the header of the
//! journal all read that description.

use super::errors::{BAD_STRATEGY_OPTION, UNKNOWN_STRATEGY_OPTION};
use crate::diag::{Diagnostic, nearest};
use crate::hir::{Setting, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options as written: `nsga2(population: 20)` is `population` with 20.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StrategyOptions(pub BTreeMap<String, Value>);

/// What an option may be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OptionKind {
    /// An int in `min..=max`.
    Count {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number from 0 to 1.
    Fraction,
    /// A number from 0 to 1, or `auto`.
    Rate,
    /// `true` or `false`.
    Flag,
    /// A strategy with its options, as it is written.
    Strategy,
    /// One of these names.
    OneOf(&'static [&'static str]),
    /// A number above 0.
    Positive,
    /// A list of ints of at least 1.
    Counts,
    /// The name of a circuit or choice of the program.
    Target,
}

/// The value of an option that is not given.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OptionDefault {
    /// It has to be given.
    Required,
    /// An int.
    Int(i64),
    /// A number.
    Real(f64),
    /// A bool.
    Flag(bool),
    /// A name.
    Name(&'static str),
    /// A list of ints.
    Counts(&'static [u32]),
}

/// One option of a strategy.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OptionSpec {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: OptionKind,
    /// What it is if not given.
    pub default: OptionDefault,
    /// What it does: one line, lower-case start, no final stop.
    pub doc: &'static str,
}

/// Something wrong with one option; the caller knows its place in the source.
#[derive(Clone, Debug)]
pub struct OptionError {
    /// The option as written, or the one that is missing.
    pub option: String,
    /// What is wrong; without a span.
    pub diagnostic: Diagnostic,
}

/// Checked options: every option of the strategy has a value of its kind.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, Value>);

impl StrategyOptions {
    /// The name and the options of a strategy as it is written.
    #[must_use]
    pub fn written(setting: &Setting) -> (String, Self) {
        let (name, arguments) = match setting {
            Setting::Call(name, arguments) => (name.clone(), arguments.as_slice()),
            other => (other.to_string(), &[][..]),
        };
        let value = |value: &Setting| match value {
            Setting::Int(value) => Value::Int(*value),
            Setting::Real(value) => Value::Real(*value),
            Setting::Bool(value) => Value::Bool(*value),
            Setting::Text(text) => Value::Name(text.clone()),
            Setting::List(items) => counts(items).unwrap_or_else(|| Value::Name(value.to_string())),
            other => Value::Name(other.to_string()),
        };
        (name, Self(arguments.iter().map(|(name, given)| (name.clone(), value(given))).collect()))
    }
}

/// A list of ints from 0 on.
fn counts(items: &[Setting]) -> Option<Value> {
    let count = |item: &Setting| match item {
        Setting::Int(count) => u32::try_from(*count).ok(),
        _ => None,
    };
    items.iter().map(count).collect::<Option<Vec<u32>>>().map(Value::Subset)
}

impl OptionKind {
    /// In words, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Count { min, max: i64::MAX } => format!("an int of at least {min}"),
            Self::Count { min, max } => format!("an int from {min} to {max}"),
            Self::Fraction => "a number from 0 to 1".into(),
            Self::Rate => "a number from 0 to 1, or `auto`".into(),
            Self::Flag => "`true` or `false`".into(),
            Self::Strategy => "a strategy, such as `nsga2(population: 20)`".into(),
            Self::Positive => "a number above 0".into(),
            Self::Counts => "a list of ints such as `[6, 3, 1]`".into(),
            Self::Target => "the name of a circuit or choice".into(),
            Self::OneOf(names) => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "),
        }
    }

    /// The value as this kind keeps it; `None` if it is not of this kind.
    fn accept(&self, value: &Value) -> Option<Value> {
        let fraction = |value: &Value| match value {
            Value::Int(value @ 0..=1) => Some(Value::Real(*value as f64)),
            Value::Real(value) if (0.0..=1.0).contains(value) => Some(Value::Real(*value)),
            _ => None,
        };
        match (self, value) {
            (Self::Count { min, max }, Value::Int(count)) => (min <= count && count <= max).then(|| value.clone()),
            (Self::Rate, Value::Name(name)) if name == "auto" => Some(value.clone()),
            (Self::Fraction | Self::Rate, value) => fraction(value),
            (Self::Positive, Value::Int(whole)) if *whole > 0 => Some(Value::Real(*whole as f64)),
            (Self::Positive, Value::Real(real)) if *real > 0.0 => Some(value.clone()),
            (Self::Counts, Value::Subset(counts)) if counts.iter().all(|count| *count > 0) => Some(value.clone()),
            (Self::Strategy | Self::Target, Value::Name(_)) => Some(value.clone()),
            (Self::Flag, Value::Bool(_)) => Some(value.clone()),
            (Self::OneOf(names), Value::Name(name)) => names.contains(&name.as_str()).then(|| value.clone()),
            _ => None,
        }
    }
}

impl OptionDefault {
    fn value(self) -> Option<Value> {
        match self {
            Self::Required => None,
            Self::Int(value) => Some(Value::Int(value)),
            Self::Real(value) => Some(Value::Real(value)),
            Self::Flag(value) => Some(Value::Bool(value)),
            Self::Name(value) => Some(Value::Name(value.into())),
            Self::Counts(values) => Some(Value::Subset(values.to_vec())),
        }
    }
}

/// Checks options against their description and fills in defaults.
///
/// # Errors
/// `QN0802` for every option that does not exist, `QN0803` for every one that is missing or cannot have its value.
pub(super) fn check(
    strategy: &str,
    specs: &[OptionSpec],
    options: &StrategyOptions,
) -> Result<Settings, Vec<OptionError>> {
    let mut settings = BTreeMap::new();
    let mut errors = Vec::new();
    for (name, value) in &options.0 {
        let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
            errors.push(OptionError { option: name.clone(), diagnostic: unknown(strategy, specs, name) });
            continue;
        };
        match spec.kind.accept(value) {
            Some(value) => drop(settings.insert(name.clone(), value)),
            None => {
                let message = format!("`{name}` of `{strategy}` cannot be `{value}`");
                let diagnostic = Diagnostic::global(&BAD_STRATEGY_OPTION, message).note(format!(
                    "`{name}` is {}: {}",
                    spec.kind.describe(),
                    spec.doc
                ));
                errors.push(OptionError { option: name.clone(), diagnostic });
            }
        }
    }
    for spec in specs.iter().filter(|spec| !options.0.contains_key(spec.name)) {
        match spec.default.value() {
            Some(value) => drop(settings.insert(spec.name.to_owned(), value)),
            None => {
                let diagnostic =
                    Diagnostic::global(&BAD_STRATEGY_OPTION, format!("`{strategy}` needs `{}`", spec.name))
                        .note(format!("`{}` is {}: {}", spec.name, spec.kind.describe(), spec.doc))
                        .help(format!("write `{strategy}({}: ..)`", spec.name));
                errors.push(OptionError { option: spec.name.to_owned(), diagnostic });
            }
        }
    }
    if errors.is_empty() { Ok(Settings(settings)) } else { Err(errors) }
}

fn unknown(strategy: &str, specs: &[OptionSpec], name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::global(&UNKNOWN_STRATEGY_OPTION, format!("`{strategy}` has no option `{name}`"));
    match nearest(name, specs.iter().map(|spec| spec.name)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => {
            let names: Vec<String> = specs.iter().map(|spec| format!("`{}`", spec.name)).collect();
            diagnostic.note(format!("its options are {}", names.join(", ")))
        }
    }
}

impl Settings {
    /// An int; 0 if the strategy has no such option.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        match self.0.get(name) {
            Some(Value::Int(value)) => u64::try_from(*value).unwrap_or(0),
            _ => 0,
        }
    }

    /// An int as a size of something in memory.
    #[must_use]
    pub fn size(&self, name: &str) -> usize {
        usize::try_from(self.count(name)).unwrap_or(usize::MAX)
    }

    /// A number; `None` for `auto`.
    #[must_use]
    pub fn real(&self, name: &str) -> Option<f64> {
        match self.0.get(name) {
            Some(Value::Real(value)) => Some(*value),
            _ => None,
        }
    }

    /// A bool.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Bool(true)))
    }

    /// A list of ints; empty if the strategy has no such option.
    #[must_use]
    pub fn counts(&self, name: &str) -> Vec<usize> {
        match self.0.get(name) {
            Some(Value::Subset(counts)) => counts.iter().map(|&count| count as usize).collect(),
            _ => Vec::new(),
        }
    }

    /// A name; empty if the strategy has no such option.
    #[must_use]
    pub fn name(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Value::Name(value)) => value,
            _ => "",
        }
    }
}

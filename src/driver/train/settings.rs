//! Training settings as they are written, turned into a [`TrainConfig`].

use super::config::{Keep, Length, Precision, TrainConfig};
use super::errors::BAD_TRAINING_SETTING;
use crate::backends::nn::optim::{self, Rule};
use crate::backends::nn::schedule::{Schedule, Shape};
use crate::backends::nn::{loss, schedule};
use crate::diag::{Diagnostic, nearest};
use crate::driver::setting::{Setting, arguments};

/// The settings of `fit`, with one line each, in the order they are listed to people.
pub const TRAINING_SETTINGS: &[(&str, &str)] = &[
    ("optimizer", "`adam`, `adamw`, `sgd` or `rmsprop` with its settings; may stand first without its name"),
    ("loss", "`cross_entropy`, `nll`, `mse`, `bce`, or `output` for a model that gives its own loss"),
    ("epochs", "passes over the training part"),
    ("steps", "optimiser steps, instead of `epochs`"),
    ("batch", "rows per optimiser step (64)"),
    ("schedule", "`constant`, `cosine(floor: 0, warmup: 0)` or `step(every: 100, gamma: 0.1, warmup: 0)`"),
    ("shuffle", "a new random order every epoch (`true`)"),
    ("keep", "weights of the `last` epoch, or of the `best` on the validation part (`last`)"),
    ("patience", "end after so many epochs without a better validation loss"),
    ("watch", "measure the validation part every epoch (`false`)"),
    ("precision", "`f32` or `f64` (`f64` for the loss `output`, `f32` otherwise)"),
];

impl TrainConfig {
    /// The meaning of `fit(..)` with these arguments; positional ones have empty names.
    ///
    /// # Errors
    /// `QN0850` for what is missing, unknown or out of range, `QN0706` for unknown methods; no place in a source: the
    /// caller knows it and adds it.
    pub fn from_settings(given: &[(String, Setting)]) -> Result<Self, Diagnostic> {
        const NAMES: [&str; 11] = {
            let mut names = [""; 11];
            let mut at = 0;
            while at < names.len() {
                names[at] = TRAINING_SETTINGS[at].0;
                at += 1;
            }
            names
        };
        let [optimizer, loss, epochs, steps, batch, schedule, shuffle, keep, patience, watch, precision] =
            arguments(given, NAMES, |why| bad(format!("`fit` {why}")))?;
        let needed =
            |name: &str, example: &str| bad(format!("`fit` needs `{name}`")).help(format!("write `{example}`"));
        let (rule, lr) = rule(optimizer.ok_or_else(|| needed("optimizer", "fit(adam(lr: 1e-3), ..)"))?)?;
        let loss = loss::find(name("loss", loss.ok_or_else(|| needed("loss", "loss: cross_entropy"))?)?)?;
        let length = match (epochs, steps) {
            (Some(epochs), None) => Length::Epochs(count("epochs", epochs)?),
            (None, Some(steps)) => Length::Steps(count("steps", steps)?),
            (None, None) => return Err(needed("epochs", "epochs: 10")),
            (Some(_), Some(_)) => return Err(bad("`fit` takes `epochs` or `steps`, not both")),
        };
        let precision = match precision.map(|value| one_of("precision", value, ["f32", "f64"])).transpose()? {
            Some(at) => [Precision::F32, Precision::F64][at],
            None if loss.wants_nothing() => Precision::F64,
            None => Precision::F32,
        };
        let keep = keep.map(|value| one_of("keep", value, ["last", "best"])).transpose()?.unwrap_or(0);
        Ok(Self {
            rule,
            lr,
            schedule: schedule.map_or_else(|| Ok(Schedule::constant()), read_schedule)?,
            loss,
            length,
            batch: batch.map_or(Ok(64), |value| count("batch", value))?,
            shuffle: shuffle.map_or(Ok(true), |value| flag("shuffle", value))?,
            precision,
            keep: [Keep::Last, Keep::Best][keep],
            patience: patience.map(|value| count("patience", value)).transpose()?,
            watch: watch.map_or(Ok(false), |value| flag("watch", value))?,
            policy: None,
        })
    }
}

pub(super) fn bad(message: impl Into<String>) -> Diagnostic {
    Diagnostic::global(&BAD_TRAINING_SETTING, message)
}

fn name<'a>(what: &str, value: &'a Setting) -> Result<&'a str, Diagnostic> {
    match value {
        Setting::Name(name) => Ok(name),
        _ => Err(bad(format!("`{what}` is a name, not `{value}`"))),
    }
}

pub(super) fn one_of<const N: usize>(what: &str, value: &Setting, known: [&str; N]) -> Result<usize, Diagnostic> {
    let written = name(what, value)?;
    known.iter().position(|name| *name == written).ok_or_else(|| {
        let error = bad(format!("`{what}` cannot be `{written}`"));
        match nearest(written, known) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("it is one of {}", known.map(|name| format!("`{name}`")).join(", "))),
        }
    })
}

fn flag(what: &str, value: &Setting) -> Result<bool, Diagnostic> {
    match value {
        Setting::Bool(value) => Ok(*value),
        _ => Err(bad(format!("`{what}` is `true` or `false`, not `{value}`"))),
    }
}

pub(super) fn count(what: &str, value: &Setting) -> Result<usize, Diagnostic> {
    match value {
        Setting::Int(value) if *value >= 1 => Ok(*value as usize),
        _ => Err(bad(format!("`{what}` is an int of at least 1, not `{value}`"))),
    }
}

/// A number within `range`.
pub(super) fn real(what: &str, value: &Setting, range: std::ops::RangeInclusive<f64>) -> Result<f64, Diagnostic> {
    value.number().filter(|number| range.contains(number)).ok_or_else(|| {
        let bound = if range.end().is_finite() {
            format!("between {:?} and {:?}", range.start(), range.end())
        } else {
            format!("of at least {:?}", range.start())
        };
        bad(format!("`{what}` is a number {bound}, not `{value}`"))
    })
}

pub(super) const RATE: std::ops::RangeInclusive<f64> = 0.0..=f64::MAX;
pub(super) const SHARE: std::ops::RangeInclusive<f64> = 0.0..=1.0;

/// A rule with its rate; what is not given is PyTorch's default.
pub(super) fn rule(value: &Setting) -> Result<(Rule, f64), Diagnostic> {
    let Some((method, given)) = value.as_call() else {
        return Err(bad(format!("`{value}` is no optimiser")).help(format!("write one of {}", optim::NAMES.join(", "))));
    };
    let mut rule = Rule::named(method)?;
    let wrong = |why| bad(format!("`{method}` {why}"));
    let number = |what: &str, value: Option<&Setting>, range, default: &mut f64| -> Result<(), Diagnostic> {
        value.map(|value| real(what, value, range)).transpose().map(|value| *default = value.unwrap_or(*default))
    };
    let mut lr = if method == "rmsprop" { 1e-2 } else { 1e-3 };
    match &mut rule {
        Rule::Sgd { momentum, nesterov, weight_decay } => {
            let [rate, past, ahead, decay] = arguments(given, ["lr", "momentum", "nesterov", "weight_decay"], wrong)?;
            number("lr", rate, RATE, &mut lr)?;
            number("momentum", past, SHARE, momentum)?;
            number("weight_decay", decay, RATE, weight_decay)?;
            *nesterov = ahead.map_or(Ok(false), |value| flag("nesterov", value))?;
        }
        Rule::Adam { betas, eps, weight_decay, .. } => {
            let [rate, pair, small, decay] = arguments(given, ["lr", "betas", "eps", "weight_decay"], wrong)?;
            number("lr", rate, RATE, &mut lr)?;
            number("eps", small, RATE, eps)?;
            number("weight_decay", decay, RATE, weight_decay)?;
            if let Some(pair) = pair {
                let Setting::List(items) = pair else { return Err(bad("`betas` is a list such as `[0.9, 0.999]`")) };
                let [first, second] = items.as_slice() else { return Err(bad("`betas` are two numbers")) };
                *betas = (real("betas", first, 0.0..=0.999_999_999)?, real("betas", second, 0.0..=0.999_999_999)?);
            }
        }
        Rule::RmsProp { alpha, eps, momentum, weight_decay } => {
            let names = ["lr", "alpha", "eps", "momentum", "weight_decay"];
            let [rate, share, small, past, decay] = arguments(given, names, wrong)?;
            number("lr", rate, RATE, &mut lr)?;
            number("alpha", share, SHARE, alpha)?;
            number("eps", small, RATE, eps)?;
            number("momentum", past, SHARE, momentum)?;
            number("weight_decay", decay, RATE, weight_decay)?;
        }
    }
    Ok((rule, lr))
}

fn read_schedule(value: &Setting) -> Result<Schedule, Diagnostic> {
    let Some((method, given)) = value.as_call() else {
        return Err(
            bad(format!("`{value}` is no schedule")).help(format!("write one of {}", schedule::NAMES.join(", ")))
        );
    };
    let wrong = |why| bad(format!("`{method}` {why}"));
    let steps = |what: &str, value: Option<&Setting>| match value {
        None => Ok(0),
        Some(Setting::Int(value)) if *value >= 0 => Ok(value.unsigned_abs()),
        Some(value) => Err(bad(format!("`{what}` is a number of steps, not `{value}`"))),
    };
    match Schedule::named(method, 0)?.shape {
        Shape::Constant => {
            let [warmup] = arguments(given, ["warmup"], wrong)?;
            Ok(Schedule { shape: Shape::Constant, warmup: steps("warmup", warmup)? })
        }
        Shape::Cosine { .. } => {
            let [floor, warmup] = arguments(given, ["floor", "warmup"], wrong)?;
            let floor = floor.map_or(Ok(0.0), |value| real("floor", value, SHARE))?;
            Ok(Schedule { shape: Shape::Cosine { floor }, warmup: steps("warmup", warmup)? })
        }
        Shape::Step { .. } => {
            let [every, gamma, warmup] = arguments(given, ["every", "gamma", "warmup"], wrong)?;
            let every = every.ok_or_else(|| wrong("needs `every`, the steps between changes".into()))?;
            let gamma = gamma.map_or(Ok(0.1), |value| real("gamma", value, SHARE))?;
            let shape = Shape::Step { every: count("every", every)? as u64, gamma };
            Ok(Schedule { shape, warmup: steps("warmup", warmup)? })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, given: &[(&str, Setting)]) -> Setting {
        Setting::Call(name.into(), given.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
    }

    fn read(given: &[(&str, Setting)]) -> Result<TrainConfig, Diagnostic> {
        let Setting::Call(_, given) = call("fit", given) else { unreachable!() };
        TrainConfig::from_settings(&given)
    }

    fn word(name: &str) -> Setting {
        Setting::Name(name.into())
    }

    #[test]
    fn the_published_settings_are_read() {
        let adam = call("adam", &[("lr", Setting::Real(3e-3))]);
        let given =
            [("", adam), ("loss", word("cross_entropy")), ("epochs", Setting::Int(5)), ("batch", Setting::Int(64))];
        let config = read(&given).unwrap();
        assert_eq!((config.lr, config.length, config.batch), (3e-3, Length::Epochs(5), 64));
        assert_eq!(config.rule, Rule::named("adam").unwrap());
        assert_eq!(
            (config.precision, config.keep, config.loss.meta.name),
            (Precision::F32, Keep::Last, "cross_entropy")
        );
        let config = read(&[("", word("rmsprop")), ("loss", word("output")), ("steps", Setting::Int(300))]).unwrap();
        assert_eq!((config.lr, config.length, config.precision), (1e-2, Length::Steps(300), Precision::F64));
    }

    #[test]
    fn every_setting_of_every_method_is_taken() {
        let betas = Setting::List(vec![Setting::Real(0.92), Setting::Real(0.999)]);
        let adam = call("adamw", &[("", Setting::Real(1e-4)), ("betas", betas), ("eps", Setting::Real(1e-6))]);
        let cosine = call("cosine", &[("floor", Setting::Real(0.1)), ("warmup", Setting::Int(10))]);
        let config = read(&[
            ("optimizer", adam),
            ("loss", word("mse")),
            ("steps", Setting::Int(9)),
            ("schedule", cosine),
            ("shuffle", Setting::Bool(false)),
            ("keep", word("best")),
            ("patience", Setting::Int(3)),
            ("watch", Setting::Bool(true)),
            ("precision", word("f64")),
        ])
        .unwrap();
        let rule = Rule::Adam { betas: (0.92, 0.999), eps: 1e-6, weight_decay: 0.01, decoupled: true };
        assert_eq!((config.rule, config.lr), (rule, 1e-4));
        assert_eq!(config.schedule, Schedule { shape: Shape::Cosine { floor: 0.1 }, warmup: 10 });
        assert!(!config.shuffle && config.watch && config.keep == Keep::Best && config.patience == Some(3));
        let sgd = call(
            "sgd",
            &[("lr", Setting::Int(1)), ("momentum", Setting::Real(0.9)), ("nesterov", Setting::Bool(true))],
        );
        assert_eq!(rule_of(&sgd), Rule::Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.0 });
        let rms = call("rmsprop", &[("alpha", Setting::Real(0.9)), ("weight_decay", Setting::Real(0.1))]);
        assert_eq!(rule_of(&rms), Rule::RmsProp { alpha: 0.9, eps: 1e-8, momentum: 0.0, weight_decay: 0.1 });
        let step = call("step", &[("every", Setting::Int(100))]);
        assert_eq!(read_schedule(&step).unwrap().shape, Shape::Step { every: 100, gamma: 0.1 });
    }

    fn rule_of(setting: &Setting) -> Rule {
        rule(setting).unwrap().0
    }

    #[test]
    fn mistakes_say_what_to_type() {
        let good = [("", word("adam")), ("loss", word("mse")), ("epochs", Setting::Int(1))];
        let with = |name: &'static str, value: Setting| {
            let mut given: Vec<_> = good.iter().filter(|(known, _)| *known != name).cloned().collect();
            given.push((name, value));
            let error = read(&given).unwrap_err();
            (error.code.meta.code, error.message, error.helps.join("; "))
        };
        assert!(with("batchs", Setting::Int(1)).2.contains("`batch`"));
        assert!(with("loss", word("mes")).2.contains("mse"));
        assert_eq!(with("batch", Setting::Int(0)).1, "`batch` is an int of at least 1, not `0`");
        assert!(with("", call("adam", &[("rate", Setting::Real(0.1))])).1.contains("no `rate`"));
        assert!(with("", call("adam", &[("lr", Setting::Real(-1.0))])).1.contains("`lr`"));
        assert!(with("", word("adm")).2.contains("adam"));
        assert!(with("steps", Setting::Int(3)).1.contains("not both"));
        assert!(with("schedule", word("step")).1.contains("needs `every`"));
        assert!(with("keep", word("bst")).2.contains("best"));
        for missing in 0..3 {
            let given: Vec<_> =
                good.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, value)| value.clone()).collect();
            assert_eq!(read(&given).unwrap_err().code.meta.code, "QN0850");
        }
    }
}

//! The settings of `a2c(adam(lr: 1e-3), episodes: 3000)` and its relatives.

use super::{ALGORITHMS, Policy};
use crate::diag::Diagnostic;
use crate::driver::setting::{Setting, arguments};
use crate::driver::train::config::{Keep, Length, Precision, TrainConfig};
use crate::driver::train::settings::{RATE, SHARE, bad, count, one_of, real, rule};
use crate::environment::Spec;

/// The settings of all algorithms, with one line each, in the order they are listed to people.
pub const POLICY_SETTINGS: &[(&str, &str)] = &[
    ("optimizer", "`adam`, `adamw`, `sgd` or `rmsprop` with its settings; may stand first without its name"),
    ("episodes", "episodes of training"),
    ("workers", "environments played together or in turn (16; 1 for `reinforce`)"),
    ("every", "steps of a worker between changes of weights (5)"),
    ("gamma", "decay of rewards per step (0.99; 0.9 for `a3c`)"),
    ("entropy", "weight of the entropy of actions (0.01; 0 for `a3c`)"),
    ("value", "weight of the squared error of values (0.5; 1 for `a3c`)"),
    ("clip", "longest gradient, 0 for any (0.5 for `a2c`, otherwise 0)"),
    ("evaluate", "episodes played to measure `reward` afterwards (100)"),
    ("precision", "`f32` or `f64` (`f32`)"),
];

impl TrainConfig {
    /// The meaning of `a2c(..)` with these arguments; positional ones have empty names.
    ///
    /// # Errors
    /// `QN0850` for what is missing, unknown or out of range, `QN0706` for unknown optimisers; no place in a source.
    pub fn of_policy(name: &str, given: &[(String, Setting)], environment: Spec) -> Result<Self, Diagnostic> {
        const NAMES: [&str; 10] = {
            let mut names = [""; 10];
            let mut at = 0;
            while at < names.len() {
                names[at] = POLICY_SETTINGS[at].0;
                at += 1;
            }
            names
        };
        let Some(algorithm) = ALGORITHMS.iter().copied().find(|one| one.meta.name == name) else {
            return Err(bad(format!("`{name}` does not train a policy")).help("write `train: a2c(adam(lr: 1e-3), ..)`"));
        };
        let [optimizer, episodes, workers, every, gamma, entropy, value, clip, evaluate, precision] =
            arguments(given, NAMES, |why| bad(format!("`{name}` {why}")))?;
        let needed = |what: &str, example: &str| {
            bad(format!("`{name}` needs `{what}`")).help(format!("write `{name}({example})`"))
        };
        let (rule, lr) = rule(optimizer.ok_or_else(|| needed("optimizer", "adam(lr: 1e-3), .."))?)?;
        let episodes = episodes.ok_or_else(|| needed("episodes", "adam(lr: 1e-3), episodes: 1000"))?;
        let counted = |what, given: Option<&Setting>, default| given.map_or(Ok(default), |value| count(what, value));
        let number = |what: &str, given: Option<&Setting>, range, default| {
            given.map_or(Ok(default), |value| real(what, value, range))
        };
        let precision = precision.map(|value| one_of("precision", value, ["f32", "f64"])).transpose()?.unwrap_or(0);
        let policy = Policy {
            environment,
            algorithm,
            workers: counted("workers", workers, algorithm.workers)?,
            every: counted("every", every, 5)?,
            gamma: number("gamma", gamma, SHARE, algorithm.gamma)?,
            entropy: number("entropy", entropy, RATE, algorithm.entropy)?,
            value: number("value", value, RATE, algorithm.value)?,
            clip: number("clip", clip, RATE, algorithm.clip)?,
            evaluate: counted("evaluate", evaluate, 100)?,
        };
        Ok(Self {
            rule,
            lr,
            schedule: crate::backends::nn::schedule::Schedule::constant(),
            loss: &crate::backends::nn::loss::OUTPUT,
            length: Length::Episodes(count("episodes", episodes)?),
            batch: 1,
            shuffle: false,
            precision: [Precision::F32, Precision::F64][precision],
            keep: Keep::Last,
            patience: None,
            watch: false,
            policy: Some(policy),
        })
    }
}

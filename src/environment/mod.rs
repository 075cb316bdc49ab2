//! Environments: worlds that a policy acts in, step by step.
//!
//! An environment is a pure state machine. It knows no clock and no generator: where a level is laid out at random, the
//! caller passes in what picks, so that the same seed meets the same levels. The catalogue is [`ENVIRONMENTS`], one file of
//! `worlds/` each.

pub mod errors;
pub mod grid;
mod worlds;

pub use worlds::ENVIRONMENTS;

use crate::diag::{Diagnostic, nearest};
use crate::meta::Meta;
use errors::{BAD_ENVIRONMENT_OPTION, UNKNOWN_ENVIRONMENT};

/// Gives a number below the one it is given, each with the same probability.
pub type Pick<'a> = dyn FnMut(usize) -> usize + 'a;

/// What a step of an environment leads to.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Outcome {
    /// The reward of the step.
    pub reward: f64,
    /// Has the world come to its end (a goal)?
    pub terminated: bool,
    /// Is the episode as long as it may be?
    pub truncated: bool,
}

impl Outcome {
    /// Is the episode over, for whatever reason?
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.terminated || self.truncated
    }
}

/// A world that is acted in.
pub trait Environment: std::fmt::Debug + Send {
    /// Begins an episode.
    fn reset(&mut self, pick: &mut Pick<'_>);

    /// Writes what is observed now; `out` has as many numbers as [`Shape::observation`] says, row-major.
    fn observe(&self, out: &mut [u8]);

    /// Takes an action, a number below [`Shape::actions`]; an action that does not exist does nothing, as one without effect.
    fn step(&mut self, action: usize) -> Outcome;
}

/// What a policy must take and give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Shape of one observation.
    pub observation: Vec<usize>,
    /// Number of actions.
    pub actions: usize,
    /// Steps of an episode at most.
    pub max_steps: usize,
}

/// A whole number that an environment takes.
#[derive(Debug)]
pub struct EnvironmentOption {
    /// Its name.
    pub name: &'static str,
    /// One line.
    pub doc: &'static str,
    /// What it is if not given.
    pub default: i64,
    /// What it may be.
    pub least: i64,
    /// What it may be.
    pub most: i64,
}

/// An entry of the catalogue.
#[derive(Debug)]
pub struct EnvironmentDef {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// Its options, in order.
    pub options: &'static [EnvironmentOption],
    /// Why these values do not go together; `None` if they do.
    conflict: fn(&[i64]) -> Option<String>,
    shape: fn(&[i64]) -> Shape,
    make: fn(&[i64]) -> Box<dyn Environment>,
}

/// An environment with its options, ready to be made any number of times.
#[derive(Clone, Debug)]
pub struct Spec {
    def: &'static EnvironmentDef,
    values: Vec<i64>,
}

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.def.meta.name == other.def.meta.name && self.values == other.values
    }
}

impl Spec {
    /// The environment `name` with the options given by name; the rest are as the catalogue says.
    ///
    /// # Errors
    /// `QN0960` for an unknown environment, `QN0961` for options it does not take.
    pub fn new(name: &str, given: &[(&str, i64)]) -> Result<Self, Diagnostic> {
        let Some(def) = ENVIRONMENTS.iter().copied().find(|def| def.meta.name == name) else {
            let error = Diagnostic::global(&UNKNOWN_ENVIRONMENT, format!("there is no environment `{name}`"));
            return Err(match nearest(name, ENVIRONMENTS.iter().map(|def| def.meta.name)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`qnas list environments` shows all"),
            });
        };
        let bad = |message: String| Diagnostic::global(&BAD_ENVIRONMENT_OPTION, message);
        let mut values: Vec<i64> = def.options.iter().map(|option| option.default).collect();
        for &(wanted, value) in given {
            let Some(at) = def.options.iter().position(|option| option.name == wanted) else {
                let known: Vec<String> = def.options.iter().map(|option| format!("`{}`", option.name)).collect();
                return Err(bad(format!("`{name}` has no `{wanted}`")).help(format!("it takes {}", known.join(", "))));
            };
            let EnvironmentOption { least, most, .. } = def.options[at];
            if !(least..=most).contains(&value) {
                return Err(bad(format!("`{wanted}` of `{name}` is an int from {least} to {most}, not `{value}`")));
            }
            values[at] = value;
        }
        match (def.conflict)(&values) {
            Some(why) => Err(bad(format!("`{name}` {why}"))),
            None => Ok(Self { def, values }),
        }
    }

    /// What a policy must take and give.
    #[must_use]
    pub fn shape(&self) -> Shape {
        (self.def.shape)(&self.values)
    }

    /// A fresh environment; [`Environment::reset`] begins its first episode.
    #[must_use]
    pub fn make(&self) -> Box<dyn Environment> {
        (self.def.make)(&self.values)
    }
}

impl std::fmt::Display for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let options = self.def.options.iter().zip(&self.values);
        let options: Vec<String> = options.map(|(option, value)| format!("{}: {value}", option.name)).collect();
        write!(f, "{}({})", self.def.meta.name, options.join(", "))
    }
}

#[cfg(test)]
mod tests;

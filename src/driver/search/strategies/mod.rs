//! The strategy catalogue: one file per strategy, one line here.

mod differentiable;
mod dqas;
mod evolve;
mod exhaustive;
mod generational;
mod halving;
mod nsga2;
mod nsga3;
mod random;
mod regularized;
mod supernet;

use super::errors::UNKNOWN_STRATEGY;
use super::options::{OptionError, OptionSpec, Settings, StrategyOptions, check};
use super::strategy::Strategy;
use crate::diag::{Diagnostic, nearest};
use crate::meta::Meta;

/// One strategy of the catalogue.
#[derive(Debug)]
pub struct StrategyDef {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// Its options.
    pub options: &'static [OptionSpec],
    /// Builds it from checked options, for a number of objectives.
    pub build: fn(&Settings, usize) -> Box<dyn Strategy>,
    /// What is wrong with options that are each right alone: the option at fault and why.
    pub conflict: fn(&Settings) -> Option<(&'static str, String)>,
}

/// All strategies, in the order they are listed to people.
pub static STRATEGIES: &[&StrategyDef] = &[
    &random::RANDOM,
    &exhaustive::EXHAUSTIVE,
    &nsga2::NSGA2,
    &nsga3::NSGA3,
    &evolve::EVOLVE,
    &regularized::REGULARIZED,
    &halving::HALVING,
    &supernet::SUPERNET,
    &dqas::DQAS,
];

/// Strategies that train all candidates at once instead of asking for one after another.
pub static RELAXING: &[&StrategyDef] = &[&differentiable::DIFFERENTIABLE];

/// Every strategy, whatever its way.
pub fn every() -> impl Iterator<Item = &'static StrategyDef> {
    STRATEGIES.iter().chain(RELAXING).copied()
}

/// Looks a strategy up by name.
///
/// # Errors
/// `QN0801`, with the nearest name.
pub fn find(name: &str) -> Result<&'static StrategyDef, Diagnostic> {
    every().find(|def| def.meta.name == name).ok_or_else(|| {
        let names = || every().map(|def| def.meta.name);
        let diagnostic = Diagnostic::global(&UNKNOWN_STRATEGY, format!("there is no strategy `{name}`"));
        match nearest(name, names()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.note(format!("there are `{}`", names().collect::<Vec<_>>().join("`, `"))),
        }
    })
}

impl StrategyDef {
    /// Checks options and fills in defaults.
    ///
    /// # Errors
    /// `QN0802` and `QN0803`, one for each option that is wrong.
    pub fn settings(&self, options: &StrategyOptions) -> Result<Settings, Vec<OptionError>> {
        let settings = check(self.meta.name, self.options, options)?;
        match (self.conflict)(&settings) {
            None => Ok(settings),
            Some((option, why)) => {
                let message = format!("`{option}` of `{}` {why}", self.meta.name);
                let diagnostic = Diagnostic::global(&super::errors::BAD_STRATEGY_OPTION, message);
                Err(vec![OptionError { option: option.to_owned(), diagnostic }])
            }
        }
    }
}

/// For strategies whose options cannot contradict each other.
fn no_conflict(_: &Settings) -> Option<(&'static str, String)> {
    None
}

/// Builds a strategy by name: its settings, for the journal's header, and itself.
///
/// # Errors
/// `QN0801`, `QN0802`, `QN0803`; where one option is at fault, its name comes along.
pub fn build(
    name: &str,
    options: &StrategyOptions,
    n_objectives: usize,
) -> Result<(Settings, Box<dyn Strategy>), Vec<OptionError>> {
    let def = find(name).map_err(|diagnostic| vec![OptionError { option: String::new(), diagnostic }])?;
    let settings = def.settings(options)?;
    let strategy = (def.build)(&settings, n_objectives);
    Ok((settings, strategy))
}

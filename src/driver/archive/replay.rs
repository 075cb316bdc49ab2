//! Replaying a run: the strategy is asked again and the journal answers, so the history is the one the search had.
//!
//! Nothing is evaluated, no data is loaded and nothing is written. That the journal follows from its program is checked on
//! the way, as it is on resuming.

use super::past::PastRun;
use crate::diag::Diagnostic;
use crate::driver::search::{
    self, Budget, Candidate, Evaluate, Evaluation, Failure, Journal, Search, SearchOutcome, Sink, StrategyOptions,
};
use crate::hir::Space;
use std::fs::File;
use std::io::{self, BufReader};
use std::sync::atomic::AtomicBool;

/// Nothing is evaluated that the journal does not answer.
struct Nothing;

impl Evaluate for Nothing {
    fn evaluate(&self, _: &Candidate<'_>) -> Result<Evaluation, Failure> {
        Err(Failure::Stopped)
    }
}

/// A journal that is only read.
struct Nowhere;

impl Sink for Nowhere {
    fn append(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, _: u64) -> io::Result<()> {
        Ok(())
    }
}

impl PastRun {
    /// What the search knew at the end of its `evaluations`: front, history, why it ended ([`search::Stop::Budget`] if there
    /// is more to do).
    ///
    /// # Errors
    /// `QN0801` to `QN0803` if the strategy is not known any more, `QN0813` and `QN0814` if the journal is damaged or does
    /// not follow from `space`.
    pub fn replay(&self, space: &dyn Space, evaluations: u64) -> Result<SearchOutcome, Diagnostic> {
        let header = self.header();
        let options = StrategyOptions(header.strategy.options.0.clone());
        let built = search::build(&header.strategy.name, &options, header.objectives.len());
        let (_, mut strategy) = built.map_err(|mut errors| errors.swap_remove(0).diagnostic)?;
        let path = self.folder().journal_path();
        let file = File::open(&path).map_err(|error| crate::driver::errors::unreadable(&path, &error))?;
        let opened = Journal::resume_with(Box::new(Nowhere), Box::new(BufReader::new(file)), &path, header)?;
        let (mut journal, stop) = (opened.journal, AtomicBool::new(false));
        let budget = Budget { evaluations: Some(evaluations), seconds: None };
        let search = Search { space, evaluator: &Nothing, jobs: 1, budget, stop: &stop, clock: &|| 0.0 };
        search.run(strategy.as_mut(), &mut journal, None, &mut |_| ())
    }
}

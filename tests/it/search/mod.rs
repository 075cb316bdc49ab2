//! The search driver from outside: quality, determinism, resuming, trouble.

mod determinism;
mod endurance;
mod lists;
mod problems;
mod quality;
mod spaces;
mod strategies;
mod table;
mod trouble;

use qnas::driver::search::{
    Budget, Evaluate, Event, FORMAT, Header, Journal, Search, SearchOutcome, StrategyHeader, StrategyOptions, build,
};
use qnas::hir::{Space, Value};
use std::sync::atomic::AtomicBool;

/// Options from pairs.
pub(crate) fn options(pairs: &[(&str, Value)]) -> StrategyOptions {
    StrategyOptions(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// A strategy with its options, a seed and a number of objectives: everything a header needs.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) strategy: &'static str,
    pub(crate) options: StrategyOptions,
    pub(crate) seed: u64,
    pub(crate) n_objectives: usize,
    pub(crate) jobs: usize,
    pub(crate) budget: Budget,
}

impl Plan {
    pub(crate) fn new(strategy: &'static str, pairs: &[(&str, Value)], n_objectives: usize) -> Self {
        let (options, budget) = (options(pairs), Budget::default());
        Self { strategy, options, seed: 1, n_objectives, jobs: 1, budget }
    }

    pub(crate) fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub(crate) fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs;
        self
    }

    pub(crate) fn header(&self) -> Header {
        let (settings, _) = build(self.strategy, &self.options, self.n_objectives).expect("sound options");
        Header {
            format: FORMAT,
            qnas: "0.1.0".into(),
            search: "test".into(),
            source: "00".repeat(32),
            seed: self.seed,
            strategy: StrategyHeader { name: self.strategy.into(), options: settings },
            objectives: (0..self.n_objectives).map(|at| format!("f{at}")).collect(),
            data: [("iris".to_owned(), "ab".repeat(32))].into(),
            settings: [("precision".to_owned(), "f32".to_owned())].into(),
        }
    }

    /// Runs on a journal until it ends by itself.
    pub(crate) fn run_on(
        &self,
        space: &dyn Space,
        evaluator: &dyn Evaluate,
        journal: &mut Journal,
        stop: &AtomicBool,
        events: &mut dyn FnMut(Event),
    ) -> Result<SearchOutcome, qnas::diag::Diagnostic> {
        let (_, mut strategy) = build(self.strategy, &self.options, self.n_objectives).expect("sound options");
        let search = Search { space, evaluator, jobs: self.jobs, budget: self.budget, stop, clock: &|| 0.0 };
        search.run(strategy.as_mut(), journal, None, events)
    }

    /// Runs with a journal in memory: the outcome and the journal's bytes.
    pub(crate) fn run(&self, space: &dyn Space, evaluator: &dyn Evaluate) -> (SearchOutcome, Vec<u8>) {
        let (mut journal, bytes) = Journal::in_memory(&self.header()).expect("memory");
        let stop = AtomicBool::new(false);
        let outcome = self.run_on(space, evaluator, &mut journal, &stop, &mut |_| ()).expect("a sound search");
        (outcome, bytes())
    }
}

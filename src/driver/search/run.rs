//! The search loop: ask, answer from the journal or evaluate, record, tell.

use super::batch::Batch;
use super::budget::Budget;
use super::errors::{EMPTY_SPACE, SPACE_TOO_LARGE};
use super::evaluate::{Candidate, Evaluate, Evaluation, Failure};
use super::journal::{Journal, Record};
use super::outcome::{Event, SearchOutcome, Stop};
use super::run_folder::TimingLog;
use super::seed::{derive_seed, fingerprint};
use super::strategy::{Done, Proposal, Strategy};
use super::tally::Tally;
use super::workers::Workers;
use crate::diag::Diagnostic;
use crate::driver::random::stream;
use crate::hir::{Assignment, Space};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// A search, ready to run. Its seed and objectives stand in the header of the journal it writes.
pub struct Search<'a> {
    /// What is searched.
    pub space: &'a dyn Space,
    /// What evaluates candidates.
    pub evaluator: &'a dyn Evaluate,
    /// Worker threads; changes nothing but the time it takes.
    pub jobs: usize,
    /// What it may spend.
    pub budget: Budget,
    /// Set it, from a signal handler for instance, and the search ends cleanly.
    pub stop: &'a AtomicBool,
    /// Seconds since some moment, for timings and a budget in seconds.
    pub clock: &'a (dyn Fn() -> f64 + Sync),
}

/// A search under way: what stays the same from beginning to end.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) search: &'a Search<'a>,
    pub(super) seed: u64,
    pub(super) n_objectives: usize,
    /// The time it began.
    began: f64,
}

/// What an evaluation found, and the seconds it took.
pub(super) type Timed = (Result<Evaluation, Failure>, f64);

impl Search<'_> {
    /// Runs the search until the strategy is done, the budget spent, or it is stopped. What the journal already holds is
    /// replayed first.
    ///
    /// # Errors
    /// `QN0804` and `QN0805` if the space does not suit the strategy, `QN0813` and `QN0814` if the journal is damaged or
    /// another search's, `QN0819` without threads. A journal that can no longer be written is no error here but
    /// [`Stop::Journal`], so that the front so far is not lost.
    pub fn run(
        &self,
        strategy: &mut dyn Strategy,
        journal: &mut Journal,
        mut timing: Option<&mut TimingLog>,
        events: &mut dyn FnMut(Event),
    ) -> Result<SearchOutcome, Diagnostic> {
        let workers = Workers::new(self.jobs)?;
        let header = journal.header();
        let (seed, n_objectives) = (header.seed, header.objectives.len());
        let task = Task { search: self, seed, n_objectives, began: (self.clock)() };
        let mut rng = stream(seed, "search/strategy");
        let mut tally = Tally::new(n_objectives);
        let stop = loop {
            if let Some(stop) = task.reason_to_stop(strategy, &tally)? {
                break stop;
            }
            let room = self.budget.room(tally.evaluations(), strategy.batch().max(1));
            let proposals = strategy.ask(room, self.space, &mut rng);
            if proposals.is_empty() {
                if strategy.done().is_none() {
                    break Stop::Done(Done::Exhausted);
                }
                continue;
            }
            let mut batch = Batch::new(task, &mut tally, journal);
            let expected = strategy.status().expected;
            if let Some(diagnostic) = batch.run(&workers, &proposals, expected, timing.as_deref_mut(), events)? {
                break Stop::Journal(Box::new(diagnostic));
            }
            let (records, live) = batch.finished();
            if records.len() < proposals.len() {
                break if task.is_late() { Stop::Budget } else { Stop::Interrupted };
            }
            let scored: Vec<_> = records.iter().map(|record| record.scored(n_objectives)).collect();
            strategy.tell(&scored);
            tally.close_batch(&records);
            if let Some(summary) = tally.close_generation(strategy.status()) {
                events(Event::Generation(summary));
            }
            if live {
                if let Err(diagnostic) = journal.sync() {
                    break Stop::Journal(Box::new(diagnostic));
                }
                task.forget(strategy, &tally);
            }
        };
        let stop = match journal.sync() {
            Err(diagnostic) if !matches!(stop, Stop::Journal(_)) => Stop::Journal(Box::new(diagnostic)),
            _ => stop,
        };
        Ok(tally.finish(strategy.population(), stop))
    }
}

/// Ends that say that the space and the strategy do not fit are errors.
fn checked(done: Done) -> Result<Done, Diagnostic> {
    match done {
        Done::EmptySpace => Err(Diagnostic::global(&EMPTY_SPACE, "no architecture of the space meets every `require`")),
        Done::TooLarge(limit) => {
            let message = format!("the space has more than {limit} assignments");
            Err(Diagnostic::global(&SPACE_TOO_LARGE, message)
                .help("raise `limit`, or use a strategy that samples the space, such as `nsga2` or `random`"))
        }
        done => Ok(done),
    }
}

impl Task<'_> {
    fn reason_to_stop(&self, strategy: &dyn Strategy, tally: &Tally) -> Result<Option<Stop>, Diagnostic> {
        if let Some(done) = strategy.done() {
            return checked(done).map(|done| Some(Stop::Done(done)));
        }
        if self.search.stop.load(Ordering::Relaxed) {
            return Ok(Some(Stop::Interrupted));
        }
        let spent = self.search.budget.room(tally.evaluations(), 1) == 0 || self.is_late();
        Ok(spent.then_some(Stop::Budget))
    }

    /// Is the time that may be spent over?
    pub(super) fn is_late(&self) -> bool {
        self.search.budget.is_late((self.search.clock)() - self.began)
    }

    /// Tells the evaluator whose weights are still of use. Never while replaying: later candidates of the journal may
    /// inherit from what is on disk.
    fn forget(&self, strategy: &dyn Strategy, tally: &Tally) {
        let mut useful = strategy.keeps();
        useful.extend(tally.front_ids());
        useful.sort_unstable();
        useful.dedup();
        self.search.evaluator.retain(&useful);
    }

    /// The seed of an evaluation follows from what is evaluated, not from when.
    pub(super) fn seed_of(&self, proposal: &Proposal) -> u64 {
        let text =
            serde_json::to_vec(&(&proposal.assignment, proposal.fidelity, &proposal.inherit)).unwrap_or_default();
        derive_seed(self.seed, "evaluate", &[&text])
    }

    pub(super) fn key_of(&self, assignment: &Assignment) -> u128 {
        let given = catch_unwind(AssertUnwindSafe(|| self.search.evaluator.key(assignment)));
        given.ok().flatten().unwrap_or_else(|| fingerprint(assignment))
    }

    pub(super) fn evaluate(&self, record: &Record) -> Timed {
        let candidate = Candidate {
            id: record.id,
            assignment: &record.assignment,
            inherit: record.inherit.as_ref(),
            fidelity: record.fidelity,
            seed: record.seed,
            stop: self.search.stop,
        };
        let began = (self.search.clock)();
        let found = catch_unwind(AssertUnwindSafe(|| self.search.evaluator.evaluate(&candidate)));
        let found = found.unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
            Err(Failure::Failed(format!("the evaluation panicked: {text}")))
        });
        (found, (self.search.clock)() - began)
    }
}

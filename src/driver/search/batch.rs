//! One batch of proposals: answered from the journal, from an earlier candidate, or by evaluating, and recorded in order.

use super::errors::JOURNAL_DIVERGES;
use super::journal::{Journal, Record};
use super::outcome::{Event, Progress};
use super::run::{Task, Timed};
use super::run_folder::TimingLog;
use super::strategy::Proposal;
use super::tally::Tally;
use super::workers::Workers;
use crate::diag::Diagnostic;
use crate::hir::Assignment;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

/// One proposal on its way: what is known before it is evaluated.
enum Plan {
    /// Answered by the journal.
    Replayed(Record),
    /// The same architecture as an earlier candidate.
    Repeat { blank: Record, key: u128 },
    /// To be evaluated.
    Fresh(Record),
}

/// A proposal with its result.
struct Settled {
    record: Record,
    /// How long it took, if it was evaluated.
    seconds: Option<f64>,
    replayed: bool,
}

/// What besides the architecture decides a result: the fidelity, and for heirs that they are heirs.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Level(String);

impl Level {
    fn of(proposal: &Proposal) -> Self {
        Self(format!("{:?} {}", proposal.fidelity, proposal.inherit.is_some()))
    }
}

/// One batch of proposals on its way through the driver.
pub(super) struct Batch<'a> {
    task: Task<'a>,
    tally: &'a mut Tally,
    journal: &'a mut Journal,
    /// Finished candidates, in order.
    records: Vec<Record>,
    /// Was anything evaluated, rather than replayed?
    live: bool,
}

impl<'a> Batch<'a> {
    pub(super) fn new(task: Task<'a>, tally: &'a mut Tally, journal: &'a mut Journal) -> Self {
        Self { task, tally, journal, records: Vec::new(), live: false }
    }

    /// The finished candidates, in order, and whether any of them was evaluated rather than replayed.
    pub(super) fn finished(self) -> (Vec<Record>, bool) {
        (self.records, self.live)
    }

    /// Answers the proposals in order, as far as possible. An inner diagnostic says that the journal cannot be written.
    pub(super) fn run(
        &mut self,
        workers: &Workers,
        proposals: &[Proposal],
        expected: Option<u64>,
        mut timing: Option<&mut TimingLog>,
        events: &mut dyn FnMut(Event),
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let (plans, work) = self.plan(workers, proposals)?;
        let task = self.task;
        let halt = || task.search.stop.load(Ordering::Relaxed) || task.is_late();
        let evaluate = |at: usize| task.evaluate(&work[at]);
        let mut plans = plans.into_iter().peekable();
        let mut broken = None;
        // Everything up to the next candidate that has to be evaluated can be finished at once.
        let mut finish = |batch: &mut Self, mut result: Option<Timed>| {
            while let Some(plan) = plans.next_if(|plan| result.is_some() || !matches!(plan, Plan::Fresh(_))) {
                let Some(done) = batch.settled(plan, &mut result) else { return ControlFlow::Break(()) };
                if !done.replayed {
                    if let Err(diagnostic) = batch.journal.append(&done.record) {
                        broken = Some(diagnostic);
                        return ControlFlow::Break(());
                    }
                    batch.live = true;
                    if let (Some(log), Some(seconds)) = (timing.as_deref_mut(), done.seconds) {
                        log.record(done.record.id, seconds);
                    }
                }
                batch.tally.absorb(&done.record, done.replayed);
                let progress = Progress { done: batch.tally.evaluations(), expected };
                events(Event::Evaluated { record: &done.record, progress, seconds: done.seconds });
                batch.records.push(done.record);
            }
            ControlFlow::Continue(())
        };
        if finish(self, None).is_continue() {
            workers.ordered(work.len(), evaluate, halt, &mut |_, result| finish(self, Some(result)));
        }
        Ok(broken)
    }

    /// The finished record of a plan; `None` if its evaluation was stopped.
    fn settled(&self, plan: Plan, result: &mut Option<Timed>) -> Option<Settled> {
        match plan {
            Plan::Replayed(record) => Some(Settled { record, seconds: None, replayed: true }),
            Plan::Repeat { mut blank, key } => {
                // It is finished after the candidate it repeats, so that one is known by now.
                if let Some((first, outcome)) = self.tally.known(key, blank.fidelity) {
                    blank.repeat(first, outcome);
                }
                Some(Settled { record: blank, seconds: None, replayed: false })
            }
            Plan::Fresh(mut record) => {
                let (found, seconds) = result.take()?;
                let usable = record.settle(found, self.task.n_objectives);
                usable.then_some(Settled { record, seconds: Some(seconds), replayed: false })
            }
        }
    }

    /// Decides for every proposal where its result comes from; also the records to evaluate, in order.
    fn plan(&mut self, workers: &Workers, proposals: &[Proposal]) -> Result<(Vec<Plan>, Vec<Record>), Diagnostic> {
        let first = self.tally.evaluations();
        let mut plans = Vec::with_capacity(proposals.len());
        // What this batch itself is about to know.
        let mut coming: BTreeSet<(String, Level)> = BTreeSet::new();
        for (id, proposal) in (first..).zip(proposals) {
            let Some(record) = self.journal.replay()? else { break };
            let record = self.verified(record, id, proposal)?;
            coming.insert((record.key.clone(), Level::of(proposal)));
            plans.push(Plan::Replayed(record));
        }
        let rest = &proposals[plans.len()..];
        let mut keys = Vec::with_capacity(rest.len());
        let task = self.task;
        workers.ordered(rest.len(), |at| task.key_of(&rest[at].assignment), || false, &mut |_, key| {
            keys.push(key);
            ControlFlow::Continue(())
        });
        let mut work = Vec::new();
        for ((id, proposal), key) in (first + plans.len() as u64..).zip(rest).zip(keys) {
            let blank = Record::blank(id, proposal, task.seed_of(proposal), key);
            let is_known = self.tally.known(key, proposal.fidelity).is_some();
            let is_new = coming.insert((blank.key.clone(), Level::of(proposal)));
            // Whoever inherits weights continues their training: the same architecture is another candidate then.
            if blank.is_repeatable() && (is_known || !is_new) {
                plans.push(Plan::Repeat { blank, key });
            } else {
                work.push(blank.clone());
                plans.push(Plan::Fresh(blank));
            }
        }
        Ok((plans, work))
    }

    /// A record of the journal must answer exactly what is asked.
    fn verified(&self, record: Record, id: u64, proposal: &Proposal) -> Result<Record, Diagnostic> {
        let seed = self.task.seed_of(proposal);
        let why = if record.id != id {
            format!("it is numbered {}", record.id)
        } else if let Some(path) = first_difference(&record.assignment, &proposal.assignment) {
            let text = |assignment: &Assignment| assignment.0.get(&path).map_or("nothing".into(), ToString::to_string);
            format!("`{path}` is {} there, {} here", text(&record.assignment), text(&proposal.assignment))
        } else if record.fidelity != proposal.fidelity || record.inherit != proposal.inherit || record.seed != seed {
            "it is evaluated in another way".to_owned()
        } else {
            return Ok(record);
        };
        let message =
            format!("evaluation {id} of `{}` is not what this search asks for", self.journal.path().display());
        Err(Diagnostic::global(&JOURNAL_DIVERGES, message)
            .note(why)
            .help("resume with the version of qnas that began the run, or begin a new run"))
    }
}

fn first_difference(a: &Assignment, b: &Assignment) -> Option<String> {
    let differs = |path: &&String| a.0.get(*path) != b.0.get(*path);
    a.0.keys().chain(b.0.keys()).find(differs).cloned()
}

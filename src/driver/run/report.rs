//! A search from its first candidate to its front, and the one look at the test part at its end.

use super::curves::CurveLog;
use super::evaluator::{Evaluator, Trace};
use super::hunt::Hunt;
use super::weights::WeightStore;
use crate::diag::Diagnostic;
use crate::driver::errors::UNWRITABLE;
use crate::driver::search::{Budget, Event, FrontMember, Journal, RunFolder, Search, SearchOutcome, Stop};
use crate::driver::train::{self, Job, Metrics};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::atomic::AtomicBool;

/// One architecture of the front.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Member {
    /// Its candidate, its choices, its objectives, what was measured on the validation part.
    #[serde(flatten)]
    pub front: FrontMember,
    /// What its trained weights achieve on the test part, which nothing has seen before; `None` without data, without
    /// test rows, and after an interruption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Metrics>,
}

/// One process that worked on a run to its end; one that was killed leaves none. Apart from the journal, as its time is
/// never the same twice.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its version of qnas.
    pub qnas: String,
    /// Candidates evaluated at the same time.
    pub jobs: usize,
    /// Seconds from its beginning to its end, the test part included.
    pub seconds: f64,
    /// Candidates it evaluated or recognised.
    pub evaluations: u64,
    /// Candidates it found in the journal.
    pub replayed: u64,
}

/// What a search found.
#[derive(Debug)]
pub struct Report {
    /// The account of the search; its front is moved to `members`.
    pub outcome: SearchOutcome,
    /// The front.
    pub members: Vec<Member>,
}

/// How a search is run, none of which changes what it finds but `budget`, which ends it early.
pub struct Running<'a> {
    /// Worker threads.
    pub jobs: usize,
    /// What it may spend.
    pub budget: Budget,
    /// Set it and the search ends cleanly.
    pub stop: &'a AtomicBool,
    /// Seconds since some moment.
    pub clock: &'a (dyn Fn() -> f64 + Sync),
}

impl Hunt<'_> {
    /// Begins a run in `folder`: keeps the program with the files it imports (which are found from `base`) and begins the
    /// journal.
    ///
    /// # Errors
    /// `QN0815` to `QN0818`.
    pub fn begin(&self, folder: &RunFolder, text: &str, base: &Path) -> Result<Journal, Diagnostic> {
        let journal = folder.begin(text, &self.header())?;
        let home = if base.as_os_str().is_empty() { Path::new(".") } else { base };
        folder.write_home(&std::path::absolute(home).unwrap_or_else(|_| home.to_owned()))?;
        for (_, file) in self.task.sources.iter().skip(1) {
            // What comes with the binary has a name that is no path below the program's folder.
            let Ok(inside) = Path::new(&file.name).strip_prefix(base) else { continue };
            if file.name.starts_with('<') || inside.components().any(|part| !matches!(part, Component::Normal(_))) {
                continue;
            }
            let path = folder.path().join(inside);
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.and_then(|()| std::fs::write(&path, &file.text)).map_err(|error| {
                Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be written: {error}", path.display()))
            })?;
        }
        Ok(journal)
    }

    /// Runs the search until it is done, its budget spent, or it is stopped; then measures the front on the test part,
    /// unless it was stopped. Leaves `front.json` and the weights of the front in the run's folder.
    ///
    /// # Errors
    /// Those of [`Search::run`], and files of the run that cannot be written.
    pub fn run(
        &self,
        folder: &RunFolder,
        journal: &mut Journal,
        running: &Running<'_>,
        events: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Report, Diagnostic> {
        let store = WeightStore::new(folder.path())?;
        let began = (running.clock)();
        let mut evaluator = Evaluator::new(&self.task, store);
        if let Ok(log) = CurveLog::open(folder.path()) {
            evaluator = evaluator.with_curves(log);
        }
        let mut strategy = self.strategy()?;
        let mut timing = folder.timing()?;
        let search = Search {
            space: &self.task.space,
            evaluator: &evaluator,
            jobs: running.jobs,
            budget: running.budget,
            stop: running.stop,
            clock: running.clock,
        };
        // How the weights of every candidate came about that may end on the front.
        let mut traces = BTreeMap::new();
        let mut outcome = search.run(strategy.as_mut(), journal, Some(&mut timing), &mut |event| {
            if let Event::Evaluated { record, .. } = &event
                && record.is_eligible()
                && record.same_as.is_none()
            {
                traces.insert(record.id, Trace { seed: record.seed, heir: record.inherit.is_some() });
            }
            events(&event);
        })?;
        if let Some(diagnostic) = evaluator.take_broken() {
            outcome.stop = Stop::Journal(Box::new(diagnostic));
        }
        let front = std::mem::take(&mut outcome.front);
        let tested = matches!(outcome.stop, Stop::Done(_) | Stop::Budget);
        let members = front
            .into_iter()
            .map(|front| {
                let test = if tested { self.test(&evaluator, &front, traces.get(&front.id).copied())? } else { None };
                Ok(Member { front, test })
            })
            .collect::<Result<Vec<Member>, Diagnostic>>()?;
        if matches!(outcome.stop, Stop::Done(_)) {
            let mut ids: Vec<u64> = members.iter().map(|member| member.front.id).collect();
            ids.sort_unstable();
            evaluator.forget_all_but(&ids);
        }
        let seconds = (running.clock)() - began;
        leave(folder, &outcome, &members, running.jobs, seconds)?;
        Ok(Report { outcome, members })
    }

    /// What a member of the front achieves on the test part.
    fn test(
        &self,
        evaluator: &Evaluator<'_>,
        front: &FrontMember,
        trace: Option<Trace>,
    ) -> Result<Option<Metrics>, Diagnostic> {
        let (Some(splits), Some(trace)) = (&self.task.splits, trace) else { return Ok(None) };
        if self.task.spec.train.is_none() || splits.test.is_empty() {
            return Ok(None);
        }
        let graph = self.task.graph(&front.assignment)?;
        let config = self.task.train_config(&front.assignment)?;
        let weights = evaluator.weights(front.id, &front.assignment, trace)?;
        let job = Job { graph: &graph, config: &config, seed: trace.seed, threads: 1 };
        train::evaluate(job, &weights, &splits.test).map(Some)
    }
}

/// Writes what the end of a search leaves behind. A run whose files cannot be written has ended for that reason, and does not
/// fail a second time.
fn leave(
    folder: &RunFolder,
    outcome: &SearchOutcome,
    members: &[Member],
    jobs: usize,
    seconds: f64,
) -> Result<(), Diagnostic> {
    let qnas = env!("CARGO_PKG_VERSION").to_owned();
    let (evaluations, replayed) = (outcome.evaluations - outcome.replayed, outcome.replayed);
    // How long it took is no part of what it found.
    let _ = folder.append_json("sessions.jsonl", &Session { qnas, jobs, seconds, evaluations, replayed });
    match folder.write_json("front.json", members) {
        Err(_) if matches!(outcome.stop, Stop::Journal(_)) => Ok(()),
        written => written,
    }
}

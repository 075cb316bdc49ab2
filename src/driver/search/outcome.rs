//! What a search says while it runs, and what it leaves behind.

use super::agreement::Agreement;
use super::journal::Record;
use super::strategy::Done;
use crate::diag::Diagnostic;
use crate::hir::Assignment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One architecture of the front.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FrontMember {
    /// Its candidate.
    pub id: u64,
    /// Its choices.
    pub assignment: Assignment,
    /// Its objectives, all minimised.
    pub objectives: Vec<f64>,
    /// Whatever else was measured.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// Later candidates, of other architectures, with exactly these objectives.
    pub ties: Vec<u64>,
}

/// The state of a search at the end of a generation.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct GenerationSummary {
    /// From 1.
    pub generation: u64,
    /// How many there will be, if that is known.
    pub of: Option<u64>,
    /// Candidates so far.
    pub evaluations: u64,
    /// How many of them repeated an architecture and were not evaluated again.
    pub repeated: u64,
    /// How many failed.
    pub failed: u64,
    /// How many break a constraint.
    pub infeasible: u64,
    /// Points on the front.
    pub front: usize,
    /// The best value of each objective on the front; empty while there is none.
    pub best: Vec<f64>,
    /// The mean of each objective over the candidates of this generation alone that are feasible, repeats left out: unlike
    /// the best it may get worse, also where the best survive.
    #[serde(default)]
    pub mean: Vec<f64>,
    /// Dominated volume, as a share of the box around the first generation; `None` while there is no front.
    pub hypervolume: Option<f64>,
}

/// Where a search stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Candidates so far.
    pub done: u64,
    /// How many there will be, if that is known.
    pub expected: Option<u64>,
}

/// Something worth showing.
#[derive(Debug)]
pub enum Event<'a> {
    /// A candidate has its result, in the order of ids.
    Evaluated {
        /// The line of the journal.
        record: &'a Record,
        /// Where the search stands with it.
        progress: Progress,
        /// How long it took; `None` if it came from the journal or an earlier candidate.
        seconds: Option<f64>,
    },
    /// A generation is over.
    Generation(&'a GenerationSummary),
}

/// Why a search ended.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The strategy wants no more.
    Done(Done),
    /// The budget is spent.
    Budget,
    /// It was told to stop.
    Interrupted,
    /// The journal, or another file of the run that it needs, cannot be written any more.
    Journal(Box<Diagnostic>),
}

/// What a search leaves behind.
#[derive(Clone, Debug)]
pub struct SearchOutcome {
    /// The non-dominated architectures of everything evaluated in full, by their first objective.
    pub front: Vec<FrontMember>,
    /// Candidates, counting those of the journal.
    pub evaluations: u64,
    /// How many of them came from the journal.
    pub replayed: u64,
    /// How many repeated an architecture.
    pub repeated: u64,
    /// How many failed.
    pub failed: u64,
    /// How many break a constraint.
    pub infeasible: u64,
    /// The candidates the strategy would build on next.
    pub population: Vec<u64>,
    /// How well scores from shared weights agree with those of models trained alone, by objective; empty for strategies
    /// without shared weights.
    pub agreement: Vec<Agreement>,
    /// Every generation.
    pub history: Vec<GenerationSummary>,
    /// The corner that hypervolumes are measured against; empty if nothing was feasible.
    pub reference: Vec<f64>,
    /// Why it ended.
    pub stop: Stop,
}

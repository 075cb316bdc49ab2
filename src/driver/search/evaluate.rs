//! What evaluates a candidate: compiling, training and measuring, as the driver sees it.

use super::strategy::{Fidelity, Inherit};
use crate::hir::Assignment;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// One candidate to evaluate.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The order in which it was asked for, from 0.
    pub id: u64,
    /// Its choices.
    pub assignment: &'a Assignment,
    /// Where its weights begin, if not at their initial distribution.
    pub inherit: Option<&'a Inherit>,
    /// How thoroughly.
    pub fidelity: Fidelity,
    /// The only source of randomness an evaluation may use.
    pub seed: u64,
    /// Once true, a long evaluation may give up with [`Failure::Stopped`].
    pub stop: &'a AtomicBool,
}

/// What an evaluation found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluation {
    /// All minimised. `NaN` says unknown, which is allowed below training fidelities and for candidates that break a
    /// constraint; anywhere else a number that is not finite is a failure.
    pub objectives: Vec<f64>,
    /// By how much each constraint is broken, by name; at most 0 where it holds.
    pub constraints: BTreeMap<String, f64>,
    /// Whatever else is worth recording, by name.
    pub metrics: BTreeMap<String, f64>,
}

/// Why there is no evaluation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// This candidate cannot be evaluated; recorded, and the search goes on.
    Failed(String),
    /// The evaluation saw [`Candidate::stop`]; nothing is recorded, resuming begins it anew.
    Stopped,
}

/// Evaluates candidates, on several threads at once.
pub trait Evaluate: Sync {
    /// A hash of the architecture an assignment leads to. Candidates with equal keys are evaluated once. `None` says that
    /// only equal assignments are known to be equal.
    fn key(&self, assignment: &Assignment) -> Option<u128> {
        let _ = assignment;
        None
    }

    /// Evaluates one candidate. The result may depend on the candidate, its seed and inherited weights, on nothing else.
    /// What must outlive the process (weights that others inherit) is on disk when this returns.
    ///
    /// # Errors
    /// [`Failure`]: the candidate cannot be evaluated, or the search is stopping. A panic counts as the former.
    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure>;

    /// The only earlier candidates whose weights are still of use: those of the front and those a strategy may inherit
    /// from. Everything else may be forgotten.
    fn retain(&self, ids: &[u64]) {
        let _ = ids;
    }
}

//! One line of a journal: one evaluated candidate.
//!
//! What a strategy is told is made from the record, live and on resuming alike, so both are told the same.

use crate::driver::search::evaluate::{Evaluation, Failure};
use crate::driver::search::strategy::{Fidelity, Inherit, Proposal, Scored};
use crate::hir::Assignment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One evaluated candidate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The order in which it was asked for, from 0.
    pub id: u64,
    /// Its choices.
    pub assignment: Assignment,
    /// How thoroughly it was evaluated.
    #[serde(default, skip_serializing_if = "Fidelity::is_full")]
    pub fidelity: Fidelity,
    /// The candidates it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<u64>,
    /// Where its weights began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherit: Option<Inherit>,
    /// The seed of its evaluation.
    pub seed: u64,
    /// Hash of its architecture, 32 hexadecimal digits.
    pub key: String,
    /// The earlier candidate whose result this is; its metrics stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<u64>,
    /// Why the evaluation failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// All minimised; `null` is unknown; empty if the evaluation failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<Option<f64>>,
    /// By how much each broken constraint is broken.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub violations: BTreeMap<String, f64>,
    /// Whatever else was measured; `null` where that was not a finite number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, Option<f64>>,
}

/// The part of a record that a repeated architecture shares, small: there is one for every architecture of a search.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::driver::search) struct Outcome {
    failed: Option<Box<str>>,
    objectives: Box<[Option<f64>]>,
    violations: BTreeMap<String, f64>,
}

impl Record {
    /// A record without a result yet.
    pub(in crate::driver::search) fn blank(id: u64, proposal: &Proposal, seed: u64, key: u128) -> Self {
        Self {
            id,
            assignment: proposal.assignment.clone(),
            fidelity: proposal.fidelity,
            parents: proposal.parents.clone(),
            inherit: proposal.inherit.clone(),
            seed,
            key: format!("{key:032x}"),
            same_as: None,
            failed: None,
            objectives: Vec::new(),
            violations: BTreeMap::new(),
            metrics: BTreeMap::new(),
        }
    }

    /// Fills in what an evaluation found; false if it was stopped.
    pub(in crate::driver::search) fn settle(
        &mut self,
        found: Result<Evaluation, Failure>,
        n_objectives: usize,
    ) -> bool {
        match found {
            Err(Failure::Stopped) => return false,
            Err(Failure::Failed(reason)) => self.failed = Some(reason),
            Ok(evaluation) => match self.judge(&evaluation, n_objectives) {
                Some(reason) => self.failed = Some(reason),
                None => {
                    let finite = |value: f64| value.is_finite().then_some(value);
                    self.objectives = evaluation.objectives.into_iter().map(finite).collect();
                    self.violations = evaluation.constraints.into_iter().filter(|(_, by)| *by > 0.0).collect();
                    self.metrics = evaluation.metrics.into_iter().map(|(name, value)| (name, finite(value))).collect();
                }
            },
        }
        true
    }

    /// Why an evaluation cannot be used.
    fn judge(&self, evaluation: &Evaluation, n_objectives: usize) -> Option<String> {
        if evaluation.objectives.len() != n_objectives {
            return Some(format!("{} objectives were given, {n_objectives} expected", evaluation.objectives.len()));
        }
        if let Some((name, by)) = evaluation.constraints.iter().find(|(_, by)| !by.is_finite()) {
            return Some(format!("constraint `{name}` is {by}"));
        }
        let feasible = evaluation.constraints.values().all(|by| *by <= 0.0);
        let at = evaluation.objectives.iter().position(|value| !value.is_finite())?;
        let needed = feasible && !self.fidelity.is_partial();
        needed.then(|| format!("objective {} is {}", at + 1, evaluation.objectives[at]))
    }

    /// Copies the result of an earlier candidate with the same architecture.
    pub(in crate::driver::search) fn repeat(&mut self, first: u64, outcome: &Outcome) {
        self.same_as = Some(first);
        self.failed = outcome.failed.as_ref().map(ToString::to_string);
        self.objectives = outcome.objectives.to_vec();
        self.violations = outcome.violations.clone();
    }

    pub(in crate::driver::search) fn outcome(&self) -> Outcome {
        Outcome {
            failed: self.failed.as_deref().map(Into::into),
            objectives: self.objectives.as_slice().into(),
            violations: self.violations.clone(),
        }
    }

    /// By how much constraints are broken in sum: 0 if all hold, infinite if the evaluation failed.
    #[must_use]
    pub fn violation(&self) -> f64 {
        if self.failed.is_some() { f64::INFINITY } else { self.violations.values().fold(0.0, |sum, by| sum + by) }
    }

    /// Does the same architecture come to the same result again? Whoever trains on from inherited weights does not repeat
    /// others; measuring them without training does.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.inherit.is_none() || self.fidelity == Fidelity::Inherited
    }

    /// Can it be on a front: evaluated in full, without failure, with every constraint met?
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.fidelity.is_full() && self.failed.is_none() && self.violations.is_empty()
    }

    /// The objectives as numbers, infinite where unknown.
    #[must_use]
    pub fn objective_values(&self, n_objectives: usize) -> Vec<f64> {
        (0..n_objectives).map(|at| self.objectives.get(at).copied().flatten().unwrap_or(f64::INFINITY)).collect()
    }

    /// What a strategy is told.
    #[must_use]
    pub fn scored(&self, n_objectives: usize) -> Scored {
        Scored {
            id: self.id,
            assignment: self.assignment.clone(),
            objectives: self.objective_values(n_objectives),
            violation: self.violation(),
            fidelity: self.fidelity,
            same_as: self.same_as,
            failed: self.failed.clone(),
        }
    }
}

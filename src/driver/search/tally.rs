//! The running account of a search: counts, the front so far, what each architecture came to.
//!
//! Live and replayed candidates pass through the same door ([`Tally::absorb`]), so a resumed search has the account of an
//! uninterrupted one. Per candidate it keeps a few dozen bytes; assignments and metrics only for the front.

use super::agreement::Pairs;
use super::journal::Record;
use super::outcome::{FrontMember, GenerationSummary, SearchOutcome, Stop};
use super::pareto::{Frame, Front, Inserted, exclusive_hypervolume, hypervolume};
use super::strategy::{Fidelity, Status};
use crate::hir::Assignment;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The part of a result that repeats share.
pub(super) use super::journal::Outcome;

struct FrontItem {
    id: u64,
    assignment: Assignment,
    metrics: BTreeMap<String, Option<f64>>,
    ties: Vec<u64>,
}

/// The running account of a search.
pub(super) struct Tally {
    n_objectives: usize,
    evaluations: u64,
    replayed: u64,
    repeated: u64,
    failed: u64,
    infeasible: u64,
    known: FxHashMap<u128, (u64, Box<Outcome>)>,
    front: Front<FrontItem>,
    frame: Option<Frame>,
    volume: f64,
    history: Vec<GenerationSummary>,
    /// Sums over the feasible candidates of the generation under way, and how many they are.
    sums: (Vec<f64>, u64),
    pairs: Pairs,
}

/// The key of an architecture at a fidelity: the same key for full evaluations, scattered ones for the others.
fn known_key(key: u128, fidelity: Fidelity) -> u128 {
    let level = match fidelity {
        Fidelity::Full => 0,
        Fidelity::Static => 1,
        Fidelity::Proxy => 2,
        Fidelity::Inherited => 3,
        // The sign bit is free, and keeps a share of 0 from being the real thing.
        Fidelity::Share(share) => share.to_bits() | 1 << 63,
    };
    key ^ u128::from(level).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}

impl Tally {
    pub(super) fn new(n_objectives: usize) -> Self {
        Self {
            n_objectives,
            evaluations: 0,
            replayed: 0,
            repeated: 0,
            failed: 0,
            infeasible: 0,
            known: FxHashMap::default(),
            front: Front::default(),
            frame: None,
            volume: 0.0,
            history: Vec::new(),
            sums: (vec![0.0; n_objectives], 0),
            pairs: Pairs::default(),
        }
    }

    /// Candidates so far: also the id of the next one.
    pub(super) fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// The first candidate of an architecture at a fidelity, and what it came to.
    pub(super) fn known(&self, key: u128, fidelity: Fidelity) -> Option<(u64, &Outcome)> {
        self.known.get(&known_key(key, fidelity)).map(|(id, outcome)| (*id, outcome.as_ref()))
    }

    /// Notes architectures that are scored both ways. Those that a search chose would flatter: only what was drawn counts.
    fn pair(&mut self, record: &Record) {
        if record.failed.is_some() || !record.violations.is_empty() || !record.parents.is_empty() {
            return;
        }
        let objectives = || record.objective_values(self.n_objectives);
        match record.fidelity {
            Fidelity::Inherited => self.pairs.inherited(&record.assignment, objectives()),
            Fidelity::Full => self.pairs.alone(&record.assignment, objectives()),
            _ => {}
        }
    }

    /// Counts one candidate, offers it to the front and remembers its architecture.
    pub(super) fn absorb(&mut self, record: &Record, replayed: bool) {
        self.evaluations += 1;
        self.replayed += u64::from(replayed);
        self.repeated += u64::from(record.same_as.is_some());
        self.failed += u64::from(record.failed.is_some());
        self.infeasible += u64::from(!record.violations.is_empty());
        self.pair(record);
        if record.same_as.is_some() {
            return;
        }
        if record.is_repeatable() {
            let key = u128::from_str_radix(&record.key, 16).unwrap_or_default();
            let entry = || (record.id, Box::new(record.outcome()));
            self.known.entry(known_key(key, record.fidelity)).or_insert_with(entry);
        }
        if record.is_eligible() {
            for (sum, value) in self.sums.0.iter_mut().zip(record.objective_values(self.n_objectives)) {
                *sum += value;
            }
            self.sums.1 += 1;
            self.offer(record);
        }
    }

    fn offer(&mut self, record: &Record) {
        let objectives = record.objective_values(self.n_objectives);
        let share = match &self.frame {
            Some(frame) => {
                let others: Vec<&[f64]> = self.front.members().iter().map(|m| m.objectives.as_slice()).collect();
                let outside = objectives.iter().zip(&frame.reference).any(|(x, r)| x >= r);
                let beaten = others.iter().any(|other| other.iter().zip(&objectives).all(|(x, y)| x <= y));
                if outside || beaten { 0.0 } else { exclusive_hypervolume(&objectives, &others, &frame.reference) }
            }
            None => 0.0,
        };
        let item = || FrontItem {
            id: record.id,
            assignment: record.assignment.clone(),
            metrics: record.metrics.clone(),
            ties: Vec::new(),
        };
        match self.front.offer(&objectives, item) {
            Inserted::New => self.volume += share,
            Inserted::Tie(at) => {
                if let Some(item) = self.front.item_mut(at) {
                    item.ties.push(record.id);
                }
            }
            Inserted::Dominated => {}
        }
    }

    /// Fixes the box of hypervolumes around the feasible results of the first generation that has any.
    pub(super) fn close_batch(&mut self, records: &[Record]) {
        if self.frame.is_some() {
            return;
        }
        let eligible = records.iter().filter(|record| record.is_eligible());
        let points: Vec<Vec<f64>> = eligible.map(|record| record.objective_values(self.n_objectives)).collect();
        self.frame = Frame::around(points.iter().map(Vec::as_slice));
        if let Some(frame) = &self.frame {
            let front: Vec<&[f64]> = self.front.members().iter().map(|m| m.objectives.as_slice()).collect();
            self.volume = hypervolume(&front, &frame.reference);
        }
    }

    /// Adds a generation to the history, if one has just ended.
    pub(super) fn close_generation(&mut self, status: Status) -> Option<&GenerationSummary> {
        let last = self.history.last().map_or(0, |summary| summary.generation);
        if status.generation <= last {
            return None;
        }
        let (sums, count) = std::mem::replace(&mut self.sums, (vec![0.0; self.n_objectives], 0));
        let members = self.front.members();
        let best = |at: usize| members.iter().map(|m| m.objectives[at]).fold(f64::INFINITY, f64::min);
        let summary = GenerationSummary {
            generation: status.generation,
            of: status.of,
            evaluations: self.evaluations,
            repeated: self.repeated,
            failed: self.failed,
            infeasible: self.infeasible,
            front: members.len(),
            best: if members.is_empty() { Vec::new() } else { (0..self.n_objectives).map(best).collect() },
            mean: if count == 0 { Vec::new() } else { sums.iter().map(|sum| sum / count as f64).collect() },
            hypervolume: self.frame.as_ref().map(|frame| self.volume / frame.volume()),
        };
        self.history.push(summary);
        self.history.last()
    }

    /// The candidates on the front.
    pub(super) fn front_ids(&self) -> Vec<u64> {
        self.front.members().iter().map(|member| member.item.id).collect()
    }

    pub(super) fn finish(self, population: Vec<u64>, stop: Stop) -> SearchOutcome {
        let member = |member: super::pareto::Member<FrontItem>| FrontMember {
            id: member.item.id,
            assignment: member.item.assignment,
            objectives: member.objectives,
            metrics: member.item.metrics,
            ties: member.item.ties,
        };
        SearchOutcome {
            front: self.front.into_sorted().into_iter().map(member).collect(),
            evaluations: self.evaluations,
            replayed: self.replayed,
            repeated: self.repeated,
            failed: self.failed,
            infeasible: self.infeasible,
            population,
            agreement: self.pairs.agreements(),
            history: self.history,
            reference: self.frame.map(|frame| frame.reference).unwrap_or_default(),
            stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fidelity_is_taken_for_another() {
        let all = [
            Fidelity::Full,
            Fidelity::Static,
            Fidelity::Proxy,
            Fidelity::Inherited,
            Fidelity::Share(0.0),
            Fidelity::Share(0.5),
            Fidelity::Share(1.0),
        ];
        let keys: std::collections::BTreeSet<u128> = all.iter().map(|&fidelity| known_key(7, fidelity)).collect();
        assert_eq!(keys.len(), all.len());
    }
}

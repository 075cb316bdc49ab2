//! `regularized`: ageing evolution. The youngest live, however good the old ones are.

use super::StrategyDef;
use super::generational::{Individual, mutation_rate};
use super::nsga2::best_by_crowding;
use crate::driver::random::below;
use crate::driver::search::genome::{Genome, MutationRate, Seen, express, mutate};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings};
use crate::driver::search::strategy::{Done, Fidelity, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use crate::meta;
use rand::Rng;
use std::collections::VecDeque;

/// The catalogue entry.
pub(super) static REGULARIZED: StrategyDef = StrategyDef {
    meta: meta!(
        "regularized",
        "ageing evolution: mutate the best of a few, and let the oldest die",
        doc = "A queue of `population` candidates, at first random. Each child is a mutant of the best of `sample` members \
               drawn at random (by front, then crowding distance), and pushes out the oldest. Because nobody lives long, \
               one lucky result cannot lead the search for long: made for noisy objectives.\n\n\
               Children are made `batch` at a time, whatever the number of workers, so that results do not depend on it; \
               `batch: 1` is the published algorithm.",
        source = "Real, Aggarwal, Huang, Le, AAAI 2019 (arXiv:1802.01548)"
    ),
    options: &[
        OptionSpec {
            name: "evaluations",
            kind: OptionKind::Count { min: 1, max: 1 << 40 },
            default: OptionDefault::Required,
            doc: "candidates in all, the first random ones included",
        },
        OptionSpec {
            name: "population",
            kind: OptionKind::Count { min: 1, max: 1 << 24 },
            default: OptionDefault::Int(50),
            doc: "how many live at a time",
        },
        OptionSpec {
            name: "sample",
            kind: OptionKind::Count { min: 1, max: 1 << 24 },
            default: OptionDefault::Int(10),
            doc: "how many are drawn to find a parent",
        },
        OptionSpec {
            name: "mutation",
            kind: OptionKind::Rate,
            default: OptionDefault::Name("auto"),
            doc: "the chance of each gene to change; `auto` changes one gene on average",
        },
        OptionSpec {
            name: "batch",
            kind: OptionKind::Count { min: 1, max: 1 << 16 },
            default: OptionDefault::Int(8),
            doc: "how many children are made before the next ones see their results",
        },
    ],
    build: |settings, _| Box::new(Regularized::new(settings)),
    conflict: |settings| {
        let (sample, population) = (settings.count("sample"), settings.count("population"));
        (sample > population).then(|| ("sample", format!("must not be more than the population of {population}")))
    },
};

/// How often a child may be known or invalid before the whole space is drawn from instead.
const TRIES: usize = 100;
/// How often a draw may be known before the space counts as visited.
const DRAWS: usize = 10_000;

struct Regularized {
    all: u64,
    size: usize,
    sample: usize,
    mutation: MutationRate,
    children: usize,
    /// Oldest first.
    living: VecDeque<Individual>,
    /// Told candidates of the batch under way; they are born together, so that it does not matter how they are told.
    newborn: Vec<Individual>,
    pending: VecDeque<Genome>,
    seen: Seen,
    asked: u64,
    told: u64,
    /// Candidates that may still be asked for before results are needed.
    room: usize,
    done: Option<Done>,
}

impl Regularized {
    fn new(settings: &Settings) -> Self {
        Self {
            all: settings.count("evaluations"),
            size: settings.size("population"),
            sample: settings.size("sample"),
            mutation: mutation_rate(settings),
            children: settings.size("batch"),
            living: VecDeque::new(),
            newborn: Vec::new(),
            pending: VecDeque::new(),
            seen: Seen::default(),
            asked: 0,
            told: 0,
            room: settings.size("population"),
            done: None,
        }
    }

    fn next(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Vec<u64>)> {
        if self.asked >= self.size as u64 && !self.living.is_empty() {
            for _ in 0..TRIES {
                let parent = self.parent(rng);
                let mutant = mutate(space, &parent.genome, self.mutation, true, rng);
                let child = express(space, &mutant.partial, rng);
                if let Some(genome) = child.filter(|genome| self.seen.add(&genome.assignment)) {
                    return Some((genome, vec![parent.id]));
                }
            }
        }
        self.seen.sample(space, DRAWS, rng).map(|genome| (genome, Vec::new()))
    }

    /// The best of a few drawn with replacement.
    fn parent(&self, rng: &mut dyn Rng) -> Individual {
        let drawn = (0..self.sample).map(|_| self.living[below(rng, self.living.len())].clone());
        let mut best = best_by_crowding(drawn.collect(), 1);
        best.swap_remove(0)
    }
}

impl Strategy for Regularized {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        while proposals.len() < n && self.room > 0 && self.asked < self.all && self.done.is_none() {
            let Some((genome, parents)) = self.next(space, rng) else {
                self.done = Some(if self.asked == 0 { Done::EmptySpace } else { Done::Exhausted });
                break;
            };
            self.asked += 1;
            self.room -= 1;
            let assignment = genome.assignment.clone();
            proposals.push(Proposal { assignment, parents, inherit: None, fidelity: Fidelity::Full });
            self.pending.push_back(genome);
        }
        proposals
    }

    fn tell(&mut self, scored: &[Scored]) {
        for scored in scored {
            let Some(genome) = self.pending.pop_front() else { break };
            self.told += 1;
            self.newborn.push(Individual::new(genome, scored));
        }
        let is_over = self.told >= self.all;
        if self.pending.is_empty() && (self.room == 0 || is_over) {
            self.living.extend(self.newborn.drain(..));
            while self.living.len() > self.size {
                self.living.pop_front();
            }
            self.room = self.children;
        }
        if is_over {
            self.done = Some(Done::Completed);
        }
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        self.room
    }

    fn status(&self) -> Status {
        let size = self.size.max(1) as u64;
        let generation = if self.told >= self.all { self.all.div_ceil(size) } else { self.told / size };
        Status { generation, of: Some(self.all.div_ceil(size)), expected: Some(self.all) }
    }

    fn population(&self) -> Vec<u64> {
        self.living.iter().map(|one| one.id).collect()
    }
}

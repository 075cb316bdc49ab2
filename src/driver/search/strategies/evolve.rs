//! `evolve`: the best survive with their trained weights, mutants of them replace the rest.

use super::StrategyDef;
use super::generational::{Individual, mutation_rate};
use super::nsga2::best_by_crowding;
use crate::driver::random::below;
use crate::driver::search::genome::{Genome, MutationRate, Seen, cross, express, mutate};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings};
use crate::driver::search::strategy::{Done, Fidelity, Inherit, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use crate::meta;
use rand::{Rng, RngExt};
use std::collections::VecDeque;

/// The catalogue entry.
pub(super) static EVOLVE: StrategyDef = StrategyDef {
    meta: meta!(
        "evolve",
        "survivors keep their weights, mutated children inherit and train on",
        doc = "Each generation keeps the `survivors` best (by front, then crowding distance; with one objective simply the \
               best) and fills up with mutants of them. A mutant starts from its parent's trained weights wherever their \
               paths agree. A choice that bounds a loop changes by inserting, deleting or exchanging iterations, and the \
               weights of the others move along.\n\n\
               `retrain: mutated` trains only mutants; `retrain: all` trains survivors further too, so that nobody is better \
               merely for having been trained longer.\n\n\
               With survivors the best of a generation never gets worse by construction: compare the mean of the children.",
        source = "Agha, Chen, Tseng, Yoo, arXiv:2511.19246"
    ),
    options: &[
        OptionSpec {
            name: "population",
            kind: OptionKind::Count { min: 2, max: 1 << 24 },
            default: OptionDefault::Int(10),
            doc: "candidates in a generation, survivors included",
        },
        OptionSpec {
            name: "generations",
            kind: OptionKind::Count { min: 1, max: 1 << 40 },
            default: OptionDefault::Int(10),
            doc: "generations in all, the first random one included",
        },
        OptionSpec {
            name: "survivors",
            kind: OptionKind::Count { min: 1, max: 1 << 24 },
            default: OptionDefault::Int(5),
            doc: "how many go on unchanged",
        },
        OptionSpec {
            name: "mutation",
            kind: OptionKind::Rate,
            default: OptionDefault::Real(0.2),
            doc: "the chance of each gene to change; `auto` changes one gene on average; 0 draws children at random",
        },
        OptionSpec {
            name: "crossover",
            kind: OptionKind::Fraction,
            default: OptionDefault::Real(0.0),
            doc: "the chance that a child mixes two survivors before mutation",
        },
        OptionSpec {
            name: "retrain",
            kind: OptionKind::OneOf(&["mutated", "all"]),
            default: OptionDefault::Name("mutated"),
            doc: "train only mutants in later generations, or survivors too",
        },
        OptionSpec {
            name: "inherit",
            kind: OptionKind::Flag,
            default: OptionDefault::Flag(true),
            doc: "start mutants from their parent's weights rather than anew",
        },
    ],
    build: |settings, _| Box::new(Evolve::new(settings)),
    conflict: |settings| {
        let (survivors, population) = (settings.count("survivors"), settings.count("population"));
        (survivors >= population).then(|| ("survivors", format!("must be less than the population of {population}")))
    },
};

/// How often a child may be known or invalid before the whole space is drawn from instead.
const TRIES: usize = 100;
/// How often a draw may be known before the space counts as visited.
const DRAWS: usize = 10_000;

struct Evolve {
    size: usize,
    generations: u64,
    survivors: usize,
    mutation: MutationRate,
    crossover: f64,
    retrain_all: bool,
    inherit: bool,
    /// The survivors of the last generation.
    parents: Vec<Individual>,
    /// Told candidates of the generation under way.
    members: Vec<Individual>,
    /// Candidates asked for and not told yet.
    pending: VecDeque<Genome>,
    seen: Seen,
    asked: usize,
    due: usize,
    generation: u64,
    exhausted: bool,
    done: Option<Done>,
}

impl Evolve {
    fn new(settings: &Settings) -> Self {
        let size = settings.size("population");
        Self {
            size,
            generations: settings.count("generations"),
            survivors: settings.size("survivors"),
            mutation: mutation_rate(settings),
            crossover: settings.real("crossover").unwrap_or(0.0),
            retrain_all: settings.name("retrain") == "all",
            inherit: settings.flag("inherit"),
            parents: Vec::new(),
            members: Vec::new(),
            pending: VecDeque::new(),
            seen: Seen::default(),
            asked: 0,
            due: size,
            generation: 0,
            exhausted: false,
            done: None,
        }
    }

    fn next(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Proposal)> {
        if self.retrain_all && self.asked < self.parents.len() {
            let survivor = &self.parents[self.asked];
            let mut proposal = Proposal::fresh(survivor.genome.assignment.clone());
            proposal.parents = vec![survivor.id];
            proposal.inherit = Some(Inherit::Heir { from: survivor.id, moved: Vec::new() });
            return Some((survivor.genome.clone(), proposal));
        }
        // Without any variation children are fresh draws: the control a search with mutation is compared with.
        let varied = self.crossover > 0.0 || self.mutation != MutationRate::Each(0.0);
        if varied && !self.parents.is_empty() {
            for _ in 0..TRIES {
                let child = self.child(space, rng);
                if let Some(child) = child.filter(|(genome, _)| self.seen.add(&genome.assignment)) {
                    return Some(child);
                }
            }
        }
        let genome = self.seen.sample(space, DRAWS, rng)?;
        let proposal = Proposal::fresh(genome.assignment.clone());
        Some((genome, proposal))
    }

    fn child(&self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Proposal)> {
        let parent = &self.parents[below(rng, self.parents.len())];
        let mut parents = vec![parent.id];
        let mut genome = parent.genome.clone();
        if rng.random_bool(self.crossover) {
            let other = &self.parents[below(rng, self.parents.len())];
            if other.id != parent.id {
                parents.push(other.id);
                genome = express(space, &cross(&genome, &other.genome, rng).0, rng)?;
            }
        }
        let mutant = mutate(space, &genome, self.mutation, true, rng);
        let genome = express(space, &mutant.partial, rng)?;
        let inherit = self.inherit.then_some(Inherit::Heir { from: parent.id, moved: mutant.moved });
        let assignment = genome.assignment.clone();
        Some((genome, Proposal { assignment, parents, inherit, fidelity: Fidelity::Full }))
    }

    fn end_generation(&mut self) {
        let mut everybody = std::mem::take(&mut self.members);
        if !self.retrain_all {
            // Elders first: they win ties.
            everybody.splice(0..0, std::mem::take(&mut self.parents));
        }
        self.parents = best_by_crowding(everybody, self.survivors);
        self.generation += 1;
        self.asked = 0;
        self.due = if self.retrain_all { self.size } else { self.size - self.parents.len().min(self.size) };
        if self.generation >= self.generations {
            self.done = Some(Done::Completed);
        } else if self.exhausted {
            self.done = Some(Done::Exhausted);
        }
    }
}

impl Strategy for Evolve {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        while proposals.len() < n && self.asked < self.due && self.done.is_none() {
            let Some((genome, proposal)) = self.next(space, rng) else {
                self.exhausted = true;
                self.due = self.asked;
                if self.asked == 0 {
                    let never = self.generation == 0;
                    self.done = Some(if never { Done::EmptySpace } else { Done::Exhausted });
                } else if self.pending.is_empty() {
                    self.end_generation();
                }
                break;
            };
            self.asked += 1;
            self.pending.push_back(genome);
            proposals.push(proposal);
        }
        proposals
    }

    fn tell(&mut self, scored: &[Scored]) {
        for scored in scored {
            let Some(genome) = self.pending.pop_front() else { break };
            if scored.same_as.is_none() {
                self.members.push(Individual::new(genome, scored));
            }
        }
        if self.pending.is_empty() && self.asked == self.due {
            self.end_generation();
        }
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        self.due.saturating_sub(self.asked)
    }

    fn status(&self) -> Status {
        let later = if self.retrain_all { self.size } else { self.size.saturating_sub(self.survivors) };
        let all = (self.size as u64).saturating_add(self.generations.saturating_sub(1).saturating_mul(later as u64));
        Status { generation: self.generation, of: Some(self.generations), expected: Some(all) }
    }

    fn population(&self) -> Vec<u64> {
        self.parents.iter().map(|one| one.id).collect()
    }

    fn keeps(&self) -> Vec<u64> {
        self.parents.iter().chain(&self.members).map(|one| one.id).collect()
    }
}

//! What NSGA-II and NSGA-III share: a population, mating, offspring that are new, selection from both generations.
//!
//! They differ in whom they select and who wins a tournament ([`Selection`]). The first generation is drawn uniformly from
//! the space and counts: `population` times `generations` candidates in all.

use crate::driver::random::below;
use crate::driver::search::genome::{Genome, MutationRate, Seen, cross, express, mutate};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings};
use crate::driver::search::pareto::{Front, Inserted};
use crate::driver::search::strategy::{Done, Fidelity, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use rand::{Rng, RngExt};
use std::cmp::Ordering;
use std::collections::VecDeque;

/// The options of a generational strategy.
pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "population",
        kind: OptionKind::Count { min: 2, max: 1 << 24 },
        default: OptionDefault::Int(20),
        doc: "candidates in a generation",
    },
    OptionSpec {
        name: "generations",
        kind: OptionKind::Count { min: 1, max: 1 << 40 },
        default: OptionDefault::Int(10),
        doc: "generations in all, the first random one included",
    },
    OptionSpec {
        name: "crossover",
        kind: OptionKind::Fraction,
        default: OptionDefault::Real(0.9),
        doc: "the chance that two children mix their parents rather than copy them before mutation",
    },
    OptionSpec {
        name: "mutation",
        kind: OptionKind::Rate,
        default: OptionDefault::Name("auto"),
        doc: "the chance of each gene to change; `auto` changes one gene on average",
    },
    OptionSpec {
        name: "patience",
        kind: OptionKind::Count { min: 0, max: 1 << 40 },
        default: OptionDefault::Int(0),
        doc: "end after this many generations without a new point on the front; 0 is never",
    },
];

/// How often offspring may be known or invalid before the whole space is drawn from instead.
const MATINGS: usize = 100;
/// How often a draw may be known before the space counts as visited.
const DRAWS: usize = 10_000;

/// The rate an option `mutation` stands for.
pub(super) fn mutation_rate(settings: &Settings) -> MutationRate {
    settings.real("mutation").map_or(MutationRate::OneGene, MutationRate::Each)
}

/// A candidate with its result.
#[derive(Clone, Debug)]
pub(super) struct Individual {
    pub(super) id: u64,
    pub(super) genome: Genome,
    pub(super) objectives: Vec<f64>,
    pub(super) violation: f64,
    /// Set by a selection: the front it is on, and how alone it is there.
    pub(super) rank: usize,
    pub(super) crowding: f64,
}

impl Individual {
    pub(super) fn new(genome: Genome, scored: &Scored) -> Self {
        let (objectives, violation) = (scored.objectives.clone(), scored.violation);
        Self { id: scored.id, genome, objectives, violation, rank: 0, crowding: 0.0 }
    }
}

/// Who goes on living, and who wins.
pub(super) trait Selection: Send {
    /// Called once, before anything is asked for: the only source of randomness for selecting.
    fn seed(&mut self, seed: u64) {
        let _ = seed;
    }

    /// The `size` best of both generations, with whatever `better` needs set.
    fn select(&mut self, everybody: Vec<Individual>, size: usize) -> Vec<Individual>;

    /// `Less` if `a` wins a tournament against `b`; equals are decided by a coin.
    fn better(&self, a: &Individual, b: &Individual) -> Ordering;
}

/// A generational strategy.
pub(super) struct Generational<S> {
    selection: S,
    size: usize,
    generations: u64,
    crossover: f64,
    mutation: MutationRate,
    patience: u64,
    population: Vec<Individual>,
    /// Evaluated candidates of the generation under way.
    offspring: Vec<Individual>,
    /// Candidates asked for and not told yet, with their parents.
    pending: VecDeque<Genome>,
    /// The second child of the last mating.
    spare: Option<(Genome, Vec<u64>)>,
    seen: Seen,
    front: Front<()>,
    progressed: bool,
    idle: u64,
    /// Candidates of this generation asked for so far, and how many there will be.
    asked: usize,
    due: usize,
    generation: u64,
    done: Option<Done>,
    /// Nothing new can be found: the generation under way is the last.
    exhausted: bool,
    begun: bool,
}

impl<S: Selection> Generational<S> {
    pub(super) fn new(settings: &Settings, selection: S) -> Self {
        let size = settings.size("population");
        Self {
            selection,
            size,
            generations: settings.count("generations"),
            crossover: settings.real("crossover").unwrap_or(0.9),
            mutation: mutation_rate(settings),
            patience: settings.count("patience"),
            population: Vec::new(),
            offspring: Vec::new(),
            pending: VecDeque::new(),
            spare: None,
            seen: Seen::default(),
            front: Front::default(),
            progressed: false,
            idle: 0,
            asked: 0,
            due: size,
            generation: 0,
            done: None,
            exhausted: false,
            begun: false,
        }
    }

    fn next(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Vec<u64>)> {
        if !self.population.is_empty() {
            for _ in 0..MATINGS {
                let child = match self.spare.take() {
                    Some(child) => Some(child),
                    None => self.mate(space, rng),
                };
                if let Some(child) = child.filter(|(genome, _)| self.seen.add(&genome.assignment)) {
                    return Some(child);
                }
            }
        }
        self.seen.sample(space, DRAWS, rng).map(|genome| (genome, Vec::new()))
    }

    /// Two children of two parents; the second is kept for the next turn.
    fn mate(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Vec<u64>)> {
        let (a, b) = (self.winner(rng), self.winner(rng));
        let parents = if a.id == b.id { vec![a.id] } else { vec![a.id, b.id] };
        let mixed = rng.random_bool(self.crossover);
        let (first, second) = if mixed {
            let (first, second) = cross(&a.genome, &b.genome, rng);
            (express(space, &first, rng), express(space, &second, rng))
        } else {
            (Some(a.genome.clone()), Some(b.genome.clone()))
        };
        let mut mutant = |genome: Option<Genome>| {
            let genome = genome?;
            let mutant = mutate(space, &genome, self.mutation, false, rng);
            if mutant.partial == genome.assignment { Some(genome) } else { express(space, &mutant.partial, rng) }
        };
        let (first, second) = (mutant(first), mutant(second));
        self.spare = second.map(|genome| (genome, parents.clone()));
        first.map(|genome| (genome, parents))
    }

    /// The winner of a tournament between two.
    fn winner(&self, rng: &mut dyn Rng) -> &Individual {
        let n = self.population.len();
        let (a, b) = (&self.population[below(rng, n)], &self.population[below(rng, n)]);
        match self.selection.better(a, b) {
            Ordering::Less => a,
            Ordering::Greater => b,
            Ordering::Equal => {
                if rng.random_bool(0.5) {
                    a
                } else {
                    b
                }
            }
        }
    }

    fn end_generation(&mut self) {
        let mut everybody = std::mem::take(&mut self.population);
        everybody.append(&mut self.offspring);
        self.population = self.selection.select(everybody, self.size);
        self.generation += 1;
        self.asked = 0;
        self.due = self.size;
        self.spare = None;
        self.idle = if self.progressed { 0 } else { self.idle + 1 };
        self.progressed = false;
        if self.generation >= self.generations {
            self.done = Some(Done::Completed);
        } else if self.exhausted {
            self.done = Some(Done::Exhausted);
        } else if self.patience > 0 && self.idle >= self.patience {
            self.done = Some(Done::NoProgress);
        }
    }
}

impl<S: Selection> Strategy for Generational<S> {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        if !self.begun {
            self.begun = true;
            self.selection.seed(rng.next_u64());
        }
        let mut proposals = Vec::new();
        while proposals.len() < n && self.asked < self.due && self.done.is_none() {
            let Some((genome, parents)) = self.next(space, rng) else {
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
            let assignment = genome.assignment.clone();
            proposals.push(Proposal { assignment, parents, inherit: None, fidelity: Fidelity::Full });
            self.pending.push_back(genome);
        }
        proposals
    }

    fn tell(&mut self, scored: &[Scored]) {
        for scored in scored {
            let Some(genome) = self.pending.pop_front() else { break };
            // A repeated architecture would only crowd out others.
            if scored.same_as.is_some() {
                continue;
            }
            if scored.violation <= 0.0 && self.front.offer(&scored.objectives, || ()) == Inserted::New {
                self.progressed = true;
            }
            self.offspring.push(Individual::new(genome, scored));
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
        let all = self.generations.saturating_mul(self.size as u64);
        Status { generation: self.generation, of: Some(self.generations), expected: Some(all) }
    }

    fn population(&self) -> Vec<u64> {
        self.population.iter().map(|one| one.id).collect()
    }
}

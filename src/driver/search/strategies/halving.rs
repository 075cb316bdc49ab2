//! `halving`: many candidates cheaply, fewer and fewer of them thoroughly.

use super::generational::Individual;
use super::nsga2::best_by_crowding;
use super::{StrategyDef, no_conflict};
use crate::driver::search::genome::{Genome, Seen};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings};
use crate::driver::search::pareto::spread_order;
use crate::driver::search::strategy::{Done, Fidelity, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use crate::meta;
use rand::Rng;
use std::collections::VecDeque;

/// The catalogue entry.
pub(super) static HALVING: StrategyDef = StrategyDef {
    meta: meta!(
        "halving",
        "successive halving for several objectives: counted, then proxies, then few epochs, then all",
        doc = "Draws `candidates` at random and passes them through rungs, each more thorough than the one before: what the \
               compiler can count, training-free proxies, `trained` rungs with growing shares of the epochs, the last with \
               all. From rung to rung one in `reduction` goes on, at least `survivors`.\n\n\
               Who goes on is decided by front and crowding distance. Where a rung leaves an objective unknown, the best in \
               the others are not simply the best (the cheapest circuits would win every time): those that break a \
               constraint go, and of the rest a set spread over the known objectives goes on. On the rung of proxies the \
               representational capacity stands in for accuracy and loss where data has classes (times the root of the \
               Clifford noise resilience if the search names a device), the spread of derivatives elsewhere.",
        source = "Jamieson, Talwalkar, AISTATS 2016; for several objectives Schmucker et al., arXiv:2106.12639"
    ),
    options: &[
        OptionSpec {
            name: "candidates",
            kind: OptionKind::Count { min: 1, max: 1 << 32 },
            default: OptionDefault::Int(81),
            doc: "how many are drawn at the beginning",
        },
        OptionSpec {
            name: "reduction",
            kind: OptionKind::Count { min: 2, max: 1 << 16 },
            default: OptionDefault::Int(3),
            doc: "one in this many goes on to the next rung",
        },
        OptionSpec {
            name: "trained",
            kind: OptionKind::Count { min: 1, max: 16 },
            default: OptionDefault::Int(3),
            doc: "rungs that train; each trains `reduction` times as long as the one before, the last in full",
        },
        OptionSpec {
            name: "survivors",
            kind: OptionKind::Count { min: 1, max: 1 << 24 },
            default: OptionDefault::Int(1),
            doc: "at least this many reach the last rung",
        },
        OptionSpec {
            name: "static",
            kind: OptionKind::Flag,
            default: OptionDefault::Flag(true),
            doc: "begin with a rung of counted costs and constraints",
        },
        OptionSpec {
            name: "proxies",
            kind: OptionKind::Flag,
            default: OptionDefault::Flag(true),
            doc: "then a rung of training-free proxies, which stand in for trained objectives",
        },
    ],
    build: |settings, _| Box::new(Halving::new(settings)),
    conflict: no_conflict,
};

/// How often a draw may be known before the space counts as visited.
const DRAWS: usize = 10_000;

struct Halving {
    rungs: Vec<Fidelity>,
    rung: usize,
    candidates: usize,
    reduction: usize,
    survivors: usize,
    /// Still to be asked for on this rung, with the id of the rung before.
    queue: VecDeque<(Genome, Vec<u64>)>,
    drawn: usize,
    pending: VecDeque<Genome>,
    members: Vec<Individual>,
    seen: Seen,
    done: Option<Done>,
}

impl Halving {
    fn new(settings: &Settings) -> Self {
        let mut rungs = Vec::new();
        if settings.flag("static") {
            rungs.push(Fidelity::Static);
        }
        if settings.flag("proxies") {
            rungs.push(Fidelity::Proxy);
        }
        let reduction = settings.count("reduction") as f64;
        for left in (1..settings.count("trained")).rev() {
            rungs.push(Fidelity::Share(reduction.powf(-(left as f64))));
        }
        rungs.push(Fidelity::Full);
        Self {
            rungs,
            rung: 0,
            candidates: settings.size("candidates"),
            reduction: settings.size("reduction"),
            survivors: settings.size("survivors"),
            queue: VecDeque::new(),
            drawn: 0,
            pending: VecDeque::new(),
            members: Vec::new(),
            seen: Seen::default(),
            done: None,
        }
    }

    fn next(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Genome, Vec<u64>)> {
        if self.rung > 0 {
            return self.queue.pop_front();
        }
        if self.drawn >= self.candidates {
            return None;
        }
        let genome = self.seen.sample(space, DRAWS, rng);
        self.drawn = if genome.is_some() { self.drawn + 1 } else { self.candidates };
        genome.map(|genome| (genome, Vec::new()))
    }

    /// Has everything of this rung been asked for?
    fn is_asked(&self) -> bool {
        if self.rung == 0 { self.drawn >= self.candidates } else { self.queue.is_empty() }
    }

    fn end_rung(&mut self) {
        let members = std::mem::take(&mut self.members);
        self.rung += 1;
        if self.rung >= self.rungs.len() {
            self.done = Some(Done::Completed);
            return;
        }
        let keep = members.len().div_ceil(self.reduction).max(self.survivors);
        let promoted = promoted(members, keep);
        self.queue = promoted.into_iter().map(|one| (one.genome, vec![one.id])).collect();
        if self.queue.is_empty() {
            self.done = Some(Done::Exhausted);
        }
    }
}

/// Who goes on to the next rung, best first.
fn promoted(members: Vec<Individual>, keep: usize) -> Vec<Individual> {
    // What failed already would fail again, only later.
    let members: Vec<Individual> = members.into_iter().filter(|one| one.violation < f64::INFINITY).collect();
    let is_unknown = |one: &Individual| one.objectives.iter().any(|value| !value.is_finite());
    let (feasible, others): (Vec<Individual>, Vec<Individual>) =
        members.into_iter().partition(|one| one.violation <= 0.0);
    if !feasible.iter().any(is_unknown) {
        let mut everybody = feasible;
        everybody.extend(others);
        return best_by_crowding(everybody, keep);
    }
    let points: Vec<&[f64]> = feasible.iter().map(|one| one.objectives.as_slice()).collect();
    let order = spread_order(&points);
    order.into_iter().take(keep).map(|at| feasible[at].clone()).collect()
}

impl Strategy for Halving {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        while proposals.len() < n && self.done.is_none() {
            let Some((genome, parents)) = self.next(space, rng) else {
                if self.rung == 0 && self.members.is_empty() && self.pending.is_empty() {
                    self.done = Some(Done::EmptySpace);
                } else if self.pending.is_empty() && self.is_asked() {
                    self.end_rung();
                    continue;
                }
                break;
            };
            let assignment = genome.assignment.clone();
            proposals.push(Proposal { assignment, parents, inherit: None, fidelity: self.rungs[self.rung] });
            self.pending.push_back(genome);
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
        if self.pending.is_empty() && self.is_asked() && self.done.is_none() {
            self.end_rung();
        }
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        if self.rung == 0 { self.candidates.saturating_sub(self.drawn) } else { self.queue.len() }.clamp(1, 256)
    }

    fn status(&self) -> Status {
        let (mut all, mut rung) = (0_u64, self.candidates);
        for _ in &self.rungs {
            all = all.saturating_add(rung as u64);
            rung = rung.div_ceil(self.reduction).max(self.survivors).min(rung);
        }
        Status { generation: self.rung as u64, of: Some(self.rungs.len() as u64), expected: Some(all) }
    }
}

//! `supernet`: one set of weights for a whole space, trained by all its architectures; another strategy then scores with it.
//!
//! A sweep trains some architectures from the shared weights; the driver averages what they learnt, path by path, into the
//! weights of the next sweep. So a sweep runs in parallel and the result is the same at any number of workers.

use super::generational::Individual;
use super::nsga2::best_by_crowding;
use super::{StrategyDef, build};
use crate::driver::random::below;
use crate::driver::search::genome::{Genome, Seen, draw, express};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings, StrategyOptions};
use crate::driver::search::strategy::{Done, Fidelity, Inherit, Proposal, Scored, Status, Strategy};
use crate::driver::setting::parse_setting;
use crate::hir::{Domain, Gene, Space, Value};
use crate::meta;
use rand::Rng;
use std::collections::{BTreeMap, VecDeque};

/// The catalogue entry.
pub(super) static SUPERNET: StrategyDef = StrategyDef {
    meta: meta!(
        "supernet",
        "weights shared by the whole space and trained fairly, with which another strategy scores",
        doc = "Weights are shared by path. Each of `sweeps` sweeps trains `models` architectures, each for `share` of the \
               epochs from the shared weights, and averages what they learnt, element by element, into the weights of the \
               next. The options of every choice are dealt like cards, so that all are trained equally often, as far as \
               `require` allows.\n\n\
               Then `then` searches, each candidate measured with the shared weights and not trained. The `keep` best of \
               what it saw are trained alone, from their own initial weights: only those enter the front, with \
               `check` architectures drawn uniformly that are scored both ways. Their rank correlation (Kendall's tau-b, with \
               its 95 % interval) is reported for every objective: where it is low, shared weights rank nothing, and the \
               search warns.",
        source = "Pham et al., ICML 2018 (shared weights); Chu et al., ICCV 2021 (fair sampling); Du et al., npj Quantum Inf. 8, 62 (2022) (circuits)"
    ),
    options: &[
        OptionSpec {
            name: "sweeps",
            kind: OptionKind::Count { min: 1, max: 1 << 32 },
            default: OptionDefault::Int(32),
            doc: "how often the shared weights are trained",
        },
        OptionSpec {
            name: "models",
            kind: OptionKind::Count { min: 1, max: 1 << 16 },
            default: OptionDefault::Int(8),
            doc: "architectures that train them together in a sweep",
        },
        OptionSpec {
            name: "share",
            kind: OptionKind::Fraction,
            default: OptionDefault::Real(0.0),
            doc: "the share of the epochs each of them trains for; 0 is one epoch",
        },
        OptionSpec {
            name: "then",
            kind: OptionKind::Strategy,
            default: OptionDefault::Name("nsga2(population: 20, generations: 10)"),
            doc: "how to search with the shared weights",
        },
        OptionSpec {
            name: "check",
            kind: OptionKind::Count { min: 0, max: 1 << 16 },
            default: OptionDefault::Int(16),
            doc: "architectures scored both ways, for the rank correlation",
        },
        OptionSpec {
            name: "keep",
            kind: OptionKind::Count { min: 1, max: 1 << 16 },
            default: OptionDefault::Int(8),
            doc: "how many of the best are trained alone at the end",
        },
    ],
    build: |settings, n_objectives| Box::new(Supernet::new(settings, n_objectives)),
    conflict: |settings| then(settings, 1).err().map(|why| ("then", why)),
};

/// How often cards may be dealt that break a `require` before an architecture is drawn uniformly instead.
const DEALS: usize = 100;
/// Domains with more values than this are drawn from, not dealt.
const CARDS: u64 = 256;
/// How often a draw may be known before the space counts as visited.
const DRAWS: usize = 10_000;

/// The strategy that scores with the shared weights.
fn then(settings: &Settings, n_objectives: usize) -> Result<Box<dyn Strategy>, String> {
    let text = settings.name("then");
    let setting = parse_setting(text).ok_or_else(|| format!("is no strategy: `{text}`"))?;
    let (name, options) = StrategyOptions::written(&setting);
    if name == SUPERNET.meta.name {
        return Err("cannot be a supernet again".to_owned());
    }
    let built = build(&name, &options, n_objectives);
    built.map(|(_, strategy)| strategy).map_err(|mut errors| {
        let wrong = errors.swap_remove(0).diagnostic;
        format!("is refused: {}", wrong.message)
    })
}

/// What remains to be dealt of every choice's options.
#[derive(Default)]
struct Decks(BTreeMap<String, Vec<Value>>);

impl Decks {
    fn deal(&mut self, gene: &Gene, rng: &mut dyn Rng) -> Value {
        let Some(cards) = cards(&gene.domain) else { return draw(&gene.domain, rng) };
        let deck = self.0.entry(gene.path.clone()).or_default();
        // The domain of a choice may depend on others: what does not belong to it now is left for another time.
        if !deck.iter().any(|card| cards.contains(card)) {
            deck.extend(cards.iter().cloned());
        }
        let mine: Vec<usize> = (0..deck.len()).filter(|at| cards.contains(&deck[*at])).collect();
        deck.swap_remove(mine[below(rng, mine.len())])
    }

    fn architecture(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<Genome> {
        for _ in 0..DEALS {
            let decoded = space.decode(&crate::hir::Assignment::default(), &mut |gene| self.deal(gene, rng));
            if decoded.valid {
                return Some(Genome { assignment: decoded.assignment, genes: decoded.genes });
            }
        }
        let assignment = space.sample(rng)?;
        express(space, &assignment, rng)
    }
}

/// All values of a small domain.
pub(super) fn cards(domain: &Domain) -> Option<Vec<Value>> {
    match domain {
        Domain::Values(values) if !values.is_empty() => Some(values.clone()),
        Domain::Ints { start, step, count } if (1..=CARDS).contains(count) => {
            let at = |at: u64| start.saturating_add(step.saturating_mul(i64::try_from(at).unwrap_or(i64::MAX)));
            Some((0..*count).map(|turn| Value::Int(at(turn))).collect())
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// The shared weights are trained.
    Train,
    /// Architectures are scored both ways.
    Check,
    /// The other strategy searches.
    Search,
    /// The best are trained alone.
    Finish,
}

/// What a proposal was for.
enum Asked {
    Model,
    /// Scored with the shared weights, by this strategy or by the other one, at the fidelity it asked for.
    Check(Genome),
    Search(Genome, Fidelity),
    Alone,
}

struct Supernet {
    sweeps: u64,
    models: usize,
    share: f64,
    check: usize,
    keep: usize,
    then: Option<Box<dyn Strategy>>,
    phase: Phase,
    decks: Decks,
    /// Sweeps finished, and what the next one starts from.
    sweep: u64,
    start: Option<Inherit>,
    /// Candidates of the sweep under way that have weights to give.
    trained: Vec<u64>,
    /// Proposals of the sweep, or of the phase, so far.
    asked: usize,
    seen: Seen,
    /// Scored with shared weights, to be trained alone next.
    twin: Option<Genome>,
    best: Vec<Individual>,
    queue: VecDeque<Individual>,
    finalists: Vec<u64>,
    pending: VecDeque<Asked>,
    done: Option<Done>,
}

impl Supernet {
    fn new(settings: &Settings, n_objectives: usize) -> Self {
        Self {
            sweeps: settings.count("sweeps"),
            models: settings.size("models"),
            share: settings.real("share").unwrap_or(0.0),
            check: settings.size("check"),
            keep: settings.size("keep"),
            // It has been checked with the options.
            then: then(settings, n_objectives).ok(),
            phase: Phase::Train,
            decks: Decks::default(),
            sweep: 0,
            start: None,
            trained: Vec::new(),
            asked: 0,
            seen: Seen::default(),
            twin: None,
            best: Vec::new(),
            queue: VecDeque::new(),
            finalists: Vec::new(),
            pending: VecDeque::new(),
            done: None,
        }
    }

    /// With the weights as they are shared now.
    fn inherited(&self, genome: &Genome, parents: Vec<u64>, fidelity: Fidelity) -> Proposal {
        Proposal { assignment: genome.assignment.clone(), parents, inherit: self.start.clone(), fidelity }
    }

    /// The next proposal of training, checking or finishing; `None` if there is none before results are told.
    fn next(&mut self, space: &dyn Space, rng: &mut dyn Rng) -> Option<(Proposal, Asked)> {
        match self.phase {
            Phase::Train => {
                if self.asked >= self.models {
                    return None;
                }
                let Some(genome) = self.decks.architecture(space, rng) else {
                    self.done = Some(Done::EmptySpace);
                    return None;
                };
                Some((self.inherited(&genome, Vec::new(), Fidelity::Share(self.share)), Asked::Model))
            }
            Phase::Check => {
                if let Some(genome) = self.twin.take() {
                    return Some((Proposal::fresh(genome.assignment), Asked::Alone));
                }
                if self.asked >= 2 * self.check {
                    return None;
                }
                let Some(genome) = self.seen.sample(space, DRAWS, rng) else {
                    // Everything there is has been drawn.
                    self.check = self.asked / 2;
                    return None;
                };
                self.twin = Some(genome.clone());
                Some((self.inherited(&genome, Vec::new(), Fidelity::Inherited), Asked::Check(genome)))
            }
            Phase::Search => None,
            Phase::Finish => {
                let one = self.queue.pop_front()?;
                let mut proposal = Proposal::fresh(one.genome.assignment);
                proposal.parents = vec![one.id];
                Some((proposal, Asked::Alone))
            }
        }
    }

    /// What the other strategy asks for, to be measured with the shared weights.
    fn search(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<(Proposal, Asked)> {
        let Some(then) = &mut self.then else { return Vec::new() };
        let asked = if then.done().is_none() { then.ask(n, space, rng) } else { Vec::new() };
        let mapped = asked.into_iter().map(|proposal| {
            let genome = Genome { assignment: proposal.assignment, genes: Vec::new() };
            // What needs no weights stays what it is.
            let fidelity = if proposal.fidelity.is_partial() { proposal.fidelity } else { Fidelity::Inherited };
            let own = self.inherited(&genome, proposal.parents, fidelity);
            (own, Asked::Search(genome, proposal.fidelity))
        });
        mapped.collect()
    }

    /// Goes on to the next sweep or phase, once everything of this one is told.
    fn advance(&mut self) {
        match self.phase {
            Phase::Train if self.asked < self.models => return,
            Phase::Train => {
                self.sweep += 1;
                self.start = Some(Inherit::Shared { shared: self.sweep, of: std::mem::take(&mut self.trained) });
                if self.sweep >= self.sweeps {
                    self.phase = Phase::Check;
                }
            }
            Phase::Check if self.asked < 2 * self.check => return,
            Phase::Check => self.phase = Phase::Search,
            Phase::Search => {
                self.weigh();
                self.phase = Phase::Finish;
                self.queue = std::mem::take(&mut self.best).into_iter().filter(|one| one.violation <= 0.0).collect();
                if self.queue.is_empty() {
                    self.done = Some(Done::Completed);
                }
            }
            Phase::Finish if !self.queue.is_empty() => return,
            Phase::Finish => self.done = Some(Done::Completed),
        }
        self.asked = 0;
    }

    /// Remembers an architecture if it is among the best so far.
    fn offer(&mut self, genome: Genome, scored: &Scored) {
        if scored.same_as.is_none() && scored.objectives.iter().all(|value| value.is_finite()) {
            self.best.push(Individual::new(genome, scored));
        }
    }

    /// Keeps the best.
    fn weigh(&mut self) {
        self.best = best_by_crowding(std::mem::take(&mut self.best), self.keep);
    }

    fn searching(&self) -> Status {
        self.then.as_ref().map(|then| then.status()).unwrap_or_default()
    }

    fn is_searched(&self) -> bool {
        self.then.as_ref().is_none_or(|then| then.done().is_some())
    }
}

impl Strategy for Supernet {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        while proposals.len() < n && self.done.is_none() {
            let more = match self.phase {
                Phase::Search => self.search(n - proposals.len(), space, rng),
                _ => self.next(space, rng).into_iter().collect(),
            };
            if more.is_empty() {
                if !self.pending.is_empty() || self.done.is_some() {
                    break;
                }
                self.advance();
            }
            for (proposal, asked) in more {
                self.asked += 1;
                self.pending.push_back(asked);
                proposals.push(proposal);
            }
        }
        proposals
    }

    fn tell(&mut self, scored: &[Scored]) {
        let mut told = Vec::new();
        for scored in scored {
            match self.pending.pop_front() {
                // A repeated architecture has its weights where it was first.
                Some(Asked::Model) if scored.violation <= 0.0 => self.trained.push(scored.same_as.unwrap_or(scored.id)),
                Some(Asked::Check(genome)) => self.offer(genome, scored),
                Some(Asked::Search(genome, fidelity)) => {
                    if !fidelity.is_partial() {
                        self.offer(genome, scored);
                    }
                    told.push(Scored { fidelity, ..scored.clone() });
                }
                Some(Asked::Alone) if self.phase == Phase::Finish => self.finalists.push(scored.id),
                _ => {}
            }
        }
        let before = self.searching().generation;
        if let Some(then) = self.then.as_mut().filter(|_| !told.is_empty()) {
            then.tell(&told);
        }
        // Whole generations are weighed, so that it does not matter in which portions they are told.
        if self.searching().generation > before {
            self.weigh();
        }
        if self.pending.is_empty() && (self.phase != Phase::Search || self.is_searched()) {
            self.advance();
        }
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        match self.phase {
            Phase::Train => self.models.saturating_sub(self.asked),
            Phase::Check => (2 * self.check).saturating_sub(self.asked),
            Phase::Search => self.then.as_ref().map_or(1, |then| then.batch()),
            Phase::Finish => self.queue.len(),
        }
        .clamp(1, 256)
    }

    fn status(&self) -> Status {
        let searching = self.searching();
        let trained = self.sweeps.saturating_mul(self.models as u64).saturating_add(2 * self.check as u64);
        let last = match self.phase {
            Phase::Finish => self.finalists.len() + self.pending.len() + self.queue.len(),
            _ => self.keep,
        };
        let generation = match self.phase {
            Phase::Train | Phase::Check => self.sweep,
            Phase::Search | Phase::Finish => self.sweep + 1 + searching.generation,
        };
        // What the other strategy left out, because it found nothing more, is no longer to come.
        let inner = if self.phase == Phase::Finish { Some(searching.generation) } else { searching.of };
        Status {
            generation: generation + u64::from(self.done.is_some()),
            of: inner.map(|inner| self.sweeps + 2 + inner),
            expected: searching.expected.map(|inner| trained.saturating_add(inner).saturating_add(last as u64)),
        }
    }

    fn population(&self) -> Vec<u64> {
        self.finalists.clone()
    }

    fn keeps(&self) -> Vec<u64> {
        let mut ids = self.trained.clone();
        if let Some(Inherit::Shared { of, .. }) = &self.start {
            ids.extend(of);
        }
        ids
    }
}

//! `dqas`: probabilities over the options of every choice, learnt by a Monte-Carlo gradient while sampled circuits train one
//! set of weights.
//!
//! A round draws circuits, trains each from the shared weights, and moves the probabilities towards those that did better
//! than the round's mean. Everything is a function of what was told, so a round runs in parallel and resumes like a generation.

use super::supernet::cards;
use super::{StrategyDef, no_conflict};
use crate::driver::search::genome::{Genome, draw, express};
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec, Settings};
use crate::driver::search::strategy::{Done, Fidelity, Inherit, Proposal, Scored, Status, Strategy};
use crate::hir::{Assignment, Domain, Gene, Space, Value};
use crate::meta;
use rand::{Rng, RngExt};
use std::collections::{BTreeMap, VecDeque};

/// The catalogue entry.
pub(super) static DQAS: StrategyDef = StrategyDef {
    meta: meta!(
        "dqas",
        "probabilities over the options of every choice, learnt by a Monte-Carlo gradient",
        doc = "Every choice is a placeholder with a probability for each of its options, the softmax of its parameters. Each of \
               `rounds` rounds draws `batch` circuits, every choice independently, and trains each for `share` of the epochs \
               from weights that all circuits share by path; what they learnt is averaged into the shared weights. The \
               parameters then take a step of Adam (`rate`) down the Monte-Carlo gradient of the expected loss: the mean \
               over the batch of (loss - baseline) times the gradient of the logarithm of the circuit's probability, where the \
               baseline is the mean loss of the batch and losses are divided by their deviation. Several objectives \
               are added up, each so standardised; a circuit that fails or breaks a constraint counts as two deviations above the \
               mean.\n\n\
               In the end the `keep` most probable of the circuits seen, and the one that takes the most probable option \
               everywhere, are trained alone from their own initial weights: only those enter the front. Real choices are \
               drawn uniformly and not learnt. Where `require` forbids combinations, forbidden ones are drawn again.",
        source = "Zhang, Hsieh, Zhang, Yao, Quantum Sci. Technol. 7, 045023 (2022), arXiv:2010.08561"
    ),
    options: &[
        OptionSpec {
            name: "rounds",
            kind: OptionKind::Count { min: 1, max: 1 << 32 },
            default: OptionDefault::Int(32),
            doc: "how often the probabilities are moved",
        },
        OptionSpec {
            name: "batch",
            kind: OptionKind::Count { min: 2, max: 1 << 16 },
            default: OptionDefault::Int(8),
            doc: "circuits drawn in a round",
        },
        OptionSpec {
            name: "rate",
            kind: OptionKind::Positive,
            default: OptionDefault::Real(0.2),
            doc: "Adam's rate for the parameters of the probabilities",
        },
        OptionSpec {
            name: "share",
            kind: OptionKind::Fraction,
            default: OptionDefault::Real(0.0),
            doc: "the share of the epochs each circuit trains the shared weights for; 0 is one epoch",
        },
        OptionSpec {
            name: "keep",
            kind: OptionKind::Count { min: 1, max: 1 << 16 },
            default: OptionDefault::Int(3),
            doc: "how many of the most probable circuits are trained alone at the end",
        },
    ],
    build: |settings, _| Box::new(Dqas::new(settings)),
    conflict: no_conflict,
};

/// How often a draw may break a `require` before an architecture is drawn uniformly instead.
const DRAWS: usize = 100;
/// By how many deviations a circuit that cannot be had is worse than the mean.
const FAILED: f64 = 2.0;
/// Adam's memory and the number that keeps it from dividing by zero.
const BETAS: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

/// The parameter of one option, with what Adam knows of its gradient.
#[derive(Clone, Debug)]
struct Parameter {
    value: Value,
    logit: f64,
    moments: [f64; 2],
}

/// The parameters of all choices, by path. An option gets its parameter when it is first met.
#[derive(Default)]
struct Pool(BTreeMap<String, Vec<Parameter>>);

impl Pool {
    fn logit(&self, path: &str, value: &Value) -> f64 {
        let known = self.0.get(path).and_then(|all| all.iter().find(|one| one.value == *value));
        known.map_or(0.0, |one| one.logit)
    }

    /// The options of a choice with their probabilities; none if it has no list of options.
    fn options(&self, gene: &Gene) -> Option<Vec<(Value, f64)>> {
        let values = cards(&gene.domain)?;
        let logits: Vec<f64> = values.iter().map(|value| self.logit(&gene.path, value)).collect();
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logits.iter().map(|logit| (logit - most).exp()).collect();
        let sum: f64 = weights.iter().sum();
        Some(values.into_iter().zip(weights.into_iter().map(|weight| weight / sum)).collect())
    }

    fn draw(&self, gene: &Gene, rng: &mut dyn Rng) -> Value {
        let Some(options) = self.options(gene) else { return draw(&gene.domain, rng) };
        let mut left = rng.random::<f64>();
        for (value, share) in &options {
            left -= share;
            if left < 0.0 {
                return value.clone();
            }
        }
        // Shares may add up to a little less than 1.
        options.last().map_or(Value::Int(0), |(value, _)| value.clone())
    }

    fn circuit(&self, space: &dyn Space, rng: &mut dyn Rng) -> Option<Genome> {
        for _ in 0..DRAWS {
            let decoded = space.decode(&Assignment::default(), &mut |gene| self.draw(gene, rng));
            if decoded.valid {
                return Some(Genome { assignment: decoded.assignment, genes: decoded.genes });
            }
        }
        let assignment = space.sample(rng)?;
        express(space, &assignment, rng)
    }

    /// The circuit with the most probable option everywhere, the first of several; real choices in their middle.
    fn mode(&self, space: &dyn Space) -> Option<Genome> {
        let decoded = space.decode(&Assignment::default(), &mut |gene| match (self.options(gene), &gene.domain) {
            (Some(options), _) => {
                let best = options.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
                best.map_or(Value::Int(0), |(value, _)| value.clone())
            }
            (None, Domain::Real { low, high, .. }) => Value::Real(f64::midpoint(*low, *high)),
            (None, Domain::Ints { start, .. }) => Value::Int(*start),
            (None, Domain::Subset { min, .. }) => Value::Subset((0..*min).collect()),
            (None, Domain::Values(values)) => values.first().cloned().unwrap_or(Value::Int(0)),
        });
        decoded.valid.then_some(Genome { assignment: decoded.assignment, genes: decoded.genes })
    }

    /// The logarithm of a circuit's probability.
    fn log_probability(&self, genome: &Genome) -> f64 {
        let of = |gene: &Gene| {
            let chosen = genome.assignment.0.get(&gene.path)?;
            let options = self.options(gene)?;
            options.iter().find(|(value, _)| value == chosen).map(|(_, share)| share.ln())
        };
        genome.genes.iter().filter_map(of).sum()
    }

    /// Adds `weight` times the gradient of [`Self::log_probability`].
    fn add_gradient(&self, genome: &Genome, weight: f64, gradient: &mut BTreeMap<String, Vec<(Value, f64)>>) {
        for gene in &genome.genes {
            let Some(chosen) = genome.assignment.0.get(&gene.path) else { continue };
            let Some(options) = self.options(gene).filter(|options| options.len() > 1) else { continue };
            let sums = gradient.entry(gene.path.clone()).or_default();
            for (value, share) in options {
                let slope = weight * (f64::from(u8::from(value == *chosen)) - share);
                match sums.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, sum)) => *sum += slope,
                    None => sums.push((value, slope)),
                }
            }
        }
    }

    /// Adam's step number `step`, from 1, down a gradient.
    fn step(&mut self, gradient: BTreeMap<String, Vec<(Value, f64)>>, rate: f64, step: i32) {
        for (path, slopes) in gradient {
            let known = self.0.entry(path).or_default();
            for (value, slope) in slopes {
                let at = known.iter().position(|one| one.value == value).unwrap_or_else(|| {
                    known.push(Parameter { value, logit: 0.0, moments: [0.0; 2] });
                    known.len() - 1
                });
                let Parameter { logit, moments: [first, second], .. } = &mut known[at];
                *first += (1.0 - BETAS[0]) * (slope - *first);
                *second += (1.0 - BETAS[1]) * (slope * slope - *second);
                let (m, v) = (*first / (1.0 - BETAS[0].powi(step)), *second / (1.0 - BETAS[1].powi(step)));
                *logit -= rate * m / (v.sqrt() + EPSILON);
            }
        }
    }
}

/// Losses as deviations from the mean of the batch, objectives added up.
fn advantages(batch: &[(Genome, Option<Vec<f64>>)]) -> Vec<f64> {
    let mut out = vec![0.0; batch.len()];
    let objectives = batch.iter().filter_map(|(_, scores)| scores.as_ref()).map(Vec::len).max().unwrap_or(0);
    for objective in 0..objectives {
        let known =
            || batch.iter().filter_map(|(_, scores)| scores.as_ref()).filter_map(|scores| scores.get(objective));
        let count = known().count().max(1) as f64;
        let mean = known().sum::<f64>() / count;
        let deviation = (known().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
        for (out, (_, scores)) in out.iter_mut().zip(batch) {
            *out += match scores.as_ref().and_then(|scores| scores.get(objective)) {
                Some(score) if deviation > 0.0 => (score - mean) / deviation,
                Some(_) => 0.0,
                None => FAILED,
            };
        }
    }
    // Those that failed pull the mean up: the baseline is the mean of all.
    let mean = out.iter().sum::<f64>() / out.len().max(1) as f64;
    out.iter_mut().for_each(|one| *one -= mean);
    out
}

struct Dqas {
    rounds: u64,
    size: usize,
    rate: f64,
    share: f64,
    keep: usize,
    pool: Pool,
    /// Rounds finished, and the weights the next one starts from.
    round: u64,
    start: Option<Inherit>,
    asked: usize,
    pending: VecDeque<Genome>,
    /// What this round's circuits scored; nothing if they failed.
    batch: Vec<(Genome, Option<Vec<f64>>)>,
    trained: Vec<u64>,
    /// Circuits seen, by their choices in words.
    seen: BTreeMap<String, Genome>,
    /// To be trained alone, most probable first, once the rounds are over.
    last: Option<VecDeque<Genome>>,
    finalists: Vec<u64>,
    finals: usize,
    done: Option<Done>,
}

impl Dqas {
    fn new(settings: &Settings) -> Self {
        Self {
            rounds: settings.count("rounds"),
            size: settings.size("batch"),
            rate: settings.real("rate").unwrap_or(0.2),
            share: settings.real("share").unwrap_or(0.0),
            keep: settings.size("keep"),
            pool: Pool::default(),
            round: 0,
            start: None,
            asked: 0,
            pending: VecDeque::new(),
            batch: Vec::new(),
            trained: Vec::new(),
            seen: BTreeMap::new(),
            last: None,
            finalists: Vec::new(),
            finals: 0,
            done: None,
        }
    }

    /// Moves the probabilities by what a whole round has shown.
    fn learn(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let mut gradient = BTreeMap::new();
        for ((genome, _), advantage) in batch.iter().zip(advantages(&batch)) {
            self.pool.add_gradient(genome, advantage / batch.len() as f64, &mut gradient);
        }
        self.round += 1;
        self.pool.step(gradient, self.rate, i32::try_from(self.round).unwrap_or(i32::MAX));
        let trained = std::mem::take(&mut self.trained);
        if !trained.is_empty() || self.start.is_some() {
            self.start = Some(Inherit::Shared { shared: self.round, of: trained });
        }
        self.asked = 0;
    }

    /// The most probable circuits, the mode first.
    fn finish(&mut self, space: &dyn Space) {
        let mut ranked: Vec<(f64, Genome)> =
            std::mem::take(&mut self.seen).into_values().map(|one| (self.pool.log_probability(&one), one)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mode = self.pool.mode(space);
        let others = ranked.into_iter().map(|(_, genome)| genome);
        let mut last: VecDeque<Genome> = VecDeque::new();
        for genome in mode.into_iter().chain(others) {
            if last.len() < self.keep && last.iter().all(|known| known.assignment != genome.assignment) {
                last.push_back(genome);
            }
        }
        self.finals = last.len();
        if last.is_empty() {
            self.done = Some(Done::Completed);
        }
        self.last = Some(last);
    }
}

impl Strategy for Dqas {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        if self.round >= self.rounds && self.last.is_none() {
            self.finish(space);
        }
        while proposals.len() < n && self.done.is_none() {
            if let Some(last) = &mut self.last {
                let Some(genome) = last.pop_front() else { break };
                proposals.push(Proposal::fresh(genome.assignment.clone()));
                self.pending.push_back(genome);
                continue;
            }
            if self.asked >= self.size {
                break;
            }
            let Some(genome) = self.pool.circuit(space, rng) else {
                self.done = Some(Done::EmptySpace);
                break;
            };
            self.asked += 1;
            self.seen.entry(format!("{:?}", genome.assignment)).or_insert_with(|| genome.clone());
            let (assignment, inherit) = (genome.assignment.clone(), self.start.clone());
            proposals.push(Proposal {
                assignment,
                parents: Vec::new(),
                inherit,
                fidelity: Fidelity::Share(self.share),
            });
            self.pending.push_back(genome);
        }
        proposals
    }

    fn tell(&mut self, scored: &[Scored]) {
        for scored in scored {
            let Some(genome) = self.pending.pop_front() else { break };
            if self.last.is_some() {
                self.finalists.push(scored.id);
                continue;
            }
            let sound = scored.violation <= 0.0 && scored.objectives.iter().all(|value| value.is_finite());
            if sound {
                // A repeated architecture has its weights where it was first.
                self.trained.push(scored.same_as.unwrap_or(scored.id));
            }
            self.batch.push((genome, sound.then(|| scored.objectives.clone())));
        }
        if !self.pending.is_empty() {
            return;
        }
        if self.last.as_ref().is_some_and(VecDeque::is_empty) {
            self.done = Some(Done::Completed);
        } else if self.last.is_none() && self.asked >= self.size {
            self.learn();
        }
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        let left = self.last.as_ref().map_or(self.size - self.asked.min(self.size), VecDeque::len);
        if self.round >= self.rounds && self.last.is_none() { self.keep.min(256) } else { left.clamp(1, 256) }
    }

    fn status(&self) -> Status {
        let finals = if self.last.is_some() { self.finals } else { self.keep } as u64;
        Status {
            generation: self.round + u64::from(self.done.is_some()),
            of: Some(self.rounds.saturating_add(1)),
            expected: Some(self.rounds.saturating_mul(self.size as u64).saturating_add(finals)),
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

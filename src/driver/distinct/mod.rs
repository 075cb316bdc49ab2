//! How many different architectures a space holds: assignments whose models are the same after canonicalisation count once.
//!
//! A space whose circuits and layers can be chosen apart is counted as a product (`product.rs`); another one that is small enough is
//! walked whole, in parallel; either way the counts are exact, and
//! assignments that differ only in what no model looks at are looked at once. Of a larger space a sample is drawn. How many there are that it did not meet follows from
//! how often it met the same one twice (A. Chao, Scand. J. Stat. 11, 265, 1984); without repeats only a lower bound is known.

mod product;

use super::random::stream;
use super::requirement::missed;
use super::space::{FilteredSpace, wilson};
use crate::diag::Diagnostic;
use crate::hir::Value;
use crate::hir::expr::Bindings;
use crate::ir::build::build_with;
use crate::passes::canonical::{Class, Identity, examine};
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use product::Product;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Largest space that is walked whole unless asked otherwise.
pub const WALKED: u64 = 100_000;
/// Assignments drawn from a larger one.
pub const DRAWN: usize = 2_000;
/// Assignments that are worked on together: enough for every thread, few enough for progress to move.
const CHUNK: usize = 512;

/// What kinds of architectures there are, each proved: some may be of a kind without a proof being found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds {
    /// All.
    pub all: u64,
    /// Those with a circuit none of whose weights has an effect on an output.
    pub untrained: u64,
    /// Those no output of which depends on the input.
    pub blind: u64,
    /// Those no output of which depends on the input or on any weight.
    pub constant: u64,
    /// Assignments that give no architecture: a check that was left to building fails. They are no part of the others.
    pub broken: u64,
}

/// A number that a sample tells roughly, with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Guess {
    /// The best guess.
    pub about: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The different architectures of a space.
#[derive(Clone, PartialEq, Debug)]
pub enum Distinct {
    /// Every assignment was looked at, in parts or as a whole.
    Exact {
        /// How many there are.
        kinds: Kinds,
        /// How many assignments were built.
        built: u64,
        /// If the space was counted as a product: how many assignments each circuit has, and the rest, last.
        parts: Vec<u64>,
    },
    /// A sample was drawn.
    Sampled {
        /// How many assignments were drawn and built.
        drawn: u64,
        /// The different ones among them.
        kinds: Kinds,
        /// How many there are in the space; `None` if nothing was drawn twice: then there are at least as many as seen, and at
        /// most as many as assignments.
        architectures: Option<Guess>,
        /// The shares of all assignments that are untrained, blind and constant.
        shares: [Guess; 3],
    },
}

/// A space of fewer models is walked rather than taken apart.
const APART: u64 = 256;

/// Counts the different architectures: exactly if at most `walked` assignments have to be built for that, by a sample of `drawn` otherwise.
/// `progress` hears how many are done and how many there will be.
///
/// # Errors
/// Whatever building has against the first architecture if it has something against all; `QN0406` if none meets the requirements.
pub fn distinct(
    space: &FilteredSpace<'_>,
    (walked, drawn): (u64, usize),
    seed: u64,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Distinct, Diagnostic> {
    let half = (space.choices().models() / 2u32).to_u64().unwrap_or(u64::MAX);
    let apart = if half >= APART / 2 { in_parts(space, walked.min(half), progress) } else { None };
    apart.map_or_else(|| one_by_one(space, (walked, drawn), seed, progress), Ok)
}

/// Counts a space as a product of its circuits and what is around them, building at most `most` assignments; `None` if it is no product.
pub fn in_parts(space: &FilteredSpace<'_>, most: u64, progress: &mut dyn FnMut(u64, u64)) -> Option<Distinct> {
    let Product { kinds, built, parts } = product::count(space, most, progress)?;
    Some(Distinct::Exact { kinds, built, parts })
}

/// As [`distinct`], never in parts.
///
/// # Errors
/// As [`distinct`].
pub fn one_by_one(
    space: &FilteredSpace<'_>,
    (walked, drawn): (u64, usize),
    seed: u64,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Distinct, Diagnostic> {
    let all = space.choices().models();
    let (seen, drawn_classes) = (FxHashMap::default(), Classes::default());
    let mut run = Run { space, seen, drawn: drawn_classes, built: 0, of: 0, broken: 0, first: None, progress };
    if all <= BigUint::from(walked) {
        run.of = all.to_u64().unwrap_or(u64::MAX);
        run.walk();
        run.anything()?;
        return Ok(Distinct::Exact { kinds: run.kinds(), built: run.built, parts: Vec::new() });
    }
    run.of = drawn as u64;
    let mut rng = stream(seed, "space/distinct");
    let mut chunk = Vec::with_capacity(CHUNK);
    for _ in 0..drawn {
        let mut assignment = space.draw(&mut rng)?;
        // Real choices are not counted: one value stands for all.
        assignment.0.retain(|_, value| !matches!(value, Value::Real(_)));
        chunk.push(space.choices().bindings(&assignment).0);
        if chunk.len() == CHUNK {
            run.flush(&mut chunk);
        }
    }
    run.flush(&mut chunk);
    run.anything()?;
    let n = usize::try_from(run.built).unwrap_or(usize::MAX);
    let share = |hits: u64| {
        let (low, high) = wilson(usize::try_from(hits).unwrap_or(n), n);
        Guess { about: hits as f64 / n.max(1) as f64, low, high }
    };
    let Classes { untrained, blind, constant } = run.drawn;
    let times: Vec<u64> = run.seen.values().map(|seen| seen.times).collect();
    Ok(Distinct::Sampled {
        drawn: run.built,
        kinds: run.kinds(),
        architectures: unseen(&times, all.to_f64().unwrap_or(f64::INFINITY)),
        shares: [share(untrained), share(blind), share(constant)],
    })
}

/// An architecture that was met.
struct Seen {
    class: Class,
    /// Has it a circuit?
    quantum: bool,
    times: u64,
}

/// Assignments by what their architecture is.
#[derive(Default)]
struct Classes {
    untrained: u64,
    blind: u64,
    constant: u64,
}

impl Classes {
    fn add(&mut self, seen: &Seen) {
        self.untrained += u64::from(seen.quantum && seen.class.live_quantum_weights == 0);
        self.blind += u64::from(!seen.class.reads_input);
        self.constant += u64::from(seen.class.constant);
    }
}

struct Run<'s, 't> {
    space: &'s FilteredSpace<'t>,
    seen: FxHashMap<Identity, Seen>,
    drawn: Classes,
    built: u64,
    of: u64,
    broken: u64,
    first: Option<Diagnostic>,
    progress: &'s mut dyn FnMut(u64, u64),
}

impl Run<'_, '_> {
    fn walk(&mut self) {
        let mut chunk = Vec::with_capacity(CHUNK);
        self.space.choices().each_model(&mut |bindings| {
            chunk.push(bindings.clone());
            if chunk.len() == CHUNK {
                self.flush(&mut chunk);
            }
            true
        });
        self.flush(&mut chunk);
    }

    /// Fails if nothing could be built.
    fn anything(&mut self) -> Result<(), Diagnostic> {
        match self.first.take() {
            Some(error) if self.seen.is_empty() => Err(error),
            _ => Ok(()),
        }
    }

    /// Builds what is collected and takes account of it in order; the first of equal architectures says what kind they are.
    fn flush(&mut self, chunk: &mut Vec<Bindings>) {
        let space = self.space;
        let template = space.template();
        let examined: Vec<Result<Option<(Identity, Seen)>, Diagnostic>> = chunk
            .par_iter()
            .map(|bindings| {
                let graph = build_with(template, bindings.clone())?;
                if space.needs_building() && !missed(template, bindings, Some(&graph)).iter().all(|m| m.assert) {
                    return Ok(None);
                }
                let (identity, class) = examine(&graph);
                Ok(Some((identity, Seen { class, quantum: graph.regions().next().is_some(), times: 0 })))
            })
            .collect();
        for found in examined {
            let (identity, first) = match found {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(error) => {
                    self.broken += 1;
                    self.first.get_or_insert(error);
                    continue;
                }
            };
            let seen = self.seen.entry(identity).or_insert(first);
            seen.times += 1;
            self.drawn.add(seen);
        }
        self.built += chunk.len() as u64;
        chunk.clear();
        (self.progress)(self.built, self.of);
    }

    fn kinds(&self) -> Kinds {
        let mut classes = Classes::default();
        self.seen.values().for_each(|seen| classes.add(seen));
        let Classes { untrained, blind, constant } = classes;
        Kinds { all: self.seen.len() as u64, untrained, blind, constant, broken: self.broken }
    }
}

/// How many different ones there are if each was met so many times: Chao's estimate with his interval on the logarithm of the
/// unseen (Biometrics 43, 783, 1987), at most `all`.
fn unseen(times: &[u64], all: f64) -> Option<Guess> {
    let met = |often: u64| times.iter().filter(|&&times| times == often).count() as f64;
    let (seen, once, twice) = (times.len() as f64, met(1), met(2));
    if once == 0.0 {
        return Some(Guess { about: seen, low: seen, high: seen });
    }
    if twice == 0.0 {
        return None;
    }
    let ratio = once / twice;
    let missing = once * ratio / 2.0;
    let variance = twice * (ratio.powi(2) / 2.0 + ratio.powi(3) + ratio.powi(4) / 4.0);
    let spread = (1.959_964 * (1.0 + variance / missing.powi(2)).ln().sqrt()).exp();
    let within = |value: f64| (seen + value).min(all);
    Some(Guess { about: within(missing), low: within(missing / spread), high: within(missing * spread) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_estimate_covers_the_truth() {
        // 500 kinds drawn 600 times, 400 times over: the interval is meant to hold the truth in 380 of them.
        let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(5);
        let mut covered = 0;
        for _ in 0..400 {
            let mut times = vec![0u64; 500];
            (0..600).for_each(|_| times[rng.random_range(0..500)] += 1);
            times.retain(|&times| times > 0);
            let guess = unseen(&times, 1e9).expect("some repeat");
            covered += usize::from(guess.low <= 500.0 && 500.0 <= guess.high);
            assert!(guess.low <= guess.about && guess.about <= guess.high);
        }
        assert!((365..=395).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn without_repeats_nothing_is_guessed() {
        assert_eq!(unseen(&[1, 1, 1], 1e9), None);
        assert_eq!(unseen(&[3, 2], 1e9), Some(Guess { about: 2.0, low: 2.0, high: 2.0 }));
        assert_eq!(unseen(&[1, 1, 1, 2], 4.0).map(|guess| guess.high), Some(4.0));
    }
}

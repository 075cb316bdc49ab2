//! What architectures cost besides the steps of their circuits, and which of their circuits are read, by the choices that decide it.
//!
//! The frame comes in pieces, each decided by few choices (`hir/frame`). For every combination of values these can have, one
//! architecture is built, and of each of its nodes it is known which piece made it: so tables are filled that say what a piece costs. That
//! its choices decide it is checked on all architectures built for other pieces, and on some at random.

use super::random::stream;
use super::space::{COUNTED, REMEMBERED};
use crate::cost::{self, Chosen, METRICS};
use crate::hir::Space;
use crate::hir::expr::{self, Bindings, Picked, Symbol};
use crate::hir::frame::{Deciding, Flag, Frame, Piece};
use crate::hir::space::{Charged, Guess, Ledger, Rest, TemplateSpace, Total};
use crate::hir::template::Template;
use crate::ir::build::{Traced, build_traced};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Most architectures to build for that: as many as are built and counted one by one.
const MOST: usize = COUNTED;
/// Most of them for one piece.
const EACH: usize = 20_000;
/// Architectures drawn at random to see whether they cost what the tables say.
const CHECKED: usize = 48;
/// Most circuits that are not read in every architecture.
const GUESSED: usize = 10;

/// Whole numbers: what is left of each metric.
type Numbers = Vec<i64>;

/// Numbers by the values of choices.
struct Table {
    symbols: Vec<Symbol>,
    rows: HashMap<Vec<Option<Picked>>, Numbers>,
}

/// The frames of a template.
pub(super) struct Frames {
    /// Metrics that have something left, as places in the catalogue.
    metrics: Vec<usize>,
    /// Which of `costs` has a piece: those that the same choices decide have one.
    places: BTreeMap<Piece, usize>,
    /// What is left of the metrics.
    costs: Vec<Table>,
    /// By circuit 1 or 0: whether it is read, if it runs.
    reads: BTreeMap<u32, Table>,
}

/// What one architecture has to say: by place in the tables of costs, and by circuit that runs.
type Found = (Vec<Numbers>, BTreeMap<u32, i64>);

impl Frames {
    /// Which circuits are read; `None` if there are too many cases or it is not known what decides it.
    pub(super) fn of_reads(template: &Template, frame: &Frame) -> Option<Self> {
        Self::of(template, frame, &BTreeMap::new())
    }

    /// That, and what everything costs.
    pub(super) fn of_all(template: &Template, frame: &Frame) -> Option<Self> {
        Self::of(template, frame, frame.pieces.as_ref()?)
    }

    fn of(template: &Template, frame: &Frame, pieces: &Deciding<Piece>) -> Option<Self> {
        let mut out = Self::empty(frame, pieces)?;
        let sets: Vec<Vec<Symbol>> = out.tables().map(|table| table.symbols.clone()).collect();
        if sets.is_empty() {
            return Some(out);
        }
        let totals = frame.flags.iter().map(|one| flag(one.clone(), true)).collect();
        let ledger = Ledger { totals, ..Ledger::default() };
        let mut left = MOST;
        for symbols in largest(&sets) {
            let built = TemplateSpace::witnesses(template, &ledger, &symbols, left.min(EACH))?;
            left -= built.len();
            out.fill(template, &built)?;
        }
        let space = TemplateSpace::with_ledger(template, &ledger).filter(|space| space.can_count(REMEMBERED))?;
        let mut rng = stream(0, "space/frames");
        let drawn: Vec<_> = (0..CHECKED).filter_map(|_| space.sample(&mut rng)).collect();
        let drawn: Vec<Bindings> = drawn.iter().map(|one| space.bindings(one).0).collect();
        out.fill(template, &drawn)?;
        (out.guesses().len() <= GUESSED).then_some(out)
    }

    /// Tables without rows.
    fn empty(frame: &Frame, pieces: &Deciding<Piece>) -> Option<Self> {
        let metrics = (0..METRICS.len()).filter(|&at| METRICS[at].per_node.is_some()).collect();
        let table = |set: &BTreeSet<Symbol>| Table { symbols: set.iter().copied().collect(), rows: HashMap::new() };
        let sets: Vec<&BTreeSet<Symbol>> = pieces.values().collect::<BTreeSet<_>>().into_iter().collect();
        let place = |set: &BTreeSet<Symbol>| sets.iter().position(|known| *known == set).unwrap_or(0);
        let places = pieces.iter().map(|(piece, set)| (*piece, place(set))).collect();
        let reads = frame.reads.as_ref()?.iter().map(|(id, set)| (*id, table(set))).collect();
        Some(Self { metrics, places, costs: sets.into_iter().map(table).collect(), reads })
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.costs.iter().chain(self.reads.values())
    }

    /// Fills the tables with what some architectures cost; `None` if they do not agree.
    fn fill(&mut self, template: &Template, all: &[Bindings]) -> Option<()> {
        let found = |bindings: &Bindings| self.found(&build_traced(template, bindings.clone()).ok()?);
        let found: Vec<Found> = all.par_iter().map(found).collect::<Option<_>>()?;
        for (bindings, (costs, reads)) in all.iter().zip(found) {
            self.costs.iter_mut().zip(costs).try_for_each(|(table, own)| table.note(bindings, own))?;
            // What does not run is as good as read.
            let read = |id: &u32| vec![reads.get(id).copied().unwrap_or(1)];
            self.reads.iter_mut().try_for_each(|(id, table)| table.note(bindings, read(id)))?;
        }
        Some(())
    }

    /// The numbers of one architecture; `None` if some are not counted exactly, if something is no piece, or if of a circuit some turns
    /// are read and others are not.
    fn found(&self, traced: &Traced) -> Option<Found> {
        let mut costs = vec![vec![0; self.metrics.len()]; self.costs.len()];
        let mut read: BTreeMap<u32, usize> = BTreeMap::new();
        for node in traced.graph.nodes() {
            let piece = traced.origins.get(&node.id);
            if let Some(Piece::Circuit(id)) = piece {
                *read.entry(*id).or_default() += 1;
            }
            // Inputs are made by nothing and cost nothing.
            if let (Some(piece), false) = (piece, costs.is_empty()) {
                let sums = &mut costs[*self.places.get(piece)?];
                for (sum, &at) in sums.iter_mut().zip(&self.metrics) {
                    let left = Chosen { metric: METRICS[at], gate: "", budget: 0 }.beyond_steps(&traced.graph, node)?;
                    let whole = left >= 0.0 && left.fract() == 0.0 && left < 1e15;
                    #[allow(clippy::cast_possible_truncation)] // Whole and below 2^53.
                    let left = whole.then_some(left as i64)?;
                    *sum += left;
                }
            }
        }
        let turns = |(id, runs): (&u32, &usize)| {
            let read = read.get(id).copied().unwrap_or(0);
            (read == 0 || read == *runs).then_some((*id, i64::from(read > 0)))
        };
        Some((costs, traced.runs.iter().map(turns).collect::<Option<_>>()?))
    }

    /// The circuits that not every architecture reads.
    pub(super) fn guesses(&self) -> Vec<Guess> {
        let guess = |(circuit, table): (&u32, &Table)| {
            let read = table.rest(|numbers| numbers[0]);
            let always = read.amounts.values().all(|read| *read == 1);
            (!always).then(|| Guess { circuit: *circuit, read: Arc::new(read) })
        };
        self.reads.iter().filter_map(guess).collect()
    }

    /// What is left of a sum of multiples of metrics, given by name.
    pub(super) fn rests(&self, terms: &BTreeMap<String, i64>) -> Vec<Arc<Rest>> {
        let place = |name: &str| {
            let metric = cost::find(name)?.metric;
            self.metrics.iter().position(|&at| std::ptr::eq(METRICS[at], metric))
        };
        let terms: Vec<(usize, i64)> = terms.iter().filter_map(|(name, count)| Some((place(name)?, *count))).collect();
        let amount = |left: &Numbers| terms.iter().map(|&(at, count)| count.saturating_mul(left[at])).sum();
        let mut out: BTreeMap<Vec<Symbol>, HashMap<Vec<Option<Picked>>, i64>> = BTreeMap::new();
        for table in &self.costs {
            let rest = table.rest(amount);
            match out.get_mut(&rest.symbols) {
                None => drop(out.insert(rest.symbols, rest.amounts)),
                // All combinations that there are stand in both.
                Some(known) => {
                    known.iter_mut().for_each(|(key, sum)| *sum += rest.amounts.get(key).copied().unwrap_or(0))
                }
            }
        }
        out.retain(|_, amounts| amounts.values().any(|amount| *amount != 0));
        out.into_iter().map(|(symbols, amounts)| Arc::new(Rest { symbols, amounts })).collect()
    }
}

impl Table {
    /// Notes the numbers of an architecture; `None` if another one with the same choices has others.
    fn note(&mut self, bindings: &Bindings, numbers: Numbers) -> Option<()> {
        let key = self.symbols.iter().map(|symbol| bindings.get(symbol.0, &[]).cloned()).collect();
        let known = self.rows.entry(key).or_insert_with(|| numbers.clone());
        (*known == numbers).then_some(())
    }

    /// One number of each row, by no more symbols than it takes.
    fn rest(&self, number: impl Fn(&Numbers) -> i64) -> Rest {
        let amounts = self.rows.iter().map(|(key, numbers)| (key.clone(), number(numbers))).collect();
        let mut rest = Rest { symbols: self.symbols.clone(), amounts };
        for at in (0..rest.symbols.len()).rev() {
            if let Some(amounts) = without(&rest.amounts, at) {
                rest.symbols.remove(at);
                rest.amounts = amounts;
            }
        }
        rest
    }
}

/// The amounts without one of the symbols; `None` if they depend on it.
fn without(amounts: &HashMap<Vec<Option<Picked>>, i64>, at: usize) -> Option<HashMap<Vec<Option<Picked>>, i64>> {
    let mut out = HashMap::with_capacity(amounts.len());
    let mut note = |(key, amount): (&Vec<Option<Picked>>, &i64)| {
        let mut key = key.clone();
        key.remove(at);
        (*out.entry(key).or_insert(*amount) == *amount).then_some(())
    };
    amounts.iter().try_for_each(&mut note)?;
    Some(out)
}

/// A flag as a total, which stays down if it is not used.
pub(super) fn flag(flag: Flag, used: bool) -> Total {
    let charge =
        move |charged: &Charged<'_>| Some(if used { flag.raised(charged.step, charged.circuit) } else { expr::int(0) });
    // Raised once or often is the same.
    Total { charge: Box::new(charge), of_read: false, rests: Vec::new(), bound: Some(0) }
}

/// The sets that are in no other.
fn largest(sets: &[Vec<Symbol>]) -> Vec<BTreeSet<Symbol>> {
    let mut sets: Vec<BTreeSet<Symbol>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.len()));
    let mut out: Vec<BTreeSet<Symbol>> = Vec::new();
    for set in sets {
        if !out.iter().any(|known| set.is_subset(known)) {
            out.push(set);
        }
    }
    out
}

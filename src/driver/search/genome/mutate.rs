//! Mutation: each gene changes with some probability, into another value of its domain.
//!
//! Where asked for, a gene that is the bound of a loop does not jump: one iteration is inserted or deleted somewhere, or
//! two are exchanged, and the others keep their values and weights.

use super::real::Interval;
use super::{Genome, draw_other, find_list};
use crate::hir::{Assignment, Domain, Space, Value};
use rand::{Rng, RngExt};

/// How often lists exchange two iterations instead of gaining or losing one.
const EXCHANGES: f64 = 0.2;

/// The chance of a gene to change.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum MutationRate {
    /// One gene in expectation, whatever their number (at most half of them).
    OneGene,
    /// This chance for every gene.
    Each(f64),
}

impl MutationRate {
    fn chance(self, genes: usize) -> f64 {
        match self {
            Self::OneGene => (1.0 / genes.max(1) as f64).min(0.5),
            Self::Each(chance) => chance.clamp(0.0, 1.0),
        }
    }
}

/// What mutation gives: an assignment to decode, and which iterations moved.
#[derive(Clone, PartialEq, Debug)]
pub struct Mutant {
    /// Values for the child; some may be missing or outside their domain.
    pub partial: Assignment,
    /// Iterations that moved, as in [`super::ListChange`].
    pub moved: Vec<(String, String)>,
}

/// Mutates a genome; with `lists`, bounds of loops change by whole iterations (at most one list per mutant, so that the
/// places named in `moved` mean the parent's).
pub fn mutate(space: &dyn Space, genome: &Genome, rate: MutationRate, lists: bool, rng: &mut dyn Rng) -> Mutant {
    let chance = rate.chance(genome.genes.len());
    let mut partial = genome.assignment.clone();
    let mut list = None;
    for gene in &genome.genes {
        if !rng.random_bool(chance) {
            continue;
        }
        let Some(value) = partial.0.get(&gene.path) else { continue };
        if lists && list.is_none() {
            list = find_list(space, genome, &gene.path, rng);
            if list.is_some() {
                continue;
            }
        }
        let changed = match (&gene.domain, value) {
            (Domain::Real { low, high, log }, Value::Real(x)) => {
                Value::Real(Interval { low: *low, high: *high, log: *log }.mutate(*x, rng))
            }
            _ => draw_other(&gene.domain, value, rng),
        };
        partial.0.insert(gene.path.clone(), changed);
    }
    match list {
        None => Mutant { partial, moved: Vec::new() },
        Some(list) => {
            let exchange = rng.random_bool(EXCHANGES);
            let exchanged = if exchange { list.exchange(&partial, rng) } else { None };
            let change = exchanged.unwrap_or_else(|| list.resize(&partial, rng));
            Mutant { partial: change.partial, moved: change.moved }
        }
    }
}

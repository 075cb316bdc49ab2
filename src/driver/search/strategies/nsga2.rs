//! `nsga2`: the fast elitist multi-objective genetic algorithm, on conditional genomes.

use super::generational::{Generational, Individual, OPTIONS, Selection};
use super::{StrategyDef, no_conflict};
use crate::driver::search::pareto::{constrained_ranks, crowding_distances, fronts};
use crate::meta;
use std::cmp::Ordering;

/// The catalogue entry.
pub(super) static NSGA2: StrategyDef = StrategyDef {
    meta: meta!(
        "nsga2",
        "genetic search for a whole front: non-dominated sorting and crowding distance",
        doc = "Keeps a population; each generation mates winners of binary tournaments (lower front first, then the lonelier \
               one), and keeps the best of parents and children. Architectures that break a constraint come after all that \
               do not, by how much they break.\n\n\
               A child takes each choice, or each subtree of choices, from one parent; choices that only its own structure \
               has are drawn. Real choices use simulated binary crossover and polynomial mutation. No assignment is tried \
               twice.",
        source = "Deb, Pratap, Agarwal, Meyarivan, IEEE TEVC 6(2), 2002"
    ),
    options: OPTIONS,
    build: |settings, _| Box::new(Generational::new(settings, Crowding)),
    conflict: no_conflict,
};

struct Crowding;

impl Selection for Crowding {
    fn select(&mut self, everybody: Vec<Individual>, size: usize) -> Vec<Individual> {
        best_by_crowding(everybody, size)
    }

    fn better(&self, a: &Individual, b: &Individual) -> Ordering {
        a.rank.cmp(&b.rank).then(b.crowding.total_cmp(&a.crowding))
    }
}

/// The `size` best by front and then crowding distance, best first, with both set.
pub(super) fn best_by_crowding(mut everybody: Vec<Individual>, size: usize) -> Vec<Individual> {
    let points: Vec<&[f64]> = everybody.iter().map(|one| one.objectives.as_slice()).collect();
    let violations: Vec<f64> = everybody.iter().map(|one| one.violation).collect();
    let ranks = constrained_ranks(&points, &violations);
    let mut crowding = vec![0.0; points.len()];
    for front in fronts(&ranks) {
        let inner: Vec<&[f64]> = front.iter().map(|&at| points[at]).collect();
        for (&at, distance) in front.iter().zip(crowding_distances(&inner)) {
            crowding[at] = distance;
        }
    }
    for ((one, rank), distance) in everybody.iter_mut().zip(ranks).zip(crowding) {
        (one.rank, one.crowding) = (rank, distance);
    }
    // The sort is stable: elders win ties.
    everybody.sort_by(|a, b| a.rank.cmp(&b.rank).then(b.crowding.total_cmp(&a.crowding)));
    everybody.truncate(size);
    everybody
}

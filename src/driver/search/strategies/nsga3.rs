//! `nsga3`: as NSGA-II, but spread by reference directions: for three and more objectives.

use super::generational::{Generational, Individual, OPTIONS, Selection};
use super::{StrategyDef, no_conflict};
use crate::driver::random::below;
use crate::driver::search::pareto::{constrained_ranks, das_dennis, fronts, most_divisions};
use crate::meta;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::cmp::Ordering;

/// The catalogue entry.
pub(super) static NSGA3: StrategyDef = StrategyDef {
    meta: meta!(
        "nsga3",
        "genetic search for a whole front of three or more objectives, spread by reference directions",
        doc = "As `nsga2`, but the last front to be kept is thinned by niches: each candidate belongs to the nearest of a fan \
               of directions from the best point seen, and directions with few candidates come first. There are as many \
               directions as evenly spread ones fit into `population` (91 for three objectives and 100).",
        source = "Deb, Jain, IEEE TEVC 18(4), 2014"
    ),
    options: OPTIONS,
    build: |settings, n_objectives| {
        let directions = das_dennis(n_objectives, most_divisions(n_objectives, settings.size("population")));
        Box::new(Generational::new(settings, Niches::new(directions, n_objectives)))
    },
    conflict: no_conflict,
};

struct Niches {
    directions: Vec<Vec<f64>>,
    ideal: Vec<f64>,
    /// The best point so far along each axis.
    extremes: Vec<Vec<f64>>,
    /// For ties between niches; its draws depend on nothing but the history of selections.
    rng: ChaCha8Rng,
}

impl Niches {
    fn new(directions: Vec<Vec<f64>>, n_objectives: usize) -> Self {
        let ideal = vec![f64::INFINITY; n_objectives];
        Self { directions, ideal, extremes: Vec::new(), rng: ChaCha8Rng::seed_from_u64(0) }
    }

    /// The scale of each objective: where the plane through the extreme points cuts its axis, from the ideal point.
    fn ranges(&mut self, first: &[&[f64]], all: &[&[f64]]) -> Vec<f64> {
        let m = self.ideal.len();
        for point in all {
            for (best, value) in self.ideal.iter_mut().zip(*point) {
                *best = best.min(*value);
            }
        }
        let candidates: Vec<Vec<f64>> =
            self.extremes.iter().cloned().chain(first.iter().map(|point| point.to_vec())).collect();
        let far_from = |point: &[f64], axis: usize| {
            let weigh = |(at, value): (usize, &f64)| (value - self.ideal[at]) * if at == axis { 1.0 } else { 1e6 };
            point.iter().enumerate().map(weigh).fold(0.0, f64::max)
        };
        let extreme = |axis| candidates.iter().min_by(|a, b| far_from(a, axis).total_cmp(&far_from(b, axis))).cloned();
        let extremes: Vec<Vec<f64>> = (0..m).filter_map(extreme).collect();
        let moved: Vec<Vec<f64>> =
            extremes.iter().map(|point| point.iter().zip(&self.ideal).map(|(x, low)| x - low).collect()).collect();
        let worst =
            |points: &[&[f64]], at: usize| points.iter().map(|point| point[at]).fold(f64::NEG_INFINITY, f64::max);
        let intercepts = solve(moved).map(|plane| plane.iter().map(|slope| 1.0 / slope).collect::<Vec<f64>>());
        let usable = |ranges: &Vec<f64>| {
            (0..m).all(|at| ranges[at] > 1e-6 && ranges[at] <= worst(all, at) - self.ideal[at] + 1e-9)
        };
        let ranges =
            intercepts.filter(usable).unwrap_or_else(|| (0..m).map(|at| worst(first, at) - self.ideal[at]).collect());
        let ranges = ranges.iter().enumerate().map(|(at, &range)| {
            let range = if range > 1e-6 { range } else { worst(all, at) - self.ideal[at] };
            if range > 1e-12 { range } else { 1.0 }
        });
        let ranges = ranges.collect();
        self.extremes = extremes;
        ranges
    }

    /// The nearest direction to a point, and how far it is from the ray.
    fn niche(&self, point: &[f64], ranges: &[f64]) -> (usize, f64) {
        let scaled: Vec<f64> =
            point.iter().zip(&self.ideal).zip(ranges).map(|((x, low), range)| (x - low) / range).collect();
        let mut nearest = (0, f64::INFINITY);
        for (at, direction) in self.directions.iter().enumerate() {
            let dot: f64 = scaled.iter().zip(direction).map(|(x, d)| x * d).sum();
            let norm: f64 = direction.iter().map(|d| d * d).sum();
            let off = scaled.iter().zip(direction).map(|(x, d)| x - dot / norm * d).map(|gap| gap * gap).sum::<f64>();
            if off < nearest.1 {
                nearest = (at, off);
            }
        }
        nearest
    }
}

/// Solves `rows · x = (1, .., 1)` by elimination with pivoting; `None` if the rows are as good as dependent.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    if n == 0 || rows.iter().any(|row| row.len() != n || row.iter().any(|x| !x.is_finite())) {
        return None;
    }
    for row in &mut rows {
        row.push(1.0);
    }
    for at in 0..n {
        let pivot = (at..n).max_by(|&a, &b| rows[a][at].abs().total_cmp(&rows[b][at].abs()))?;
        if rows[pivot][at].abs() < 1e-12 {
            return None;
        }
        rows.swap(at, pivot);
        let used = rows[at].clone();
        for (other, row) in rows.iter_mut().enumerate() {
            if other != at {
                let factor = row[at] / used[at];
                row.iter_mut().zip(&used).for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    Some((0..n).map(|at| rows[at][n] / rows[at][at]).collect())
}

impl Selection for Niches {
    fn seed(&mut self, seed: u64) {
        self.rng = ChaCha8Rng::seed_from_u64(seed);
    }

    fn select(&mut self, mut everybody: Vec<Individual>, size: usize) -> Vec<Individual> {
        let points: Vec<&[f64]> = everybody.iter().map(|one| one.objectives.as_slice()).collect();
        let violations: Vec<f64> = everybody.iter().map(|one| one.violation).collect();
        let ranks = constrained_ranks(&points, &violations);
        let all_fronts = fronts(&ranks);
        let feasible = |at: &usize| violations[*at] <= 0.0;
        let mut kept: Vec<usize> = Vec::new();
        for front in &all_fronts {
            if kept.len() + front.len() <= size {
                kept.extend(front);
                continue;
            }
            let room = size - kept.len();
            if front.first().is_some_and(feasible) {
                let first: Vec<&[f64]> = all_fronts[0].iter().map(|&at| points[at]).collect();
                let good: Vec<&[f64]> = (0..points.len()).filter(feasible).map(|at| points[at]).collect();
                let ranges = self.ranges(&first, &good);
                let niches: Vec<(usize, f64)> = points.iter().map(|point| self.niche(point, &ranges)).collect();
                let chosen = self.fill(&kept, front, &niches, room);
                kept.extend(chosen);
            } else {
                kept.extend(&front[..room]);
            }
            break;
        }
        for (one, rank) in everybody.iter_mut().zip(ranks) {
            one.rank = rank;
        }
        kept.sort_unstable();
        let mut at = 0;
        everybody.retain(|_| {
            at += 1;
            kept.binary_search(&(at - 1)).is_ok()
        });
        everybody
    }

    fn better(&self, a: &Individual, b: &Individual) -> Ordering {
        // Among feasible candidates the niches, not tournaments, do the selecting.
        a.violation.max(0.0).total_cmp(&b.violation.max(0.0))
    }
}

impl Niches {
    /// Takes `room` members of `front`, always for a niche with the fewest so far.
    fn fill(&mut self, kept: &[usize], front: &[usize], niches: &[(usize, f64)], room: usize) -> Vec<usize> {
        let mut crowd = vec![0_usize; self.directions.len()];
        for &at in kept {
            crowd[niches[at].0] += 1;
        }
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); self.directions.len()];
        for &at in front {
            waiting[niches[at].0].push(at);
        }
        let mut chosen = Vec::with_capacity(room);
        while chosen.len() < room {
            let open = || (0..crowd.len()).filter(|&niche| !waiting[niche].is_empty());
            let Some(fewest) = open().map(|niche| crowd[niche]).min() else { break };
            let emptiest: Vec<usize> = open().filter(|&niche| crowd[niche] == fewest).collect();
            let niche = emptiest[below(&mut self.rng, emptiest.len())];
            let members = &mut waiting[niche];
            // An empty niche takes whoever is nearest to its ray, others take anybody.
            let nearest = (0..members.len()).min_by(|&a, &b| niches[members[a]].1.total_cmp(&niches[members[b]].1));
            let at = match nearest {
                Some(nearest) if fewest == 0 => nearest,
                _ => below(&mut self.rng, members.len()),
            };
            chosen.push(members.remove(at));
            crowd[niche] += 1;
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_solved_and_a_degenerate_one_refused() {
        let plane = solve(vec![vec![2.0, 0.0], vec![0.0, 4.0]]).expect("independent");
        assert_eq!(plane, [0.5, 0.25]);
        assert!(solve(vec![vec![1.0, 1.0], vec![1.0, 1.0]]).is_none());
    }
}

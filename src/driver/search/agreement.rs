//! How well scores from shared weights agree with scores of models that are trained alone.

use crate::hir::Assignment;
use serde::Serialize;

/// Candidates whose agreement says little: fewer pairs than this have no interval.
const FEWEST: usize = 5;

/// Below this the order of inherited scores says next to nothing of the order of the models trained alone.
const LOW: f64 = 0.3;

/// The rank correlation of inherited and stand-alone scores in one objective.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Agreement {
    /// Position of the objective.
    pub objective: usize,
    /// Kendall's tau-b, -1 to 1; `None` if all scores on one side are equal.
    pub tau: Option<f64>,
    /// Its 95 % interval; `None` for too few pairs.
    pub interval: Option<(f64, f64)>,
    /// Architectures scored both ways, drawn uniformly.
    pub pairs: usize,
}

impl Agreement {
    /// Is it too low, or too uncertain, for shared weights to rank architectures?
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.tau.is_none_or(|tau| tau < LOW) || self.interval.is_none_or(|(low, _)| low <= 0.0)
    }
}

/// Scores of architectures both ways, as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    /// The last one scored with shared weights: its twin comes right after it.
    inherited: Option<(Assignment, Vec<f64>)>,
    pairs: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Pairs {
    /// A score with shared weights.
    pub(super) fn inherited(&mut self, assignment: &Assignment, objectives: Vec<f64>) {
        self.inherited = Some((assignment.clone(), objectives));
    }

    /// A score of a model that was trained alone.
    pub(super) fn alone(&mut self, assignment: &Assignment, objectives: Vec<f64>) {
        if let Some((_, inherited)) = self.inherited.take().filter(|(twin, _)| twin == assignment) {
            self.pairs.push((inherited, objectives));
        }
    }

    /// The agreement of every objective that not all of both sides agree on anyway, as costs do.
    pub(super) fn agreements(&self) -> Vec<Agreement> {
        let n_objectives = self.pairs.first().map_or(0, |(inherited, _)| inherited.len());
        let differs = |at: &usize| self.pairs.iter().any(|(inherited, alone)| inherited[*at] != alone[*at]);
        let of = |objective: usize| {
            let scores: Vec<(f64, f64)> =
                self.pairs.iter().map(|(inherited, alone)| (inherited[objective], alone[objective])).collect();
            let tau = kendall(&scores);
            Agreement { objective, tau, interval: tau.and_then(|tau| interval(tau, scores.len())), pairs: scores.len() }
        };
        (0..n_objectives).filter(differs).map(of).collect()
    }
}

/// Kendall's tau-b: the share of pairs in the same order less those in opposite order, corrected for ties.
fn kendall(scores: &[(f64, f64)]) -> Option<f64> {
    let (mut sum, mut left, mut right) = (0_i64, 0_i64, 0_i64);
    for (at, (a, b)) in scores.iter().enumerate() {
        for (c, d) in &scores[at + 1..] {
            let (x, y) = (order(*a, *c), order(*b, *d));
            sum += x * y;
            left += x * x;
            right += y * y;
        }
    }
    (left > 0 && right > 0).then(|| sum as f64 / ((left as f64) * (right as f64)).sqrt())
}

fn order(a: f64, b: f64) -> i64 {
    match a.partial_cmp(&b) {
        Some(std::cmp::Ordering::Less) => -1,
        Some(std::cmp::Ordering::Greater) => 1,
        _ => 0,
    }
}

/// 95 % by Fisher's transform, whose variance for tau is 0.437 / (n - 4): Fieller, Hartley, Pearson, Biometrika 44, 1957.
fn interval(tau: f64, n: usize) -> Option<(f64, f64)> {
    if n < FEWEST {
        return None;
    }
    let z = tau.clamp(-0.999_999, 0.999_999).atanh();
    let half = 1.959_964 * (0.437 / (n as f64 - 4.0)).sqrt();
    Some(((z - half).tanh(), (z + half).tanh()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_compared_pair_by_pair() {
        let tau = |right: &[f64]| kendall(&right.iter().enumerate().map(|(at, b)| (at as f64, *b)).collect::<Vec<_>>());
        assert_eq!(tau(&[0.0, 1.0, 2.0, 3.0]), Some(1.0));
        assert_eq!(tau(&[3.0, 2.0, 1.0, 0.0]), Some(-1.0));
        // One of six pairs is in the other order.
        assert_eq!(tau(&[1.0, 0.0, 2.0, 3.0]), Some(4.0 / 6.0));
        // Two of six pairs are tied on the right: 4 / sqrt(6 * 4).
        let tied = tau(&[0.0, 0.0, 1.0, 1.0]).unwrap();
        assert!((tied - 4.0 / 24.0_f64.sqrt()).abs() < 1e-15, "{tied}");
        assert_eq!(tau(&[1.0, 1.0, 1.0]), None);
    }

    #[test]
    fn an_interval_narrows_with_more_pairs() {
        let (low, high) = interval(0.5, 20).unwrap();
        assert!(low < 0.5 && 0.5 < high && low > 0.0);
        let (narrow, _) = interval(0.5, 200).unwrap();
        assert!(narrow > low && interval(0.5, 4).is_none());
        let sure = Agreement { objective: 0, tau: Some(0.5), interval: interval(0.5, 200), pairs: 200 };
        let unsure = Agreement { interval: interval(0.5, 6), pairs: 6, ..sure };
        assert!(!sure.is_low() && unsure.is_low() && Agreement { tau: None, ..sure }.is_low());
    }
}

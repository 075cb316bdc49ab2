//! Fast non-dominated sorting: efficient non-dominated sort (ENS-BS), with constraint domination.
//!
//! Points are visited in lexicographic order, so only earlier ones can dominate; the front of a point is found by binary
//! search, because a point dominated in one front is dominated in all earlier ones. With two objectives one comparison
//! per front decides, and sorting n points takes n log n.
//!
//! Source: Zhang, Tian, Cheng, Jin, "An efficient approach to nondominated sorting for evolutionary multiobjective
//! optimization", IEEE TEVC 19(2), 2015; constraint domination: Deb et al. 2002, section VI.

use super::{dominates, lexicographic};

/// The rank of every point: 0 for the non-dominated, 1 for those non-dominated without rank 0, and so on. Equal points
/// have equal ranks.
#[must_use]
pub fn ranks<P: AsRef<[f64]>>(points: &[P]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| lexicographic(points[a].as_ref(), points[b].as_ref()).then(a.cmp(&b)));
    let two = points.first().is_some_and(|point| point.as_ref().len() <= 2);
    let mut layers: Vec<Vec<usize>> = Vec::new();
    let mut rank = vec![0; points.len()];
    for &at in &order {
        let point = points[at].as_ref();
        let is_dominated = |layer: &Vec<usize>| {
            // With two objectives the last member of a layer has the smallest second objective of the layer.
            let looked_at = if two { &layer[layer.len() - 1..] } else { &layer[..] };
            looked_at.iter().rev().any(|&other| dominates(points[other].as_ref(), point))
        };
        let layer = layers.partition_point(is_dominated);
        if layer == layers.len() {
            layers.push(Vec::new());
        }
        layers[layer].push(at);
        rank[at] = layer;
    }
    rank
}

/// Ranks under constraints: every feasible point comes before every other, and those by how much they violate.
#[must_use]
pub fn constrained_ranks<P: AsRef<[f64]>>(points: &[P], violations: &[f64]) -> Vec<usize> {
    let feasible: Vec<usize> = (0..points.len()).filter(|&at| violations[at] <= 0.0).collect();
    let inner: Vec<&[f64]> = feasible.iter().map(|&at| points[at].as_ref()).collect();
    let inner_ranks = ranks(&inner);
    let mut rank = vec![0; points.len()];
    for (&at, &inner_rank) in feasible.iter().zip(&inner_ranks) {
        rank[at] = inner_rank;
    }
    let worse = inner_ranks.iter().max().map_or(0, |worst| worst + 1);
    let mut rest: Vec<usize> = (0..points.len()).filter(|&at| violations[at] > 0.0).collect();
    rest.sort_by(|&a, &b| violations[a].total_cmp(&violations[b]).then(a.cmp(&b)));
    for (next, group) in (worse..).zip(rest.chunk_by(|&a, &b| violations[a] == violations[b])) {
        for &at in group {
            rank[at] = next;
        }
    }
    rank
}

/// The points of each rank, in their own order.
#[must_use]
pub fn fronts(ranks: &[usize]) -> Vec<Vec<usize>> {
    let mut fronts = vec![Vec::new(); ranks.iter().max().map_or(0, |worst| worst + 1)];
    for (at, &rank) in ranks.iter().enumerate() {
        fronts[rank].push(at);
    }
    fronts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Peels off the non-dominated points again and again.
    fn peeled(points: &[Vec<f64>]) -> Vec<usize> {
        let mut rank = vec![usize::MAX; points.len()];
        for round in 0..points.len() {
            let left: Vec<usize> = (0..points.len()).filter(|&at| rank[at] == usize::MAX).collect();
            for &at in &left {
                if !left.iter().any(|&other| dominates(&points[other], &points[at])) {
                    rank[at] = round;
                }
            }
        }
        rank
    }

    fn points() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (1_usize..5)
            .prop_flat_map(|m| prop::collection::vec(prop::collection::vec((0_u8..6).prop_map(f64::from), m), 0..40))
    }

    proptest! {
        #[test]
        fn ranks_are_those_of_peeling(points in points()) {
            prop_assert_eq!(ranks(&points), peeled(&points));
        }

        #[test]
        fn constraints_come_first(points in points(), seed in prop::collection::vec(0_u8..4, 40)) {
            let violations: Vec<f64> = seed[..points.len()].iter().map(|&v| f64::from(v.saturating_sub(1))).collect();
            let rank = constrained_ranks(&points, &violations);
            for a in 0..points.len() {
                for b in 0..points.len() {
                    let wins = if violations[a] == 0.0 && violations[b] == 0.0 {
                        dominates(&points[a], &points[b])
                    } else {
                        violations[a] < violations[b]
                    };
                    prop_assert!(!wins || rank[a] < rank[b]);
                }
            }
            let groups = fronts(&rank);
            prop_assert!(groups.iter().all(|front| !front.is_empty()));
            prop_assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), points.len());
        }
    }
}

//! How alone a point is on its front, and orders that keep a selection spread out.
//!
//! Source of the crowding distance: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm:
//! NSGA-II", IEEE TEVC 6(2), 2002, section III-B.

/// The crowding distance of every point within `points`, one front: infinite at the ends of an objective, otherwise the
/// sum over objectives of the distance between its neighbours, in units of the range.
#[must_use]
pub fn crowding_distances<P: AsRef<[f64]>>(points: &[P]) -> Vec<f64> {
    let n = points.len();
    if n <= 2 {
        return vec![f64::INFINITY; n];
    }
    let mut distance = vec![0.0; n];
    let mut order: Vec<usize> = (0..n).collect();
    for objective in 0..points[0].as_ref().len() {
        let value = |at: usize| points[at].as_ref()[objective];
        order.sort_by(|&a, &b| value(a).total_cmp(&value(b)).then(a.cmp(&b)));
        let range = value(order[n - 1]) - value(order[0]);
        // An objective that is the same everywhere, or unknown, tells nobody apart.
        if !(range > 0.0 && range.is_finite()) {
            continue;
        }
        distance[order[0]] = f64::INFINITY;
        distance[order[n - 1]] = f64::INFINITY;
        for window in order.windows(3) {
            distance[window[1]] += (value(window[2]) - value(window[0])) / range;
        }
    }
    distance
}

/// All points, so ordered that any beginning is spread over the whole: each next one is farthest from those before it,
/// in units of each objective's range. Objectives that are not finite are left out.
#[must_use]
pub fn spread_order<P: AsRef<[f64]>>(points: &[P]) -> Vec<usize> {
    let scaled = scaled(points);
    let mut left: Vec<usize> = (0..points.len()).collect();
    let mut nearest = vec![f64::INFINITY; points.len()];
    // The first is the best of the first objective that tells points apart; ties go to the earliest.
    left.sort_by(|&a, &b| super::lexicographic(&scaled[a], &scaled[b]).then(a.cmp(&b)));
    let mut order = Vec::with_capacity(points.len());
    while !left.is_empty() {
        let mut best = 0;
        for at in 1..left.len() {
            if nearest[left[at]] > nearest[left[best]] {
                best = at;
            }
        }
        let chosen = left.remove(best);
        for &at in &left {
            let gap: f64 = scaled[at].iter().zip(&scaled[chosen]).map(|(x, y)| (x - y) * (x - y)).sum();
            nearest[at] = nearest[at].min(gap);
        }
        order.push(chosen);
    }
    order
}

fn scaled<P: AsRef<[f64]>>(points: &[P]) -> Vec<Vec<f64>> {
    let m = points.first().map_or(0, |point| point.as_ref().len());
    let mut columns = Vec::new();
    for objective in 0..m {
        let values = || points.iter().map(|point| point.as_ref()[objective]);
        let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if high > low && low.is_finite() && high.is_finite() {
            columns.push((objective, low, high - low));
        }
    }
    let row = |point: &P| columns.iter().map(|&(at, low, range)| (point.as_ref()[at] - low) / range).collect();
    points.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_infinitely_alone_and_the_middle_is_measured() {
        let points = [[0.0, 4.0], [1.0, 2.0], [2.0, 1.0], [4.0, 0.0]];
        let distance = crowding_distances(&points);
        assert_eq!(distance[0], f64::INFINITY);
        assert_eq!(distance[3], f64::INFINITY);
        assert!((distance[1] - (2.0 / 4.0 + 3.0 / 4.0)).abs() < 1e-15);
        assert!((distance[2] - (3.0 / 4.0 + 2.0 / 4.0)).abs() < 1e-15);
    }

    #[test]
    fn unknown_objectives_do_not_poison_the_distance() {
        let points = [[0.0, f64::INFINITY], [1.0, f64::INFINITY], [3.0, f64::INFINITY], [4.0, f64::INFINITY]];
        assert_eq!(crowding_distances(&points), [f64::INFINITY, 0.75, 0.75, f64::INFINITY]);
    }

    #[test]
    fn a_spread_begins_with_the_extremes() {
        let points = [[0.5, 1.0], [0.0, 1.0], [1.0, 1.0], [0.4, 1.0]];
        assert_eq!(spread_order(&points), [1, 2, 0, 3]);
        assert_eq!(spread_order::<[f64; 1]>(&[]), [0; 0]);
    }
}

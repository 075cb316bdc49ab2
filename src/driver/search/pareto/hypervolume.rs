//! Exact hypervolume: how much of the objective space a front dominates, up to a reference point.
//!
//! Two objectives are a sweep, three a sweep over a staircase (n log n plus moves). More objectives recurse as WFG does:
//! a point's own share is its box minus what the rest covers of it, and points are taken from the worst last objective on,
//! so that the covered part loses one dimension.
//!
//! Source: While, Bradstreet, Barone, "A fast way of calculating exact hypervolumes", IEEE TEVC 16(1), 2012; the sweep:
//! Fonseca, Paquete, López-Ibáñez, CEC 2006.

use super::{dominates, lexicographic};

/// The volume dominated by `points` within the box below `reference`. Points outside the box count for nothing.
#[must_use]
pub fn hypervolume<P: AsRef<[f64]>>(points: &[P], reference: &[f64]) -> f64 {
    let inside = |point: &&[f64]| point.iter().zip(reference).all(|(x, r)| x < r);
    let inner: Vec<Vec<f64>> = points.iter().map(AsRef::as_ref).filter(inside).map(<[f64]>::to_vec).collect();
    volume(inner, reference)
}

/// What `point` adds to the volume that `others` dominate.
#[must_use]
pub fn exclusive_hypervolume<P: AsRef<[f64]>>(point: &[f64], others: &[P], reference: &[f64]) -> f64 {
    if point.iter().zip(reference).any(|(x, r)| x >= r) {
        return 0.0;
    }
    let covered = hypervolume(&limited(point, others), reference);
    (box_volume(point, reference) - covered).max(0.0)
}

fn box_volume(point: &[f64], reference: &[f64]) -> f64 {
    point.iter().zip(reference).map(|(x, r)| r - x).product()
}

/// The corners of what the others cover of the box of `point`.
fn limited<P: AsRef<[f64]>>(point: &[f64], others: &[P]) -> Vec<Vec<f64>> {
    others.iter().map(|other| point.iter().zip(other.as_ref()).map(|(x, y)| x.max(*y)).collect()).collect()
}

fn volume(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    match reference.len() {
        0 => 0.0,
        1 => points.iter().map(|point| reference[0] - point[0]).fold(0.0, f64::max),
        2 => plane(points, reference),
        3 => space(points, reference),
        m => {
            points = non_dominated(points);
            points.sort_by(|a, b| b[m - 1].total_cmp(&a[m - 1]).then_with(|| lexicographic(a, b)));
            let mut sum = 0.0;
            for (at, point) in points.iter().enumerate() {
                let (flat, flat_reference) = (&point[..m - 1], &reference[..m - 1]);
                let rest: Vec<&[f64]> = points[at + 1..].iter().map(|other| &other[..m - 1]).collect();
                let covered = volume(limited(flat, &rest), flat_reference);
                sum += (reference[m - 1] - point[m - 1]) * (box_volume(flat, flat_reference) - covered);
            }
            sum
        }
    }
}

fn non_dominated(mut points: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    points.sort_by(|a, b| lexicographic(a, b));
    points.dedup();
    let mut kept: Vec<Vec<f64>> = Vec::with_capacity(points.len());
    for point in points {
        if !kept.iter().rev().any(|other| dominates(other, &point)) {
            kept.push(point);
        }
    }
    kept
}

fn plane(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    points.sort_by(|a, b| lexicographic(a, b));
    let (mut area, mut top) = (0.0, reference[1]);
    for point in &points {
        if point[1] < top {
            area += (reference[0] - point[0]) * (top - point[1]);
            top = point[1];
        }
    }
    area
}

fn space(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    points.sort_by(|a, b| a[2].total_cmp(&b[2]).then_with(|| lexicographic(a, b)));
    let mut stairs: Vec<(f64, f64)> = Vec::new();
    let (mut area, mut sum) = (0.0, 0.0);
    for (at, point) in points.iter().enumerate() {
        area += step(&mut stairs, (point[0], point[1]), (reference[0], reference[1]));
        let next = points.get(at + 1).map_or(reference[2], |next| next[2]);
        sum += area * (next - point[2]);
    }
    sum
}

/// Puts a point into a staircase (first coordinate rising, second falling) and returns the area it adds.
fn step(stairs: &mut Vec<(f64, f64)>, (x, y): (f64, f64), (right, top): (f64, f64)) -> f64 {
    let at = stairs.partition_point(|stair| stair.0 < x);
    let mut height = if at > 0 { stairs[at - 1].1 } else { top };
    if height <= y || stairs.get(at).is_some_and(|stair| stair.0 == x && stair.1 <= y) {
        return 0.0;
    }
    let (mut gain, mut from, mut end) = (0.0, x, at);
    while let Some(&(stair_x, stair_y)) = stairs.get(end).filter(|stair| stair.1 >= y) {
        gain += (stair_x - from) * (height - y);
        (from, height) = (stair_x, stair_y);
        end += 1;
    }
    gain += (stairs.get(end).map_or(right, |stair| stair.0) - from) * (height - y);
    stairs.splice(at..end, [(x, y)]);
    gain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Counts the unit cells of a small grid that are dominated.
    fn counted(points: &[Vec<f64>], m: usize, side: u32) -> f64 {
        let cells = side.pow(u32::try_from(m).expect("small"));
        let dominated = (0..cells).filter(|&cell| {
            let corner = |k: usize| f64::from(cell / side.pow(u32::try_from(k).expect("small")) % side);
            points.iter().any(|point| (0..m).all(|k| point[k] <= corner(k)))
        });
        f64::from(u32::try_from(dominated.count()).expect("small"))
    }

    fn points() -> impl Strategy<Value = (usize, Vec<Vec<f64>>)> {
        (1_usize..6).prop_flat_map(|m| {
            let point = prop::collection::vec((0_u8..7).prop_map(f64::from), m);
            (Just(m), prop::collection::vec(point, 0..14))
        })
    }

    proptest! {
        #[test]
        fn volumes_are_those_of_counting((m, points) in points()) {
            let reference = vec![6.0; m];
            prop_assert_eq!(hypervolume(&points, &reference), counted(&points, m, 6));
        }

        #[test]
        fn own_shares_add_up((m, points) in points()) {
            let reference = vec![6.0; m];
            let mut sum = 0.0;
            for at in 0..points.len() {
                sum += exclusive_hypervolume(&points[at], &points[..at], &reference);
            }
            prop_assert_eq!(sum, hypervolume(&points, &reference));
        }
    }

    #[test]
    fn a_known_front_has_its_known_volume() {
        // The front of ZDT1, f2 = 1 - sqrt(f1), dominates 2/3 of the unit square.
        let points: Vec<[f64; 2]> = (0..=10_000).map(|k| f64::from(k) / 1e4).map(|x| [x, 1.0 - x.sqrt()]).collect();
        let area = hypervolume(&points, &[1.0, 1.0]);
        assert!((area - 2.0 / 3.0).abs() < 1e-3, "{area}");
    }
}

//! Pareto tools: dominance, sorting, crowding, hypervolume, the front so far. All objectives are minimised.

mod archive;
mod crowding;
mod directions;
mod hypervolume;
mod sort;

pub use archive::{Front, Inserted, Member};
pub use crowding::{crowding_distances, spread_order};
pub use directions::{das_dennis, most_divisions};
pub use hypervolume::{exclusive_hypervolume, hypervolume};
pub use sort::{constrained_ranks, fronts, ranks};

/// Is `a` nowhere worse than `b`, and somewhere better?
#[must_use]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    let mut better = false;
    for (x, y) in a.iter().zip(b) {
        if x > y {
            return false;
        }
        better |= x < y;
    }
    better
}

/// Orders by the first objective, then the second, and so on.
#[must_use]
pub fn lexicographic(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// The box that objectives are measured in: fixed once for a run, so that hypervolumes of its generations compare.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame {
    /// The best value of each objective.
    pub ideal: Vec<f64>,
    /// The corner that hypervolume is measured against: a tenth of the range beyond the worst values.
    pub reference: Vec<f64>,
}

impl Frame {
    /// The box around some points; `None` if there are none.
    #[must_use]
    pub fn around<'a>(points: impl IntoIterator<Item = &'a [f64]>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        let (mut ideal, mut worst) = (first.to_vec(), first.to_vec());
        for point in points {
            for (at, &value) in point.iter().enumerate() {
                ideal[at] = ideal[at].min(value);
                worst[at] = worst[at].max(value);
            }
        }
        let reference = ideal
            .iter()
            .zip(&worst)
            .map(|(&low, &high)| {
                // An objective that is the same everywhere still needs room in front of the corner.
                let margin = if high > low { 0.1 * (high - low) } else { 0.1 * high.abs().max(1.0) };
                high + margin
            })
            .collect();
        Some(Self { ideal, reference })
    }

    /// The volume between the ideal point and the reference.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.ideal.iter().zip(&self.reference).map(|(low, high)| high - low).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dominance_is_strict() {
        assert!(dominates(&[1.0, 2.0], &[1.0, 3.0]));
        assert!(!dominates(&[1.0, 2.0], &[1.0, 2.0]));
        assert!(!dominates(&[1.0, 4.0], &[2.0, 3.0]));
    }

    #[test]
    fn a_frame_has_volume_even_around_one_point() {
        let frame = Frame::around([[2.0, 0.0].as_slice()]).expect("one point");
        assert_eq!(frame.reference, [2.2, 0.1]);
        assert!(frame.volume() > 0.0);
        assert!(Frame::around([]).is_none());
    }
}

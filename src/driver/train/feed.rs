//! Batches: which rows, in which order, gathered into buffers that are made once.

use crate::backends::Real;
use crate::driver::data::{Dataset, Targets};
use crate::driver::random::{shuffle, stream};

/// The order in which an epoch visits the rows of a part.
pub(super) fn order(rows: usize, shuffled: bool, seed: u64, epoch: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0u32..).take(rows).collect();
    if shuffled {
        shuffle(&mut stream(seed, &format!("train/shuffle/{epoch}")), &mut order);
    }
    order
}

/// What the rows of a batch should give.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a, T> {
    /// A class each.
    Labels(&'a [u32]),
    /// Numbers each, row after row.
    Values(&'a [T]),
    /// Nothing: the output itself is the loss.
    Nothing,
}

/// The rows of one batch.
#[derive(Debug, Default)]
pub(super) struct Feed<T> {
    features: Vec<T>,
    values: Vec<T>,
    labels: Vec<u32>,
    rows: usize,
    kind: Kind,
}

/// What the targets are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Kind {
    #[default]
    Nothing,
    Labels,
    Values,
}

impl<T: Real> Feed<T> {
    /// Gathers `rows` of `part`; buffers grow to the largest batch and stay.
    pub(super) fn fill(&mut self, part: &Dataset, rows: &[u32]) {
        self.rows = rows.len();
        self.features.resize(rows.len() * part.width(), T::zero());
        part.gather_features(rows, &mut self.features);
        match &part.targets {
            Targets::Classes { .. } => {
                self.kind = Kind::Labels;
                self.labels.resize(rows.len(), 0);
                part.gather_labels(rows, &mut self.labels);
            }
            Targets::Values { .. } | Targets::Input => {
                self.kind = Kind::Values;
                self.values.resize(rows.len() * part.target_shape().iter().product::<usize>(), T::zero());
                part.gather_values(rows, &mut self.values);
            }
        }
    }

    /// One sample without data.
    pub(super) fn empty() -> Self {
        Self { rows: 1, ..Self::default() }
    }

    /// Keeps the rows for which `keep` says so, in their order.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        fn pick<V: Copy>(values: &mut Vec<V>, keep: &[bool]) {
            let width = values.len() / keep.len().max(1);
            let mut at = 0;
            values.retain(|_| {
                at += 1;
                keep[(at - 1) / width.max(1)]
            });
        }
        pick(&mut self.features, keep);
        match self.kind {
            Kind::Nothing => {}
            Kind::Labels => pick(&mut self.labels, keep),
            Kind::Values => pick(&mut self.values, keep),
        }
        self.rows = keep.iter().filter(|keep| **keep).count();
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Features, row after row.
    pub(super) fn features(&self) -> &[T] {
        &self.features
    }

    /// Targets.
    pub(super) fn wanted(&self) -> Wanted<'_, T> {
        match self.kind {
            Kind::Nothing => Wanted::Nothing,
            Kind::Labels => Wanted::Labels(&self.labels),
            Kind::Values => Wanted::Values(&self.values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::data::Numbers;

    #[test]
    fn every_epoch_has_its_own_order() {
        assert_eq!(order(4, false, 1, 7), [0, 1, 2, 3]);
        assert_ne!(order(50, true, 1, 0), order(50, true, 1, 1));
        assert_eq!(order(50, true, 1, 1), order(50, true, 1, 1));
    }

    #[test]
    fn rows_are_gathered_and_dropped() {
        let part = Dataset {
            name: "train",
            features: Numbers::F32(vec![0., 1., 10., 11., 20., 21.]),
            feature_shape: vec![2],
            targets: Targets::Classes { labels: vec![5, 6, 7], n_classes: 8 },
            rows: vec![0, 1, 2],
        };
        let mut feed = Feed::<f64>::default();
        feed.fill(&part, &[2, 0, 1]);
        assert_eq!(feed.features(), [20., 21., 0., 1., 10., 11.]);
        feed.retain(&[true, false, true]);
        assert_eq!((feed.rows(), feed.features()), (2, [20., 21., 10., 11.].as_slice()));
        assert!(matches!(feed.wanted(), Wanted::Labels([7, 6])));
        feed.fill(&Dataset { targets: Targets::Input, ..part }, &[1]);
        assert!(matches!(feed.wanted(), Wanted::Values([10., 11.])));
    }
}

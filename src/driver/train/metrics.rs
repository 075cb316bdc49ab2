//! What is measured: loss, accuracy, and how both went.

use super::feed::Wanted;
use crate::backends::Real;
use serde::{Deserialize, Serialize};

/// What a model achieves on a part.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// Mean loss over the rows that have an output.
    pub loss: f64,
    /// Share of rows whose class is right; `None` where targets are no classes.
    pub accuracy: Option<f64>,
    /// Mean reward per episode of a policy; rows are episodes then, and the loss is the reward with a minus, while training that of
    /// the algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<f64>,
    /// Number of rows.
    pub rows: usize,
    /// Rows without an output, because it is not a number (a zero vector in `prepare`); they count as wrong.
    pub undefined: usize,
}

/// How one epoch went.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Optimiser steps so far.
    pub steps: usize,
    /// On the training part, measured while training: with dropout, and with weights that were still changing.
    pub train: Metrics,
    /// On the validation part at the end of the epoch, if it was measured.
    pub validation: Option<Metrics>,
}

/// Sums over batches, added in a fixed order.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    loss: f64,
    correct: usize,
    classed: bool,
    rows: usize,
    undefined: usize,
}

impl Tally {
    /// Adds a batch: its mean loss and its outputs, `width` a row.
    pub(super) fn add<T: Real>(&mut self, loss: f64, outputs: &[T], width: usize, wanted: Wanted<'_, T>, rows: usize) {
        self.loss += loss * rows as f64;
        self.rows += rows;
        if let Wanted::Labels(labels) = wanted {
            self.classed = true;
            self.correct +=
                outputs.chunks_exact(width).zip(labels).filter(|(row, label)| class(row) == **label).count();
        }
    }

    /// Adds rows without an output.
    pub(super) fn add_undefined(&mut self, rows: usize) {
        self.undefined += rows;
    }

    /// The means; the loss is NaN if no row had an output.
    pub(super) fn metrics(&self) -> Metrics {
        let rows = self.rows + self.undefined;
        Metrics {
            loss: self.loss / self.rows as f64,
            accuracy: self.classed.then(|| self.correct as f64 / rows as f64),
            reward: None,
            rows,
            undefined: self.undefined,
        }
    }
}

/// The class an output stands for: the largest of several numbers (the first of equals); of a single logit, its sign.
fn class<T: Real>(row: &[T]) -> u32 {
    match row {
        [single] => u32::from(*single > T::zero()),
        _ => (0u32..).zip(row).fold((0, T::neg_infinity()), |best, (at, &x)| if x > best.1 { (at, x) } else { best }).0,
    }
}

impl Metrics {
    /// Is this better than `other`? By accuracy, then by loss; by loss alone where targets are no classes.
    #[must_use]
    pub fn better_than(&self, other: &Self) -> bool {
        let accuracy = |metrics: &Self| metrics.accuracy.unwrap_or(0.0);
        match accuracy(self).total_cmp(&accuracy(other)) {
            std::cmp::Ordering::Equal => self.loss < other.loss,
            order => order == std::cmp::Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_over_rows_not_batches() {
        let mut tally = Tally::default();
        tally.add(1.0, &[0.0, 2.0, 3.0, 3.0], 2, Wanted::Labels(&[1, 1]), 2);
        tally.add(4.0, &[-1.0f64, -2.0], 2, Wanted::Labels(&[0]), 1);
        tally.add_undefined(1);
        let metrics = tally.metrics();
        assert_eq!(metrics, Metrics { loss: 2.0, accuracy: Some(0.5), reward: None, rows: 4, undefined: 1 });
        assert_eq!(class(&[f32::NAN, 1.0]), 1);
        assert_eq!((class(&[-0.1f32]), class(&[0.1f32])), (0, 1));
    }

    #[test]
    fn accuracy_counts_before_loss() {
        let metrics = |accuracy, loss| Metrics { loss, accuracy, reward: None, rows: 1, undefined: 0 };
        assert!(metrics(Some(0.9), 2.0).better_than(&metrics(Some(0.8), 1.0)));
        assert!(metrics(Some(0.9), 1.0).better_than(&metrics(Some(0.9), 2.0)));
        assert!(metrics(None, 1.0).better_than(&metrics(None, 2.0)));
        assert!(!metrics(None, 1.0).better_than(&metrics(None, 1.0)));
    }
}

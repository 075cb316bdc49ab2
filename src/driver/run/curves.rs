//! How trainings went: a line of JSON per trained candidate, beside the journal.
//!
//! Workers write as they finish, so the order of lines is not the order of candidates; that is why this is no part of the
//! journal. A curve that cannot be written is no reason to stop a search.

use crate::driver::train::{Epoch, History};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Points of a curve at most; longer trainings are thinned evenly, with both ends kept.
pub const MOST_POINTS: usize = 120;

/// How one training went.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Curve {
    /// The candidate.
    pub id: u64,
    /// Its epochs, thinned.
    pub points: Vec<Point>,
}

/// One epoch of a curve.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// From 1.
    pub epoch: usize,
    /// Mean loss on the training part, while training; `None` if it was no number.
    pub loss: Option<f64>,
    /// Share of right classes on the training part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// Mean reward per episode of a policy; an epoch is a hundred episodes then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<f64>,
    /// Loss on the validation part, if it was measured after this epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// Share of right classes on the validation part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_accuracy: Option<f64>,
}

/// Six significant digits are more than a curve shows.
fn short(value: f64) -> Option<f64> {
    format!("{value:.5e}").parse().ok().filter(|value: &f64| value.is_finite())
}

impl Point {
    fn of(epoch: &Epoch) -> Self {
        let validation = epoch.validation.as_ref();
        Self {
            epoch: epoch.epoch,
            loss: short(epoch.train.loss),
            accuracy: epoch.train.accuracy.and_then(short),
            reward: epoch.train.reward.and_then(short),
            validation_loss: validation.and_then(|metrics| short(metrics.loss)),
            validation_accuracy: validation.and_then(|metrics| metrics.accuracy).and_then(short),
        }
    }
}

impl Curve {
    /// The curve of a training.
    #[must_use]
    pub fn of(id: u64, history: &History) -> Self {
        let epochs = &history.epochs;
        let points = epochs.len().min(MOST_POINTS);
        let at = |point: usize| point * (epochs.len() - 1) / (points - 1).max(1);
        Self { id, points: (0..points).map(|point| Point::of(&epochs[at(point)])).collect() }
    }
}

/// The file of curves of a run.
#[derive(Debug)]
pub struct CurveLog {
    file: Mutex<File>,
}

impl CurveLog {
    /// Opens the file in a run's folder, after what earlier processes wrote.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(folder.join("curves.jsonl"))?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// Writes how a training went.
    pub fn record(&self, id: u64, history: &History) {
        let Ok(mut line) = serde_json::to_vec(&Curve::of(id, history)) else { return };
        line.push(b'\n');
        let _ = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::train::{End, Metrics};

    #[test]
    fn long_curves_are_thinned_and_keep_their_ends() {
        let epoch = |epoch: usize| Epoch {
            epoch,
            steps: epoch,
            train: Metrics { loss: 1.0 / epoch as f64, accuracy: None, reward: None, rows: 1, undefined: 0 },
            validation: None,
        };
        for (n, points) in [(1, 1), (2, 2), (MOST_POINTS, MOST_POINTS), (1001, MOST_POINTS)] {
            let history =
                History { epochs: (1..=n).map(epoch).collect(), kept: n, validation: None, end: End::Complete };
            let curve = Curve::of(7, &history);
            assert_eq!(curve.points.len(), points);
            assert_eq!((curve.points[0].epoch, curve.points[points - 1].epoch), (1, n));
            assert!(curve.points.windows(2).all(|pair| pair[0].epoch < pair[1].epoch));
            let line = serde_json::to_string(&curve).unwrap();
            assert_eq!(serde_json::from_str::<Curve>(&line).unwrap(), curve);
        }
        assert_eq!((short(f64::NAN), short(0.123_456_789)), (None, Some(0.123_457)));
    }
}

//! How a model is trained: the settings of `fit(adam(lr: 3e-3), loss: cross_entropy, epochs: 5, batch: 64)`.

use super::policy::Policy;
use crate::backends::nn::loss::Loss;
use crate::backends::nn::optim::Rule;
use crate::backends::nn::schedule::Schedule;

/// Precision of simulation, weights and gradients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
    /// Single: what classifiers are trained in.
    F32,
    /// Double: energies, and anything compared digit by digit.
    F64,
}

/// When a training ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// After so many passes over the training part.
    Epochs(usize),
    /// After so many optimiser steps.
    Steps(usize),
    /// After so many episodes of an environment.
    Episodes(usize),
}

/// Which weights a training ends with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// Those of the last epoch.
    Last,
    /// Those of the epoch that did best on the validation part (by accuracy, then by loss; the first of equals). The
    /// reported validation numbers are then those of a chosen epoch, which flatters.
    Best,
}

/// How a model is trained.
#[derive(Clone, Debug)]
pub struct TrainConfig {
    /// The rule that changes the weights.
    pub rule: Rule,
    /// Its rate, before the schedule.
    pub lr: f64,
    /// How the rate changes over the steps.
    pub schedule: Schedule,
    /// What is minimised.
    pub loss: &'static Loss,
    /// When it ends.
    pub length: Length,
    /// Rows per optimiser step; the last batch of an epoch is smaller if they do not divide.
    pub batch: usize,
    /// A new random order every epoch? Otherwise the order of the source.
    pub shuffle: bool,
    /// In which precision.
    pub precision: Precision,
    /// Which weights are kept.
    pub keep: Keep,
    /// End after so many epochs without a better validation loss.
    pub patience: Option<usize>,
    /// Measure the validation part after every epoch? Otherwise once, at the end. Keeping the best epoch and patience
    /// measure it every epoch anyway.
    pub watch: bool,
    /// What is trained is a policy, and how; the loss and what is said of batches then mean nothing.
    pub policy: Option<Policy>,
}

impl TrainConfig {
    /// The same training with this share (0 to 1) of its length, at least one epoch or step.
    #[must_use]
    pub fn shortened(&self, share: f64) -> Self {
        let part = |whole: usize| ((whole as f64 * share).ceil() as usize).clamp(1, whole.max(1));
        let length = match self.length {
            Length::Epochs(epochs) => Length::Epochs(part(epochs)),
            Length::Steps(steps) => Length::Steps(part(steps)),
            Length::Episodes(episodes) => Length::Episodes(part(episodes)),
        };
        Self { length, ..self.clone() }
    }
}

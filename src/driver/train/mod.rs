//! Training: minibatches, optimiser steps, what is measured, what is kept, and weights on disk.
//!
//! [`fit`] and [`evaluate`] are the whole of it for callers that do not care in which precision numbers are;
//! [`Trainer`] is the loop itself. Nothing here knows how an architecture was chosen.

mod algorithms;
mod checkpoint;
mod config;
pub mod errors;
mod feed;
mod metrics;
pub mod policy;
mod settings;
mod trainer;
mod weights;

pub use algorithms::{ALGORITHMS, Algorithm, Turns};
pub use checkpoint::{Checkpoint, Course, Forget, Keeper};
pub use config::{Keep, Length, Precision, TrainConfig};
pub use metrics::{Epoch, Metrics};
pub use policy::Policy;
pub use settings::TRAINING_SETTINGS;
pub use trainer::{End, History, Progress, Trainer};
pub use weights::{Inherited, Origin, Tensor, Weights};

use crate::backends::Real;
use crate::diag::Diagnostic;
use crate::driver::data::{Dataset, Splits};
use crate::ir::Graph;
use std::ops::ControlFlow;

/// What a training leaves behind.
#[derive(Clone, PartialEq, Debug)]
pub struct Trained {
    /// The weights that were kept.
    pub weights: Weights,
    /// How it went.
    pub history: History,
    /// What was taken over from `start`.
    pub inherited: Inherited,
}

/// What to train or measure, and how.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The architecture.
    pub graph: &'a Graph,
    /// How it is trained.
    pub config: &'a TrainConfig,
    /// Seed of initial weights, of the order of rows, and of dropout.
    pub seed: u64,
    /// Threads of the current pool that quantum regions may use; changes no result.
    pub threads: usize,
}

/// Trains a model on `splits`, or without data; `progress` hears of every step and may break it off.
///
/// Weights begin at their initial distribution, but for those that `start` has under the same path. `origin` is written
/// into the result.
///
/// # Errors
/// `QN0850` to `QN0853`, and what the back end has against the graph. `QN0853` is the one a search expects: the loss
/// stopped being a number.
pub fn fit(
    job: Job<'_>,
    splits: Option<&Splits>,
    start: Option<&Weights>,
    origin: Origin,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Diagnostic> {
    fit_from(job, splits, start, origin, Course { from: None, keeper: &mut Forget }, progress)
}

/// As [`fit`], from where an earlier process left it, kept on the way.
///
/// # Errors
/// As [`fit`], and what the keeper has.
pub fn fit_from(
    job: Job<'_>,
    splits: Option<&Splits>,
    start: Option<&Weights>,
    origin: Origin,
    course: Course<'_>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Diagnostic> {
    match job.config.precision {
        Precision::F32 => fit_in::<f32>(job, splits, start, origin, course, progress),
        Precision::F64 => fit_in::<f64>(job, splits, start, origin, course, progress),
    }
}

fn fit_in<T: Real>(
    job: Job<'_>,
    splits: Option<&Splits>,
    start: Option<&Weights>,
    origin: Origin,
    course: Course<'_>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Diagnostic> {
    if let Some(policy) = &job.config.policy {
        return policy::fit::<T>(job, policy, start, origin, course, progress);
    }
    let mut trainer = Trainer::<T>::new(job)?;
    let inherited = start.map(|weights| trainer.inherit(weights)).unwrap_or_default();
    let history = trainer.fit_from(splits, course, progress)?;
    Ok(Trained { weights: trainer.weights(origin), history, inherited })
}

/// Measures a model with these weights on a part.
///
/// # Errors
/// `QN0942` if the weights belong to another architecture, `QN0851` to `QN0853` if part, loss and model do not fit.
pub fn evaluate(job: Job<'_>, weights: &Weights, part: &Dataset) -> Result<Metrics, Diagnostic> {
    fn in_precision<T: Real>(job: Job<'_>, weights: &Weights, part: &Dataset) -> Result<Metrics, Diagnostic> {
        let mut trainer = Trainer::<T>::new(job)?;
        trainer.fill(weights)?;
        trainer.evaluate(part)
    }
    match job.config.precision {
        Precision::F32 => in_precision::<f32>(job, weights, part),
        Precision::F64 => in_precision::<f64>(job, weights, part),
    }
}

/// What a model with these weights gives for the first `rows` rows of a part, row after row.
///
/// # Errors
/// As [`evaluate`].
pub fn outputs(job: Job<'_>, weights: &Weights, part: &Dataset, rows: usize) -> Result<Vec<f64>, Diagnostic> {
    fn in_precision<T: Real>(
        job: Job<'_>,
        weights: &Weights,
        part: &Dataset,
        rows: usize,
    ) -> Result<Vec<f64>, Diagnostic> {
        let mut trainer = Trainer::<T>::new(job)?;
        trainer.fill(weights)?;
        trainer.outputs(part, rows)
    }
    match job.config.precision {
        Precision::F32 => in_precision::<f32>(job, weights, part, rows),
        Precision::F64 => in_precision::<f64>(job, weights, part, rows),
    }
}

/// The value of a model without data, whose output is its loss, with these weights; the reward of a policy.
///
/// # Errors
/// `QN0942` if the weights belong to another architecture, `QN0851` and `QN0852` if the model takes data or gives more
/// than one number, `QN0853` if its output is not a finite number.
pub fn evaluate_alone(job: Job<'_>, weights: &Weights) -> Result<Metrics, Diagnostic> {
    fn in_precision<T: Real>(job: Job<'_>, weights: &Weights) -> Result<Metrics, Diagnostic> {
        if let Some(policy) = &job.config.policy {
            return policy::evaluate::<T>(job, policy, weights, true);
        }
        let mut trainer = Trainer::<T>::new(job)?;
        trainer.fill(weights)?;
        trainer.evaluate_alone()
    }
    match job.config.precision {
        Precision::F32 => in_precision::<f32>(job, weights),
        Precision::F64 => in_precision::<f64>(job, weights),
    }
}

/// Measures a model on a part, or by its own value if it takes no data, with `weights` where they have its paths and its
/// initial weights where not.
///
/// # Errors
/// As [`evaluate`] and [`evaluate_alone`].
pub fn evaluate_inherited(job: Job<'_>, weights: &Weights, part: Option<&Dataset>) -> Result<Metrics, Diagnostic> {
    fn in_precision<T: Real>(job: Job<'_>, weights: &Weights, part: Option<&Dataset>) -> Result<Metrics, Diagnostic> {
        if let Some(policy) = &job.config.policy {
            return policy::evaluate::<T>(job, policy, weights, false);
        }
        let mut trainer = Trainer::<T>::new(job)?;
        trainer.inherit(weights);
        match part {
            Some(part) => trainer.evaluate(part),
            None => trainer.evaluate_alone(),
        }
    }
    match job.config.precision {
        Precision::F32 => in_precision::<f32>(job, weights, part),
        Precision::F64 => in_precision::<f64>(job, weights, part),
    }
}

#[cfg(test)]
mod tests;

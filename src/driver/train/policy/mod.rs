//! Training policies: rewards of an environment instead of rows of data.
//!
//! `Agent` is the loop: workers play with the weights as they are, then the optimiser takes a step. Everything runs in one
//! order on one thread but for the circuits, whose results are the same bytes on any number of threads; every random draw
//! has a name. So a seed gives the same training anywhere.

mod agent;
mod objective;
mod settings;
mod worker;

pub(super) use agent::Episodes;
pub use settings::POLICY_SETTINGS;

use super::algorithms::Algorithm;
use super::checkpoint::Course;
use super::{Job, Metrics, Origin, Progress, Trained, Weights};
use crate::backends::Real;
use crate::diag::Diagnostic;
use crate::environment::Spec;
use agent::Agent;
use std::ops::ControlFlow;

/// How a policy is trained.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What it acts in.
    pub environment: Spec,
    /// When weights change.
    pub algorithm: &'static Algorithm,
    /// Environments played at the same time or in turn.
    pub workers: usize,
    /// Steps of a worker between changes of weights.
    pub every: usize,
    /// Decay of rewards per step.
    pub gamma: f64,
    /// Weight of the entropy of actions.
    pub entropy: f64,
    /// Weight of the squared error of values.
    pub value: f64,
    /// Longest gradient; 0 for any.
    pub clip: f64,
    /// Episodes played to measure it.
    pub evaluate: usize,
}

/// Trains a policy, beginning with `start` where it has the model's paths.
///
/// # Errors
/// `QN0850` and `QN0851` if settings, model and environment do not fit, `QN0853` if outputs or loss stop being numbers.
pub(super) fn fit<T: Real>(
    job: Job<'_>,
    policy: &Policy,
    start: Option<&Weights>,
    origin: Origin,
    course: Course<'_>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Diagnostic> {
    let mut agent = Agent::<T>::new(job, policy)?;
    let inherited = start.map(|weights| agent.inherit(weights)).unwrap_or_default();
    let history = agent.fit(course, progress)?;
    Ok(Trained { weights: agent.weights(origin), history, inherited })
}

/// Measures a policy on episodes of its own: actions are drawn as in training.
///
/// # Errors
/// As [`fit`], and `QN0942` if `exact` weights belong to another architecture.
pub(super) fn evaluate<T: Real>(
    job: Job<'_>,
    policy: &Policy,
    weights: &Weights,
    exact: bool,
) -> Result<Metrics, Diagnostic> {
    let mut agent = Agent::<T>::new(job, policy)?;
    if exact {
        agent.fill(weights)?;
    } else {
        agent.inherit(weights);
    }
    agent.play()
}

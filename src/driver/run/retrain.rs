//! `retrain: pareto(epochs: 12, repeats: 3)`: the front of a finished search, trained anew and for longer.
//!
//! Every repeat starts from fresh weights under its own seed, which follows from the search's seed, the architecture and
//! the number of the repeat. Results stand in a journal of their own, `retrain.jsonl`, so that the journal of the search
//! stays what the search alone says; a run that is killed goes on with the lines it has. Nothing is chosen by these
//! results: they are reported beside the front.

use super::hunt::Hunt;
use super::retrain_log::RetrainLog;
use super::task::placed;
use super::{Member, Running};
use crate::diag::Diagnostic;
use crate::driver::errors::UNWRITABLE;
use crate::driver::search::{RunFolder, Workers, derive_seed};
use crate::driver::setting::{Setting, arguments};
use crate::driver::train::errors::BAD_TRAINING_SETTING;
use crate::driver::train::{self, End, Job, Length, Metrics, TrainConfig};
use crate::hir::expr::Bindings;
use crate::hir::template::SearchSpec;
use crate::hir::{Assignment, resolve_call};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

/// The settings of `pareto`, with one line each, in the order they are listed to people.
pub const RETRAIN_SETTINGS: &[(&str, &str)] = &[
    ("epochs", "passes over the training part, instead of those of `train`"),
    ("steps", "optimiser steps, instead of `epochs`"),
    ("repeats", "trainings of each architecture, from fresh weights under different seeds (1)"),
];

/// How the front is trained again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retrain {
    /// For how long; `None`: as long as in the search.
    pub length: Option<Length>,
    /// How often each architecture.
    pub repeats: u32,
}

/// One training of one architecture of the front.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Retrained {
    /// The candidate.
    pub id: u64,
    /// Which repeat, from 0.
    pub repeat: u32,
    /// The seed of weights, batches and dropout.
    pub seed: u64,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// The epoch whose weights were kept, from 1.
    #[serde(default)]
    pub epoch: usize,
    /// On the training part, measured while training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<Metrics>,
    /// On the validation part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Metrics>,
    /// On the test part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Metrics>,
}

/// One training that is due.
struct Due<'m> {
    id: u64,
    repeat: u32,
    seed: u64,
    assignment: &'m Assignment,
}

impl Retrain {
    /// What the `retrain` of a search says; `None` if it has none.
    ///
    /// # Errors
    /// `QN0850` for settings without sense, `QN0307` for settings that are left open.
    pub fn of(spec: &SearchSpec) -> Result<Option<Self>, Diagnostic> {
        let Some(call) = &spec.retrain else { return Ok(None) };
        let wrong = |message: String| Diagnostic::error(&BAD_TRAINING_SETTING, call.span, message);
        let Some(setting) = resolve_call(call, &Bindings::default()) else {
            let message = "the front is retrained in one way, whatever the architecture";
            return Err(Diagnostic::error(&crate::hir::errors::types::NOT_FIXED, call.span, message)
                .help("take the `choose` out of `retrain`"));
        };
        let given = setting.as_call().map(|(_, arguments)| arguments).unwrap_or_default();
        let names = [RETRAIN_SETTINGS[0].0, RETRAIN_SETTINGS[1].0, RETRAIN_SETTINGS[2].0];
        let [epochs, steps, repeats] = arguments(given, names, |why| wrong(format!("`pareto` {why}")))?;
        let count = |name: &str, value: Option<&Setting>| match value {
            None => Ok(None),
            Some(Setting::Int(value)) if (1..=1 << 30).contains(value) => Ok(Some(*value as usize)),
            Some(other) => Err(wrong(format!("`{name}` is an int of at least 1, not `{other}`"))),
        };
        let length = match (count("epochs", epochs)?, count("steps", steps)?) {
            (Some(_), Some(_)) => return Err(wrong("`pareto` takes `epochs` or `steps`, not both".into())),
            (Some(epochs), None) => Some(Length::Epochs(epochs)),
            (None, Some(steps)) => Some(Length::Steps(steps)),
            (None, None) => None,
        };
        if spec.env.is_some() && length.is_some() {
            return Err(wrong("a policy is retrained for as many episodes as its `train` says".into())
                .help("leave out `epochs` and `steps`"));
        }
        if spec.train.is_none() {
            return Err(wrong("there is nothing to retrain: the search has no `train`".into()));
        }
        Ok(Some(Self { length, repeats: count("repeats", repeats)?.unwrap_or(1) as u32 }))
    }

    /// The training of the search, as long as this one.
    fn config(self, config: TrainConfig) -> TrainConfig {
        TrainConfig { length: self.length.unwrap_or(config.length), ..config }
    }
}

impl Hunt<'_> {
    /// Trains the front again as `retrain` says; nothing without it. `progress` hears of every result, in order, with how
    /// many there are and will be. Stops early, with what there is, when `running.stop` is set.
    ///
    /// # Errors
    /// `QN0906`, `QN0817` if files of the run cannot be written, `QN0819` without threads.
    pub fn retrain(
        &self,
        folder: &RunFolder,
        members: &[Member],
        running: &Running<'_>,
        progress: &mut dyn FnMut(&Retrained, usize, usize),
    ) -> Result<Vec<Retrained>, Diagnostic> {
        let Some(retrain) = Retrain::of(self.task.spec)? else { return Ok(Vec::new()) };
        let due: Vec<Due<'_>> = members
            .iter()
            .flat_map(|member| (0..retrain.repeats).map(move |repeat| (member, repeat)))
            .map(|(member, repeat)| Due {
                id: member.front.id,
                repeat,
                seed: self.retrain_seed(&member.front.assignment, repeat),
                assignment: &member.front.assignment,
            })
            .collect();
        let weights = folder.path().join("retrained");
        std::fs::create_dir_all(&weights).map_err(|error| {
            Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be made: {error}", weights.display()))
        })?;
        let wanted: Vec<(u64, u32, u64)> = due.iter().map(|one| (one.id, one.repeat, one.seed)).collect();
        let (mut log, mut done) = RetrainLog::open(folder.path(), &wanted)?;
        for (at, one) in done.iter().enumerate() {
            progress(one, at + 1, due.len());
        }
        let rest = &due[done.len()..];
        let mut broken = None;
        let work = |at: usize| self.retrain_one(&rest[at], retrain, &weights, running);
        let halt = || running.stop.load(Ordering::Relaxed);
        Workers::new(running.jobs)?.ordered(rest.len(), work, halt, &mut |_, result| {
            let appended = result.and_then(|found| match found {
                None => Ok(None),
                Some(found) => log.append(&found).map(|()| Some(found)),
            });
            match appended {
                Ok(Some(found)) => {
                    done.push(found);
                    if let Some(found) = done.last() {
                        progress(found, done.len(), due.len());
                    }
                    return ControlFlow::Continue(());
                }
                Ok(None) => {}
                Err(diagnostic) => broken = Some(diagnostic),
            }
            ControlFlow::Break(())
        });
        broken.map_or(Ok(done), Err)
    }

    fn retrain_seed(&self, assignment: &Assignment, repeat: u32) -> u64 {
        let text = serde_json::to_vec(assignment).unwrap_or_default();
        derive_seed(self.task.seed, "retrain", &[&text, &repeat.to_le_bytes()])
    }

    /// Trains one architecture once; `None` if it was stopped. What training has against it is part of the result.
    fn retrain_one(
        &self,
        due: &Due<'_>,
        retrain: Retrain,
        weights: &std::path::Path,
        running: &Running<'_>,
    ) -> Result<Option<Retrained>, Diagnostic> {
        let Due { id, repeat, seed, assignment } = *due;
        let mut out = Retrained { id, repeat, seed, failed: None, epoch: 0, train: None, validation: None, test: None };
        let path = weights.join(format!("{id}-{repeat}.safetensors"));
        match self.train_again(assignment, retrain, seed, &path, running, &mut out) {
            Ok(true) => Ok(Some(out)),
            Ok(false) => Ok(None),
            Err(Again::Files(diagnostic)) => Err(diagnostic),
            Err(Again::Training(diagnostic)) => Ok(Some(Retrained { failed: Some(diagnostic.message), ..out })),
        }
    }

    fn train_again(
        &self,
        assignment: &Assignment,
        retrain: Retrain,
        seed: u64,
        path: &Path,
        running: &Running<'_>,
        out: &mut Retrained,
    ) -> Result<bool, Again> {
        let task = &self.task;
        let graph = task.graph(assignment)?;
        let config = retrain.config(task.train_config(assignment)?);
        let job = Job { graph: &graph, config: &config, seed, threads: 1 };
        let mut go_on = |_: &train::Progress| match running.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let origin = task.origin(assignment, seed);
        let trained = train::fit(job, task.splits.as_ref(), None, origin, &mut go_on)?;
        if trained.history.end == End::Interrupted {
            return Ok(false);
        }
        trained.weights.save(path).map_err(Again::Files)?;
        out.epoch = trained.history.kept;
        match &task.splits {
            None => out.validation = Some(train::evaluate_alone(job, &trained.weights)?),
            Some(splits) => {
                out.train = trained.history.epochs.last().map(|epoch| epoch.train);
                out.validation = trained.history.validation;
                if !splits.test.is_empty() {
                    out.test = Some(train::evaluate(job, &trained.weights, &splits.test)?);
                }
            }
        }
        Ok(true)
    }
}

/// Why a training gives no result: it failed, which is recorded, or its files cannot be written, which ends the run.
enum Again {
    Training(Diagnostic),
    Files(Diagnostic),
}

impl From<Diagnostic> for Again {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Training(diagnostic)
    }
}

/// Mean and (sample) standard deviation; no deviation of fewer than two values.
#[must_use]
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, Option<f64>)> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())))
}

/// Checks the `retrain` of a search before anything runs.
pub(super) fn checked(spec: &SearchSpec) -> Result<(), Diagnostic> {
    let span = spec.retrain.as_ref().map_or(spec.span, |call| call.span);
    Retrain::of(spec).map(|_| ()).map_err(|diagnostic| placed(diagnostic, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_are_those_of_samples() {
        assert_eq!(mean_and_deviation(&[]), None);
        assert_eq!(mean_and_deviation(&[3.0]), Some((3.0, None)));
        assert_eq!(mean_and_deviation(&[1.0, 3.0]), Some((2.0, Some(2.0_f64.sqrt()))));
    }
}

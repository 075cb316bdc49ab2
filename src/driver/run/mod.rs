//! Running programs: a search from its settings to its front, one training, one simulation.
//!
//! Here the parts meet that know nothing of each other: the language (settings, choices, requirements), data, training
//! and the search driver. [`Task`] is what there is to train: a model, its data, its training settings. [`Hunt`] adds
//! what a search needs; [`Evaluator`] turns a candidate's choices into objectives. Nothing here prints.

mod control;
mod curves;
pub mod errors;
mod evaluator;
mod hunt;
mod input;
mod pictures;
mod proxies;
mod relax;
mod report;
mod requirements;
mod retrain;
mod retrain_log;
mod shared;
mod simulate;
mod states;
mod task;
mod weights;

pub use control::Control;
pub use curves::{Curve, CurveLog, MOST_POINTS, Point};
pub use evaluator::{Evaluator, Trace};
pub use hunt::Hunt;
pub(in crate::driver) use hunt::strategy;
pub use input::{Inputs, read_csv, read_json};
pub use relax::{Measured, RelaxedReport, RelaxedSizes, Standing, Told, relaxed_sizes};
pub use report::{Member, Report, Running, Session};
pub use requirements::{Requirement, requirements};
pub use retrain::{RETRAIN_SETTINGS, Retrain, Retrained, mean_and_deviation};
pub use simulate::{Gradients, MOST_DERIVATIVES, Named, Simulated, Start, Want, simulate};
pub use task::{Task, architecture_key, source_digest};
pub use weights::WeightStore;

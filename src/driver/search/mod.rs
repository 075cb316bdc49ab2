//! The search driver: strategies propose architectures, the driver evaluates, records and resumes.
//!
//! A strategy owns only its idea ([`Strategy`]: ask, tell). The driver ([`Search`]) owns the budget, the worker threads,
//! the [`Journal`] and resuming. Three rules make a run the same at any number of workers and after any interruption: a
//! candidate's id is the order in which it was asked for; its seed follows from the search's seed and the candidate
//! alone; results are told, and journal lines written, in the order of ids. Resuming therefore is asking the strategy
//! again and answering from the journal.
//!
//! Nothing here knows the language: a space is a [`crate::hir::Space`], an evaluation is an [`Evaluate`]. Nothing prints,
//! and no clock is read but the one passed in.

pub mod errors;
pub mod genome;
pub mod pareto;
pub mod strategies;

mod agreement;
mod batch;
mod budget;
mod evaluate;
mod journal;
mod options;
mod outcome;
mod run;
mod run_folder;
mod seed;
mod strategy;
mod tally;
mod workers;

pub use agreement::Agreement;
pub use budget::Budget;
pub use evaluate::{Candidate, Evaluate, Evaluation, Failure};
pub use journal::{FORMAT, Header, Journal, Opened, Records, StrategyHeader, read_journal};
pub use journal::{Record, Sink};
pub use options::{OptionDefault, OptionError, OptionKind, OptionSpec, Settings, StrategyOptions};
pub use outcome::{Event, FrontMember, GenerationSummary, Progress, SearchOutcome, Stop};
pub use run::Search;
pub use run_folder::{RunFolder, TimingLog};
pub use seed::{derive_seed, fingerprint};
pub use strategies::{STRATEGIES, StrategyDef, build, find};
pub use strategy::{Done, Fidelity, Inherit, Proposal, Scored, Status, Strategy};
pub(super) use workers::Workers;

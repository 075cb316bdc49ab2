//! Circuit cutting: what it costs to run a circuit in pieces of at most so many qubits.
//!
//! [`gamma`] says what cutting a gate costs, [`instance`] what of a circuit an observable depends on, `solve` where to cut, [`mod@plan`]
//! what that makes. Costs are multiplicative and depend on angles, never on the order in which commuting gates are printed.

pub mod errors;
pub mod experiment;
pub mod gamma;
pub mod instance;
pub mod kak;
pub mod plan;
pub mod qpd;
pub mod segments;
mod solve;
pub mod summary;

pub use plan::{EFFORT, Plan, plan};
pub use solve::{Division, Segment};
pub use summary::{Planned, Scope, Summary, plans, summary};

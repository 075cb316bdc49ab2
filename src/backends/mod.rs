//! Back ends: what runs a model. `sim` runs quantum regions, `nn` classical operations, `hybrid` a whole graph; `qasm`
//! writes circuits for others to run.
//!
//! Everything is compiled once per architecture into a plan that owns its buffers; a training step allocates nothing
//! and decides nothing that does not depend on numbers.

pub mod errors;
pub mod hybrid;
pub mod nn;
mod plan;
pub mod qasm;
mod real;
pub mod sim;

pub use plan::{KernelCost, Plan, PlannedNode};
pub use real::Real;
pub(crate) use sim::buffer::too_large;

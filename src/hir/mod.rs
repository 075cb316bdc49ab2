//! Names resolved, shapes checked for every architecture, choices collected.

mod assignment;
pub mod expr;
pub mod flow;
pub mod layers;
pub mod symbol;

pub use assignment::{Assignment, Decoded, Domain, Gene, Space, Value};

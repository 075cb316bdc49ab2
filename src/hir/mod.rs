//! Names resolved, shapes checked for every architecture, choices collected.

mod assignment;
pub mod elaborate;
pub mod errors;
pub mod expr;
pub mod flow;
pub mod layers;
mod obligation;
pub mod program;
mod solve;
pub mod symbol;
pub mod template;
pub mod value;
pub mod vocabulary;

pub use assignment::{Assignment, Decoded, Domain, Gene, Space, Value};

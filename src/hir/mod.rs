//! Names resolved, shapes checked for every architecture, choices collected.

mod assignment;

pub use assignment::{Assignment, Decoded, Domain, Gene, Space, Value};

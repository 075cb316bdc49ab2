//! Names resolved, shapes checked for every architecture, choices collected.

pub mod allow;
mod assignment;
mod check;
pub mod elaborate;
pub mod entering;
pub mod errors;
pub mod expr;
pub mod flow;
pub mod frame;
mod late;
pub mod layers;
mod obligation;
pub mod parts;
pub mod print;
pub mod program;
mod reads;
mod setting;
mod solve;
pub mod space;
pub mod symbol;
pub mod template;
pub mod value;
pub mod vocabulary;

pub use assignment::{Assignment, Decoded, Domain, Gene, Space, Value};
pub use check::{Checked, check, nothing_to_run, show};
pub use setting::{Setting, fixed_real, resolve_call};

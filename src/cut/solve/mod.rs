//! Where to cut: the division of a circuit into fragments that costs least.

pub(crate) mod exact;
mod play;
pub(crate) mod problem;
mod state;

pub use problem::{Division, Segment};

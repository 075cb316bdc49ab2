//! Runs of the past: what a run folder holds, read again to pick from it and to report on it.
//!
//! Everything here only reads. A folder is believed as far as its journal goes: the program in it must be the one whose
//! digest the journal begins with, weights must be those of the candidate they are named after.

pub mod errors;
mod past;
mod replay;

pub use past::{PastRun, Picked};

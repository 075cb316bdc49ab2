//! The driver: what touches the outside world and runs things: data, training, search.
//!
//! Everything below is pure; files, environment variables and clocks begin here, and printing begins one floor up.

pub mod archive;
pub mod calibration;
mod charge;
pub mod compiler;
pub mod cut;
pub mod data;
pub mod device;
pub mod difference;
pub mod distinct;
pub mod emit;
pub mod errors;
pub mod explain;
pub mod extremes;
pub mod files;
mod frames;
pub mod jobs;
pub mod lint;
pub mod listing;
pub mod memory;
pub mod metric;
pub mod openqasm;
pub mod passes;
pub mod pick;
pub mod png;
pub mod random;
pub mod relaxed;
pub mod report;
pub mod requirement;
pub mod run;
pub mod search;
pub mod setting;
pub mod space;
pub mod topics;
pub mod totals;
pub mod train;
pub mod vocabulary;

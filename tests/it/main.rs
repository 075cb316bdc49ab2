//! The integration tests, one binary: a module per topic, and `support` for all of them.

mod allocations;
mod bad_input;
mod canonical;
mod classical;
mod cli;
mod cost;
mod diagnostics;
mod docs;
mod draw;
mod effect;
mod fmt;
mod ir;
mod language;
mod library;
mod main_job;
mod passes;
mod paths;
mod programs;
mod reference;
mod search;
mod shots;
mod simulation;
mod space;
mod support;
mod syntax;
mod training;

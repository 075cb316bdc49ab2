//! The integration tests, one binary: a module per topic, and `support` for all of them.

mod reference;
mod simulation;
mod support;

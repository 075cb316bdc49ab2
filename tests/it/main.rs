//! The integration tests, one binary: a module per topic, and `support` for all of them.

mod cost;
mod draw;
mod effect;
mod ir;
mod passes;
mod reference;
mod support;
mod syntax;

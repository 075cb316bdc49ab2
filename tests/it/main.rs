//! The integration tests, one binary: a module per topic, and `support` for all of them.

mod cost;
mod draw;
mod ir;
mod reference;
mod search;
mod support;
mod syntax;

//! The integration tests: one binary, one module per topic.

mod diagnostics;
mod fmt;
mod syntax;


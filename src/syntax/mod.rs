//! Text to syntax tree; never fails.

pub mod ast;

//! `qnas`: a compiler for quantum neural architecture search.

pub mod backends;
pub mod cli;
pub mod cost;
pub mod cut;
pub mod device;
pub mod diag;
pub mod draw;
pub mod driver;
pub mod environment;
pub mod fmt;
pub mod gates;
pub mod hir;
pub mod ir;
pub mod lint;
pub mod math;
pub mod meta;
pub mod ops;
pub mod passes;
pub mod probe;
pub mod qasm;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod target;

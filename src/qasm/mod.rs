//! OpenQASM to a graph: version 2 and the circuits of version 3, with the gate libraries that programs include.
//!
//! Reading is made for speed and for hostile text: the lexer keeps nothing, words are interned once, nesting is counted,
//! and running a program is limited in steps, so that no text exhausts stack or memory. `parse` makes a tree of a few statements at a time, `lower` runs
//! them into one [`Graph`] with one region; `write` tells the graph as a `.qnas` program. Inputs of the program (`input
//! float[64] a;`) are inputs of the model, measured qubits are its read-outs.

mod ast;
pub mod definitions;
pub mod errors;
mod lex;
pub mod library;
mod lower;
pub mod number;
mod parse;
pub mod unitary;
pub mod write;

pub use ast::Version;
pub use write::{WriteOptions, write};

use crate::diag::Diagnostic;
use crate::ir::Graph;
use crate::source::{FileId, Span};

/// Longest program, in bytes.
pub const MAX_BYTES: usize = 256 << 20;

/// How much is forgiven.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// The letter of the specification.
    Strict,
    /// What programs in use need: the union of the versions of a library, words of the other version.
    #[default]
    Normal,
    /// Also known gates without include, and names declared twice.
    Lenient,
}

/// What measured qubits give.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Readouts {
    /// The expectation of Z of each: `1 - 2 p(1)`.
    #[default]
    Z,
    /// The probabilities of their joint outcomes, the first qubit least significant.
    Probabilities,
}

/// How a program is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// How much is forgiven.
    pub mode: Mode,
    /// What measured qubits give.
    pub readouts: Readouts,
}

/// Where included files come from.
pub trait Sources {
    /// The text of a file beside the program and its id; `None` if there is no such file.
    fn read(&mut self, name: &str) -> Option<Result<(String, FileId), Diagnostic>>;
}

/// No files: only what is built in can be included.
#[derive(Clone, Copy, Debug)]
pub struct NoSources;

impl Sources for NoSources {
    fn read(&mut self, _: &str) -> Option<Result<(String, FileId), Diagnostic>> {
        None
    }
}

/// A program as a graph.
#[derive(Debug)]
pub struct Imported {
    /// The model: inputs, one region, its read-outs.
    pub graph: Graph,
    /// The version the program is written in.
    pub version: Version,
}

/// Reads a program; `name` becomes the name of the model.
///
/// # Errors
/// Everything that is wrong with the program, by place (`QN10xx`).
pub fn import(
    text: &str,
    file: FileId,
    name: &str,
    options: &Options,
    sources: &mut dyn Sources,
) -> Result<Imported, Vec<Diagnostic>> {
    if text.len() > MAX_BYTES {
        let message = format!("the program has {} bytes, {MAX_BYTES} are read", text.len());
        return Err(vec![Diagnostic::error(&errors::TOO_LARGE, Span::new(file, 0, 0), message)]);
    }
    let parser = parse::Parser::new(text, file, options.mode, sources);
    let version = parser.version;
    lower::lower(parser, name, options).map(|graph| Imported { graph, version })
}

//! Text to syntax tree; never fails.
//!
//! [`parse`] runs a lexer for comments and broken tokens, a bracket scan that cuts the file into segments, the grammar
//! over each segment, and the lowering to [`ast`]. Whatever is wrong becomes a diagnostic and an `Error` node, so that
//! the rest of the file still means something.

pub mod ast;
mod brackets;
pub mod errors;
mod grammar;
mod lex;
mod lower;
mod recover;
mod text;
pub mod visit;
mod words;

pub use brackets::MAX_NESTING;
pub use errors::codes;
pub use lex::{Kind as TokenKind, Token};
pub use lower::MAX_DEPTH;
pub use text::decode;

use crate::diag::{Diagnostic, sort_and_dedup};
use crate::source::FileId;

/// Longest source file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// Most syntax errors shown of one file; a file with more is no program.
pub const MAX_ERRORS: usize = 500;

/// A parsed file.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; broken stretches are `Error` nodes.
    pub file: ast::File,
    /// Every comment, doc comments too, in order.
    pub comments: Vec<ast::Comment>,
    /// What is wrong, in order of place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file; any text gives a tree.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_BYTES {
        let diagnostics = vec![errors::lexical::file_too_large(file, text.len(), MAX_BYTES)];
        return Parsed { diagnostics, ..Parsed::default() };
    }
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        return Parsed { diagnostics: vec![errors::lexical::binary(file, at)], ..Parsed::default() };
    }
    let mut lexed = lex::lex(file, text);
    let segments = brackets::balance(file, text, &mut lexed);
    lexed.settle();
    let (tree, found) = lower::lower(file, text, &lexed, &segments);
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(found);
    sort_and_dedup(&mut diagnostics);
    if let Some(first) = diagnostics.get(MAX_ERRORS).and_then(|diagnostic| diagnostic.primary) {
        let omitted = diagnostics.len() - MAX_ERRORS;
        diagnostics.truncate(MAX_ERRORS);
        diagnostics.push(errors::structure::too_many(first, omitted));
    }
    Parsed { file: tree, comments: lexed.comments, diagnostics }
}

/// The tokens of a text, comments left out, for tools that look at text and not at the tree.
#[must_use]
pub fn tokens(file: FileId, text: &str) -> Vec<Token> {
    lex::lex(file, text).tokens
}

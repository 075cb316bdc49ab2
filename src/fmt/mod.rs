//! The formatter: one way to write a program.
//!
//! It works on tokens, not on the tree: spaces and indentation are canonical, while the author's line breaks stay where
//! they are sensible, so that a short run of gates may share a line and every comment stays where it was put. The tree
//! only tells what a token means. Lines that are too long are broken at their widest bracket. Columns that the author
//! lined up (`=`, `:`, `=>`, comments) stay lined up.

mod align;
mod layout;
mod pieces;
mod space;

use crate::diag::Diagnostic;
use crate::source::FileId;
use crate::syntax;

/// Code is kept within this many columns where brackets allow it; comments may be longer.
pub const WIDTH: usize = 120;
/// Columns of one level.
pub const INDENT: usize = 4;

/// The canonical form of a program.
///
/// # Errors
/// The syntax errors of the text, if it has any: what means nothing cannot be formatted.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = syntax::parse(FileId(0), text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let program = pieces::Program::new(text, &parsed);
    let lines = layout::lines(&program);
    Ok(align::write(&program, &lines))
}

#[cfg(test)]
mod tests;

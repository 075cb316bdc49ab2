//! How much room stands between two tokens of a line.

use super::pieces::{Kind, Program};
use crate::syntax::TokenKind;

/// Words that only sometimes are names; brackets after them are attached only where the tree says so.
const SOMETIMES: [&str; 7] = ["of", "step", "log", "ordered", "where", "with", "weights"];
/// Words that are never names, and that brackets do not touch.
const NEVER: [&str; 14] =
    ["use", "const", "enum", "fn", "let", "for", "in", "if", "else", "match", "choose", "require", "assert", "as"];

/// Does a space stand between the tokens `left` and `right`, if they share a line?
pub(super) fn space(program: &Program<'_>, left: usize, right: usize) -> bool {
    let (a, b) = (&program.pieces[left], &program.pieces[right]);
    if a.kind == Kind::Comment || b.kind == Kind::Comment {
        return true;
    }
    if program.in_attribute(left) && program.in_attribute(right) {
        return a.text == ",";
    }
    let tight_after = matches!(a.text, "(" | "[" | "::" | "." | ".." | "..=" | "#");
    let tight_before = matches!(b.text, ")" | "]" | "," | ";" | "::" | "." | ".." | "..=" | ":");
    if tight_after || tight_before {
        return false;
    }
    match (a.text, b.text) {
        ("{", "}") => return false,
        ("{", _) => return !import(program, left),
        (_, "}") => return !program.closes(right).is_some_and(|group| import(program, program.groups[group].open)),
        ("-" | "!", _) if program.marks.prefixes.contains(&a.start) => return false,
        (_, "(" | "[") => return !attached(program, left),
        _ => {}
    }
    true
}

/// Are these the braces of `use a::{b, c}`?
fn import(program: &Program<'_>, open: usize) -> bool {
    program.token_before(open).is_some_and(|before| program.pieces[before].text == "::")
}

/// Does a bracket after this token belong to it?
fn attached(program: &Program<'_>, left: usize) -> bool {
    let piece = &program.pieces[left];
    if program.marks.bases.contains(&(piece.start + piece.text.len())) {
        return true;
    }
    match piece.kind {
        Kind::Token(TokenKind::Word) => !SOMETIMES.contains(&piece.text) && !NEVER.contains(&piece.text),
        _ => matches!(piece.text, ")" | "]"),
    }
}

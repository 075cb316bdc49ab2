//! One file per output format of diagnostics.
//!
//! Every format is a function from diagnostics and sources to text; nothing is printed here. Places become lines and
//! columns only now, through `Place`, so that all formats count alike.

mod github;
mod human;
mod json;
mod sarif;
mod short;

pub use github::github;
pub use human::{Options, human};
pub use json::{JsonDiagnostic, JsonEdit, JsonFix, JsonLabel, JsonPlace, json, json_diagnostics};
pub use sarif::sarif;
pub use short::short;

use super::Severity;
use crate::source::{LineColumn, SourceMap, Span};

/// A span as people count.
struct Place<'a> {
    file: &'a str,
    start: LineColumn,
    end: LineColumn,
}

impl<'a> Place<'a> {
    /// The place of a span; none if its file is unknown.
    fn of(span: Span, sources: &'a SourceMap) -> Option<Self> {
        let file = sources.get(span.file)?;
        let (start, end) = (file.line_column(span.range().start), file.line_column(span.range().end));
        Some(Self { file: &file.name, start, end })
    }
}

/// The word for a severity in every format.
fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Text of a user on its way to a terminal: control characters could move its cursor.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;

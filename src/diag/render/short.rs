//! One line per finding: `file:line:col: error[QN0301]: message`, for editors and `grep`.

use super::{Place, harmless, severity_word};
use crate::diag::Diagnostic;
use crate::source::SourceMap;

/// Diagnostics, one line each, in the order given.
#[must_use]
pub fn short(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Some(place) = diagnostic.primary.and_then(|span| Place::of(span, sources)) {
            out.push_str(&format!("{}:{}:{}: ", harmless(place.file), place.start.line, place.start.column));
        }
        let message = harmless(&diagnostic.message).replace('\n', " ");
        let word = severity_word(diagnostic.severity);
        out.push_str(&format!("{word}[{}]: {message}\n", diagnostic.code.meta.code));
    }
    out
}

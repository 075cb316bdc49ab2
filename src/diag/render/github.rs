//! Workflow commands of GitHub's checks: `::warning file=..,line=..::message`, one line per finding.

use super::Place;
use crate::diag::{Diagnostic, Severity};
use crate::source::SourceMap;

/// Diagnostics as annotations, in the order given.
///
/// # Source
/// GitHub Docs, "Workflow commands for GitHub Actions": `%`, line breaks, and in properties `:` and `,` are escaped.
#[must_use]
pub fn github(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = diagnostic.primary.and_then(|span| Place::of(span, sources)) {
            properties.push(format!("file={}", property(place.file)));
            properties.push(format!("line={},endLine={}", place.start.line, place.end.line));
            // Columns of a span over several lines would be read as those of one line.
            if place.start.line == place.end.line {
                properties.push(format!("col={},endColumn={}", place.start.column, place.end.column));
            }
        }
        let meta = &diagnostic.code.meta;
        properties.push(format!("title={}", property(&format!("{} {}", meta.code, meta.name))));
        let text: Vec<&str> = std::iter::once(&diagnostic.message)
            .chain(&diagnostic.notes)
            .chain(&diagnostic.helps)
            .map(String::as_str)
            .collect();
        out.push_str(&format!("::{kind} {}::{}\n", properties.join(","), message(&text.join("\n"))));
    }
    out
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

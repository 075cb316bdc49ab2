//! Diagnostics as JSON: everything a diagnostic knows, with lines, columns and byte offsets.

use serde::Serialize;

use super::{Place, severity_word};
use crate::diag::{Applicability, Diagnostic};
use crate::source::{SourceMap, Span};

/// A place: lines and columns from 1, columns in characters, offsets in bytes from 0, ends exclusive.
#[derive(Clone, Debug, Serialize)]
pub struct JsonPlace {
    /// The file as the user named it.
    pub file: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end.
    pub end_column: usize,
    /// First byte.
    pub start_byte: usize,
    /// One past the last byte.
    pub end_byte: usize,
}

/// Another place with its words.
#[derive(Clone, Debug, Serialize)]
pub struct JsonLabel {
    /// Where.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What is there.
    pub message: String,
}

/// One replacement.
#[derive(Clone, Debug, Serialize)]
pub struct JsonEdit {
    /// What is replaced.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// By what.
    pub text: String,
}

/// Replacements that together mend something.
#[derive(Clone, Debug, Serialize)]
pub struct JsonFix {
    /// What the fix does.
    pub message: String,
    /// `safe`, `unsafe` or `display_only`.
    pub applicability: &'static str,
    /// The replacements, in source order.
    pub edits: Vec<JsonEdit>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct JsonDiagnostic {
    /// `QN0301`
    pub code: &'static str,
    /// `unknown-gate`
    pub name: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// One sentence.
    pub message: String,
    /// Where; absent for files and options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<JsonPlace>,
    /// Words at the place; may be empty.
    pub label: String,
    /// Other places.
    pub labels: Vec<JsonLabel>,
    /// Why.
    pub notes: Vec<String>,
    /// What to type.
    pub helps: Vec<String>,
    /// Edits that do it.
    pub fixes: Vec<JsonFix>,
}

/// Diagnostics as values to be put into a larger document.
#[must_use]
pub fn json_diagnostics(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<JsonDiagnostic> {
    diagnostics.iter().map(|diagnostic| one(diagnostic, sources)).collect()
}

/// Diagnostics as a JSON array, in the order given, with a final line break.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    // Strings, numbers and lists always serialise, so the fallback is never seen.
    let mut text =
        serde_json::to_string_pretty(&json_diagnostics(diagnostics, sources)).unwrap_or_else(|_| "[]".to_owned());
    text.push('\n');
    text
}

fn place(span: Span, sources: &SourceMap) -> Option<JsonPlace> {
    let Place { file, start, end } = Place::of(span, sources)?;
    Some(JsonPlace {
        file: file.to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start_byte: span.range().start,
        end_byte: span.range().end,
    })
}

fn one(diagnostic: &Diagnostic, sources: &SourceMap) -> JsonDiagnostic {
    let labels = diagnostic.labels.iter();
    let fixes = diagnostic.fixes.iter();
    JsonDiagnostic {
        code: diagnostic.code.meta.code,
        name: diagnostic.code.meta.name,
        severity: severity_word(diagnostic.severity),
        message: diagnostic.message.clone(),
        place: diagnostic.primary.and_then(|span| place(span, sources)),
        label: diagnostic.primary_label.clone(),
        labels: labels
            .filter_map(|label| Some(JsonLabel { place: place(label.span, sources)?, message: label.message.clone() }))
            .collect(),
        notes: diagnostic.notes.clone(),
        helps: diagnostic.helps.clone(),
        fixes: fixes
            .map(|fix| JsonFix {
                message: fix.message.clone(),
                applicability: match fix.applicability {
                    Applicability::Safe => "safe",
                    Applicability::Unsafe => "unsafe",
                    Applicability::DisplayOnly => "display_only",
                },
                edits: fix
                    .edits
                    .iter()
                    .filter_map(|(span, text)| Some(JsonEdit { place: place(*span, sources)?, text: text.clone() }))
                    .collect(),
            })
            .collect(),
    }
}

//! Diagnostics as SARIF 2.1.0, the format code-scanning services read.
//!
//! Results and rules are sorted, so the same findings give the same bytes.

use serde_json::{Value, json};

use super::{Place, severity_word};
use crate::diag::{Code, Diagnostic, Fix};
use crate::source::{SourceMap, Span};

/// Diagnostics as one SARIF log with one run, with a final line break.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut rules: Vec<&'static Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    rules.sort_by_key(|code| code.meta.code);
    rules.dedup_by_key(|code| code.meta.code);
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|d| (d.primary, d.code.meta.code, &d.message));
    let results: Vec<Value> = sorted.iter().map(|diagnostic| result(diagnostic, &rules, sources)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "qnas",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: &Code) -> Value {
    let meta = &code.meta;
    json!({
        "id": meta.code,
        "name": meta.name,
        "shortDescription": { "text": meta.summary },
        "fullDescription": { "text": meta.summary },
        "help": { "text": meta.doc, "markdown": meta.doc },
    })
}

fn result(diagnostic: &Diagnostic, rules: &[&'static Code], sources: &SourceMap) -> Value {
    let code = diagnostic.code.meta.code;
    let text: Vec<&str> = std::iter::once(diagnostic.message.as_str())
        .chain(diagnostic.notes.iter().map(String::as_str))
        .chain(diagnostic.helps.iter().map(String::as_str))
        .collect();
    let mut result = json!({
        "ruleId": code,
        "ruleIndex": rules.partition_point(|rule| rule.meta.code < code),
        "level": severity_word(diagnostic.severity),
        "message": { "text": text.join("\n") },
    });
    if let Some(location) = diagnostic.primary.and_then(|span| location(span, sources)) {
        result["locations"] = json!([location]);
    }
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .filter_map(|label| {
            let mut place = location(label.span, sources)?;
            place["message"] = json!({ "text": label.message });
            Some(place)
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    let fixes: Vec<Value> = diagnostic.fixes.iter().filter_map(|one| fix(one, sources)).collect();
    if !fixes.is_empty() {
        result["fixes"] = Value::Array(fixes);
    }
    result
}

fn location(span: Span, sources: &SourceMap) -> Option<Value> {
    let (uri, region) = place(span, sources)?;
    Some(json!({ "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region } }))
}

fn place(span: Span, sources: &SourceMap) -> Option<(String, Value)> {
    let place = Place::of(span, sources)?;
    let region = json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": span.range().start,
        "byteLength": span.range().len(),
    });
    Some((uri(place.file), region))
}

/// One change per edit: an edit names its own file.
fn fix(fix: &Fix, sources: &SourceMap) -> Option<Value> {
    let changes: Option<Vec<Value>> = fix
        .edits
        .iter()
        .map(|(span, text)| {
            let (uri, region) = place(*span, sources)?;
            let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": text } });
            Some(json!({ "artifactLocation": { "uri": uri }, "replacements": [replacement] }))
        })
        .collect();
    Some(json!({ "description": { "text": fix.message }, "artifactChanges": changes? }))
}

/// A path as a relative or absolute URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

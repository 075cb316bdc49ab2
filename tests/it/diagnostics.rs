//! Bad programs: which code on which line, and how it looks.
//!
//! `//~ QN0101` at the end of a line of `tests/diagnostics/*.qnas` says that this code is reported on this line;
//! `//~^ QN0101` speaks of the line above. The markers of a file are exhaustive. The snapshot beside the file says how
//! the report looks, so a snapshot accepted carelessly cannot hide a lost error.

use std::fs;

use qnas::diag::render::{Options, human};
use qnas::diag::{Code, Diagnostic};
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::source::SourceMap;
use qnas::syntax;

/// What the compiler says about a file. Programs about syntax use names that nothing declares, so they are parsed only.
fn check(name: &str, text: &str) -> (SourceMap, Vec<Diagnostic>) {
    if name.starts_with("QN01") {
        let mut sources = SourceMap::default();
        let file = sources.add(name, text);
        return (sources, syntax::parse(file, text).diagnostics);
    }
    let compiled = compile_text(name, text, None, &DataDirs::default());
    (compiled.sources, compiled.checked.diagnostics)
}

/// `(line, code)` of every marker.
fn markers(text: &str) -> Vec<(usize, String)> {
    let mut markers = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((_, marker)) = line.split_once("//~") else { continue };
        let (line, list) = match marker.strip_prefix('^') {
            Some(rest) => (number - 1, rest),
            None => (number, marker),
        };
        let codes = list.split_whitespace().take_while(|word| word.starts_with('Q'));
        markers.extend(codes.map(|code| (line, code.to_owned())));
    }
    markers.sort();
    markers
}

fn found(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = diagnostics
        .iter()
        .map(|diagnostic| {
            let line = diagnostic
                .primary
                .map_or(0, |span| sources.get(span.file).expect("a known file").line_column(span.range().start).line);
            (line, diagnostic.code.meta.code.to_owned())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn every_marker_is_met_and_nothing_else_is_said() {
    let mut wrong = String::new();
    for entry in fs::read_dir("tests/diagnostics").expect("fixtures") {
        let path = entry.expect("a fixture").path();
        if path.extension().is_none_or(|extension| extension != "qnas") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a fixture");
        let (sources, diagnostics) = check(&name, &text);
        let (found, due) = (found(&sources, &diagnostics), markers(&text));
        for (line, code) in &found {
            let times = |list: &[(usize, String)]| list.iter().filter(|entry| *entry == &(*line, code.clone())).count();
            if times(&found) > times(&due) {
                let message = diagnostics.iter().find(|d| d.code.meta.code == code).map_or("", |d| d.message.as_str());
                wrong.push_str(&format!("{name}:{line}: {code} is said, not due ({message})\n"));
            }
        }
        for (line, code) in due.iter().filter(|entry| !found.contains(entry)) {
            wrong.push_str(&format!("{name}:{line}: {code} is due, not said\n"));
        }
        let code = name.split('-').next().expect("a code");
        assert!(due.iter().any(|(_, due)| due == code), "{name} is about its code");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_fixture_looks_as_it_did() {
    insta::with_settings!({ snapshot_path => "../diagnostics", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../diagnostics", "*.qnas", |path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(path).expect("a fixture");
            let (sources, diagnostics) = check(&name, &text);
            let rendered = human(&diagnostics, &sources, &Options { color: false, width: 100 });
            insta::assert_snapshot!(rendered);
        });
    });
}

/// Codes about bytes or sizes that no text fixture can hold (`tests/it/syntax.rs` tests them), about several files and about
/// assignments (`tests/it/language.rs`).
const NO_FIXTURE: [&str; 8] = ["QN0110", "QN0111", "QN0112", "QN0113", "QN0122", "QN0211", "QN0408", "QN0409"];

fn all_codes() -> Vec<&'static Code> {
    [syntax::codes(), qnas::hir::errors::codes()].concat()
}

#[test]
fn every_code_has_a_fixture() {
    let names: Vec<String> = fs::read_dir("tests/diagnostics")
        .expect("fixtures")
        .map(|entry| entry.expect("a fixture").file_name().to_string_lossy().into_owned())
        .collect();
    for code in all_codes() {
        let expected = format!("{}-{}.qnas", code.meta.code, code.meta.name);
        let exempt = NO_FIXTURE.contains(&code.meta.code);
        assert!(exempt || names.contains(&expected), "tests/diagnostics/{expected} is missing");
    }
}

/// The examples of an explanation, ` ```qnas wrong ` or ` ```qnas right `.
fn examples<'a>(doc: &'a str, kind: &str) -> Vec<String> {
    let fence = format!("```qnas {kind}");
    let mut examples = Vec::new();
    let mut lines = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    while let Some(line) = lines.next() {
        if line == fence {
            let body: Vec<&'a str> = lines.by_ref().take_while(|line| *line != "```").collect();
            examples.push(body.join("\n") + "\n");
        }
    }
    examples
}

#[test]
fn explanations_are_true() {
    for code in all_codes() {
        for text in examples(code.meta.doc, "wrong") {
            let (_, diagnostics) = check(code.meta.code, &text);
            let codes: Vec<&str> = diagnostics.iter().map(|d| d.code.meta.code).collect();
            assert_eq!(codes, [code.meta.code], "the wrong example of {}\n{text}", code.meta.code);
        }
        for text in examples(code.meta.doc, "right") {
            let (_, diagnostics) = check(code.meta.code, &text);
            let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
            assert!(messages.is_empty(), "the right example of {}\n{text}{messages:?}", code.meta.code);
        }
        let wrong = examples(code.meta.doc, "wrong").len();
        let exempt = NO_FIXTURE.contains(&code.meta.code) || code.meta.name == "too-deep";
        assert!(exempt || wrong > 0, "{} shows what it means", code.meta.code);
        assert_eq!(wrong, examples(code.meta.doc, "right").len(), "{} says what to write", code.meta.code);
    }
}

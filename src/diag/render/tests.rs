//! Every format on the same findings: places agree, nothing panics, nothing trails.

#![allow(unreachable_pub)] // codes are `pub` where they are declared, and these are for tests only

use serde_json::Value;

use super::{Options, human, json, sarif, short};
use crate::declare_codes;
use crate::diag::{Applicability, Diagnostic};
use crate::source::{FileId, SourceMap, Span};

declare_codes! {
    /// For these tests.
    pub SAMPLE = ("QN9901", "sample-error", "a sample");
    /// For these tests.
    pub OTHER = ("QN9902", "other-error", "another sample");
}

fn sources() -> (SourceMap, FileId) {
    let mut sources = SourceMap::default();
    let file = sources.add("a b.qnas", "θ = 量子 x;\n\tsecond \u{1b}[31mline\n");
    (sources, file)
}

fn samples(file: FileId) -> Vec<Diagnostic> {
    let at = |needle: &str| {
        let text = &sources().0.get(file).expect("the file").text.clone();
        let start = text.find(needle).expect("the needle");
        Span::new(file, start, start + needle.len())
    };
    vec![
        Diagnostic::error(&SAMPLE, at("x"), "unknown `x`")
            .here("not \u{1b}[2Jhere")
            .label(at("量子"), "declared here")
            .note("a note")
            .help("write `y`")
            .fix("write `y`", at("x"), "y", Applicability::Safe),
        Diagnostic::warning(&OTHER, at("second"), "odd"),
        Diagnostic::error(&SAMPLE, Span::new(file, 1, 3), "inside a character"),
        Diagnostic::error(&SAMPLE, Span::new(file, 9_000, 9_001), "past the end"),
        Diagnostic::error(&SAMPLE, Span::new(FileId(7), 0, 1), "in no file"),
        Diagnostic::global(&OTHER, "the file `z` is missing").help("create it"),
    ]
}

#[test]
fn the_human_form_shows_everything_and_trails_nothing() {
    let (sources, file) = sources();
    let text = human(&samples(file), &sources, &Options::default());
    for part in [
        "error[QN9901]: unknown `x`",
        "a b.qnas:1:8",
        "declared here",
        "  note: a note",
        "  help: write `y`",
        "  note: sample-error: see `qnas explain QN9901`",
        "warning[QN9902]: odd",
        "error[QN9902]: the file `z` is missing\n  help: create it",
        "in no file",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(text.lines().all(|line| line == line.trim_end()), "trailing spaces");
    assert!(!text.contains('\u{1b}'), "no colours, and no escape of the user's text");
    assert!(human(&samples(file), &sources, &Options { color: true, width: 100 }).contains('\u{1b}'));
}

#[test]
fn long_notes_are_wrapped_and_long_lines_are_named_only() {
    let mut sources = SourceMap::default();
    let file = sources.add("long.qnas", "x".repeat(5_000));
    let note = "word ".repeat(60);
    let found = Diagnostic::error(&SAMPLE, Span::new(file, 70, 71), "long").note(note.trim_end());
    let text = human(&[found], &sources, &Options { color: false, width: 60 });
    assert!(text.contains("--> long.qnas:1:71"));
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
}

#[test]
fn short_is_one_line_each() {
    let (sources, file) = sources();
    let text = short(&samples(file), &sources);
    assert_eq!(text.lines().count(), samples(file).len());
    assert!(text.starts_with("a b.qnas:1:8: error[QN9901]: unknown `x`\n"), "{text}");
    assert!(text.ends_with("error[QN9902]: the file `z` is missing\n"), "{text}");
}

#[test]
fn json_counts_characters_and_bytes() {
    let (sources, file) = sources();
    let value: Value = serde_json::from_str(&json(&samples(file), &sources)).expect("valid JSON");
    let place = &value[0]["place"];
    assert_eq!((&place["line"], &place["column"]), (&Value::from(1), &Value::from(8)));
    assert_eq!(place["start_byte"], "θ = 量子 ".len());
    assert_eq!(value[0]["labels"][0]["column"], 5);
    assert_eq!(value[0]["fixes"][0]["edits"][0]["text"], "y");
    assert!(value[5].get("place").is_none());
}

#[test]
fn sarif_is_sorted_and_its_rules_are_found_by_index() {
    let (sources, file) = sources();
    let value: Value = serde_json::from_str(&sarif(&samples(file), &sources)).expect("valid JSON");
    assert_eq!(value["version"], "2.1.0");
    let run = &value["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), samples(file).len());
    assert_eq!(rules.len(), CODES.len(), "a rule for every code that was found");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].is_string(), "a message is an object");
        for location in result["locations"].as_array().into_iter().flatten() {
            let region = &location["physicalLocation"]["region"];
            assert!(region["startLine"].as_u64() >= Some(1) && region["startColumn"].as_u64() >= Some(1));
            assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "a%20b.qnas");
        }
    }
    let mut reversed = samples(file);
    reversed.reverse();
    assert_eq!(sarif(&reversed, &sources), sarif(&samples(file), &sources), "the order of findings does not matter");
}

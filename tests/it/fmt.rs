//! What the formatter promises, on the programs of the language and on distortions of them.
//!
//! Formatting twice changes nothing more; the tree stays the same but for its spans; every comment survives, in order.

use proptest::prelude::*;
use qnas::fmt::format;
use qnas::source::FileId;
use qnas::syntax::{Parsed, parse, tokens};

/// The programs of `tests/syntax`, by name.
pub(crate) fn programs() -> Vec<(String, String)> {
    let mut programs: Vec<(String, String)> = std::fs::read_dir("tests/syntax")
        .expect("fixtures")
        .map(|entry| entry.expect("a fixture").path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a fixture")))
        .collect();
    programs.sort();
    programs
}

/// The tree without its spans, which are printed as `file:start..end`.
pub(crate) fn tree(parsed: &Parsed) -> String {
    let shown = format!("{:#?}", parsed.file);
    shown
        .lines()
        .filter(|line| !line.trim_start().starts_with("span: ") && !is_span(line))
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_span(line: &str) -> bool {
    let line = line.trim().trim_end_matches(',');
    line.contains("..") && line.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.')
}

fn comments(parsed: &Parsed) -> Vec<String> {
    parsed.comments.iter().map(|comment| comment.text.clone()).collect()
}

/// Checks every promise for a program; gives its form.
fn promises(name: &str, text: &str) -> Result<String, TestCaseError> {
    let before = parse(FileId(0), text);
    prop_assert!(before.diagnostics.is_empty(), "{} parses: {:?}\n{}", name, before.diagnostics, text);
    let once = format(text).map_err(|_| TestCaseError::fail("it parses"))?;
    let after = parse(FileId(0), &once);
    prop_assert!(after.diagnostics.is_empty(), "{} parses afterwards: {:?}\n{}", name, after.diagnostics, once);
    prop_assert_eq!(tree(&before), tree(&after), "the tree of {}", name);
    prop_assert_eq!(comments(&before), comments(&after), "the comments of {}", name);
    let twice = format(&once).map_err(|_| TestCaseError::fail("it still parses"))?;
    prop_assert_eq!(&once, &twice, "{} is a fixed point\n{}", name, text);
    prop_assert!(once.lines().all(|line| line == line.trim_end()), "no trailing spaces");
    prop_assert!(!once.contains("\n\n\n") && !once.contains('\r') && !once.starts_with('\n'));
    Ok(once)
}

#[test]
fn the_programs_of_the_language_keep_every_promise() {
    for (name, text) in programs() {
        promises(&name, &text).expect("the promises");
    }
}

#[test]
fn the_programs_of_the_language_are_formatted_already() {
    for (name, text) in programs() {
        assert_eq!(format(&text).expect("a program"), text, "{name}");
    }
}

/// What is put between two tokens: mostly what a person might have typed.
#[derive(Clone, Debug)]
enum Gap {
    Kept,
    Spaces(usize),
    Lines(usize),
    Comment(&'static str),
}

fn gap() -> impl Strategy<Value = Gap> {
    prop_oneof![
        60 => Just(Gap::Kept),
        4 => (1..5usize).prop_map(Gap::Spaces),
        3 => (1..4usize).prop_map(Gap::Lines),
        1 => prop_oneof![Just("// a comment"), Just("//"), Just("// θ, 量子 and {")].prop_map(Gap::Comment),
    ]
}

/// The program with other gaps between its tokens.
fn distort(text: &str, gaps: &[Gap]) -> String {
    let mut out = String::new();
    let mut end = 0;
    for (number, token) in tokens(FileId(0), text).into_iter().enumerate() {
        let between = &text[end..token.start];
        let gap = &gaps[number % gaps.len()];
        // A comment in the gap stays, and so does what is one word: `#[`, `unused-name`.
        let one_word = between.is_empty() && (out.ends_with(['#', '-']) || text[token.start..].starts_with('-'));
        match gap {
            _ if between.contains("//") || one_word => out.push_str(between),
            Gap::Kept => out.push_str(between),
            Gap::Spaces(count) => out.push_str(&" ".repeat(*count)),
            Gap::Lines(count) => out.push_str(&"\n".repeat(*count)),
            Gap::Comment(comment) => out.push_str(&format!(" {comment}\n")),
        }
        out.push_str(&text[token.start..token.end]);
        end = token.end;
    }
    out + &text[end..]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn distorted_programs_keep_every_promise(which in 0..64usize, gaps in prop::collection::vec(gap(), 1..400)) {
        let programs = programs();
        let (name, text) = &programs[which % programs.len()];
        let distorted = distort(text, &gaps);
        promises(name, &distorted)?;
    }
}

#[test]
fn programs_with_a_space_in_every_gap_keep_every_promise() {
    for (name, text) in programs() {
        promises(&name, &distort(&text, &[Gap::Spaces(1)])).expect("the promises");
    }
}

#[test]
fn programs_on_one_line_keep_every_promise() {
    for (name, text) in programs() {
        let mut line = String::new();
        let mut end = 0;
        for token in tokens(FileId(0), &text) {
            line.push_str(if end == token.start { "" } else { " " });
            line.push_str(&text[token.start..token.end]);
            end = token.end;
        }
        let formed = promises(&name, &line).expect("the promises");
        let long: Vec<&str> = formed.lines().filter(|line| line.chars().count() > qnas::fmt::WIDTH).collect();
        assert!(long.is_empty(), "{name}: {long:?}");
    }
}

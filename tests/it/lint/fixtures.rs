//! Every rule on its fixture `tests/lint/<rule>.qnas`: `//# bad`, `//# good` and `//# false alarm: why` begin a case.
//!
//! `//~ QL0101` at the end of a line says that the rule speaks of this line; the markers of a case are exhaustive for the rule. The
//! examples in the documentation of a rule are held to the same.

use super::{everything, linted};
use qnas::driver::lint::Linted;
use qnas::lint::{Group, Lint, RULES};
use qnas::source::SourceMap;

/// The cases of a fixture: what they are, and their text.
fn cases(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("//# "), out.last_mut()) {
            (Some(kind), _) => out.push((kind.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => panic!("a fixture begins with a case"),
        }
    }
    out
}

/// The lines a rule speaks of.
fn lines(rule: &Lint, linted: &Linted, sources: &SourceMap) -> Vec<usize> {
    let own = linted.reports.iter().filter(|report| std::ptr::eq(report.lint, rule));
    let mut lines: Vec<usize> = own
        .map(|report| {
            let span = report.diagnostic.primary.expect("every finding has a place");
            sources.get(span.file).expect("a known file").line_column(span.range().start).line
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[test]
fn every_rule_speaks_where_its_fixture_says() {
    for rule in RULES {
        let name = rule.code.meta.name;
        let path = format!("tests/lint/{name}.qnas");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path} is missing"));
        let cases = cases(&text);
        let kinds: Vec<&str> = cases.iter().map(|(kind, _)| kind.split(':').next().unwrap_or("")).collect();
        assert_eq!(kinds, ["bad", "good", "false alarm"], "{path}");
        for (kind, text) in cases {
            let (compiled, found) = linted(&path, &text, &everything());
            let mark = format!("//~ {}", rule.code.meta.code);
            let due: Vec<usize> = (1..).zip(text.lines()).filter(|(_, l)| l.contains(&mark)).map(|(n, _)| n).collect();
            assert_eq!(due.is_empty(), kind != "bad", "{path}, {kind}");
            assert_eq!(lines(rule, &found, &compiled.sources), due, "{path}, {kind}: {:?}", found.reports);
        }
    }
}

/// The examples of a rule's documentation.
fn examples(rule: &Lint, kind: &str) -> Vec<String> {
    let fence = format!("```qnas {kind}");
    let mut out = Vec::new();
    let mut lines = rule.code.meta.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    while let Some(line) = lines.next() {
        if line == fence {
            out.push(lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect());
        }
    }
    out
}

#[test]
fn the_documentation_of_every_rule_is_complete_and_true() {
    for rule in RULES {
        let meta = &rule.code.meta;
        let heads = ["## What it does", "## Why is this bad?", "## Example", "## Use instead", "## Fix safety"];
        let places: Vec<Option<usize>> = heads.iter().map(|head| meta.doc.find(head)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}: {places:?}", meta.name);
        assert_eq!((examples(rule, "wrong").len(), examples(rule, "right").len()), (1, 1), "{}", meta.name);
        for (kind, due) in [("wrong", true), ("right", false)] {
            for text in examples(rule, kind) {
                let (compiled, found) = linted(meta.name, &text, &everything());
                assert_eq!(!lines(rule, &found, &compiled.sources).is_empty(), due, "{} {kind}\n{text}", meta.name);
            }
        }
    }
}

#[test]
fn the_catalogue_is_in_order() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code.meta.code).collect();
    assert!(codes.is_sorted() && codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
    assert!(RULES.len() >= 30, "{}", RULES.len());
    for rule in RULES {
        let (digit, name) = (&rule.code.meta.code[3..4], rule.code.meta.name);
        let group = match rule.group {
            Group::Proved => "1",
            Group::Cost => "2",
            Group::Sampled => "3",
            Group::Heuristic => "4",
        };
        assert_eq!(digit, group, "the code of {name} says its group");
        let file = format!("src/lint/rules/{}.rs", name.replace('-', "_"));
        assert!(std::path::Path::new(&file).exists(), "{file}");
        assert!(rule.code.meta.summary.len() < 80 && !rule.code.meta.summary.ends_with('.'), "{name}");
    }
}

#[test]
fn findings_read_as_one_sentence_at_a_place_of_the_user() {
    for rule in RULES {
        for text in examples(rule, "wrong") {
            let (compiled, found) = linted("user.qnas", &text, &everything());
            for report in &found.reports {
                let d = &report.diagnostic;
                let file = d.primary.and_then(|span| compiled.sources.get(span.file)).expect("a place");
                assert_eq!(file.name, "user.qnas", "{}", d.message);
                assert!(!d.message.ends_with('.') && !d.message.contains("{}"), "{}", d.message);
                let first = d.message.chars().next().expect("a message");
                assert!(!first.is_uppercase(), "{}", d.message);
            }
        }
    }
}

#[test]
fn the_page_of_the_rules_is_current() {
    let page = std::fs::read_to_string("docs/lints.md").expect("the page");
    assert!(page == qnas::driver::lint::markdown(), "write it anew: qnas list lints --markdown > docs/lints.md");
}

//! The documentation is true: its programs compile, its wrong programs raise what they say, it names every word there is.
//!
//! ` ```qnas ` is a program without a single diagnostic, ` ```qnas error=QN0305 ` one whose errors are all of this code.

use crate::support::program::{compile, compiled, graph};
use qnas::driver::data::DataDirs;
use qnas::driver::vocabulary::vocabulary;
use std::collections::BTreeSet;

/// Fenced blocks of a language: what stands behind its name, the line and the text.
fn blocks(text: &str) -> Vec<(String, usize, String)> {
    let mut out = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```qnas") else { continue };
        let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        out.push((info.trim().to_owned(), number, body.join("\n") + "\n"));
    }
    out
}

fn language() -> String {
    std::fs::read_to_string("docs/language.md").expect("the page")
}

#[test]
fn every_program_of_the_documentation_is_what_it_says() {
    for file in std::fs::read_dir("docs").expect("the documentation") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a page");
        for (info, line, program) in blocks(&text) {
            let place = format!("{}:{line}", path.display());
            if info.is_empty() {
                let checked = compiled(&place, &program).checked;
                let searches = checked.searches.iter().map(|search| &search.template);
                for template in checked.models.iter().chain(searches) {
                    graph(template, 0);
                }
                continue;
            }
            let code = info.strip_prefix("error=").unwrap_or_else(|| panic!("{place}: {info} means nothing"));
            let said = compile(&place, &program).checked.diagnostics;
            let codes: BTreeSet<&str> = said.iter().map(|diagnostic| diagnostic.code.meta.code).collect();
            assert_eq!(codes, BTreeSet::from([code]), "{place}");
        }
    }
}

#[test]
fn the_tutorial_has_ten_steps() {
    let text = language();
    let tutorial = text.split("\n# ").find(|part| part.starts_with("Tutorial")).expect("a tutorial");
    let steps = tutorial.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(steps, 10);
    assert!(blocks(tutorial).len() >= 10);
}

#[test]
fn the_reference_names_every_word() {
    let text = language();
    // Words in code spans, apart from the programs.
    let words: BTreeSet<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|span| span.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')))
        .flat_map(|word| [word, word.trim_matches('.')])
        .collect();
    let dirs = DataDirs::default();
    let vocabulary = vocabulary(&dirs);
    let mut wanted: Vec<String> = Vec::new();
    for call in &vocabulary.calls {
        wanted.push(call.name.to_owned());
        wanted.extend(call.parameters.iter().map(|parameter| parameter.name.to_owned()));
    }
    wanted.extend(qnas::hir::layers::LAYERS.iter().map(|layer| layer.meta.name.to_owned()));
    wanted.extend(qnas::hir::layers::LAYERS.iter().flat_map(|l| l.settings.iter().map(|s| s.name.to_owned())));
    wanted.extend(qnas::hir::elaborate::FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()));
    wanted.extend(qnas::hir::elaborate::FIELDS.iter().map(|name| (*name).to_owned()));
    wanted.extend(qnas::gates::GATES.iter().map(|gate| gate.meta.name.to_owned()));
    let metrics = vocabulary.metrics.iter().map(|metric| metric.name.clone());
    // `gates.cx` and its like stand for every gate, and the gates are named above.
    wanted.extend(metrics.filter(|name| !name.starts_with("gates.") && !name.starts_with("flops.profiler.")));
    let missing: BTreeSet<&String> = wanted.iter().filter(|word| !words.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

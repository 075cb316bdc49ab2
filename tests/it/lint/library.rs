//! The library and the examples lint clean, or say why not.

use super::linted;
use qnas::driver::lint::Request;
use qnas::lint::Group;
use qnas::stdlib::LIBRARY;

/// Findings of rules that are always on, and unneeded attributes.
fn findings(name: &str, text: &str) -> Vec<String> {
    let request = Request { samples: 24, ..Request::default() };
    let (_, found) = linted(name, text, &request);
    let told = found.reports.iter().filter(|report| report.lint.group != Group::Heuristic);
    let told = told.map(|report| format!("{name}: {} {}", report.lint.code.meta.code, report.diagnostic.message));
    told.chain(found.attributes.iter().map(|d| format!("{name}: {}", d.message))).collect()
}

#[test]
fn every_library_file_lints_clean() {
    let found: Vec<String> = LIBRARY.iter().flat_map(|file| findings(file.name, file.text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_example_lints_clean() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("examples").expect("the examples") {
        let path = entry.expect("an example").path();
        if path.extension().is_some_and(|extension| extension == "qnas") {
            let text = std::fs::read_to_string(&path).expect("an example");
            found.extend(findings(&path.display().to_string(), &text));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

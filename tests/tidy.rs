//! The house rules, held by reading the sources as text.
//!
//! What a compiler cannot hold for us inside one crate: which floor names which, where a dependency may be named, how
//! long files and functions are, and how messages are written. An exception is an entry in a list below, with a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The floors, lowest first. A module names only modules of lower floors.
const FLOORS: [&[&str]; 13] = [
    &["source", "math", "meta", "ops"],
    &["diag", "gates", "stdlib"],
    &["device", "environment"],
    &["syntax"],
    &["hir"],
    &["ir"],
    &["passes", "qasm"],
    &["cut", "target", "probe"],
    &["cost"],
    &["backends", "fmt", "draw"],
    &["lint"],
    &["driver"],
    &["cli", "lsp"],
];

/// The floor from which the world (files, clock, output) may be touched.
const WORLD: usize = 11;

/// Dependencies and the only file or folder that names them.
const DOORS: [(&str, &str); 11] = [
    ("pest", "src/syntax/grammar.rs"),
    ("pest_derive", "src/syntax/grammar.rs"),
    ("ariadne", "src/diag/render/human.rs"),
    ("petgraph", "src/ir/graph.rs"),
    ("strsim", "src/diag/suggest.rs"),
    ("unicode_normalization", "src/syntax/"),
    ("clap", "src/cli/"),
    ("clap_complete", "src/cli/"),
    ("indicatif", "src/cli/"),
    ("comfy_table", "src/cli/"),
    ("ctrlc", "src/cli/"),
];

/// Longest file and function, without tests.
const LINES: usize = 600;
const FUNCTION_LINES: usize = 60;

/// Files that may be longer, and why.
const LONG_FILES: [(&str, &str); 0] = [];

/// Functions that may be longer, and why.
const LONG_FUNCTIONS: [(&str, &str); 8] = [
    ("src/backends/hybrid/backward.rs run", "one arm per operation"),
    ("src/backends/hybrid/forward.rs run", "one arm per operation"),
    ("src/backends/hybrid/plan.rs kind", "one arm per operation"),
    ("src/hir/expr/interval.rs interval", "one arm per kind of expression"),
    ("src/hir/elaborate/gate.rs broadcast", "one rule of the language from top to bottom"),
    ("src/hir/elaborate/macros.rs apply_item", "one rule of the language from top to bottom"),
    ("src/hir/elaborate/expression.rs expr_inner", "one arm per kind of expression"),
    ("src/hir/elaborate/search.rs search_model", "one rule of the language from top to bottom"),
];

/// Codes that were once used and must not come back.
const RETIRED: [&str; 0] = [];

/// A source file of the library.
struct Source {
    path: String,
    /// The text before its tests.
    text: String,
    /// The text without comments, before its tests.
    code: String,
}

impl Source {
    /// The module directly below the crate root.
    fn module(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
    }

    fn floor(&self) -> Option<usize> {
        floor(self.module())
    }
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Every Rust file under a folder, by path.
fn files(folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder entry").path();
        let name = path.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            files(&name, found);
        } else if name.ends_with(".rs") {
            found.push(name);
        }
    }
    found.sort();
}

fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    files("src", &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let whole = fs::read_to_string(&path).expect("a source file");
            let test_file = path.ends_with("/tests.rs") || path.contains("/tests/");
            let length = if test_file { 0 } else { whole.find("#[cfg(test)]\nmod ").unwrap_or(whole.len()) };
            let text = whole[..length].to_owned();
            let code = text.lines().map(|line| uncommented(line).to_owned() + "\n").collect();
            Source { path, text, code }
        })
        .collect()
}

/// A line without its comment; `//` inside a string stays.
fn uncommented(line: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '/' if !quoted && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    line
}

fn assert_clean(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The modules named by `crate::x` and `crate::{x, y::z}`.
fn crate_names(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| is_word(c) || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(rest.chars().take_while(|&c| is_word(c)).collect());
            continue;
        };
        let (mut depth, mut word) = (0, String::new());
        for c in group.chars().chain(['}']) {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                c if depth == 0 && is_word(c) => word.push(c),
                ':' if depth == 0 && !word.is_empty() => {
                    names.push(std::mem::take(&mut word));
                    depth += 100;
                }
                ',' if depth % 100 == 0 => {
                    depth = 0;
                    word.clear();
                }
                _ => {}
            }
        }
    }
    names
}

#[test]
fn a_module_names_only_lower_floors() {
    assert_eq!(crate_names("use crate::{diag::{A, b}, syntax::ast}; crate::ir::x"), ["diag", "syntax", "ir"]);
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = source.floor() else { continue };
        for name in crate_names(&source.code) {
            let other = floor(&name);
            if name != source.module() && other.is_some_and(|other| other >= own) {
                wrong.push(format!("{} names `{name}`", source.path));
            }
        }
    }
    wrong.dedup();
    assert_clean("a module names only modules of lower floors", &wrong);
}

#[test]
fn every_module_stands_on_a_floor() {
    let lib = fs::read_to_string("src/lib.rs").expect("the crate root");
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let homeless: Vec<String> = modules.filter(|module| floor(module).is_none()).map(str::to_owned).collect();
    assert_clean("every module of the crate root has a floor", &homeless);
}

#[test]
fn every_file_is_part_of_the_crate() {
    let mut wrong = Vec::new();
    let all = sources();
    for source in &all {
        let path = Path::new(&source.path);
        let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let folder = path.parent().expect("a folder");
        let (name, home) = match stem.as_str() {
            "lib" | "main" => continue,
            "mod" => (
                folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                folder.parent(),
            ),
            _ => (stem, Some(folder)),
        };
        let home = home.expect("a folder").to_string_lossy().replace('\\', "/");
        let parent = if home == "src" { "src/lib.rs".to_owned() } else { format!("{home}/mod.rs") };
        let declared = fs::read_to_string(&parent).is_ok_and(|text| {
            text.lines().any(|line| {
                let line = line.trim();
                let line =
                    line.strip_prefix("pub").map_or(line, |rest| rest.trim_start_matches(|c| c != ' ').trim_start());
                line == format!("mod {name};")
            })
        });
        if !declared {
            wrong.push(format!("{} is not declared in {parent}", source.path));
        }
    }
    assert_clean("every file is declared by the file above it", &wrong);
}

#[test]
fn a_dependency_is_named_behind_one_door() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, door) in DOORS {
            let named = source.code.match_indices(name).any(|(at, _)| {
                let before = source.code[..at].chars().next_back();
                let after = &source.code[at + name.len()..];
                let path = after.starts_with("::") || after.starts_with(';') && source.code[..at].ends_with("use ");
                before.is_none_or(|c| !is_word(c) && c != '"' && c != ':') && path
            });
            if named && !source.path.starts_with(door) {
                wrong.push(format!("{} names `{name}`, whose door is {door}", source.path));
            }
        }
    }
    assert_clean("a dependency is named behind one door", &wrong);
}

#[test]
fn nothing_below_the_driver_touches_the_world() {
    let banned = [
        "std::fs",
        "std::env",
        "std::process",
        "std::net",
        "println!",
        "print!(",
        "eprint",
        "Instant::now",
        "SystemTime",
        "thread_rng",
        "rand::rng()",
        "from_os_rng",
        "dbg!",
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        if source.floor().is_none_or(|floor| floor >= WORLD) {
            continue;
        }
        for name in banned.iter().filter(|name| source.code.contains(**name)) {
            wrong.push(format!("{} uses `{name}`", source.path));
        }
    }
    assert_clean("files, clocks, output and unseeded randomness begin at the driver", &wrong);
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let mut wrong = Vec::new();
    let mut paths = Vec::new();
    files("tests", &mut paths);
    files("benches", &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).expect("a test file");
        if !text.starts_with("//! ") {
            wrong.push(format!("{path} does not begin with `//!`"));
        }
    }
    for source in sources() {
        let whole = fs::read_to_string(&source.path).expect("a source file");
        if !whole.starts_with("//! ") {
            wrong.push(format!("{} does not begin with `//!`", source.path));
        }
        let lines = source.text.lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if excused && lines <= LINES {
            wrong.push(format!("{} is short enough now: take it off the list", source.path));
        }
        if lines > LINES && !excused {
            wrong.push(format!("{} has {lines} lines, {LINES} are allowed", source.path));
        }
        if source.path.matches('/').count() > 4 {
            wrong.push(format!("{} lies deeper than three folders", source.path));
        }
        for word in ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("] {
            if source.text.contains(word) {
                wrong.push(format!("{} has a `{word}`", source.path));
            }
        }
    }
    assert_clean("files", &wrong);
}

#[test]
fn functions_stay_short() {
    let mut wrong = Vec::new();
    let mut excused: Vec<&str> = LONG_FUNCTIONS.iter().map(|(name, _)| *name).collect();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let words = line.trim_start().split("fn ").next().unwrap_or("");
            let heads = ["pub", "pub(crate)", "pub(super)", "const", "unsafe", "async", "extern"];
            let is_fn = line.trim_start().contains("fn ") && words.split_whitespace().all(|word| heads.contains(&word));
            if !is_fn || line.trim_end().ends_with('}') || line.trim_end().ends_with(';') {
                continue;
            }
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[start..].iter().position(|line| *line == closing).map_or(0, |length| length + 1);
            if length > FUNCTION_LINES {
                let name = line.split("fn ").nth(1).unwrap_or("");
                let name: String = name.chars().take_while(|&c| is_word(c)).collect();
                let name = format!("{} {name}", source.path);
                let known = LONG_FUNCTIONS.iter().any(|(other, _)| *other == name);
                excused.retain(|other| *other != name);
                if !known {
                    wrong.push(format!("{name} (line {}) has {length} lines", start + 1));
                }
            }
        }
    }
    wrong.extend(excused.iter().map(|name| format!("{name} is short enough now: take it off the list")));
    assert_clean(&format!("functions have at most {FUNCTION_LINES} lines"), &wrong);
}

/// `(code, name, summary, path)` of every declared code.
fn declared_codes() -> Vec<(String, String, String, String)> {
    let mut codes = Vec::new();
    for source in sources() {
        for (at, _) in source.code.match_indices("= (\"Q") {
            let strings: Vec<String> = strings(&source.code[at..]).take(3).collect();
            let [code, name, summary] = strings.try_into().expect("code, name and summary");
            codes.push((code, name, summary, source.path.clone()));
        }
    }
    codes
}

/// The string literals of a stretch of code.
fn strings(code: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = code;
    std::iter::from_fn(move || {
        let start = rest.find('"')? + 1;
        let mut escaped = false;
        let length = rest[start..].find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })?;
        let text = rest[start..start + length].to_owned();
        rest = &rest[start + length + 1..];
        Some(text)
    })
}

#[test]
fn codes_are_unique_and_belong_to_their_floor() {
    let homes = [
        ("QN01", "src/syntax/"),
        ("QN02", "src/hir/"),
        ("QN03", "src/hir/"),
        ("QN04", "src/hir/"),
        ("QN05", "src/ir/"),
        ("QN06", "src/cost/"),
        ("QN06", "src/cut/"),
        ("QN06", "src/target/"),
        ("QN07", "src/backends/"),
        ("QN08", "src/driver/"),
        ("QN09", "src/"),
        ("QN10", "src/qasm/"),
        ("QL", "src/lint/"),
    ];
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (code, name, _, path) in declared_codes() {
        for key in [&code, &name] {
            if let Some(other) = seen.insert(key.clone(), path.clone()) {
                wrong.push(format!("`{key}` of {path} is declared in {other} too"));
            }
        }
        if RETIRED.contains(&code.as_str()) {
            wrong.push(format!("`{code}` is retired"));
        }
        let kebab = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !kebab || code.len() != 6 {
            wrong.push(format!("{code} `{name}` of {path}: codes are `QN0101`, names kebab-case"));
        }
        if !homes.iter().any(|(prefix, home)| code.starts_with(prefix) && path.starts_with(home)) {
            wrong.push(format!("{code} does not belong into {path}"));
        }
    }
    assert!(seen.len() > 20, "the codes are found");
    assert_clean("codes", &wrong);
}

/// Is a sentence written as all are: lower-case start, no final stop?
fn well_written(sentence: &str) -> bool {
    let first = sentence.chars().next();
    first.is_some_and(|c| !c.is_uppercase()) && !sentence.ends_with('.') && sentence.trim() == sentence
}

#[test]
fn messages_and_summaries_are_written_alike() {
    let mut wrong = Vec::new();
    for (code, _, summary, path) in declared_codes() {
        if !well_written(&summary) {
            wrong.push(format!("{path}: {code}: {summary}"));
        }
    }
    let mut messages = 0;
    for source in sources() {
        for call in ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::global("] {
            for (at, _) in source.code.match_indices(call) {
                let rest = &source.code[at + call.len()..];
                let statement = &rest[..rest.find(";\n").unwrap_or(rest.len())];
                // The message is the first text of the call; where it is built elsewhere, none comes before the `)`.
                let Some(message) = strings(statement).next() else { continue };
                let built = statement.find('"').is_some_and(|quote| statement[..quote].matches(')').count() > 0);
                let continued = message.ends_with('\\');
                messages += 1;
                if !built && !continued && !well_written(&message) && !message.starts_with('{') {
                    wrong.push(format!("{}: {message}", source.path));
                }
            }
        }
        // Where a macro passes its own arguments on, the texts stand at its calls.
        let written = |at: &usize| !source.code[at + "meta!(".len()..].starts_with('$');
        for at in source.code.match_indices("meta!(").map(|(at, _)| at).filter(written) {
            let texts: Vec<String> = strings(&source.code[at..]).take(2).collect();
            if let [_, summary] = texts.as_slice()
                && !well_written(summary)
            {
                wrong.push(format!("{}: {summary}", source.path));
            }
        }
    }
    assert!(messages > 20, "the messages are found");
    assert_clean("messages start lower-case and end without a stop", &wrong);
}

#[test]
fn nothing_names_a_machine() {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "benches"] {
        files(folder, &mut paths);
    }
    let mut wrong = Vec::new();
    for path in paths.iter().filter(|path| *path != "tests/tidy.rs") {
        let text = fs::read_to_string(path).expect("a file");
        for place in ["\"/work", "/home/", "\"/root", "\"/tmp"] {
            if text.contains(place) {
                wrong.push(format!("{path} names `{place}`"));
            }
        }
    }
    assert_clean("no file names a place on one machine", &wrong);
}

//! The parser over the programs of `tests/syntax`.

use qnas::source::FileId;
use qnas::syntax::parse;

#[test]
fn the_programs_of_the_language_parse() {
    for entry in std::fs::read_dir("tests/syntax").expect("fixtures") {
        let path = entry.expect("fixture").path();
        let text = std::fs::read_to_string(&path).expect("fixture text");
        let parsed = parse(FileId(0), &text);
        for d in &parsed.diagnostics {
            let at = d.primary.map_or(0, |s| s.range().start);
            let line = text[..at].matches('\n').count() + 1;
            eprintln!("{}:{line}: {} {}", path.display(), d.code.meta.code, d.message);
        }
        assert!(parsed.diagnostics.is_empty(), "{}", path.display());
    }
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(FileId(0), text).diagnostics.iter().map(|d| d.code.meta.code).collect()
}

#[test]
fn deep_nesting_is_an_error_and_never_a_crash() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("1 + (", ")"), ("{", "}"), ("choose {", "}")] {
        let program = |n: usize| format!("const a = {}1{};\n", open.repeat(n), close.repeat(n));
        assert_eq!(codes(&program(100)), Vec::<&str>::new(), "{open}");
        for n in [201, 5_000, 100_000] {
            assert_eq!(codes(&program(n)), vec!["QN0120"], "{open} {n}");
        }
    }
    for chain in ["1 + ", "- ", "2 ** ", "choose ", "x |> ", "if c { 1 } else ", "match "] {
        let text = format!("const a = {}1;", chain.repeat(20_000));
        assert!(!codes(&text).is_empty(), "{chain}");
    }
}

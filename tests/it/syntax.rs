//! The parser: any text gives a tree, and whatever is wrong is said where it is.

use proptest::prelude::*;
use qnas::source::{FileId, Span};
use qnas::syntax::ast::{ExprKind, ItemKind, StmtKind};
use qnas::syntax::visit::{Visitor, walk_expr, walk_file, walk_item, walk_stmt};
use qnas::syntax::{self, Parsed, parse};

use crate::fmt::programs;

fn codes(text: &str) -> Vec<&'static str> {
    parse(FileId(0), text).diagnostics.iter().map(|diagnostic| diagnostic.code.meta.code).collect()
}

/// Collects what can be wrong with a tree.
#[derive(Default)]
struct Walk {
    errors: usize,
    spans: Vec<Span>,
}

impl Visitor for Walk {
    fn item(&mut self, item: &syntax::ast::Item) {
        self.spans.push(item.span);
        self.errors += usize::from(matches!(item.kind, ItemKind::Error));
        walk_item(self, item);
    }
    fn stmt(&mut self, stmt: &syntax::ast::Stmt) {
        self.spans.push(stmt.span);
        self.errors += usize::from(matches!(stmt.kind, StmtKind::Error(_)));
        walk_stmt(self, stmt);
    }
    fn expr(&mut self, expr: &syntax::ast::Expr) {
        self.spans.push(expr.span);
        self.errors += usize::from(matches!(expr.kind, ExprKind::Error));
        walk_expr(self, expr);
    }
}

/// What holds for every text.
fn sound(text: &str) -> Result<Parsed, TestCaseError> {
    let parsed = parse(FileId(0), text);
    let mut walk = Walk::default();
    walk_file(&mut walk, &parsed.file);
    prop_assert!(walk.errors == 0 || !parsed.diagnostics.is_empty(), "an error node without a word: {:?}", text);
    for diagnostic in &parsed.diagnostics {
        walk.spans.extend(diagnostic.primary);
        walk.spans.extend(diagnostic.labels.iter().map(|label| label.span));
        walk.spans.extend(diagnostic.fixes.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span)));
        prop_assert!(!diagnostic.message.is_empty());
    }
    walk.spans.extend(parsed.comments.iter().map(|comment| comment.span));
    for span in walk.spans {
        let range = span.range();
        prop_assert!(range.start <= range.end && range.end <= text.len(), "{:?} of {:?}", span, text);
        prop_assert!(
            text.is_char_boundary(range.start) && text.is_char_boundary(range.end),
            "{:?} of {:?}",
            span,
            text
        );
    }
    Ok(parsed)
}

#[test]
fn the_programs_of_the_language_parse() {
    for (name, text) in programs() {
        let parsed = parse(FileId(0), &text);
        let messages: Vec<&str> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert!(messages.is_empty(), "{name}: {messages:?}");
    }
}

#[test]
fn operators_bind_as_the_reference_says() {
    let shape = |text: &str| {
        let parsed = parse(FileId(0), &format!("const a = {text};"));
        assert!(parsed.diagnostics.is_empty(), "{text}");
        let ItemKind::Const(item) = &parsed.file.items[0].kind else { panic!("a constant") };
        show(&item.value)
    };
    for (text, expected) in [
        ("1 + 2 * 3 ** 4", "(1 + (2 * (3 ** 4)))"),
        ("-2 ** 2", "-(2 ** 2)"),
        ("2 ** -3 * 4", "((2 ** -3) * 4)"),
        ("2 ** 3 ** 2", "(2 ** (3 ** 2))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a || b && !c == d", "(a || (b && (!c == d)))"),
        ("0..n + 1 step 2 * k", "(0 .. (n + 1) step (2 * k))"),
        ("1e-4..=1e-1 log", "(0.0001 ..= 0.1 log)"),
        ("2 * x |> f[1] |> g(y)", "(((2 * x) |> f[1]) |> g(y))"),
        ("choose 1..=n + 1 |> f", "(choose (1 ..= (n + 1)) |> f)"),
        ("choose 0..=3 of q.wires ordered", "choose (0 ..= 3) of q.wires ordered"),
        ("x |> net with weights w |> f", "((x |> net with weights w) |> f)"),
        ("weight[n] ~ normal(0, 0.1) * 2", "(weight[n] ~ normal(0, 0.1) * 2)"),
        ("x |> for k in 0..4 { f } |> g", "((x |> for) |> g)"),
        ("of + step + log + with", "(((of + step) + log) + with)"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

/// An expression with all its brackets.
fn show(expr: &syntax::ast::Expr) -> String {
    use syntax::ast::{Choose, UnaryOp};
    let args = |args: &[syntax::ast::Arg]| args.iter().map(|arg| show(&arg.value)).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Real(value) => value.to_string(),
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Unary(UnaryOp::Neg, inner) => format!("-{}", show(inner)),
        ExprKind::Unary(UnaryOp::Not, inner) => format!("!{}", show(inner)),
        ExprKind::Binary(op, left, right) => format!("({} {} {})", show(left), op.symbol(), show(right)),
        ExprKind::Pipe(left, right) => format!("({} |> {})", show(left), show(right)),
        ExprKind::Range { start, end, inclusive, step, log } => {
            let dots = if *inclusive { "..=" } else { ".." };
            let step = step.as_ref().map_or(String::new(), |step| format!(" step {}", show(step)));
            format!("({} {dots} {}{step}{})", show(start), show(end), if *log { " log" } else { "" })
        }
        ExprKind::Call { callee, args: list } => format!("{}({})", show(callee), args(list)),
        ExprKind::Bracket { base, args: list } => format!("{}[{}]", show(base), args(list)),
        ExprKind::Field(base, field) => format!("{}.{}", show(base), field.text),
        ExprKind::For { .. } => "for".to_owned(),
        ExprKind::Choose(Choose::Element(of)) => format!("choose {}", show(of)),
        ExprKind::Choose(Choose::Subset { count, of, ordered }) => {
            format!("choose {} of {}{}", show(count), show(of), if *ordered { " ordered" } else { "" })
        }
        ExprKind::Weight { shape, init } => {
            let shape: Vec<String> = shape.iter().map(show).collect();
            let shape = if shape.is_empty() { String::new() } else { format!("[{}]", shape.join(", ")) };
            format!("weight{shape}{}", init.as_ref().map_or(String::new(), |init| format!(" ~ {}", show(init))))
        }
        ExprKind::With { model, weights } => format!("{} with weights {}", show(model), show(weights)),
        other => format!("{other:?}"),
    }
}

#[test]
fn docs_and_names_are_kept() {
    let text = "//! About the file.\n//! More.\n\n// no doc\n/// About it.\n///  Indented.\n#[deny(unused-name)]\nenum Keep {\n    /// Every one.\n    all, none,\n}\n//// no doc either\nconst e\u{301} = 1;\n";
    let parsed = parse(FileId(0), text);
    assert!(parsed.diagnostics.is_empty());
    assert_eq!(parsed.file.docs, ["About the file.", "More."]);
    assert_eq!(parsed.comments.len(), 7);
    let items = &parsed.file.items;
    assert_eq!(items[0].docs, ["About it.", " Indented."]);
    assert_eq!(items[0].attributes[0].rule.text, "unused-name");
    let ItemKind::Enum(keep) = &items[0].kind else { panic!("an enum") };
    assert_eq!(keep.variants[0].1, ["Every one."]);
    assert!(keep.variants[1].1.is_empty() && items[1].docs.is_empty());
    assert_eq!(items[1].kind.name().map(|name| name.text.as_str()), Some("\u{e9}"), "names are in NFC");
}

#[test]
fn one_error_costs_one_statement() {
    let text = "circuit c() -> real[2] {\n    qubit[2] q;\n    let a = ;\n    let (b, c) = 2 ^ 3;\n    h q;\n    expect(Z(q))\n}\nconst = 1;\nconst d = 1;\n";
    let parsed = parse(FileId(0), text);
    assert_eq!(parsed.diagnostics.len(), 3);
    let ItemKind::Circuit(circuit) = &parsed.file.items[0].kind else { panic!("a circuit") };
    let kinds: Vec<String> = circuit
        .body
        .stmts
        .iter()
        .map(|stmt| match &stmt.kind {
            StmtKind::Error(name) => format!("error {}", name.as_ref().map_or("", |name| &name.text)),
            StmtKind::Qubits { .. } => "qubits".to_owned(),
            StmtKind::Apply { .. } => "apply".to_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["qubits", "error a", "error b", "apply"], "names of broken statements are kept");
    assert!(circuit.body.tail.is_some());
    assert_eq!(parsed.file.items.len(), 3);
    assert!(matches!(parsed.file.items[2].kind, ItemKind::Const(_)));
}

#[test]
fn line_ends_and_marks_of_other_systems() {
    assert_eq!(codes("\u{feff}const a = 1;\r\nconst b = 2; // c\r\n"), Vec::<&str>::new());
    assert_eq!(parse(FileId(0), "// c\r\n").comments[0].text, "// c");
    for strange in ["\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
        assert_eq!(codes(&format!("const a = 1;{strange}const b = 2;{strange}")), ["QN0110"], "{strange:?}");
    }
    assert_eq!(codes("const a\0 = 1;"), ["QN0112"]);
    assert_eq!(codes(""), Vec::<&str>::new());
    assert_eq!(codes("const a = \u{1b}1;"), ["QN0105"]);
}

#[test]
fn large_files_are_refused_and_floods_are_cut() {
    assert_eq!(codes(&" ".repeat(50_000_000)), ["QN0111"]);
    assert_eq!(codes(&" ".repeat(4 << 20)), Vec::<&str>::new());
    let flood = codes(&"const a = ;\n".repeat(2_000));
    assert_eq!((flood.len(), flood[flood.len() - 1]), (501, "QN0122"));
}

#[test]
fn deep_nesting_is_an_error_and_never_a_crash() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("1 + (", ")"), ("{", "}"), ("choose {", "}")] {
        let program = |n: usize| format!("const a = {}1{};\n", open.repeat(n), close.repeat(n));
        assert_eq!(codes(&program(100)), Vec::<&str>::new(), "{open}");
        for n in [201, 5_000, 100_000] {
            assert_eq!(codes(&program(n)), vec!["QN0120"], "{open} {n}");
        }
        // Never closed: one error names the bracket, and deep ones are refused the same way.
        assert!(!codes(&format!("const a = {}", open.repeat(1_000))).is_empty());
    }
    for chain in
        ["1 + ", "- ", "2 ** ", "choose ", "x |> ", "if c { 1 } else ", "match ", "a.", "f()", "net with weights "]
    {
        let text = format!("const a = {}1;", chain.repeat(20_000));
        assert!(!codes(&text).is_empty(), "{chain}");
    }
    assert_eq!(codes(&format!("const a = {}1;", "1 + ".repeat(250))), Vec::<&str>::new());
}

/// A token, or something that looks like one.
fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "use",
        "const",
        "enum",
        "fn",
        "gate",
        "model",
        "circuit",
        "device",
        "search",
        "let",
        "qubit",
        "for",
        "in",
        "if",
        "else",
        "match",
        "choose",
        "weight",
        "require",
        "assert",
        "true",
        "of",
        "step",
        "log",
        "ordered",
        "where",
        "with",
        "weights",
        "and",
        "not",
        "to",
        "def",
        "return",
        "mut",
        "x",
        "q",
        "n",
        "rx",
        "θ",
        "量子",
        "1",
        "0.5",
        "1e-3",
        ".5",
        "1.",
        "2n",
        "99999999999999999999",
        "\"text\"",
        "\"",
        "'",
        "'a'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ";",
        ",",
        ":",
        "::",
        ".",
        "..",
        "..=",
        "=",
        "==",
        "=>",
        "->",
        "|>",
        "|",
        "||",
        "&&",
        "&",
        "+",
        "-",
        "*",
        "**",
        "/",
        "//",
        "/*",
        "%",
        "^",
        "!",
        "?",
        "@",
        "~",
        "#",
        "#[",
        "<",
        ">=",
        "+=",
        "\\",
        "$",
        "×",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "\u{feff}",
        "\u{2028}",
        "\u{1b}",
        "// c\n",
        "/// d\n",
        "inv @",
        "ctrl(2) @",
        "qubit[2] q;",
        "circuit c() {",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_tokens_never_break_the_parser(tokens in prop::collection::vec((token(), any::<bool>()), 0..60)) {
        let text: String = tokens.iter().flat_map(|(token, space)| [*token, if *space { " " } else { "" }]).collect();
        sound(&text)?;
        sound(&format!("circuit c(x: real[2]) -> real {{\n{text}\n}}\nconst a = 1;\n"))?;
        sound(&format!("search s {{ {text} }}"))?;
        sound(&format!("const a = f({text});\n"))?;
    }

    #[test]
    fn random_text_never_breaks_the_parser(text in "\\PC{0,80}") {
        sound(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_programs_never_break_the_parser(
        which in 0..64usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4usize, token()), 1..8),
    ) {
        let programs = programs();
        let (_, mut text) = programs[which % programs.len()].clone();
        for (place, kind, token) in edits {
            if text.is_empty() {
                break;
            }
            let at = text.floor_char_boundary(place.index(text.len()));
            let end = text.ceil_char_boundary((at + 1).min(text.len()));
            match kind {
                0 => text.insert_str(at, token),
                1 => text.replace_range(at..end, ""),
                2 => text.replace_range(at..end, token),
                _ => text.truncate(at),
            }
        }
        let parsed = sound(&text)?;
        // A text without a complaint is a program, so it can be formatted.
        prop_assert_eq!(parsed.diagnostics.is_empty(), qnas::fmt::format(&text).is_ok());
    }

    #[test]
    fn a_lost_bracket_is_always_noticed(which in 0..64usize, place in any::<prop::sample::Index>()) {
        let programs = programs();
        let (_, text) = &programs[which % programs.len()];
        let brackets: Vec<usize> = syntax::tokens(FileId(0), text)
            .iter()
            .filter(|token| "()[]{}".contains(&text[token.start..token.end]))
            .map(|token| token.start)
            .collect();
        let at = brackets[place.index(brackets.len())];
        let mut broken = text.clone();
        broken.replace_range(at..=at, " ");
        prop_assert!(!sound(&broken)?.diagnostics.is_empty());
    }
}

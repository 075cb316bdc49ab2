//! Text that is well spelt and does not fit together.

use crate::declare_codes;
use crate::diag::{Applicability, Diagnostic};
use crate::source::Span;

declare_codes! {
    /// Something else is expected where this stands.
    ///
    /// ```qnas wrong
    /// const a = ;
    /// ```
    /// ```qnas right
    /// const a = 1;
    /// ```
    pub UNEXPECTED = ("QN0101", "unexpected", "something else is expected here");
    /// A statement, or an item that ends in an expression, does not end in `;`.
    ///
    /// Statements that end in `}` need none, and neither does the last expression of a block, which is its value.
    ///
    /// ```qnas wrong
    /// const a = 1
    /// const b = 2;
    /// ```
    /// ```qnas right
    /// const a = 1;
    /// const b = 2;
    /// ```
    pub MISSING_SEMICOLON = ("QN0102", "missing-semicolon", "a statement does not end in `;`");
    /// A bracket is never closed.
    ///
    /// ```qnas wrong
    /// const a = max(1, 2;
    /// ```
    /// ```qnas right
    /// const a = max(1, 2);
    /// ```
    pub UNCLOSED = ("QN0103", "unclosed", "a bracket is never closed");
    /// A bracket closes nothing.
    ///
    /// ```qnas wrong
    /// const a = max(1, 2));
    /// ```
    /// ```qnas right
    /// const a = max(1, 2);
    /// ```
    pub UNMATCHED = ("QN0104", "unmatched", "a bracket closes nothing");
    /// Fields, arms or alternatives are not separated by `,`.
    ///
    /// Only an arm or alternative that ends in `}` may do without.
    ///
    /// ```qnas wrong
    /// search s {
    ///     seed: 1
    ///     minimize: [loss],
    /// }
    /// ```
    /// ```qnas right
    /// search s {
    ///     seed: 1,
    ///     minimize: [loss],
    /// }
    /// ```
    pub MISSING_COMMA = ("QN0114", "missing-comma", "entries are not separated by `,`");
    /// Text at the top level of a file is no item.
    ///
    /// A file is a list of items: `use`, `const`, `enum`, `fn`, `gate`, `model`, `circuit`, `device`, `search`.
    ///
    /// ```qnas wrong
    /// qubit[2] q;
    /// ```
    /// ```qnas right
    /// circuit two() -> real[2] {
    ///     qubit[2] q;
    ///     expect(Z(q))
    /// }
    /// ```
    pub NOT_AN_ITEM = ("QN0115", "not-an-item", "text at the top level is no item");
    /// A word of the language is used as a name.
    ///
    /// ```qnas wrong
    /// const weight = 1;
    /// ```
    /// ```qnas right
    /// const weight_limit = 1;
    /// ```
    pub RESERVED_WORD = ("QN0116", "reserved-word", "a word of the language is used as a name");
    /// A `;` ends nothing.
    ///
    /// ```qnas wrong
    /// enum Keep { all, none };
    /// ```
    /// ```qnas right
    /// enum Keep { all, none }
    /// ```
    pub STRAY_SEMICOLON = ("QN0117", "stray-semicolon", "a `;` ends nothing");
    /// What stands before the operands is no gate.
    ///
    /// A gate is a name with brackets and parentheses. A gate that is the value of another expression is bound first.
    ///
    /// ```qnas wrong
    /// gate g q {
    ///     choose { h, x } q;
    /// }
    /// ```
    /// ```qnas right
    /// gate g q {
    ///     let one = choose { h, x };
    ///     one q;
    /// }
    /// ```
    pub NOT_A_GATE = ("QN0118", "not-a-gate", "what stands before the operands is no gate");
    /// Named and unnamed values are mixed, or names stand where there are none.
    ///
    /// ```qnas wrong
    /// const error = (cx: 8e-3, 2e-2);
    /// ```
    /// ```qnas right
    /// const error = (cx: 8e-3, readout: 2e-2);
    /// ```
    pub MIXED_NAMES = ("QN0119", "mixed-names", "named and unnamed values are mixed");
    /// Brackets or operators nest too deep.
    ///
    /// The limits are 200 brackets inside one another and 256 operators or calls on one another. A long sum is better
    /// written as `sum([a, b, c])`.
    pub TOO_DEEP = ("QN0120", "too-deep", "brackets or operators nest too deep");
    /// Comparisons and ranges do not chain.
    ///
    /// ```qnas wrong
    /// const ok = 1 < 2 < 3;
    /// ```
    /// ```qnas right
    /// const ok = 1 < 2 && 2 < 3;
    /// ```
    pub CHAINED = ("QN0121", "chained", "comparisons and ranges do not chain");
    /// A file has more than 500 syntax errors, and the rest is not shown.
    ///
    /// Such a file is usually no `.qnas` file at all.
    pub TOO_MANY_ERRORS = ("QN0122", "too-many-errors", "a file has more syntax errors than are shown");
}

pub(crate) fn unexpected(span: Span, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error(&UNEXPECTED, span, format!("expected {expected}, found {found}"))
}

pub(crate) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::error(&MISSING_SEMICOLON, span, "a `;` is missing here").help("write `;`").fix(
        "write `;`",
        span,
        ";",
        Applicability::Safe,
    )
}

pub(crate) fn missing_comma(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(&MISSING_COMMA, span, format!("a `,` is missing here: {what} are separated by `,`"))
        .help("write `,`")
        .fix("write `,`", span, ",", Applicability::Safe)
}

pub(crate) fn unclosed(span: Span, open: &str, noticed: Option<Span>) -> Diagnostic {
    let close = match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    let diagnostic = Diagnostic::error(&UNCLOSED, span, format!("this `{open}` is never closed"));
    let diagnostic = match noticed {
        Some(at) => diagnostic.label(at, format!("a `{close}` was due before this")),
        None => diagnostic,
    };
    diagnostic.help(format!("write `{close}` where it ends"))
}

pub(crate) fn unmatched(span: Span, close: &str) -> Diagnostic {
    Diagnostic::error(&UNMATCHED, span, format!("this `{close}` closes nothing")).help(format!(
        "remove it, or open it with a `{}`",
        if close == ")" {
            "("
        } else if close == "]" {
            "["
        } else {
            "{"
        }
    ))
}

pub(crate) fn not_an_item(span: Span, found: &str) -> Diagnostic {
    Diagnostic::error(&NOT_AN_ITEM, span, format!("expected an item, found {found}"))
        .note("a file is a list of `use`, `const`, `enum`, `fn`, `gate`, `model`, `circuit`, `device` and `search`")
}

pub(crate) fn statement_outside(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(&NOT_AN_ITEM, span, format!("`{word}` stands outside of any circuit, model or gate"))
        .help("put the statements into `circuit name() { .. }`, or write `const name = ..;` for a fixed value")
}

pub(crate) fn reserved(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(&RESERVED_WORD, span, format!("`{word}` is a word of the language and cannot be a name"))
        .help(format!("choose another name, for example `{word}_`"))
}

pub(crate) fn stray_semicolon(span: Span) -> Diagnostic {
    Diagnostic::error(&STRAY_SEMICOLON, span, "this `;` ends nothing").help("remove it").fix(
        "remove `;`",
        span,
        "",
        Applicability::Safe,
    )
}

pub(crate) fn not_a_gate(span: Span) -> Diagnostic {
    Diagnostic::error(&NOT_A_GATE, span, "a gate statement starts with the name of a gate, and this is none")
        .help("bind the gate first: `let g = ..; g q;`")
}

pub(crate) fn modifiers_without_operands(span: Span) -> Diagnostic {
    Diagnostic::error(&NOT_A_GATE, span, "a gate with modifiers needs qubits to act on").help("write `inv @ s q[0];`")
}

pub(crate) fn mixed_names(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(&MIXED_NAMES, span, what)
}

pub(crate) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(&TOO_DEEP, span, format!("more than {limit} brackets stand inside one another"))
        .help("bind inner parts with `let` or move them into items of their own")
}

pub(crate) fn too_long(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(&TOO_DEEP, span, format!("more than {limit} operators or calls stand on one another"))
        .help("bind parts with `let`; write a long sum as `sum([a, b, c])`")
}

pub(crate) fn chained(span: Span, range: bool) -> Diagnostic {
    if range {
        return Diagnostic::error(&CHAINED, span, "ranges do not chain").help("write `a..b`, with a `step` if need be");
    }
    Diagnostic::error(&CHAINED, span, "comparisons do not chain").help("write `a < b && b < c`")
}

pub(crate) fn too_many(span: Span, omitted: usize) -> Diagnostic {
    Diagnostic::error(&TOO_MANY_ERRORS, span, format!("{omitted} more syntax errors follow and are not shown"))
        .help("mend the first ones; or is this no `.qnas` file?")
}

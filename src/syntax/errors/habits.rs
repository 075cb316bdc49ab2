//! Habits from Python, OpenQASM, PennyLane and C, each with a message of its own.

use crate::declare_codes;
use crate::diag::{Applicability, Diagnostic};
use crate::source::Span;

declare_codes! {
    /// A comment starts with `#` or `/*`.
    ///
    /// ```qnas wrong
    /// # the number of qubits
    /// const n = 4;
    /// ```
    /// ```qnas right
    /// // the number of qubits
    /// const n = 4;
    /// ```
    pub FOREIGN_COMMENT = ("QN0130", "foreign-comment", "a comment starts with `#` or `/*`");
    /// A text stands in single quotes.
    ///
    /// ```qnas wrong
    /// #[allow(unused, 'kept for later')]
    /// const a = 1;
    /// ```
    /// ```qnas right
    /// #[allow(unused, "kept for later")]
    /// const a = 1;
    /// ```
    pub SINGLE_QUOTES = ("QN0131", "single-quotes", "a text stands in single quotes");
    /// `//` is used to divide.
    ///
    /// `//` starts a comment, so everything after it is gone. Integer division is `floor(a / b)`.
    ///
    /// ```qnas wrong
    /// const n = 9;
    /// const half = n // 2;
    /// ```
    /// ```qnas right
    /// const n = 9;
    /// const half = floor(n / 2);
    /// ```
    pub SLASH_DIVISION = ("QN0132", "slash-division", "`//` is used to divide");
    /// `^` is used for powers.
    ///
    /// ```qnas wrong
    /// const n = 2 ^ 4;
    /// ```
    /// ```qnas right
    /// const n = 2 ** 4;
    /// ```
    pub CARET_POWER = ("QN0133", "caret-power", "`^` is used for powers");
    /// `and`, `or`, `not`, `&` or `|` is used for a logical operator.
    ///
    /// ```qnas wrong
    /// const both = true and false;
    /// ```
    /// ```qnas right
    /// const both = true && false;
    /// ```
    pub WORD_OPERATOR = ("QN0134", "word-operator", "a logical operator is not written `&&`, `||` or `!`");
    /// A name is given a second value.
    ///
    /// Names are never reassigned, so every name means one thing. A sum over a loop is `sum([for ..])`; a repeated
    /// layer is `x |> for k in 0..n { .. }`.
    ///
    /// ```qnas wrong
    /// fn f(n: int) -> int {
    ///     n = n + 1;
    ///     n
    /// }
    /// ```
    /// ```qnas right
    /// fn f(n: int) -> int {
    ///     let next = n + 1;
    ///     next
    /// }
    /// ```
    pub REASSIGNMENT = ("QN0135", "reassignment", "a name is given a second value");
    /// The size of a register stands after its name.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[4] {
    ///     qubit q[4];
    ///     expect(Z(q))
    /// }
    /// ```
    /// ```qnas right
    /// circuit c() -> real[4] {
    ///     qubit[4] q;
    ///     expect(Z(q))
    /// }
    /// ```
    pub REGISTER_SIZE = ("QN0136", "register-size", "the size of a register stands after its name");
    /// A block starts with `:` instead of `{`.
    ///
    /// ```qnas wrong
    /// gate g[n] q[n] {
    ///     for i in 0..n: { h q[i]; }
    /// }
    /// ```
    /// ```qnas right
    /// gate g[n] q[n] {
    ///     for i in 0..n { h q[i]; }
    /// }
    /// ```
    pub COLON_BLOCK = ("QN0137", "colon-block", "a block starts with `:` instead of `{`");
    /// A word of another language starts a statement or an item.
    ///
    /// ```qnas wrong
    /// def f(n: int) -> int { n }
    /// ```
    /// ```qnas right
    /// fn f(n: int) -> int { n }
    /// ```
    pub FOREIGN_WORD = ("QN0138", "foreign-word", "a word of another language");
    /// `? :` is used for a condition.
    ///
    /// ```qnas wrong
    /// fn f(n: int) -> int = n > 2 ? 1 : 0;
    /// ```
    /// ```qnas right
    /// fn f(n: int) -> int = if n > 2 { 1 } else { 0 };
    /// ```
    pub TERNARY = ("QN0139", "ternary", "`? :` is used for a condition");
    /// A range is written with `to` or `:`.
    ///
    /// ```qnas wrong
    /// const sizes = [for i in 0 to 4 { i }];
    /// ```
    /// ```qnas right
    /// const sizes = [for i in 0..4 { i }];
    /// ```
    pub RANGE_WORD = ("QN0140", "range-word", "a range is not written with `..`");
    /// A `let` is `mut`.
    ///
    /// ```qnas wrong
    /// fn f(n: int) -> int {
    ///     let mut m = n;
    ///     m
    /// }
    /// ```
    /// ```qnas right
    /// fn f(n: int) -> int {
    ///     let m = n;
    ///     m
    /// }
    /// ```
    pub LET_MUT = ("QN0141", "let-mut", "a `let` is `mut`");
    /// A field or a named argument is written with `=` instead of `:`.
    ///
    /// ```qnas wrong
    /// search s {
    ///     seed = 42,
    /// }
    /// ```
    /// ```qnas right
    /// search s {
    ///     seed: 42,
    /// }
    /// ```
    pub EQUALS_FIELD = ("QN0142", "equals-field", "a field or named argument is written with `=`");
    /// An operator follows a stage of a pipeline.
    ///
    /// `|>` binds loosest and its stages are names with arguments, so what the operator belongs to is unclear.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[4] { x |> linear[4] % 2 }
    /// ```
    /// ```qnas right
    /// model m(x: real[4]) -> real[4] { (x |> linear[4]) % 2 }
    /// ```
    pub STAGE_OPERATOR = ("QN0143", "stage-operator", "an operator follows a stage of a pipeline");
    /// `choose` stands inside an expression.
    ///
    /// `choose` takes the rest of its expression, so it stands at the head of one; parentheses give it one of its own.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[4] { let n = 1 + choose 0..=3; x |> linear[n] |> linear[4] }
    /// ```
    /// ```qnas right
    /// model m(x: real[4]) -> real[4] { let n = 1 + (choose 0..=3); x |> linear[n] |> linear[4] }
    /// ```
    pub CHOOSE_OPERAND = ("QN0144", "choose-operand", "`choose` stands inside an expression");
}

pub(crate) fn hash_comment(span: Span) -> Diagnostic {
    Diagnostic::error(&FOREIGN_COMMENT, span, "`#` starts no comment").help("comments start with `//`").fix(
        "write `//`",
        span,
        "//",
        Applicability::Safe,
    )
}

pub(crate) fn block_comment(span: Span) -> Diagnostic {
    Diagnostic::error(&FOREIGN_COMMENT, span, "`/*` starts no comment").help("start each line of it with `//`")
}

pub(crate) fn single_quotes(span: Span, inside: &str) -> Diagnostic {
    let fixed = format!("\"{}\"", inside.replace('"', "\\\""));
    Diagnostic::error(&SINGLE_QUOTES, span, "texts stand in `\"`, not in `'`").help(format!("write `{fixed}`")).fix(
        format!("write `{fixed}`"),
        span,
        fixed,
        Applicability::Safe,
    )
}

/// Is the comment the rest of a division, as in `n // 2;`?
pub(crate) fn looks_like_division(comment: &str) -> bool {
    let Some(rest) = comment.strip_prefix("//") else { return false };
    let rest = rest.split("//").next().unwrap_or("").trim();
    let operand = rest.trim_end_matches([';', ',', ')', ']', '}', ' ']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | ')' | '[' | ']');
    !operand.is_empty()
        && operand.chars().all(plain)
        && (operand.len() < rest.len() || operand.bytes().all(|b| b.is_ascii_digit()))
}

/// Is the comment the rest of a division inside brackets, as in `rx(weight[n // 2]) q;`?
pub(crate) fn swallows_brackets(comment: &str) -> bool {
    let rest = comment.strip_prefix("//").unwrap_or(comment).trim_start();
    let count = |brackets: [char; 2]| rest.matches(brackets).count();
    rest.starts_with(|c: char| c.is_alphanumeric() || c == '(') && count([')', ']']) > count(['(', '['])
}

pub(crate) fn division(span: Span, comment: &str) -> Diagnostic {
    let rest = comment.trim_start_matches('/').trim();
    let operand = rest.split([';', ',', ')', ']', ' ']).next().unwrap_or("b");
    Diagnostic::error(&SLASH_DIVISION, span, "`//` starts a comment, it does not divide")
        .note("the rest of the line is no part of the program")
        .help(format!("integer division is `floor(a / {operand})`"))
}

pub(crate) fn caret(span: Span) -> Diagnostic {
    Diagnostic::error(&CARET_POWER, span, "`^` is no operator").help("powers are written `a ** b`").fix(
        "write `**`",
        span,
        "**",
        Applicability::Unsafe,
    )
}

pub(crate) fn word_operator(span: Span, word: &str) -> Diagnostic {
    let symbol = match word {
        "and" | "&" => "&&",
        "not" => "!",
        _ => "||",
    };
    Diagnostic::error(&WORD_OPERATOR, span, format!("`{word}` is no operator")).help(format!("write `{symbol}`")).fix(
        format!("write `{symbol}`"),
        span,
        symbol,
        Applicability::Unsafe,
    )
}

pub(crate) fn reassignment(span: Span, operator: &str) -> Diagnostic {
    Diagnostic::error(&REASSIGNMENT, span, format!("names are never reassigned, so there is no `{operator}` here"))
        .help("bind a new name: `let next = ..;`")
        .help("a sum over a loop is `sum([for i in 0..n { .. }])`, a repeated stage `x |> for k in 0..n { .. }`")
}

pub(crate) fn register_size(span: Span, name: &str, size: &str) -> Diagnostic {
    Diagnostic::error(&REGISTER_SIZE, span, "the size of a register stands before its name")
        .help(format!("write `qubit{size} {name};`"))
}

pub(crate) fn colon_block(span: Span) -> Diagnostic {
    Diagnostic::error(&COLON_BLOCK, span, "a block stands in braces, it does not start with `:`")
        .help("write `{` here and `}` where the block ends")
}

/// Words of other languages and what to write instead.
const FOREIGN: [(&str, &str); 27] = [
    ("def", "a function is `fn f(n: int) -> int { .. }`; a reusable stretch of gates is `gate g q { .. }`"),
    ("function", "a function is `fn f(n: int) -> int { .. }`"),
    ("func", "a function is `fn f(n: int) -> int { .. }`"),
    ("class", "a model is `model m(x: real[n]) -> real[k] { .. }`"),
    ("struct", "a record is a named tuple: `(cx: 8e-3, readout: 2e-2)`"),
    ("return", "the last expression of a block, without `;`, is its value"),
    ("import", "imports are written `use std::embed::{embed, width};`"),
    ("from", "imports are written `use std::embed::{embed, width};`"),
    ("include", "imports are written `use std::embed::{embed, width};`, and the gates are always there"),
    ("lambda", "a function is an item: `fn f(n: int) -> int = n + 1;`"),
    ("elif", "write `else if`"),
    ("elseif", "write `else if`"),
    ("while", "loops are bounded: `for i in 0..n { .. }`"),
    ("loop", "loops are bounded: `for i in 0..n { .. }`"),
    ("break", "a loop runs to its end; leave turns out with `for i in 0..n where .. { }`"),
    ("continue", "leave turns out with `for i in 0..n where .. { }`"),
    ("var", "names are bound with `let`"),
    ("int", "names are bound with `let`: `let n = 4;`"),
    ("float", "names are bound with `let`: `let t = 0.5;`"),
    ("bit", "there are no classical bits: read out with `expect(Z(q))` or `probabilities(q)`"),
    ("creg", "there are no classical bits: read out with `expect(Z(q))` or `probabilities(q)`"),
    ("qreg", "write `qubit[4] q;`"),
    ("measure", "read-outs are functions: `expect(Z(q))` or `probabilities(q)`"),
    ("barrier", "there are no barriers: gates run in the order their qubits need"),
    ("reset", "a register starts in |0>; there is no reset"),
    ("layer", "a model is `model m(x: real[n]) -> real[k] { .. }`"),
    ("OPENQASM", "this is OpenQASM; a `.qnas` file needs no version line"),
];

/// The message for a word of another language at the head of a statement or an item.
pub(crate) fn foreign_word(span: Span, word: &str) -> Option<Diagnostic> {
    let (_, help) = FOREIGN.iter().find(|(foreign, _)| *foreign == word)?;
    Some(Diagnostic::error(&FOREIGN_WORD, span, format!("`{word}` is no word of this language")).help(*help))
}

pub(crate) fn ternary(span: Span) -> Diagnostic {
    Diagnostic::error(&TERNARY, span, "there is no `? :`").help("write `if c { a } else { b }`, which is an expression")
}

pub(crate) fn range_word(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(&RANGE_WORD, span, format!("ranges are not written with `{word}`"))
        .help("write `a..b` without `b`, or `a..=b` with it")
}

pub(crate) fn let_mut(span: Span) -> Diagnostic {
    Diagnostic::error(&LET_MUT, span, "names are never reassigned, so there is no `mut`").help("leave `mut` out").fix(
        "remove `mut`",
        span,
        "",
        Applicability::Unsafe,
    )
}

pub(crate) fn equals_field(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(&EQUALS_FIELD, span, format!("{what} are written with `:`, not with `=`")).help("write `:`").fix(
        "write `:`",
        span,
        ":",
        Applicability::Safe,
    )
}

pub(crate) fn stage_operator(span: Span, operator: &str) -> Diagnostic {
    Diagnostic::error(&STAGE_OPERATOR, span, format!("`{operator}` cannot follow a stage of `|>`"))
        .note("a stage is a name with its arguments")
        .help(format!("write `(x |> f) {operator} ..`, or put what belongs to the stage in parentheses"))
}

pub(crate) fn choose_operand(span: Span) -> Diagnostic {
    Diagnostic::error(&CHOOSE_OPERAND, span, "`choose` stands at the head of an expression, not inside one")
        .help("put it in parentheses: `(choose ..)`")
}

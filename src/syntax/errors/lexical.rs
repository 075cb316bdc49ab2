//! Characters, numbers, texts and whole files that cannot be read.

use crate::declare_codes;
use crate::diag::{Applicability, Diagnostic, Severity};
use crate::source::{FileId, Span};

declare_codes! {
    /// A character has no meaning in a `.qnas` file.
    ///
    /// Names may use letters of any script, so `θ` is a name. Signs that only look like operators are not operators.
    ///
    /// ```qnas wrong
    /// const a = 2 × 3;
    /// ```
    /// ```qnas right
    /// const a = 2 * 3;
    /// ```
    pub UNEXPECTED_CHARACTER = ("QN0105", "unexpected-character", "this character means nothing here");
    /// A text is not closed on its line.
    ///
    /// Texts stand in `"` and end on the line they begin on.
    ///
    /// ```qnas wrong
    /// #[allow(unused, "kept for later)]
    /// const a = 1;
    /// ```
    /// ```qnas right
    /// #[allow(unused, "kept for later")]
    /// const a = 1;
    /// ```
    pub UNCLOSED_TEXT = ("QN0106", "unclosed-text", "a text is not closed on its line");
    /// A number is not written as numbers are.
    ///
    /// Digits stand on both sides of a point, so that `0..n` is a range and nothing else; digits may be grouped with
    /// `_`; a name does not touch a number.
    ///
    /// ```qnas wrong
    /// const a = .5;
    /// ```
    /// ```qnas right
    /// const a = 0.5;
    /// ```
    pub BAD_NUMBER = ("QN0107", "bad-number", "a number is not written as numbers are");
    /// A number is too large to be kept exactly.
    ///
    /// Integers are 64 bits wide and exact; reals are IEEE doubles.
    ///
    /// ```qnas wrong
    /// const a = 9223372036854775808;
    /// ```
    /// ```qnas right
    /// const a = 9223372036854775807;
    /// ```
    pub NUMBER_TOO_LARGE = ("QN0108", "number-too-large", "a number is too large");
    /// A text uses an escape that does not exist.
    ///
    /// The escapes are `\"`, `\\`, `\n` and `\t`.
    ///
    /// ```qnas wrong
    /// #[allow(unused, "100\%")]
    /// const a = 1;
    /// ```
    /// ```qnas right
    /// #[allow(unused, "100%")]
    /// const a = 1;
    /// ```
    pub BAD_ESCAPE = ("QN0109", "bad-escape", "a text uses an escape that does not exist");
    /// A line ends with something else than LF or CRLF.
    ///
    /// Editors, terminals and programs disagree on which other characters end a line, so line numbers would differ.
    /// Convert the file, for example with `dos2unix --mac`.
    pub LINE_BREAK = ("QN0110", "line-break", "a line ends with something else than LF or CRLF");
    /// A file is larger than 4 MiB.
    ///
    /// Programs are small; a file of this size is usually data given by mistake.
    pub FILE_TOO_LARGE = ("QN0111", "file-too-large", "a source file is larger than 4 MiB");
    /// A file is binary, not text.
    pub BINARY_FILE = ("QN0112", "binary-file", "a source file is binary, not text");
    /// A file is text in another encoding than UTF-8.
    ///
    /// Save it as UTF-8; a byte-order mark is fine.
    pub NOT_UTF8 = ("QN0113", "not-utf8", "a source file is not UTF-8");
}

pub(crate) fn unexpected_character(span: Span, c: char) -> Diagnostic {
    let shown = if c.is_control() || c.is_whitespace() { format!("U+{:04X}", c as u32) } else { format!("`{c}`") };
    let diagnostic = Diagnostic::error(&UNEXPECTED_CHARACTER, span, format!("{shown} means nothing in a program"));
    let instead = match c {
        '×' | '·' | '∗' | '⋅' => "write `*` to multiply",
        '÷' => "write `/` to divide",
        '−' | '–' | '—' => "write `-`, the sign on the keyboard",
        '≤' => "write `<=`",
        '≥' => "write `>=`",
        '≠' => "write `!=`",
        '→' => "write `->`",
        '²' | '³' => "write `** 2` or `** 3`",
        '“' | '”' | '„' | '«' | '»' => "write texts in `\"`",
        '\'' | '‘' | '’' => "texts stand in `\"`, and names have no primes",
        '√' => "write `sqrt(x)`",
        '\u{a0}' => "replace the no-break space with a space",
        _ => "remove it",
    };
    diagnostic.help(instead)
}

pub(crate) fn unclosed_text(span: Span) -> Diagnostic {
    Diagnostic::error(&UNCLOSED_TEXT, span, "this text is not closed on its line").help("write `\"` at its end")
}

pub(crate) fn number(span: Span, text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(&BAD_NUMBER, span, format!("`{text}` is not a number"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some(fraction) = text.strip_prefix('.').filter(|part| digits(part)) {
        let fixed = format!("0.{fraction}");
        return diagnostic.note("digits stand on both sides of a point").help(format!("write `{fixed}`")).fix(
            format!("write `{fixed}`"),
            span,
            fixed,
            Applicability::Safe,
        );
    }
    if let Some(whole) = text.strip_suffix('.').filter(|part| digits(part)) {
        let fixed = format!("{whole}.0");
        return diagnostic
            .note("digits stand on both sides of a point, so that `0..n` is a range")
            .help(format!("write `{fixed}`"))
            .fix(format!("write `{fixed}`"), span, fixed, Applicability::Safe);
    }
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (head, name) = text.split_at(length);
    if !head.is_empty() && head != "0" && name.starts_with(|c: char| c.is_alphabetic()) && !name.starts_with(['e', 'E'])
    {
        return diagnostic.note("a product needs its `*`").help(format!("write `{head} * {name}`"));
    }
    diagnostic.help("numbers are written `64`, `1_000`, `0.5`, `3e-3`")
}

pub(crate) fn too_large(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(&NUMBER_TOO_LARGE, span, format!("`{text}` is too large"))
        .help("integers go up to 9223372036854775807, reals to about 1.8e308")
}

pub(crate) fn escape(span: Span, c: char) -> Diagnostic {
    Diagnostic::error(&BAD_ESCAPE, span, format!("`\\{c}` is no escape"))
        .help("the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`")
}

pub(crate) fn line_break(span: Span, c: char, count: usize) -> Diagnostic {
    let name = match c {
        '\r' => "a lone carriage return",
        '\u{b}' => "a vertical tab",
        '\u{c}' => "a form feed",
        '\u{85}' => "a NEL character",
        _ => "a Unicode line separator",
    };
    let diagnostic = Diagnostic::error(&LINE_BREAK, span, format!("{name} is no line break here"))
        .note("programs disagree on whether it ends a line, so line numbers would differ")
        .help("end lines with LF or CRLF");
    if count > 1 { diagnostic.note(format!("the file has {count} such characters")) } else { diagnostic }
}

/// For a text that is already in a [`crate::source::SourceMap`].
pub(crate) fn file_too_large(file: FileId, bytes: usize, limit: usize) -> Diagnostic {
    large(Some(Span::new(file, 0, 0)), format!("the file is {bytes} bytes long, the limit is {limit} bytes (4 MiB)"))
}

/// For a file that is refused before it is read.
pub(crate) fn file_too_large_named(name: &str, bytes: u64, limit: usize) -> Diagnostic {
    large(None, format!("`{name}` is {bytes} bytes long, the limit is {limit} bytes (4 MiB)"))
}

fn large(place: Option<Span>, message: String) -> Diagnostic {
    Diagnostic::new(&FILE_TOO_LARGE, Severity::Error, place, message)
        .help("split the program into files joined by `use`; data belongs in data files")
}

/// For a text that is already in a [`crate::source::SourceMap`].
pub(crate) fn binary(file: FileId, at: usize) -> Diagnostic {
    Diagnostic::error(&BINARY_FILE, Span::new(file, at, at), format!("the file is binary: byte {at} is 0"))
        .help("give a text file with a program in it")
}

/// For a file that is refused when it is read.
pub(crate) fn binary_named(name: &str, at: usize) -> Diagnostic {
    Diagnostic::global(&BINARY_FILE, format!("`{name}` is binary: byte {at} is 0"))
        .help("give a text file with a program in it")
}

pub(crate) fn not_utf8(name: &str, line: usize, byte: u8, wide: bool) -> Diagnostic {
    let what = if wide { "it is UTF-16".to_owned() } else { format!("byte 0x{byte:02x} in line {line}") };
    Diagnostic::global(&NOT_UTF8, format!("`{name}` is not UTF-8: {what}")).help("save the file as UTF-8")
}

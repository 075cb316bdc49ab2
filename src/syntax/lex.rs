//! A lexer for what the grammar does not say: comments, broken tokens, and where each token stands.
//!
//! pest judges the syntax, yet it forgets comments, stops at the first strange character and knows no tokens by place.
//! So this lexer runs first. It writes a *clean* copy of the text, byte for byte as long as the original, in which
//! comments are blank and every broken token is replaced by the nearest thing that parses; the damage is reported here
//! once, and all spans stay true.

use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::Comment;
use super::errors::{habits, lexical};
use super::grammar::{continues_word, starts_word};

/// What a token is, as far as messages care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A word, reserved or not.
    Word,
    /// A number.
    Number,
    /// A quoted text.
    Text,
    /// Everything else.
    Symbol,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A text in tokens.
pub(super) struct Lexed {
    /// As long as the text, without comments and without broken tokens.
    pub(super) clean: Vec<u8>,
    /// The tokens in order.
    pub(super) tokens: Vec<Token>,
    /// The comments in order.
    pub(super) comments: Vec<Comment>,
    /// What was broken.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The replaced tokens, in order: nodes that touch them mean nothing.
    pub(super) broken: Vec<(usize, usize)>,
}

impl Lexed {
    /// Sorts and joins the broken stretches, so that they can be searched.
    pub(super) fn settle(&mut self) {
        self.broken.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::with_capacity(self.broken.len());
        for &(start, end) in &self.broken {
            match joined.last_mut() {
                Some((_, last)) if start <= *last => *last = end.max(*last),
                _ => joined.push((start, end)),
            }
        }
        self.broken = joined;
    }
}

/// Longest first, so that a prefix never wins.
const SYMBOLS: [&str; 24] = [
    "..=", "**=", "=>", "->", "|>", "||", "&&", "==", "!=", "<=", ">=", "..", "::", "**", "+=", "-=", "*=", "/=", "%=",
    "^=", "|", "&", "=", "~",
];
const SINGLES: &str = "()[]{};,:.+-*/%<>!@#?^";

/// Cuts a text into tokens; never fails.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer {
        file,
        text,
        at: 0,
        line_end: 0,
        clean: text.as_bytes().to_vec(),
        tokens: Vec::new(),
        comments: Vec::new(),
        diagnostics: Vec::new(),
        broken: Vec::new(),
    };
    if text.starts_with('\u{feff}') {
        lexer.blank(0, 3);
        lexer.at = 3;
    }
    lexer.line_breaks();
    while let Some(c) = text[lexer.at..].chars().next() {
        lexer.step(c);
    }
    let Lexer { clean, tokens, comments, diagnostics, broken, .. } = lexer;
    Lexed { clean, tokens, comments, diagnostics, broken }
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    /// The end of the line last looked at.
    line_end: usize,
    clean: Vec<u8>,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    diagnostics: Vec<Diagnostic>,
    broken: Vec<(usize, usize)>,
}

impl Lexer<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn blank(&mut self, start: usize, end: usize) {
        for byte in &mut self.clean[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn push(&mut self, kind: Kind, end: usize) {
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    /// Line breaks other than LF and CRLF would make line numbers differ between programs that count them.
    fn line_breaks(&mut self) {
        let bytes = self.text.as_bytes();
        let strange: Vec<(usize, char)> = self
            .text
            .char_indices()
            .filter(|&(at, c)| match c {
                '\r' => bytes.get(at + 1) != Some(&b'\n'),
                '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
                _ => false,
            })
            .collect();
        if let Some(&(at, c)) = strange.first() {
            self.diagnostics.push(lexical::line_break(self.span(at, at + c.len_utf8()), c, strange.len()));
        }
        for (at, c) in strange {
            self.blank(at, at + c.len_utf8());
        }
    }

    /// The end of the line at the current place; looked for once a line, so that long lines cost no more than short ones.
    fn end_of_line(&mut self) -> usize {
        if self.line_end < self.at || self.at == 0 {
            self.line_end = self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length);
        }
        let end = self.line_end;
        if self.text[..end].ends_with('\r') && end > self.at { end - 1 } else { end }
    }

    fn step(&mut self, c: char) {
        let rest = &self.text[self.at..];
        if c.is_ascii_whitespace() || matches!(c, '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            self.at += c.len_utf8();
        } else if rest.starts_with("//") {
            self.comment();
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(self.text.len(), |length| self.at + length + 2);
            self.diagnostics.push(habits::block_comment(self.span(self.at, self.at + 2)));
            self.blank(self.at, end);
            self.at = end;
        } else if c == '#' && !rest.starts_with("#[") {
            let end = self.end_of_line();
            self.diagnostics.push(habits::hash_comment(self.span(self.at, self.at + 1)));
            self.blank(self.at, end);
            self.at = end;
        } else if starts_word(c) {
            let length = rest.find(|c| !continues_word(c)).unwrap_or(rest.len());
            self.push(Kind::Word, self.at + length);
        } else if c.is_ascii_digit() || c == '.' && self.point_starts_number(rest) {
            self.number();
        } else if c == '"' || c == '\'' {
            self.quoted(c);
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.push(Kind::Symbol, self.at + symbol.len());
        } else if SINGLES.contains(c) {
            self.push(Kind::Symbol, self.at + 1);
        } else {
            self.unexpected(c);
        }
    }

    fn comment(&mut self) {
        let end = self.end_of_line();
        let text = self.text[self.at..end].trim_end().to_owned();
        let span = self.span(self.at, self.at + text.len());
        self.comments.push(Comment { text, span });
        self.blank(self.at, end);
        self.at = end;
    }

    fn unexpected(&mut self, c: char) {
        let length = self.text[self.at..].find(|other| other != c).unwrap_or(self.text.len() - self.at);
        let end = self.at + length;
        self.diagnostics.push(lexical::unexpected_character(self.span(self.at, end), c));
        self.broken.push((self.at, end));
        self.blank(self.at, end);
        self.at = end;
    }

    fn point_starts_number(&self, rest: &str) -> bool {
        let touches = self.tokens.last().is_some_and(|token| token.end == self.at);
        !touches && rest[1..].starts_with(|c: char| c.is_ascii_digit())
    }

    /// Takes everything that was meant as one number, then judges it.
    fn number(&mut self) {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        let mut point = false;
        while let Some(c) = self.text[end..].chars().next() {
            let exponent_sign = matches!(c, '+' | '-')
                && matches!(bytes[end - 1], b'e' | b'E')
                && bytes[self.at..end - 1].iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_'))
                && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            let next = bytes.get(end + 1);
            let takes_point =
                c == '.' && if point { next.is_some_and(u8::is_ascii_digit) } else { next != Some(&b'.') };
            point |= takes_point;
            if !(continues_word(c) || exponent_sign || takes_point) {
                break;
            }
            end += c.len_utf8();
        }
        if !well_formed(&self.text[self.at..end]) {
            self.diagnostics.push(lexical::number(self.span(self.at, end), &self.text[self.at..end]));
            self.broken.push((self.at, end));
            self.blank(self.at, end);
            self.clean[self.at] = b'0';
        }
        self.push(Kind::Number, end);
    }

    fn quoted(&mut self, quote: char) {
        let line_end = self.end_of_line();
        let mut escaped = false;
        let close = self.text[self.at + 1..line_end].char_indices().find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let Some((length, _)) = close else {
            if quote == '\'' {
                self.unexpected(quote);
                return;
            }
            self.unclosed_text(line_end);
            return;
        };
        let end = self.at + length + 2;
        if quote == '\'' {
            self.diagnostics.push(habits::single_quotes(self.span(self.at, end), &self.text[self.at + 1..end - 1]));
            for byte in &mut self.clean[self.at + 1..end - 1] {
                if *byte == b'"' {
                    *byte = b' ';
                }
            }
            self.clean[self.at] = b'"';
            self.clean[end - 1] = b'"';
        }
        self.push(Kind::Text, end);
    }
}

impl Lexer<'_> {
    /// The text is taken to end before the punctuation that ends its line, so that this is not lost with it.
    fn unclosed_text(&mut self, line_end: usize) {
        let line = &self.text[self.at..line_end];
        let line = line.split(" //").next().unwrap_or(line);
        let kept = line.trim_end_matches([' ', '\t', ')', ']', '}', ';', ',']);
        let end = self.at + kept.len().max(1);
        self.diagnostics.push(lexical::unclosed_text(Span::new(self.file, self.at, end)));
        self.broken.push((self.at, end));
        self.blank(self.at, end);
        if end - self.at >= 2 {
            self.clean[self.at] = b'"';
            self.clean[end - 1] = b'"';
        } else {
            self.clean[self.at] = b'0';
        }
        self.push(Kind::Text, end);
    }
}

/// Is it `digits`, `digits.digits`, with or without an exponent?
fn well_formed(text: &str) -> bool {
    let digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.ends_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
            && !part.contains("__")
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let whole = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    whole && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

//! Brackets and items, found before parsing.
//!
//! An unclosed bracket makes a PEG parser swallow the rest of a file and then complain at its end. This scan blames the
//! opener, repairs the clean copy without moving a byte, and cuts the file into segments at lines that begin with an
//! item: whatever is wrong in one of them ends there.

use crate::source::{FileId, Span};

use super::errors::{habits, structure};
use super::lex::{Kind, Lexed, Token};

/// Deepest nesting of brackets in a file.
pub const MAX_NESTING: usize = 200;

/// A stretch of the file that starts with an item at the start of a line.
pub(super) struct Segment {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Brackets that close what the segment leaves open.
    pub(super) closers: String,
    /// Nests deeper than [`MAX_NESTING`]: reported, not to be parsed.
    pub(super) too_deep: bool,
}

/// Balances the clean copy and cuts it into segments.
pub(super) fn balance(file: FileId, text: &str, lexed: &mut Lexed) -> Vec<Segment> {
    let starts = segment_starts(text, &lexed.tokens);
    let mut segments = Vec::with_capacity(starts.len());
    let lines = Lines::new(text);
    for (number, &first) in starts.iter().enumerate() {
        let last = starts.get(number + 1).copied().unwrap_or(lexed.tokens.len());
        let start = if number == 0 { 0 } else { lexed.tokens[first].start };
        let end = if last == lexed.tokens.len() { text.len() } else { lexed.tokens[last].start };
        let mut segment = Segment { start, end, closers: String::new(), too_deep: false };
        let scan = |by_indent| Scan {
            text,
            tokens: &lexed.tokens,
            lines: &lines,
            by_indent,
            stack: Vec::new(),
            faults: Vec::new(),
        };
        let mut faults = scan(false).run(first, last);
        if faults
            .iter()
            .any(|fault| matches!(fault, Fault::Unclosed { opener, .. } if is(text, &lexed.tokens[*opener], "{")))
        {
            faults = scan(true).run(first, last);
        }
        for fault in faults {
            repair(file, text, lexed, &lines, &mut segment, &fault);
        }
        segments.push(segment);
    }
    segments
}

fn is(text: &str, token: &Token, symbol: &str) -> bool {
    &text[token.start..token.end] == symbol
}

/// The tokens that start segments; the first is always there.
fn segment_starts(text: &str, tokens: &[Token]) -> Vec<usize> {
    let word = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Word);
    let mut starts = vec![0];
    let mut attached = usize::MAX;
    for (at, token) in tokens.iter().enumerate() {
        let first_in_line =
            token.start == 0 || text[..token.start].ends_with('\n') || text[..token.start] == *"\u{feff}";
        let attribute = is(text, token, "#") && tokens.get(at + 1).is_some_and(|next| is(text, next, "["));
        let item = attribute || is_item_keyword(&text[token.start..token.end]) && word(at + 1);
        if first_in_line && item && at != attached && at != 0 {
            starts.push(at);
        }
        if attribute {
            let length = tokens[at..].iter().take(32).position(|token| is(text, token, "]"));
            attached = length.map_or(usize::MAX, |length| at + length + 1);
        }
    }
    starts
}

/// Does an item start with this word?
pub(super) fn is_item_keyword(word: &str) -> bool {
    matches!(word, "use" | "const" | "enum" | "fn" | "gate" | "model" | "circuit" | "device" | "search")
}

enum Fault {
    /// Nothing closes it; noticed at a token, or at the end of the segment.
    Unclosed {
        opener: usize,
        noticed: Option<usize>,
    },
    /// It closes nothing.
    Stray(usize),
    TooDeep(usize),
}

/// The line breaks of a text, found once.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn start(&self, byte: usize) -> usize {
        self.0[..self.0.partition_point(|&newline| newline < byte)].last().map_or(0, |newline| newline + 1)
    }

    fn end(&self, byte: usize, length: usize) -> usize {
        self.0.get(self.0.partition_point(|&newline| newline < byte)).copied().unwrap_or(length)
    }
}

struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    lines: &'a Lines,
    /// Trust the indentation of `}` to tell which `{` it closes.
    by_indent: bool,
    stack: Vec<usize>,
    faults: Vec<Fault>,
}

impl Scan<'_> {
    fn run(mut self, first: usize, last: usize) -> Vec<Fault> {
        for at in first..last {
            match &self.text[self.tokens[at].start..self.tokens[at].end] {
                "(" | "[" | "{" => {
                    self.stack.push(at);
                    if self.stack.len() > MAX_NESTING {
                        return vec![Fault::TooDeep(at)];
                    }
                }
                ";" => self.unwind(at),
                "let" | "require" | "assert" if self.starts_line(at) => self.unwind(at),
                // It is also a type: `q: qubit[n]`.
                "qubit" if self.starts_line(at) && !self.is_type(at) => self.unwind(at),
                "}" => self.close_brace(at),
                ")" => self.close_round(at, "("),
                "]" => self.close_round(at, "["),
                _ => {}
            }
        }
        while let Some(opener) = self.stack.pop() {
            self.faults.push(Fault::Unclosed { opener, noticed: None });
        }
        self.faults
    }

    fn top(&self) -> Option<&str> {
        self.stack.last().map(|&at| &self.text[self.tokens[at].start..self.tokens[at].end])
    }

    fn top_is_round(&self) -> bool {
        self.top().is_some_and(|top| top != "{")
    }

    /// Gives up on open `(` and `[`.
    fn unwind(&mut self, noticed: usize) {
        while self.top_is_round() {
            if let Some(opener) = self.stack.pop() {
                self.faults.push(Fault::Unclosed { opener, noticed: Some(noticed) });
            }
        }
    }

    fn close_round(&mut self, at: usize, open: &str) {
        let inner = self.stack.iter().rev().take_while(|&&open| !is(self.text, &self.tokens[open], "{"));
        let depth = inner.into_iter().position(|&opener| is(self.text, &self.tokens[opener], open));
        match depth {
            None => self.faults.push(Fault::Stray(at)),
            Some(depth) => {
                for opener in self.stack.drain(self.stack.len() - depth..).rev() {
                    self.faults.push(Fault::Unclosed { opener, noticed: Some(at) });
                }
                self.stack.pop();
            }
        }
    }

    fn close_brace(&mut self, at: usize) {
        self.unwind(at);
        if self.by_indent && self.starts_line(at) {
            let indent = self.indent(at);
            let deeper = self.stack.iter().rev().take_while(|&&opener| self.indent(opener) > indent).count();
            let fits = self.stack.len() > deeper && self.indent(self.stack[self.stack.len() - deeper - 1]) == indent;
            if fits {
                for opener in self.stack.drain(self.stack.len() - deeper..).rev() {
                    self.faults.push(Fault::Unclosed { opener, noticed: Some(at) });
                }
            }
        }
        if self.stack.pop().is_none() {
            self.faults.push(Fault::Stray(at));
        }
    }

    /// Does a type stand here, by what stands before it?
    fn is_type(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.tokens[before]);
        before.is_some_and(|token| matches!(&self.text[token.start..token.end], ":" | "->" | "(" | ","))
    }

    fn starts_line(&self, at: usize) -> bool {
        let line = self.lines.start(self.tokens[at].start);
        at == 0 || self.tokens[at - 1].end <= line
    }

    fn indent(&self, at: usize) -> usize {
        let line = &self.text[self.lines.start(self.tokens[at].start)..];
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }
}

/// Reports a fault and makes the clean copy balanced again.
fn repair(file: FileId, text: &str, lexed: &mut Lexed, lines: &Lines, segment: &mut Segment, fault: &Fault) {
    let span = |token: &Token| Span::new(file, token.start, token.end);
    let clean = &mut lexed.clean;
    let diagnostic = match *fault {
        Fault::TooDeep(at) => {
            segment.too_deep = true;
            structure::too_deep(span(&lexed.tokens[at]), MAX_NESTING)
        }
        Fault::Stray(at) => {
            let token = lexed.tokens[at];
            clean[token.start] = b' ';
            lexed.broken.push((token.start, token.end));
            structure::unmatched(span(&token), &text[token.start..token.end])
        }
        Fault::Unclosed { opener, noticed } => {
            let token = lexed.tokens[opener];
            let open = &text[token.start..token.end];
            let before = noticed.map(|at| lexed.tokens[at].start);
            match before {
                None if open == "{" => segment.closers.push('}'),
                Some(before) if open == "{" && clean[before - 1].is_ascii_whitespace() => clean[before - 1] = b'}',
                _ => {
                    clean[token.start] = b' ';
                    lexed.broken.push((token.start, before.unwrap_or(segment.end)));
                }
            }
            let line_end = lines.end(token.end, text.len());
            let near = lexed.comments.partition_point(|comment| comment.span.range().start < token.start);
            let division = lexed.comments.get(near).filter(|comment| {
                open != "{" && comment.span.range().start < line_end && habits::swallows_brackets(&comment.text)
            });
            match division {
                Some(comment) => habits::division(comment.span, &comment.text),
                None => structure::unclosed(span(&token), open, noticed.map(|at| span(&lexed.tokens[at]))),
            }
        }
    };
    lexed.diagnostics.push(diagnostic);
}

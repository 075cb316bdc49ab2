//! Why a skipped stretch is wrong: the rule it should have been, tried again, and the habit behind it.

use crate::diag::Diagnostic;
use crate::source::Span;

use super::errors::{habits, structure};
use super::grammar::{Node, Rule, parse};
use super::lex::{Kind, Token};
use super::lower::Cx;
use super::words::expectation;

/// Reports the stretch `node`, which is no `rule`.
pub(super) fn explain(cx: &mut Cx<'_>, rule: Rule, node: &Node<'_>) {
    let (start, end) = (node.as_span().start(), node.as_span().end());
    if cx.is_broken(cx.base + start, cx.base + end) {
        return;
    }
    explain_text(cx, rule, start, end);
}

/// Reports what follows an entry on its line: `rule` is the entry and nothing behind it, `end` the end of the line's
/// rest.
pub(super) fn explain_rest(cx: &mut Cx<'_>, rule: Rule, entry: Span, rest: &Node<'_>) {
    explain_text(cx, rule, entry.range().start - cx.base, rest.as_span().end());
}

fn explain_text(cx: &mut Cx<'_>, rule: Rule, start: usize, end: usize) {
    let (offset, expected) = match parse(rule, &cx.segment[start..end]) {
        Err(failure) if failure.too_deep => {
            let span = cx.token_span(cx.token_at(cx.base + start));
            cx.diagnostics.push(structure::too_deep(span, super::MAX_NESTING));
            return;
        }
        Err(failure) => (failure.offset, failure.expected),
        // The rule matches less than was skipped: what follows it does not fit.
        Ok(matched) => (matched.as_span().end(), vec![Rule::semi]),
    };
    let first = cx.token_at(cx.base + start);
    let found = cx.token_at(cx.base + start + offset);
    let diagnostic = Place { rule: entry_rule(rule), first, found, expected: &expected }.explain(cx);
    cx.diagnostics.push(diagnostic);
}

/// The entry a `whole_*` rule is about.
fn entry_rule(rule: Rule) -> Rule {
    match rule {
        Rule::whole_item => Rule::item,
        Rule::whole_stmt => Rule::stmt,
        Rule::whole_field => Rule::field,
        Rule::whole_arm => Rule::arm,
        Rule::whole_alternative => Rule::alternative,
        other => other,
    }
}

/// A place where parsing stopped. Tokens are given by number.
struct Place<'a> {
    rule: Rule,
    first: usize,
    found: usize,
    expected: &'a [Rule],
}

impl Place<'_> {
    fn explain(&self, cx: &Cx<'_>) -> Diagnostic {
        self.habit(cx).or_else(|| self.reserved(cx)).unwrap_or_else(|| self.plain(cx))
    }

    fn plain(&self, cx: &Cx<'_>) -> Diagnostic {
        let shown = cx.shown(self.found);
        if matches!(self.rule, Rule::item) && self.found == self.first {
            let word = cx.word(self.found);
            if matches!(word, "let" | "qubit" | "for" | "if" | "match" | "require" | "assert" | "choose") {
                return structure::statement_outside(cx.token_span(self.found), word);
            }
            return structure::not_an_item(cx.token_span(self.found), &shown);
        }
        structure::unexpected(cx.blame(self.found), &expectation(self.expected), &shown)
    }

    fn reserved(&self, cx: &Cx<'_>) -> Option<Diagnostic> {
        let names = [Rule::ident, Rule::pattern, Rule::setting, Rule::param, Rule::operand_decl, Rule::qubits];
        let word = cx.word(self.found);
        let name_due = self.expected.iter().any(|rule| names.contains(rule));
        let expression_due = self.expected.contains(&Rule::expr);
        // `for in 0..n` lacks a name; it does not use `in` as one.
        let stands_alone = word == "in" && self.rule == Rule::stmt;
        (name_due && !expression_due && !stands_alone && is_reserved(word))
            .then(|| structure::reserved(cx.token_span(self.found), word))
    }

    fn habit(&self, cx: &Cx<'_>) -> Option<Diagnostic> {
        let span = cx.token_span(self.found);
        let found = cx.word(self.found);
        let previous = self.found.checked_sub(1).filter(|_| self.found > self.first);
        let before = previous.map_or("", |at| cx.word(at));
        let before_span = previous.map(|at| cx.token_span(at));
        if let Some(diagnostic) = self.slash(cx) {
            return Some(diagnostic);
        }
        match (before, found) {
            (_, "^" | "^=") => return Some(habits::caret(span)),
            ("^", _) => return before_span.map(habits::caret),
            (_, "and" | "or" | "not" | "&" | "|") => return Some(habits::word_operator(span, found)),
            ("and" | "or" | "not" | "&", _) => return before_span.map(|at| habits::word_operator(at, before)),
            (_, "?") => return Some(habits::ternary(span)),
            (_, "to") => return Some(habits::range_word(span, "to")),
            ("mut", _) => return before_span.map(habits::let_mut),
            ("lambda", _) => return before_span.and_then(|at| habits::foreign_word(at, before)),
            (_, "choose") if self.value_due() => return Some(habits::choose_operand(span)),
            _ => {}
        }
        self.at_the_head(cx).or_else(|| self.equals(cx)).or_else(|| {
            let operator = matches!(found, "%" | "*" | "/" | "+" | "-" | "**" | "==" | "<" | ">" | "<=" | ">=" | "..");
            (operator && self.expected.contains(&Rule::pipe) && self.after_pipe(cx))
                .then(|| habits::stage_operator(span, found))
        })
    }

    /// Is an operand what is missing, rather than a name?
    fn value_due(&self) -> bool {
        let values = [Rule::expr, Rule::binary, Rule::operation, Rule::arith];
        self.found != self.first && self.expected.iter().any(|rule| values.contains(rule))
    }

    /// `n // 2;` leaves the statement without its end.
    fn slash(&self, cx: &Cx<'_>) -> Option<Diagnostic> {
        let previous = self.found.checked_sub(1)?;
        let end = cx.tokens.get(previous)?.end;
        let comment = cx.comments.get(cx.comments.partition_point(|comment| comment.span.range().start < end))?;
        let same_line = !cx.text[end..comment.span.range().start].contains('\n');
        (same_line && habits::looks_like_division(&comment.text)).then(|| habits::division(comment.span, &comment.text))
    }

    fn at_the_head(&self, cx: &Cx<'_>) -> Option<Diagnostic> {
        if !matches!(self.rule, Rule::stmt | Rule::item) {
            return None;
        }
        let (head, span) = (cx.word(self.first), cx.token_span(self.found));
        let found = cx.word(self.found);
        if head == "qubit" && found == "[" && self.found >= 1 {
            let size = cx.group_text(self.found);
            return Some(habits::register_size(span, cx.word(self.found - 1), size));
        }
        if head == "for" && found == ":" && cx.word(self.found + 2) == "{" {
            return Some(habits::range_word(span, ":"));
        }
        if matches!(head, "if" | "for" | "while" | "else" | "elif") && found == ":" {
            return Some(habits::colon_block(span));
        }
        let item_start = self.rule == Rule::item && self.found != self.first;
        if item_start && super::brackets::is_item_keyword(head) {
            None
        } else {
            habits::foreign_word(cx.token_span(self.first), head)
        }
    }

    fn equals(&self, cx: &Cx<'_>) -> Option<Diagnostic> {
        let (found, span) = (cx.word(self.found), cx.token_span(self.found));
        let assigns = matches!(found, "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "**=");
        let increments = self.found > self.first
            && matches!((cx.word(self.found - 1), found), ("+", "+"))
            && cx.tokens[self.found - 1].end == cx.tokens[self.found].start;
        match self.rule {
            Rule::stmt if assigns && cx.word(self.first) != "let" || increments => {
                Some(habits::reassignment(span, if increments { "++" } else { found }))
            }
            Rule::field if found == "=" => Some(habits::equals_field(span, "fields")),
            Rule::call | Rule::index | Rule::group if found == "=" => {
                Some(habits::equals_field(span, "named arguments"))
            }
            _ => None,
        }
    }

    /// Does a `|>` stand between the start and here?
    fn after_pipe(&self, cx: &Cx<'_>) -> bool {
        (self.first..self.found).any(|at| cx.word(at) == "|>")
    }
}

/// Is the word one that no name may be?
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "use"
            | "const"
            | "enum"
            | "fn"
            | "let"
            | "qubit"
            | "for"
            | "in"
            | "if"
            | "else"
            | "match"
            | "choose"
            | "weight"
            | "require"
            | "assert"
            | "true"
            | "false"
    )
}

impl Cx<'_> {
    /// The number of the token at a byte, or of the first after it.
    pub(super) fn token_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.end <= byte)
    }

    /// The text of a token; empty past the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// The span of a token; the end of the file past the end.
    pub(super) fn token_span(&self, at: usize) -> Span {
        match self.tokens.get(at) {
            Some(token) => Span::new(self.file, token.start, token.end),
            None => Span::new(self.file, self.text.len(), self.text.len()),
        }
    }

    /// The empty span behind the token before this one.
    pub(super) fn behind(&self, at: usize) -> Span {
        match at.checked_sub(1).and_then(|before| self.tokens.get(before)) {
            Some(token) => Span::new(self.file, token.end, token.end),
            None => self.token_span(at),
        }
    }

    /// The token itself, or the end of the one before it where a new line lies between: something is missing there.
    fn blame(&self, at: usize) -> Span {
        let behind = self.behind(at);
        let here = self.token_span(at);
        let gap = self.text.get(behind.range().end..here.range().start).unwrap_or("");
        if gap.contains('\n') || at >= self.tokens.len() { behind } else { here }
    }

    /// A token as a message names it.
    fn shown(&self, at: usize) -> String {
        match self.tokens.get(at) {
            None => "the end of the file".to_owned(),
            Some(Token { kind: Kind::Text, .. }) => "a text".to_owned(),
            Some(_) => format!("`{}`", self.word(at).chars().take(40).collect::<String>()),
        }
    }

    /// The text from an opening bracket to the closing one that fits.
    fn group_text(&self, open: usize) -> &str {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            match self.word(at) {
                "[" | "(" | "{" => depth += 1,
                "]" | ")" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return &self.text[self.tokens[open].start..self.tokens[at].end];
            }
        }
        ""
    }
}

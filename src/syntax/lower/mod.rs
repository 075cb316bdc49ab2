//! The concrete tree of the grammar to the syntax tree.
//!
//! The grammar accepts more than the language: what it leaves optional or mixed is judged here, where a message can name
//! the thing. The walk counts its depth, so that no text overflows a stack here or in any later walk over the tree.

mod expr;
mod item;
mod stmt;

use unicode_normalization::UnicodeNormalization;

use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::{Comment, ExprKind, File, Ident, Item, ItemKind};
use super::brackets::Segment;
use super::errors::{habits, structure};
use super::grammar::{Node, Rule, parse};
use super::lex::{Lexed, Token};
use super::recover;

/// Deepest expression of a tree.
pub const MAX_DEPTH: usize = 256;

/// What lowering knows of the file.
pub(super) struct Cx<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) comments: &'a [Comment],
    broken: &'a [(usize, usize)],
    /// Where the segment starts in the file.
    pub(super) base: usize,
    /// Where it ends.
    limit: usize,
    /// Its clean text, closed.
    pub(super) segment: &'a str,
    pub(super) diagnostics: Vec<Diagnostic>,
    depth: usize,
}

/// Lowers every segment of a file.
pub(super) fn lower(file: FileId, text: &str, lexed: &Lexed, segments: &[Segment]) -> (File, Vec<Diagnostic>) {
    let mut tree = File { docs: file_docs(&lexed.comments), items: Vec::new() };
    let mut diagnostics = Vec::new();
    // Only whole characters were overwritten, and with ASCII, so the copy is UTF-8 still.
    let clean = String::from_utf8_lossy(&lexed.clean);
    for segment in segments {
        let closed = format!("{}{}", &clean[segment.start..segment.end], segment.closers);
        let mut cx = Cx {
            file,
            text,
            tokens: &lexed.tokens,
            comments: &lexed.comments,
            broken: &lexed.broken,
            base: segment.start,
            limit: segment.end,
            segment: &closed,
            diagnostics: Vec::new(),
            depth: 0,
        };
        if segment.too_deep {
            tree.items.push(cx.error_item(Span::new(file, segment.start, segment.end)));
        } else {
            cx.segment_items(&mut tree.items);
        }
        diagnostics.append(&mut cx.diagnostics);
    }
    (tree, diagnostics)
}

impl Cx<'_> {
    fn segment_items(&mut self, items: &mut Vec<Item>) {
        let root = match parse(Rule::file, self.segment) {
            Ok(root) => root,
            // Balanced text always matches `file`; only the stack can be too small for it.
            Err(_) => {
                let span = Span::new(self.file, self.base, self.limit);
                self.diagnostics.push(structure::too_deep(span, super::MAX_NESTING));
                items.push(self.error_item(span));
                return;
            }
        };
        let nodes: Vec<Node<'_>> = root.into_inner().collect();
        let mut after_bad = false;
        for (at, node) in nodes.iter().enumerate() {
            match node.as_rule() {
                Rule::item => {
                    let mut item = self.item(node.clone());
                    after_bad = lacks_semi(node) && self.item_end(&mut item, nodes.get(at + 1));
                    items.push(item);
                }
                Rule::bad_item => {
                    // One report for a whole stretch of text that is no item; a blank line ends the stretch.
                    let start = self.span(node).range().start;
                    let end = at.checked_sub(1).map_or(start, |before| self.span(&nodes[before]).range().end);
                    let paragraph = self.text.get(end..start).is_some_and(|gap| gap.matches('\n').count() > 1);
                    let foreign = habits::foreign_word(self.span(node), self.word(self.first_token(node))).is_some();
                    if !after_bad || paragraph || foreign {
                        recover::explain(self, Rule::item, node);
                    }
                    let span = self.span(node);
                    items.push(self.error_item(span));
                    after_bad = true;
                }
                Rule::semi if !after_bad => {
                    let span = self.span(node);
                    self.diagnostics.push(structure::stray_semicolon(span));
                }
                _ => {}
            }
        }
    }

    /// Reports the missing `;` of an item; says whether what follows was reported with it.
    fn item_end(&mut self, item: &mut Item, next: Option<&Node<'_>>) -> bool {
        let end = item.span.range().end;
        let rest = next
            .filter(|next| next.as_rule() == Rule::bad_item && !self.breaks_line(end, self.span(next).range().start));
        let Some(rest) = rest else {
            let next = self.token_at(end);
            self.missing(next, structure::missing_semicolon);
            return false;
        };
        if !self.is_broken(item.span.range().start, self.base + rest.as_span().end()) {
            recover::explain_rest(self, Rule::whole_item, item.span, rest);
        }
        // What was read of the value is not the value.
        match &mut item.kind {
            ItemKind::Const(item) => item.value.kind = ExprKind::Error,
            ItemKind::Fn(item) | ItemKind::Model(item) | ItemKind::Circuit(item) => {
                if let Some(tail) = &mut item.body.tail {
                    tail.kind = ExprKind::Error;
                }
            }
            _ => {}
        }
        true
    }

    fn error_item(&self, span: Span) -> Item {
        Item { docs: Vec::new(), attributes: Vec::new(), kind: ItemKind::Error, span }
    }

    /// The span of a node in the file, without the closers that were added.
    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let text = node.as_str();
        let start = node.as_span().start() + text.len() - text.trim_start().len();
        let end = node.as_span().start() + text.trim_end().len();
        let clip = |at: usize| self.text.floor_char_boundary((self.base + at).min(self.limit));
        Span::new(self.file, clip(start), clip(end.max(start)))
    }

    /// Does a stretch touch a token or bracket that was already reported?
    pub(super) fn is_broken(&self, start: usize, end: usize) -> bool {
        // The stretches are disjoint and sorted.
        let first = self.broken.partition_point(|&(_, to)| to <= start);
        self.broken.get(first).is_some_and(|&(from, _)| from < end.max(start + 1))
    }

    /// The number of the first token of a node.
    fn first_token(&self, node: &Node<'_>) -> usize {
        self.token_at(self.span(node).range().start)
    }

    fn ident(&self, node: &Node<'_>) -> Ident {
        Ident { text: normal(node.as_str()), span: self.span(node) }
    }

    /// The doc comments right before a byte and after another.
    fn docs(&self, after: usize, before: usize) -> Vec<String> {
        let end = self.comments.partition_point(|comment| comment.span.range().start < before);
        let near = self.comments[..end].iter().rev().take_while(|comment| comment.span.range().start >= after);
        let mut docs: Vec<String> = near.filter_map(|comment| doc_text(&comment.text, "///")).collect();
        docs.reverse();
        docs
    }

    /// Reports a missing separator behind the token before `next`, unless the place is broken anyway.
    fn missing(&mut self, next: usize, report: impl FnOnce(Span) -> Diagnostic) {
        let span = self.behind(next);
        let at = span.range().start;
        let slash = self.comments.get(self.comments.partition_point(|comment| comment.span.range().start < at));
        let division = slash.filter(|comment| {
            let gap = self.text.get(at..comment.span.range().start).unwrap_or("\n");
            !gap.contains('\n') && habits::looks_like_division(&comment.text)
        });
        let diagnostic = match division {
            Some(comment) => habits::division(comment.span, &comment.text),
            None => report(span),
        };
        if !self.is_broken(at.saturating_sub(1), at + 1) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Is there a line break between two bytes of the file?
    fn breaks_line(&self, from: usize, to: usize) -> bool {
        self.text.get(from..to).is_some_and(|gap| gap.contains('\n'))
    }
}

/// Does an item that ends in an expression or a path end without `;`?
fn lacks_semi(node: &Node<'_>) -> bool {
    fn last<'a>(node: &Node<'a>) -> Option<Node<'a>> {
        node.clone().into_inner().last()
    }
    let Some(item) = last(node) else { return false };
    let ending = match item.as_rule() {
        Rule::use_item | Rule::const_item => Some(item),
        _ => last(&item).filter(|body| body.as_rule() == Rule::expr_body),
    };
    ending.is_some_and(|ending| last(&ending).is_none_or(|last| last.as_rule() != Rule::semi))
}

/// A name in NFC.
fn normal(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// The text of a doc comment, without its marker and one space.
fn doc_text(comment: &str, marker: &str) -> Option<String> {
    let rest = comment.strip_prefix(marker)?;
    if marker == "///" && rest.starts_with('/') {
        return None;
    }
    Some(rest.strip_prefix(' ').unwrap_or(rest).to_owned())
}

fn file_docs(comments: &[Comment]) -> Vec<String> {
    comments.iter().filter_map(|comment| doc_text(&comment.text, "//!")).collect()
}

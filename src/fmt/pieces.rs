//! A program as the formatter sees it: tokens and comments with their line breaks, brackets, and what the tree says.

use std::collections::BTreeSet;

use crate::source::{FileId, Span};
use crate::syntax::ast::{Alternative, Arm, ArmPattern, Expr, ExprKind, Item, ItemKind, Stmt, UnaryOp};
use crate::syntax::visit::{Visitor, walk_expr, walk_file, walk_item, walk_stmt};
use crate::syntax::{Parsed, TokenKind, tokens};

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A token of this kind.
    Token(TokenKind),
    /// A comment, which takes the rest of its line.
    Comment,
}

/// A token or a comment.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
    /// Line breaks before it in the source; two stand for any number.
    pub(super) breaks: usize,
    /// Spaces before it in the source, if it does not begin a line.
    pub(super) gap: usize,
    /// Characters before it on its line in the source.
    pub(super) column: usize,
    /// The innermost bracket around it; an opener and its closer lie in the same one.
    pub(super) group: usize,
}

/// A pair of brackets; number 0 is the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// The piece that opens it.
    pub(super) open: usize,
    /// The piece that closes it.
    pub(super) close: usize,
    /// Commas directly in it.
    pub(super) commas: usize,
    /// Does it hold statements?
    pub(super) statements: bool,
}

/// A program in pieces.
pub(super) struct Program<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) groups: Vec<Group>,
    /// For openers and closers, the group they delimit.
    pub(super) delimits: Vec<Option<usize>>,
    pub(super) marks: Marks,
}

/// What the tree says about bytes.
#[derive(Default)]
pub(super) struct Marks {
    /// Where items start.
    pub(super) items: BTreeSet<usize>,
    /// Where statements, fields, arms and alternatives start.
    pub(super) entries: BTreeSet<usize>,
    /// Where blocks of statements open.
    pub(super) blocks: BTreeSet<usize>,
    /// Where a `-` or `!` is a prefix.
    pub(super) prefixes: BTreeSet<usize>,
    /// Where something ends that brackets may follow directly.
    pub(super) bases: BTreeSet<usize>,
    /// The stretches of attributes.
    pub(super) attributes: Vec<Span>,
}

impl<'a> Program<'a> {
    pub(super) fn new(text: &'a str, parsed: &Parsed) -> Self {
        let mut marks = Marks::default();
        walk_file(&mut marks, &parsed.file);
        let comments = parsed.comments.iter().map(|comment| (comment.span.range(), Kind::Comment));
        let words = tokens(FileId(0), text).into_iter().map(|token| (token.start..token.end, Kind::Token(token.kind)));
        let mut places: Vec<_> = words.chain(comments).collect();
        places.sort_by_key(|(range, _)| range.start);
        let mut program = Self { pieces: Vec::new(), groups: Vec::new(), delimits: Vec::new(), marks };
        program.groups.push(Group { open: 0, close: places.len(), commas: 0, statements: false });
        let mut end = 0;
        for (range, kind) in places {
            let between = &text[end..range.start];
            let line = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
            program.pieces.push(Piece {
                kind,
                text: &text[range.clone()],
                start: range.start,
                breaks: between.matches('\n').count().min(2),
                gap: between.chars().count(),
                column: text[line..range.start].chars().count(),
                group: 0,
            });
            end = range.end;
        }
        program.pair();
        program.attribute_lines();
        program
    }

    /// What follows an attribute starts a line, as items do.
    fn attribute_lines(&mut self) {
        for attribute in &self.marks.attributes {
            let next = self.pieces.partition_point(|piece| piece.start < attribute.range().end);
            let next = self.pieces[next..].iter().find(|piece| piece.kind != Kind::Comment);
            self.marks.items.extend(next.map(|piece| piece.start));
        }
    }

    /// Finds the brackets; they are balanced, because the program parsed.
    fn pair(&mut self) {
        let mut stack = vec![0];
        self.delimits = vec![None; self.pieces.len()];
        for at in 0..self.pieces.len() {
            let top = stack.last().copied().unwrap_or(0);
            self.pieces[at].group = top;
            if self.pieces[at].kind == Kind::Comment {
                continue;
            }
            match self.pieces[at].text {
                "(" | "[" | "{" => {
                    let statements = self.marks.blocks.contains(&self.pieces[at].start);
                    self.groups.push(Group { open: at, close: at, commas: 0, statements });
                    self.delimits[at] = Some(self.groups.len() - 1);
                    stack.push(self.groups.len() - 1);
                }
                ")" | "]" | "}" if stack.len() > 1 => {
                    stack.pop();
                    self.pieces[at].group = stack.last().copied().unwrap_or(0);
                    self.groups[top].close = at;
                    self.delimits[at] = Some(top);
                }
                "," => self.groups[top].commas += 1,
                _ => {}
            }
        }
    }

    /// Is this piece the opener of a group?
    pub(super) fn opens(&self, at: usize) -> Option<usize> {
        self.delimits[at].filter(|&group| self.groups[group].open == at)
    }

    /// Is this piece the closer of a group?
    pub(super) fn closes(&self, at: usize) -> Option<usize> {
        self.delimits[at].filter(|&group| self.groups[group].close == at)
    }

    /// The token before a piece, comments left out.
    pub(super) fn token_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|&before| self.pieces[before].kind != Kind::Comment)
    }

    /// May a line of its own start with this piece, because an entry of its group does?
    pub(super) fn starts_entry(&self, at: usize) -> bool {
        let piece = &self.pieces[at];
        if self.marks.entries.contains(&piece.start) || self.marks.items.contains(&piece.start) {
            return true;
        }
        let Some(before) = self.token_before(at) else { return true };
        let comma = self.pieces[before].text == "," && self.pieces[before].group == piece.group && piece.group != 0;
        let opened = self.opens(before).is_some_and(|group| group == piece.group);
        let closes = self.closes(at).is_some();
        comma || opened || closes
    }

    /// Does a piece lie in an attribute?
    pub(super) fn in_attribute(&self, at: usize) -> bool {
        let start = self.pieces[at].start;
        let after = self.marks.attributes.partition_point(|span| span.range().start <= start);
        after > 0 && self.marks.attributes[after - 1].range().contains(&start)
    }
}

impl Visitor for Marks {
    fn item(&mut self, item: &Item) {
        self.items.insert(item.span.range().start);
        self.attributes.extend(item.attributes.iter().map(|attribute| attribute.span));
        if let ItemKind::Device(record) | ItemKind::Search(record) = &item.kind {
            self.entries.extend(record.fields.iter().map(|(name, _)| name.span.range().start));
        }
        walk_item(self, item);
    }

    fn block(&mut self, block: &crate::syntax::ast::Block) {
        self.blocks.insert(block.span.range().start);
        self.entries.extend(block.tail.iter().map(|tail| tail.span.range().start));
        crate::syntax::visit::walk_block(self, block);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.entries.insert(stmt.span.range().start);
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        let range = expr.span.range();
        match &expr.kind {
            ExprKind::Unary(UnaryOp::Neg | UnaryOp::Not, _) => {
                self.prefixes.insert(range.start);
            }
            ExprKind::Call { callee: base, .. } | ExprKind::Bracket { base, .. } => {
                self.bases.insert(base.span.range().end);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn arm(&mut self, arm: &Arm) {
        let start = |pattern: &ArmPattern| match pattern {
            ArmPattern::Name(name) => name.span.range().start,
            ArmPattern::Int(_, span) | ArmPattern::Any(span) => span.range().start,
        };
        self.entries.extend(arm.patterns.first().map(start));
        self.prefixes.extend(arm.patterns.iter().map(start));
        self.expr(&arm.value);
    }

    fn alternative(&mut self, alternative: &Alternative) {
        let label = alternative.label.as_ref().map(|label| label.span.range().start);
        self.entries.insert(label.unwrap_or(alternative.value.span.range().start));
        self.expr(&alternative.value);
    }
}

//! Blocks and statements, and the separators the grammar leaves optional.

use super::Cx;
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, Ident, Modifier, Pattern, Stmt, StmtKind};
use crate::syntax::errors::{habits, structure};
use crate::syntax::grammar::{Node, Rule};
use crate::syntax::lex::Kind;
use crate::syntax::recover;

/// A lowered statement and how it ends.
struct Ended {
    stmt: Stmt,
    semi: bool,
    /// Ends in `}` and needs no `;`.
    braced: bool,
}

impl Cx<'_> {
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let span = self.span(&node);
        let nodes: Vec<Node<'_>> = node.into_inner().collect();
        let mut block = Block { stmts: Vec::new(), tail: None, span };
        // The end of the last statement if it was reported: what stands on its line was reported with it.
        let mut reported: Option<usize> = None;
        for (at, node) in nodes.iter().enumerate() {
            let here = self.span(node);
            let follows = reported.take().filter(|&end| !self.breaks_line(end, here.range().start));
            match node.as_rule() {
                Rule::semi => match follows {
                    Some(_) => {}
                    None => self.diagnostics.push(structure::stray_semicolon(here)),
                },
                Rule::bad_stmt => {
                    // An `else` whose `if` was skipped belongs to that report.
                    let continues = follows.is_some()
                        || matches!(self.word(self.first_token(node)), "else" | "elif")
                            && at > 0
                            && nodes[at - 1].as_rule() == Rule::bad_stmt;
                    if !continues {
                        recover::explain(self, Rule::stmt, node);
                        block.stmts.push(self.error_stmt(here));
                    }
                    reported = Some(here.range().end).filter(|_| !node.as_str().trim_end().ends_with(';'));
                }
                Rule::stmt if follows.is_some() => {
                    let ends = node.as_str().trim_end().ends_with(';');
                    reported = Some(here.range().end).filter(|_| !ends);
                }
                Rule::stmt => {
                    let ended = self.stmt(node.clone());
                    reported = self.finish(&mut block, ended, nodes.get(at + 1));
                }
                _ => {}
            }
        }
        block
    }

    /// Puts a statement into its block; where its `;` is missing, says so. Gives its end if the rest of its line is void.
    fn finish(&mut self, block: &mut Block, ended: Ended, next: Option<&Node<'_>>) -> Option<usize> {
        let Ended { stmt, semi, braced } = ended;
        let span = stmt.span;
        let chosen = matches!(&stmt.kind, StmtKind::Expr { expr: Expr { kind: ExprKind::Choose(_), .. }, .. });
        if let Some(next) = next.filter(|next| chosen && !semi && next.as_rule() == Rule::stmt)
            && !self.breaks_line(span.range().end, self.span(next).range().start)
        {
            self.diagnostics.push(structure::not_a_gate(span));
            block.stmts.push(self.error_stmt(span));
            return Some(span.range().end);
        }
        if semi || braced && next.is_some_and(|next| next.as_rule() != Rule::rbrace) {
            block.stmts.push(stmt);
            return None;
        }
        let next = next?;
        if next.as_rule() == Rule::rbrace {
            match stmt.kind {
                StmtKind::Expr { label: None, expr } => block.tail = Some(Box::new(expr)),
                StmtKind::Expr { .. } | StmtKind::Error(_) => block.stmts.push(stmt),
                _ => {
                    let after = self.token_at(span.range().end);
                    self.missing(after, structure::missing_semicolon);
                    block.stmts.push(stmt);
                }
            }
            return None;
        }
        let found = self.first_token(next);
        let start = self.span(next).range().start;
        if self.is_broken(span.range().start, start + 1) {
            block.stmts.push(self.error_stmt(span));
            return Some(span.range().end);
        }
        if self.breaks_line(span.range().end, start) {
            self.missing(found, structure::missing_semicolon);
            block.stmts.push(stmt);
            return None;
        }
        // `foo(x)` and on the next line `bar q;`: the operand is the next statement's gate.
        if let StmtKind::Apply { gate, operands, .. } = &stmt.kind
            && let Some(operand) = operands.first()
            && self.breaks_line(gate.span.range().end, operand.span.range().start)
        {
            let operand = self.token_at(operand.span.range().start);
            self.missing(operand, structure::missing_semicolon);
        } else {
            recover::explain_rest(self, Rule::whole_stmt, span, next);
        }
        block.stmts.push(self.error_stmt(span));
        Some(span.range().end)
    }

    /// An error in place of a statement; it keeps the name that the statement may have declared.
    fn error_stmt(&self, span: Span) -> Stmt {
        let first = self.token_at(span.range().start);
        let words = self.tokens[first..].iter().take(8).take_while(|token| token.start < span.range().end);
        let is_name = |text: &str| !recover::is_reserved(text) && text != "mut";
        let declares = matches!(self.word(first), "let" | "qubit");
        let name = words
            .filter(|token| token.kind == Kind::Word && is_name(&self.text[token.start..token.end]))
            .map(|token| Ident {
                text: super::normal(&self.text[token.start..token.end]),
                span: Span::new(self.file, token.start, token.end),
            })
            .next();
        Stmt { kind: StmtKind::Error(name.filter(|_| declares)), span }
    }

    fn stmt(&mut self, node: Node<'_>) -> Ended {
        let span = self.span(&node);
        let Some(inner) = node.into_inner().next() else {
            return Ended { stmt: self.error_stmt(span), semi: true, braced: false };
        };
        let rule = inner.as_rule();
        let parts: Vec<Node<'_>> = inner.into_inner().collect();
        let semi = parts.last().is_some_and(|last| last.as_rule() == Rule::semi);
        let kind = match rule {
            Rule::let_stmt => self.let_stmt(parts),
            Rule::qubit_stmt => self.qubit_stmt(parts),
            Rule::require_stmt => self.only_expr(parts).map(StmtKind::Require),
            Rule::assert_stmt => self.only_expr(parts).map(StmtKind::Assert),
            Rule::block_stmt => self.block_stmt(parts),
            _ => self.plain_stmt(span, parts),
        };
        let stmt = match kind {
            Some(kind) => Stmt { kind, span },
            None => self.error_stmt(span),
        };
        Ended { stmt, semi, braced: rule == Rule::block_stmt }
    }

    fn let_stmt(&mut self, parts: Vec<Node<'_>>) -> Option<StmtKind> {
        let (mut pattern, mut ty, mut value) = (None, None, None);
        for part in parts {
            match part.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(part)),
                Rule::ty => ty = Some(self.ty(part)),
                Rule::expr => value = Some(self.expr(part)),
                _ => {}
            }
        }
        Some(StmtKind::Let { pattern: pattern?, ty, value: value? })
    }

    fn qubit_stmt(&mut self, parts: Vec<Node<'_>>) -> Option<StmtKind> {
        let (mut size, mut name) = (None, None);
        for part in parts {
            match part.as_rule() {
                Rule::expr => size = Some(self.expr(part)),
                Rule::ident => name = Some(self.ident(&part)),
                _ => {}
            }
        }
        Some(StmtKind::Qubits { size, name: name? })
    }

    fn only_expr(&mut self, parts: Vec<Node<'_>>) -> Option<Expr> {
        let node = parts.into_iter().find(|part| part.as_rule() == Rule::expr)?;
        Some(self.expr(node))
    }

    fn block_stmt(&mut self, parts: Vec<Node<'_>>) -> Option<StmtKind> {
        let mut label = None;
        let mut rest = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::label => label = self.label(part),
                Rule::semi => {}
                _ => rest.push(part),
            }
        }
        let expr = self.pipeline(rest)?;
        Some(StmtKind::Expr { label, expr })
    }

    fn label(&mut self, node: Node<'_>) -> Option<Ident> {
        node.into_inner().next().map(|word| self.ident(&word))
    }

    fn plain_stmt(&mut self, span: Span, parts: Vec<Node<'_>>) -> Option<StmtKind> {
        let (mut label, mut modifiers, mut head, mut operands) = (None, Vec::new(), None, Vec::new());
        for part in parts {
            match part.as_rule() {
                Rule::label => label = self.label(part),
                Rule::modifier => modifiers.extend(self.modifier(part)),
                Rule::expr => head = Some(self.expr(part)),
                Rule::operands => {
                    for operand in part.into_inner().filter(|operand| operand.as_rule() == Rule::operand) {
                        operands.push(self.operation(operand));
                    }
                }
                _ => {}
            }
        }
        let head = head?;
        if operands.is_empty() {
            if modifiers.is_empty() {
                return Some(StmtKind::Expr { label, expr: head });
            }
            self.diagnostics.push(structure::modifiers_without_operands(span));
            return None;
        }
        if let ExprKind::Name(name) = &head.kind
            && name.text != "measure"
            && let Some(diagnostic) = habits::foreign_word(name.span, &name.text)
        {
            self.diagnostics.push(diagnostic);
            return None;
        }
        let next = self.token_at(operands[0].span.range().start);
        if let ExprKind::Name(name) = &head.kind
            && matches!(name.text.as_str(), "and" | "or" | "not")
        {
            self.diagnostics.push(habits::word_operator(name.span, &name.text));
            return None;
        }
        if label.is_some() || !is_gate(&head) {
            if self.breaks_line(head.span.range().end, operands[0].span.range().start) {
                self.missing(next, structure::missing_semicolon);
            } else if matches!(self.word(next), "and" | "or") {
                let place = self.token_span(next);
                self.diagnostics.push(habits::word_operator(place, self.word(next)));
            } else if !matches!(head.kind, ExprKind::Error) {
                self.diagnostics.push(structure::not_a_gate(head.span));
            }
            return None;
        }
        Some(StmtKind::Apply { modifiers, gate: head, operands })
    }

    fn modifier(&mut self, node: Node<'_>) -> Option<Modifier> {
        let span = self.span(&node);
        let (mut word, mut argument) = (String::new(), None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::modifier_word => word = part.as_str().to_owned(),
                Rule::expr => argument = Some(self.expr(part)),
                _ => {}
            }
        }
        match (word.as_str(), argument) {
            ("ctrl", argument) => Some(Modifier::Ctrl(argument, span)),
            ("negctrl", argument) => Some(Modifier::NegCtrl(argument, span)),
            ("inv", None) => Some(Modifier::Inv(span)),
            ("pow", Some(power)) => Some(Modifier::Pow(power, span)),
            ("inv", Some(_)) => {
                self.diagnostics.push(structure::unexpected(span, "`inv @`", "an argument"));
                None
            }
            _ => {
                self.diagnostics.push(structure::unexpected(span, "`pow(k) @`", "`pow @`"));
                None
            }
        }
    }

    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        let span = self.span(&node);
        let (mut name, mut parts) = (None, Vec::new());
        self.depth += 1;
        if self.depth <= super::MAX_DEPTH {
            for part in node.into_inner() {
                match part.as_rule() {
                    Rule::ident => name = Some(self.ident(&part)),
                    Rule::pattern => parts.push(self.pattern(part)),
                    _ => {}
                }
            }
        }
        self.depth -= 1;
        name.map_or(Pattern::Tuple(parts, span), Pattern::Name)
    }

    /// Judges the separators of `{ a, b }` and explains what does not fit in between.
    pub(super) fn check_list(&mut self, node: &Node<'_>, what: &'static str) {
        let nodes: Vec<Node<'_>> = node.clone().into_inner().collect();
        let mut reported: Option<usize> = None;
        for (at, node) in nodes.iter().enumerate() {
            let here = self.span(node);
            let follows = reported.take().filter(|&end| !self.breaks_line(end, here.range().start));
            match node.as_rule() {
                rule @ (Rule::field | Rule::arm | Rule::alternative) => {
                    let last = node.clone().into_inner().last().map(|last| last.as_rule());
                    let next = nodes.get(at + 1).filter(|next| next.as_rule() != Rule::rbrace);
                    let (Some(next), false) = (next, matches!(last, Some(Rule::comma | Rule::block))) else { continue };
                    let (found, start) = (self.first_token(next), self.span(next).range().start);
                    if self.is_broken(here.range().start, start + 1) {
                        reported = Some(here.range().end);
                    } else if follows.is_some() || !self.breaks_line(here.range().end, start) {
                        if follows.is_none() {
                            let whole = match rule {
                                Rule::field => Rule::whole_field,
                                Rule::arm => Rule::whole_arm,
                                _ => Rule::whole_alternative,
                            };
                            recover::explain_rest(self, whole, here, next);
                        }
                        reported = Some(here.range().end);
                    } else {
                        self.missing(found, |span| structure::missing_comma(span, what));
                    }
                }
                Rule::bad_field if follows.is_none() => recover::explain(self, Rule::field, node),
                Rule::bad_arm if follows.is_none() => {
                    let rule = if what == "arms" { Rule::arm } else { Rule::alternative };
                    recover::explain(self, rule, node);
                }
                _ => {}
            }
        }
    }
}

/// A name with brackets, parentheses and fields.
fn is_gate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Paren(_) | ExprKind::Error => true,
        ExprKind::Call { callee: base, .. } | ExprKind::Bracket { base, .. } | ExprKind::Field(base, _) => {
            is_gate(base)
        }
        _ => false,
    }
}

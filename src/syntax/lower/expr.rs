//! Expressions: how tightly operators bind, and what parentheses mean.

use super::{Cx, MAX_DEPTH};
use crate::source::Span;
use crate::syntax::ast::{Alternative, Arg, Arm, ArmPattern, BinaryOp, Block, Choose, Expr, ExprKind, Ident, UnaryOp};
use crate::syntax::errors::{lexical, structure};
use crate::syntax::grammar::{Node, Rule};
use crate::syntax::recover;

/// A piece of a flat run of operators and operands.
enum Piece<'a> {
    Prefix(UnaryOp, Span),
    Operand(Expr),
    Infix(BinaryOp),
    Range(Node<'a>),
}

const RANGE: u8 = 4;
const UNARY: u8 = 7;
const POWER: u8 = 8;

/// How tightly an operator binds; larger is tighter.
fn tightness(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => 3,
        BinaryOp::Add | BinaryOp::Sub => 5,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 6,
        BinaryOp::Pow => POWER,
    }
}

fn binary_op(rule: Rule) -> Option<BinaryOp> {
    Some(match rule {
        Rule::or => BinaryOp::Or,
        Rule::and => BinaryOp::And,
        Rule::eq_eq => BinaryOp::Eq,
        Rule::not_eq => BinaryOp::Ne,
        Rule::less => BinaryOp::Lt,
        Rule::less_eq => BinaryOp::Le,
        Rule::greater => BinaryOp::Gt,
        Rule::greater_eq => BinaryOp::Ge,
        Rule::add => BinaryOp::Add,
        Rule::sub => BinaryOp::Sub,
        Rule::mul => BinaryOp::Mul,
        Rule::div => BinaryOp::Div,
        Rule::rem => BinaryOp::Rem,
        Rule::pow => BinaryOp::Pow,
        _ => return None,
    })
}

impl Cx<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        self.pipeline(node.into_inner().collect()).unwrap_or_else(|| error(span))
    }

    fn condition(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        node.into_inner().next().map_or_else(|| error(span), |inner| self.expr(inner))
    }

    /// `a |> b |> c`, the operators among the nodes.
    pub(super) fn pipeline(&mut self, parts: Vec<Node<'_>>) -> Option<Expr> {
        let stages = parts.iter().filter(|part| part.as_rule() == Rule::pipe).count();
        let span = parts.first().map(|first| self.span(first))?;
        self.deeper(stages, span, |cx| {
            let mut left: Option<Expr> = None;
            for part in parts {
                let value = match part.as_rule() {
                    Rule::pipe => continue,
                    Rule::stage => part.into_inner().next().map(|stage| cx.head(stage)),
                    _ => Some(cx.head(part)),
                };
                left = match (left, value) {
                    (Some(left), Some(right)) => {
                        let span = left.span.to(right.span);
                        Some(Expr { kind: ExprKind::Pipe(Box::new(left), Box::new(right)), span })
                    }
                    (left, value) => left.or(value),
                };
            }
            left.unwrap_or_else(|| error(span))
        })
    }

    fn head(&mut self, node: Node<'_>) -> Expr {
        match node.as_rule() {
            Rule::choose_expr | Rule::choose_block => self.choose(node),
            Rule::binary | Rule::arith => self.binary(node),
            Rule::operation => self.operation(node),
            _ => self.primary(node),
        }
    }

    /// Runs `inner` that many levels deeper, or reports that the text is too deep.
    fn deeper(&mut self, levels: usize, span: Span, inner: impl FnOnce(&mut Self) -> Expr) -> Option<Expr> {
        if self.depth + levels > MAX_DEPTH {
            self.diagnostics.push(structure::too_long(span, MAX_DEPTH));
            return Some(error(span));
        }
        self.depth += levels;
        let expr = inner(self);
        self.depth -= levels;
        Some(expr)
    }

    fn binary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let parts: Vec<Node<'_>> = node.into_inner().collect();
        let operators = parts.iter().filter(|part| part.as_rule() != Rule::operation).count();
        let result = self.deeper(operators, span, |cx| {
            let mut pieces = Vec::with_capacity(parts.len());
            let mut after_operand = false;
            for part in parts {
                let place = cx.span(&part);
                let piece = match part.as_rule() {
                    Rule::operation => Piece::Operand(cx.operation(part)),
                    Rule::range_rest => Piece::Range(part),
                    Rule::not => Piece::Prefix(UnaryOp::Not, place),
                    Rule::sub if !after_operand => Piece::Prefix(UnaryOp::Neg, place),
                    rule => match binary_op(rule) {
                        Some(op) => Piece::Infix(op),
                        None => continue,
                    },
                };
                after_operand = matches!(piece, Piece::Operand(_) | Piece::Range(_));
                pieces.push(piece);
            }
            let mut pieces = pieces.into_iter().peekable();
            cx.climb(&mut pieces, 0).unwrap_or_else(|| error(span))
        });
        result.unwrap_or_else(|| error(span))
    }

    /// Precedence climbing over the pieces; stops at the first operator looser than `min`.
    fn climb<'n>(
        &mut self,
        pieces: &mut std::iter::Peekable<impl Iterator<Item = Piece<'n>>>,
        min: u8,
    ) -> Option<Expr> {
        let mut left = match pieces.next()? {
            Piece::Prefix(op, span) => {
                let operand = self.climb(pieces, UNARY)?;
                Expr { span: span.to(operand.span), kind: ExprKind::Unary(op, Box::new(operand)) }
            }
            Piece::Operand(expr) => expr,
            Piece::Infix(_) | Piece::Range(_) => return None,
        };
        while let Some(piece) = pieces.peek() {
            let tight = match piece {
                Piece::Infix(op) => tightness(*op),
                Piece::Range(_) => RANGE,
                _ => return Some(left),
            };
            if tight < min {
                break;
            }
            left = match pieces.next()? {
                Piece::Infix(op) => {
                    let right = self.climb(pieces, if op == BinaryOp::Pow { tight } else { tight + 1 })?;
                    self.combine(op, left, right)
                }
                Piece::Range(rest) => self.range(left, rest),
                _ => return Some(left),
            };
        }
        Some(left)
    }

    fn combine(&mut self, op: BinaryOp, left: Expr, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        let chained = tightness(op) == 3 && matches!(&left.kind, ExprKind::Binary(inner, ..) if tightness(*inner) == 3);
        if chained {
            self.diagnostics.push(structure::chained(span, false));
            return error(span);
        }
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
    }

    fn range(&mut self, start: Expr, rest: Node<'_>) -> Expr {
        let span = start.span.to(self.span(&rest));
        let (mut inclusive, mut log, mut end, mut step) = (false, false, None, None);
        for part in rest.into_inner() {
            match part.as_rule() {
                Rule::dots_eq => inclusive = true,
                Rule::kw_log => log = true,
                Rule::arith if end.is_none() => end = Some(Box::new(self.binary(part))),
                Rule::arith => step = Some(Box::new(self.binary(part))),
                _ => {}
            }
        }
        if matches!(start.kind, ExprKind::Range { .. }) {
            self.diagnostics.push(structure::chained(span, true));
            return error(span);
        }
        match end {
            Some(end) => Expr { kind: ExprKind::Range { start: Box::new(start), end, inclusive, step, log }, span },
            None => error(span),
        }
    }

    /// A primary and what is attached to it.
    pub(super) fn operation(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let parts: Vec<Node<'_>> = node.into_inner().collect();
        let result = self.deeper(parts.len().saturating_sub(1), span, |cx| {
            let mut parts = parts.into_iter();
            let Some(first) = parts.next() else { return error(span) };
            let mut base = cx.primary(first);
            for part in parts {
                base = cx.postfix(base, part);
            }
            base
        });
        result.unwrap_or_else(|| error(span))
    }

    fn postfix(&mut self, base: Expr, part: Node<'_>) -> Expr {
        let span = base.span.to(self.span(&part));
        let kind = match part.as_rule() {
            Rule::call => ExprKind::Call { callee: Box::new(base), args: self.args(part) },
            Rule::index => ExprKind::Bracket { base: Box::new(base), args: self.args(part) },
            Rule::field_access => match part.into_inner().find(|word| word.as_rule() == Rule::word) {
                Some(word) => ExprKind::Field(Box::new(base), self.ident(&word)),
                None => ExprKind::Error,
            },
            Rule::with_weights => match part.into_inner().find(|value| value.as_rule() == Rule::operation) {
                Some(value) => {
                    let weights = Box::new(self.operation(value));
                    ExprKind::With { model: Box::new(base), weights }
                }
                None => ExprKind::Error,
            },
            Rule::bad_parens => {
                recover::explain(self, Rule::call, &part);
                ExprKind::Error
            }
            _ => {
                recover::explain(self, Rule::index, &part);
                ExprKind::Error
            }
        };
        Expr { kind, span }
    }

    fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for arg in node.into_inner().filter(|child| child.as_rule() == Rule::arg) {
            let span = self.span(&arg);
            let (mut name, mut value) = (None, error(span));
            for part in arg.into_inner() {
                match part.as_rule() {
                    Rule::word => name = Some(self.ident(&part)),
                    Rule::expr => value = self.expr(part),
                    _ => {}
                }
            }
            args.push(Arg { name, value });
        }
        args
    }

    fn primary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        if self.is_broken(span.range().start, span.range().end) && matches!(node.as_rule(), Rule::int | Rule::real) {
            return error(span);
        }
        let result = self.deeper(1, span, |cx| {
            let kind = match node.as_rule() {
                Rule::int => cx.int(&node).map_or(ExprKind::Error, ExprKind::Int),
                Rule::real => cx.real(&node),
                Rule::text => ExprKind::Text(cx.text_value(&node)),
                Rule::boolean => ExprKind::Bool(node.as_str() == "true"),
                Rule::path => cx.path(node),
                Rule::weight => cx.weight(node),
                Rule::if_expr => cx.if_expr(node),
                Rule::for_expr => cx.for_expr(node),
                Rule::match_expr => cx.match_expr(node),
                Rule::block => ExprKind::Block(cx.block(node)),
                Rule::group => cx.group(node),
                Rule::list => cx.list(node),
                Rule::bad_brackets => {
                    recover::explain(cx, Rule::list, &node);
                    ExprKind::Error
                }
                Rule::bad_parens => {
                    recover::explain(cx, Rule::group, &node);
                    ExprKind::Error
                }
                _ => ExprKind::Error,
            };
            Expr { kind, span }
        });
        result.unwrap_or_else(|| error(span))
    }

    fn int(&mut self, node: &Node<'_>) -> Option<i64> {
        let value = node.as_str().replace('_', "").parse().ok();
        if value.is_none() {
            let span = self.span(node);
            self.diagnostics.push(lexical::too_large(span, node.as_str()));
        }
        value
    }

    fn real(&mut self, node: &Node<'_>) -> ExprKind {
        match node.as_str().replace('_', "").parse::<f64>() {
            Ok(value) if value.is_finite() => ExprKind::Real(value),
            _ => {
                let span = self.span(node);
                self.diagnostics.push(lexical::too_large(span, node.as_str()));
                ExprKind::Error
            }
        }
    }

    /// The value of a text, escapes resolved.
    pub(super) fn text_value(&mut self, node: &Node<'_>) -> String {
        let span = self.span(node);
        let inside = node.as_str().trim_matches(' ');
        let inside = inside.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(inside);
        let mut value = String::with_capacity(inside.len());
        let mut chars = inside.char_indices();
        while let Some((_, c)) = chars.next() {
            if c != '\\' {
                value.push(c);
                continue;
            }
            match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, c @ ('"' | '\\'))) => value.push(c),
                Some((at, c)) => {
                    let start = span.range().start + at;
                    let place = Span::new(self.file, start, start + 1 + c.len_utf8());
                    self.diagnostics.push(lexical::escape(place, c));
                }
                None => {}
            }
        }
        value
    }

    fn path(&mut self, node: Node<'_>) -> ExprKind {
        let mut names: Vec<Ident> = Vec::new();
        for part in node.into_inner() {
            if matches!(part.as_rule(), Rule::ident | Rule::word) {
                names.push(self.ident(&part));
            }
        }
        match names.pop() {
            Some(name) if names.is_empty() => ExprKind::Name(name),
            Some(name) => {
                names.push(name);
                ExprKind::Path(names)
            }
            None => ExprKind::Error,
        }
    }

    fn weight(&mut self, node: Node<'_>) -> ExprKind {
        let (mut shape, mut init) = (Vec::new(), None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::index => {
                    let args = self.args(part);
                    if let Some(name) = args.iter().find_map(|arg| arg.name.as_ref()) {
                        let message = "sizes of a `weight` have no names";
                        self.diagnostics.push(structure::mixed_names(name.span, message));
                    }
                    shape = args.into_iter().map(|arg| arg.value).collect();
                }
                Rule::bad_brackets => recover::explain(self, Rule::index, &part),
                Rule::operation => init = Some(Box::new(self.operation(part))),
                _ => {}
            }
        }
        ExprKind::Weight { shape, init }
    }

    fn group(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let comma = node.clone().into_inner().any(|part| part.as_rule() == Rule::comma);
        let mut args = self.args(node);
        if args.is_empty() {
            self.diagnostics.push(structure::unexpected(span, "an expression", "`()`"));
            return ExprKind::Error;
        }
        if args.len() == 1 && args[0].name.is_none() && !comma {
            return args.pop().map_or(ExprKind::Error, |arg| ExprKind::Paren(Box::new(arg.value)));
        }
        let named = args.iter().filter(|arg| arg.name.is_some()).count();
        if named == 0 {
            return ExprKind::Tuple(args.into_iter().map(|arg| arg.value).collect());
        }
        if named < args.len() {
            let place = args.iter().find(|arg| arg.name.is_none()).map_or(span, |arg| arg.value.span);
            let message = "a tuple names all of its values or none";
            self.diagnostics.push(structure::mixed_names(place, message));
            return ExprKind::Error;
        }
        ExprKind::NamedTuple(args.into_iter().filter_map(|arg| Some((arg.name?, arg.value))).collect())
    }

    fn list(&mut self, node: Node<'_>) -> ExprKind {
        let args = self.args(node);
        if let Some(name) = args.iter().find_map(|arg| arg.name.as_ref()) {
            let message = "the elements of a list have no names";
            self.diagnostics.push(structure::mixed_names(name.span, message));
            return ExprKind::Error;
        }
        let mut elements: Vec<Expr> = args.into_iter().map(|arg| arg.value).collect();
        match elements.pop() {
            Some(Expr { kind: ExprKind::For { pattern, over, filter, body }, .. }) if elements.is_empty() => {
                ExprKind::Comprehension { pattern, over, filter, body }
            }
            last => {
                elements.extend(last);
                ExprKind::List(elements)
            }
        }
    }

    fn if_expr(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let parts: Vec<Node<'_>> = node.into_inner().collect();
        let branches = parts.iter().filter(|part| part.as_rule() == Rule::kw_if).count();
        let expr = self.deeper(branches, span, |cx| {
            let mut conditions: Vec<(Expr, Block)> = Vec::new();
            let (mut condition, mut otherwise) = (None, None);
            for part in parts {
                match part.as_rule() {
                    Rule::condition => condition = Some(cx.condition(part)),
                    Rule::block => {
                        let block = cx.block(part);
                        match condition.take() {
                            Some(condition) => conditions.push((condition, block)),
                            None => otherwise = Some(Expr { span: block.span, kind: ExprKind::Block(block) }),
                        }
                    }
                    _ => {}
                }
            }
            for (condition, then) in conditions.into_iter().rev() {
                let end = otherwise.as_ref().map_or(then.span, |otherwise: &Expr| otherwise.span);
                let span = condition.span.to(end);
                let kind = ExprKind::If { condition: Box::new(condition), then, otherwise: otherwise.map(Box::new) };
                otherwise = Some(Expr { kind, span });
            }
            otherwise.unwrap_or_else(|| error(span))
        });
        expr.map_or(ExprKind::Error, |expr| expr.kind)
    }

    fn for_expr(&mut self, node: Node<'_>) -> ExprKind {
        let (mut pattern, mut over, mut filter, mut body) = (None, None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(part)),
                Rule::condition if over.is_none() => over = Some(Box::new(self.condition(part))),
                Rule::condition => filter = Some(Box::new(self.condition(part))),
                Rule::block => body = Some(self.block(part)),
                _ => {}
            }
        }
        match (pattern, over, body) {
            (Some(pattern), Some(over), Some(body)) => ExprKind::For { pattern, over, filter, body },
            _ => ExprKind::Error,
        }
    }

    fn match_expr(&mut self, node: Node<'_>) -> ExprKind {
        self.check_list(&node, "arms");
        let (mut subject, mut arms) = (None, Vec::new());
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::condition => subject = Some(Box::new(self.condition(part))),
                Rule::arm => {
                    let (mut patterns, mut value) = (Vec::new(), None);
                    for piece in part.into_inner() {
                        match piece.as_rule() {
                            Rule::arm_pattern => patterns.extend(self.arm_pattern(piece)),
                            Rule::expr | Rule::block => value = Some(self.value(piece)),
                            _ => {}
                        }
                    }
                    arms.extend(value.map(|value| Arm { patterns, value }));
                }
                _ => {}
            }
        }
        subject.map_or(ExprKind::Error, |subject| ExprKind::Match { subject, arms })
    }

    fn arm_pattern(&mut self, node: Node<'_>) -> Option<ArmPattern> {
        let span = self.span(&node);
        let mut negative = false;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::sub => negative = true,
                Rule::int => {
                    let value = self.int(&part)?;
                    return Some(ArmPattern::Int(if negative { -value } else { value }, span));
                }
                Rule::word if part.as_str() == "_" => return Some(ArmPattern::Any(span)),
                Rule::word => return Some(ArmPattern::Name(self.ident(&part))),
                _ => {}
            }
        }
        None
    }

    /// The value of an arm or alternative: a block, or an expression.
    fn value(&mut self, node: Node<'_>) -> Expr {
        if node.as_rule() == Rule::block { self.primary(node) } else { self.expr(node) }
    }

    fn choose(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let result = self.deeper(1, span, |cx| {
            let what = node.into_inner().find(|part| matches!(part.as_rule(), Rule::alternatives | Rule::choose_set));
            let choose = what.and_then(|what| match what.as_rule() {
                Rule::alternatives => Some(Choose::Alternatives(cx.alternatives(what))),
                _ => cx.choose_set(what),
            });
            Expr { kind: choose.map_or(ExprKind::Error, ExprKind::Choose), span }
        });
        result.unwrap_or_else(|| error(span))
    }

    fn alternatives(&mut self, node: Node<'_>) -> Vec<Alternative> {
        self.check_list(&node, "alternatives");
        let mut alternatives = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Rule::alternative) {
            let (mut label, mut value) = (None, None);
            for piece in part.into_inner() {
                match piece.as_rule() {
                    Rule::word => label = Some(self.ident(&piece)),
                    Rule::expr | Rule::block => value = Some(self.value(piece)),
                    _ => {}
                }
            }
            alternatives.extend(value.map(|value| Alternative { label, value }));
        }
        alternatives
    }

    fn choose_set(&mut self, node: Node<'_>) -> Option<Choose> {
        let (mut first, mut of, mut ordered) = (None, None, false);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::binary if first.is_none() => first = Some(Box::new(self.binary(part))),
                Rule::binary => of = Some(Box::new(self.binary(part))),
                Rule::kw_ordered => ordered = true,
                _ => {}
            }
        }
        match of {
            Some(of) => Some(Choose::Subset { count: first?, of, ordered }),
            None => first.map(Choose::Element),
        }
    }
}

fn error(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, span }
}

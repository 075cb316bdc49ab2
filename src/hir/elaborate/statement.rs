//! Blocks and statements.

use super::super::errors::{names as name_errors, space, types};
use super::super::expr::{self, Expr};
use super::super::template::Step;
use super::super::value::{EnumId, List, MetricExpr, Value};
use super::list::LoopRange;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Block, ExprKind, Ident, Pattern, Stmt, StmtKind};
use std::sync::Arc;

impl Elaborator<'_> {
    /// A block in a new scope of names; its value is its tail's.
    pub(super) fn block(&mut self, block: &Block, names: &Names, expected: Option<EnumId>) -> Value {
        if !self.enter(block.span) {
            self.leave();
            return Value::Error;
        }
        let number = block.span.start.wrapping_add(1);
        let mut scope = names.clone();
        let facts = self.facts.len();
        for stmt in &block.stmts {
            self.stmt(stmt, &mut scope, number);
        }
        let value = block.tail.as_ref().map_or(Value::Unit, |tail| self.expr(tail, &scope, expected));
        // Requirements of this block are facts until its end.
        self.facts.truncate(facts);
        self.leave();
        value
    }

    fn stmt(&mut self, stmt: &Stmt, names: &mut Names, block: u32) {
        match &stmt.kind {
            StmtKind::Qubits { size, name } => self.qubits(size.as_ref(), name, names, block, stmt.span),
            StmtKind::Let { pattern, ty, value } => self.let_stmt(pattern, ty.as_ref(), value, names, block),
            StmtKind::Apply { modifiers, gate, operands } => {
                self.apply_stmt(modifiers, gate, operands, names, stmt.span);
            }
            StmtKind::Require(condition) => self.require_stmt(condition, names, false),
            StmtKind::Assert(condition) => self.require_stmt(condition, names, true),
            StmtKind::Expr { label, expr } => self.expr_stmt(label.as_ref(), expr, names),
            StmtKind::Error(name) => {
                if let Some(name) = name {
                    *names = names.with(&name.text, Value::Error, name.span, block);
                    self.used.insert(name.span);
                }
            }
        }
    }

    fn expr_stmt(&mut self, label: Option<&Ident>, e: &ast::Expr, names: &Names) {
        let run = |this: &mut Self| match &e.kind {
            ExprKind::For { pattern, over, filter, body } => {
                this.for_stmt(pattern, over, filter.as_deref(), body, names);
                Value::Unit
            }
            _ => this.expr(e, names, None),
        };
        let value = match label {
            Some(label) => {
                let path = self.path().child(&label.text);
                self.scoped(path, true, run)
            }
            None => run(self),
        };
        match value {
            Value::Error | Value::Unit => {}
            Value::Gate(_) => self.apply_value(&value, &[], &[], e.span, e.span),
            other => {
                let what = other.describe();
                self.report(
                    Diagnostic::error(&types::NO_EFFECT, e.span, format!("the statement drops its value, {what}"))
                        .help("bind it with `let`, or leave out the `;` if it is the block's result"),
                );
            }
        }
    }

    fn let_stmt(
        &mut self,
        pattern: &Pattern,
        ty: Option<&ast::Type>,
        value: &ast::Expr,
        names: &mut Names,
        block: u32,
    ) {
        let first = first_name(pattern).map_or_else(|| "_".to_owned(), |name| name.text.clone());
        let path = self.path().child(&first);
        let expected = ty.and_then(|ty| self.expected_enum(ty));
        let mut bound = self.scoped(path, true, |this| this.expr(value, names, expected));
        if let Some(ty) = ty {
            bound = self.ascribe(bound, ty, names, value.span);
        }
        self.bind_pattern(pattern, bound, names, block, value.span);
    }

    /// Binds the names of a pattern.
    pub(super) fn bind_pattern(&mut self, pattern: &Pattern, value: Value, names: &mut Names, block: u32, span: Span) {
        match pattern {
            Pattern::Name(name) if name.text == "_" => {}
            Pattern::Name(name) => {
                let twice = names
                    .iter()
                    .find(|(text, _, at, number)| *text == name.text && *number == block && *at != name.span)
                    .map(|entry| entry.2);
                if let Some(first) = twice {
                    self.report(
                        Diagnostic::error(
                            &name_errors::DUPLICATE_NAME,
                            name.span,
                            format!("`{}` is already declared in this block", name.text),
                        )
                        .label(first, "first declared here")
                        .note("names are never reassigned"),
                    );
                }
                self.bound.insert(name.span, name.text.clone());
                *names = names.with(&name.text, value, name.span, block);
            }
            Pattern::Tuple(parts, place) => {
                let items = self.take_apart(value, parts.len(), *place, span);
                for (part, item) in parts.iter().zip(items) {
                    self.bind_pattern(part, item, names, block, span);
                }
            }
        }
    }

    /// Binds the names of a loop's pattern. The first names the iterations in paths, so nothing else need read it.
    pub(super) fn bind_loop(&mut self, pattern: &Pattern, value: Value, names: &mut Names, block: u32, span: Span) {
        self.bind_pattern(pattern, value, names, block, span);
        self.used.extend(first_name(pattern).map(|name| name.span));
    }

    fn take_apart(&mut self, value: Value, n: usize, place: Span, span: Span) -> Vec<Value> {
        let items: Vec<Value> = match &value {
            Value::Error => return vec![Value::Error; n],
            Value::Tuple(fields) => fields.iter().map(|(_, v)| v.clone()).collect(),
            Value::List(list) => match &**list {
                List::Items(items) => items.clone(),
                _ => Vec::new(),
            },
            Value::OneOf(_) | Value::Real(_) | Value::Int(_) | Value::Wires(_) => Vec::new(),
            _ => Vec::new(),
        };
        if items.len() == n {
            return items;
        }
        let what = value.describe();
        let has = if items.is_empty() { what } else { format!("{what} of {}", items.len()) };
        self.report(
            Diagnostic::error(
                &types::TYPE_MISMATCH,
                place,
                format!("the pattern takes {n} values apart, this is {has}"),
            )
            .label(span, "the value"),
        );
        vec![Value::Error; n]
    }

    /// `for` as a statement.
    pub(super) fn for_stmt(
        &mut self,
        pattern: &Pattern,
        over: &ast::Expr,
        filter: Option<&ast::Expr>,
        body: &Block,
        names: &Names,
    ) {
        let source = self.expr(over, names, None);
        let Some(range) = self.loop_range(&source, over.span) else {
            // The body is still read once, with its variables unknown.
            let mut scope = names.clone();
            self.bind_loop(pattern, Value::Error, &mut scope, body.span.start, over.span);
            self.collect(|this| this.block(body, &scope, None));
            return;
        };
        let first = first_name(pattern).map_or_else(|| "_".to_owned(), |name| name.text.clone());
        let path = self.counted(&first);
        self.repeat(&range, &first, over.span, |this, var| {
            let here = expr::symbol(var);
            let value = if range.direct { Value::Int(here.clone()) } else { this.element(&source, &here, over.span) };
            let label = this.iteration_label(&range, &value, &here);
            let mut scope = names.clone();
            this.bind_loop(pattern, value, &mut scope, body.span.start, over.span);
            this.scoped(path.value(label), false, |this| {
                let kept = filter.and_then(|filter| this.condition(filter, &scope));
                let depth = this.guards.len();
                this.guards.extend(kept.clone());
                let value = this.block(body, &scope, None);
                this.guards.truncate(depth);
                this.drop_value(&value, body);
                ((), kept)
            })
        });
    }

    /// Loop variables name iterations by their values, by positions if those are no ints.
    pub(super) fn iteration_label(&self, range: &LoopRange, value: &Value, position: &Expr) -> Expr {
        match value {
            Value::Int(value) if !range.direct => value.clone(),
            _ => position.clone(),
        }
    }

    fn drop_value(&mut self, value: &Value, body: &Block) {
        if let Value::Unit | Value::Error = value {
            return;
        }
        let span = body.tail.as_ref().map_or(body.span, |tail| tail.span);
        let what = value.describe();
        self.report(
            Diagnostic::error(&types::NO_EFFECT, span, format!("this `for` drops the value of its body, {what}")).help(
                "to build a list, write `[for i in 0..n { .. }]`; to repeat a stage, write `x |> for k in 0..n { .. }`",
            ),
        );
    }

    /// `require` and `assert`.
    fn require_stmt(&mut self, condition: &ast::Expr, names: &Names, assert: bool) {
        let value = self.in_metrics(|this| this.expr(condition, names, None));
        self.add_requirement(value, condition.span, assert);
    }

    pub(super) fn add_requirement(&mut self, value: Value, span: Span, assert: bool) {
        match value {
            Value::Error => {}
            Value::Bool(condition) if assert => {
                self.require_that(
                    condition,
                    Box::new(move |_| Diagnostic::error(&space::ASSERT_FAILS, span, "this assertion does not hold")),
                );
            }
            Value::Bool(condition) => {
                self.requires.push((self.guards.clone(), condition.clone()));
                self.first_require.get_or_insert(span);
                self.emit(Step::Require { condition: condition.clone(), span });
                // What follows in this block may rely on it.
                if expr::constant(&condition).is_none() {
                    self.facts.push(condition);
                }
            }
            Value::Metric(metric) if is_condition(&metric) => {
                self.emit(Step::RequireMetric { condition: metric, assert, span });
            }
            Value::Real(_) => {
                self.not_fixed(span, "a requirement");
            }
            other => {
                let what = other.describe();
                let word = if assert { "assert" } else { "require" };
                self.error(&types::TYPE_MISMATCH, span, format!("`{word}` needs a condition, this is {what}"));
            }
        }
    }

    /// `[for i in 0..n where c { e }]`
    pub(super) fn comprehension(
        &mut self,
        pattern: &Pattern,
        over: &ast::Expr,
        filter: Option<&ast::Expr>,
        body: &Block,
        names: &Names,
        span: Span,
    ) -> Value {
        let source = self.expr(over, names, None);
        let Some(range) = self.loop_range(&source, over.span) else { return Value::Error };
        let first = first_name(pattern).map_or_else(|| "_".to_owned(), |name| name.text.clone());
        let path = self.counted(&first);
        let (item, var, kept) = self.repeat(&range, &first, over.span, |this, var| {
            let here = expr::symbol(var);
            let value = if range.direct { Value::Int(here.clone()) } else { this.element(&source, &here, over.span) };
            let label = this.iteration_label(&range, &value, &here);
            let mut scope = names.clone();
            this.bind_loop(pattern, value, &mut scope, body.span.start, over.span);
            this.scoped(path.value(label), true, |this| {
                let kept = filter.and_then(|filter| this.condition(filter, &scope));
                let depth = this.guards.len();
                this.guards.extend(kept.clone());
                let value = this.block(body, &scope, None);
                this.guards.truncate(depth);
                (value, kept)
            })
        });
        if item.is_error() {
            return Value::Error;
        }
        if matches!(item, Value::Unit) {
            return self.error(&types::NO_EFFECT, span, "the elements of this list have no value");
        }
        let repeat =
            super::super::flow::Repeat { var, start: range.start, step: range.step, len: range.len, filter: kept };
        Value::List(Arc::new(List::Comprehension { repeat, item }))
    }
}

/// The name a pattern is called by.
pub(super) fn first_name(pattern: &Pattern) -> Option<&Ident> {
    match pattern {
        Pattern::Name(name) => Some(name),
        Pattern::Tuple(parts, _) => parts.first().and_then(first_name),
    }
}

/// Is a metric expression a comparison?
pub(super) fn is_condition(metric: &MetricExpr) -> bool {
    use ast::BinaryOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    match metric {
        MetricExpr::Binary(op, a, b) => match op {
            Eq | Ne | Lt | Le | Gt | Ge => true,
            And | Or => is_condition(a) && is_condition(b),
            _ => false,
        },
        MetricExpr::Unary(ast::UnaryOp::Not, inner) => is_condition(inner),
        MetricExpr::Fixed(_) => true,
        _ => false,
    }
}

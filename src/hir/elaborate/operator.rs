//! Operators: exact on ints, elementwise on reals, algebra on observables, boolean on bools.

use super::super::errors::types;
use super::super::expr::{self, Expr};
use super::super::flow::{self, Flow, FlowKind};
use super::super::value::{MetricExpr, Value};
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::ops::{BinaryFn, UnaryFn};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, UnaryOp};
use std::sync::Arc;

impl Elaborator<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, value: Value, span: Span) -> Value {
        match (op, value) {
            (_, Value::Error) => Value::Error,
            (UnaryOp::Neg, Value::Int(e)) => Value::Int(expr::scale(&e, -1)),
            (UnaryOp::Neg, Value::Real(f)) => {
                if let Some(value) = f.kind_constant() {
                    return Value::Real(flow::number(-value, span));
                }
                let shape = f.shape.clone();
                Value::Real(flow::flow(FlowKind::Unary(UnaryFn::Neg, f), shape, span))
            }
            (UnaryOp::Neg, Value::Observable(o)) => {
                let minus = flow::number(-1.0, span);
                self.scale_observable(&o, minus, span)
            }
            (UnaryOp::Not, Value::Bool(e)) => Value::Bool(expr::not(&e)),
            (op, Value::Metric(m)) => Value::Metric(Arc::new(MetricExpr::Unary(op, m))),
            (op, Value::OneOf(cases)) => {
                let cases = cases.iter().map(|(c, v)| (c.clone(), self.unary(op, v.clone(), span))).collect();
                self.merge(cases, span)
            }
            (UnaryOp::Neg, other) => {
                let what = other.describe();
                self.error(&types::BAD_OPERATION, span, format!("`-` is not defined for {what}"))
            }
            (UnaryOp::Not, other) => {
                let what = other.describe();
                self.error(&types::BAD_OPERATION, span, format!("`!` needs a bool, this is {what}"))
            }
        }
    }

    pub(super) fn binary_expr(
        &mut self,
        op: BinaryOp,
        a: &ast::Expr,
        b: &ast::Expr,
        names: &Names,
        span: Span,
    ) -> Value {
        if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return self.equality(op, a, b, names, span);
        }
        let left = self.expr(a, names, None);
        // `a && b` and `a || b` look at `b` only where `a` leaves it open, as everywhere.
        let right = match (op, &left) {
            (BinaryOp::And, Value::Bool(e)) => self.under(&e.clone(), |this| this.expr(b, names, None)).0,
            (BinaryOp::Or, Value::Bool(e)) => self.under(&expr::not(e), |this| this.expr(b, names, None)).0,
            _ => self.expr(b, names, None),
        };
        self.binary(op, left, right, span)
    }

    /// `==` and `!=`: a bare name on one side may be a variant of the enum on the other.
    fn equality(&mut self, op: BinaryOp, a: &ast::Expr, b: &ast::Expr, names: &Names, span: Span) -> Value {
        let bare_left = matches!(&a.kind, ast::ExprKind::Name(name) if names.get(&name.text).is_none());
        let (left, right) = if bare_left {
            let right = self.expr(b, names, None);
            (self.expr(a, names, enum_of(&right)), right)
        } else {
            let left = self.expr(a, names, None);
            let right = self.expr(b, names, enum_of(&left));
            (left, right)
        };
        let difference = match (&left, &right) {
            (Value::Error, _) | (_, Value::Error) => return Value::Error,
            (Value::Int(x), Value::Int(y)) | (Value::Bool(x), Value::Bool(y)) => expr::eq(x, y),
            (Value::Enum(i, x), Value::Enum(j, y)) if i == j => expr::eq(x, y),
            (Value::Metric(_), _) | (_, Value::Metric(_)) => return self.binary(op, left, right, span),
            (Value::Real(_), _) | (_, Value::Real(_)) => return self.not_fixed(span, "a comparison"),
            _ => {
                let (x, y) = (left.describe(), right.describe());
                return self.error(&types::BAD_OPERATION, span, format!("{x} cannot be compared with {y}"));
            }
        };
        Value::Bool(if op == BinaryOp::Eq { difference } else { expr::not(&difference) })
    }

    pub(super) fn not_fixed(&mut self, span: Span, what: &str) -> Value {
        self.report(
            Diagnostic::error(
                &types::NOT_FIXED,
                span,
                format!("{what} must be fixed, this depends on flowing numbers"),
            )
            .note("conditions, bounds, sizes and indices are known once the architecture is; data and weights flow"),
        )
    }

    /// `a op b` for values.
    pub(super) fn binary(&mut self, op: BinaryOp, a: Value, b: Value, span: Span) -> Value {
        match (a, b) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::OneOf(cases), b) => {
                let cases =
                    cases.iter().map(|(c, v)| (c.clone(), self.binary(op, v.clone(), b.clone(), span))).collect();
                self.merge(cases, span)
            }
            (a, Value::OneOf(cases)) => {
                let cases =
                    cases.iter().map(|(c, v)| (c.clone(), self.binary(op, a.clone(), v.clone(), span))).collect();
                self.merge(cases, span)
            }
            (a @ Value::Metric(_), b) | (a, b @ Value::Metric(_)) => self.metric_binary(op, a, b, span),
            (Value::Int(x), Value::Int(y)) => self.int_binary(op, &x, &y, span),
            (Value::Bool(x), Value::Bool(y)) if op == BinaryOp::And => Value::Bool(expr::and(&x, &y)),
            (Value::Bool(x), Value::Bool(y)) if op == BinaryOp::Or => Value::Bool(expr::any([x, y])),
            (Value::Observable(x), y) => self.observable_binary(op, Value::Observable(x), y, span),
            (x, Value::Observable(y)) => self.observable_binary(op, x, Value::Observable(y), span),
            (a, b) => self.real_binary(op, a, b, span),
        }
    }

    fn int_binary(&mut self, op: BinaryOp, a: &Expr, b: &Expr, span: Span) -> Value {
        let divisor = |this: &mut Self| {
            let nonzero = expr::not(&expr::is_zero(b));
            this.must(nonzero, &types::BAD_OPERATION, span, |_| "this divides by zero".to_owned());
        };
        match op {
            BinaryOp::Add => Value::Int(expr::add(a, b)),
            BinaryOp::Sub => Value::Int(expr::sub(a, b)),
            BinaryOp::Mul => Value::Int(expr::mul(a, b)),
            BinaryOp::Div => {
                divisor(self);
                let (x, y) = (a.clone(), b.clone());
                let exact = expr::is_zero(&expr::modulo(a, b));
                self.require_that(
                    exact,
                    Box::new(move |case| {
                        Diagnostic::error(
                            &types::INEXACT_DIVISION,
                            span,
                            format!("{} / {} leaves a remainder, and ints are exact", case.show(&x), case.show(&y)),
                        )
                        .help("say which way to round: `floor(a / b)` or `ceil(a / b)`")
                    }),
                );
                Value::Int(expr::floor_div(a, b))
            }
            BinaryOp::Rem => {
                divisor(self);
                Value::Int(expr::modulo(a, b))
            }
            BinaryOp::Pow => {
                let exponent = b.clone();
                self.must(expr::le(&expr::int(0), b), &types::BAD_OPERATION, span, move |case| {
                    format!("an int has no power with the negative exponent {}", case.show(&exponent))
                });
                Value::Int(expr::pow(a, b))
            }
            BinaryOp::Lt => Value::Bool(expr::lt(a, b)),
            BinaryOp::Le => Value::Bool(expr::le(a, b)),
            BinaryOp::Gt => Value::Bool(expr::lt(b, a)),
            BinaryOp::Ge => Value::Bool(expr::le(b, a)),
            BinaryOp::Eq => Value::Bool(expr::eq(a, b)),
            BinaryOp::Ne => Value::Bool(expr::not(&expr::eq(a, b))),
            BinaryOp::And | BinaryOp::Or => {
                self.error(&types::BAD_OPERATION, span, format!("`{}` needs bools, these are ints", op.symbol()))
            }
        }
    }

    fn real_binary(&mut self, op: BinaryOp, a: Value, b: Value, span: Span) -> Value {
        let function = match op {
            BinaryOp::Add => BinaryFn::Add,
            BinaryOp::Sub => BinaryFn::Sub,
            BinaryOp::Mul => BinaryFn::Mul,
            BinaryOp::Div => BinaryFn::Div,
            BinaryOp::Rem => BinaryFn::Rem,
            BinaryOp::Pow => BinaryFn::Pow,
            _ => {
                let (x, y) = (a.describe(), b.describe());
                if matches!(a, Value::Real(_)) || matches!(b, Value::Real(_)) {
                    return self.not_fixed(span, "a condition");
                }
                let symbol = op.symbol();
                return self.error(
                    &types::BAD_OPERATION,
                    span,
                    format!("`{symbol}` is not defined between {x} and {y}"),
                );
            }
        };
        let (x, y) = (a.describe(), b.describe());
        match (self.as_real(a, span), self.as_real(b, span)) {
            (Some(a), Some(b)) => Value::Real(self.elementwise(function, a, b, span)),
            _ => {
                let symbol = op.symbol();
                self.error(&types::BAD_OPERATION, span, format!("`{symbol}` is not defined between {x} and {y}"))
            }
        }
    }

    /// Elementwise function of two tensors of one shape, or of a tensor and a single number.
    pub(super) fn elementwise(&mut self, function: BinaryFn, a: Flow, b: Flow, span: Span) -> Flow {
        if let (FlowKind::Constant(x), FlowKind::Constant(y)) = (&a.kind, &b.kind)
            && let Some(value) = constant_binary(function, *x, *y)
        {
            return flow::number(value, span);
        }
        let shape = match (a.shape.is_empty(), b.shape.is_empty()) {
            (true, _) => b.shape.clone(),
            (_, true) => a.shape.clone(),
            _ => {
                self.same_shape(&a.shape, &b.shape, span, "the two sides");
                a.shape.clone()
            }
        };
        flow::flow(FlowKind::Binary(function, a, b), shape, span)
    }

    /// A number or tensor; ints widen, lists of numbers become vectors.
    pub(super) fn as_real(&mut self, value: Value, span: Span) -> Option<Flow> {
        match value {
            Value::Real(f) => Some(f),
            Value::Int(e) => Some(match expr::constant(&e) {
                #[allow(clippy::cast_precision_loss)]
                Some(value) => flow::number(value as f64, span),
                None => flow::flow(FlowKind::FromInt(e), Vec::new(), span),
            }),
            Value::List(list) => self.list_as_real(&list, span),
            Value::OneOf(cases) => {
                let mut merged: Option<Flow> = None;
                for (condition, case) in cases.iter().rev() {
                    let case = self.as_real(case.clone(), span)?;
                    merged = Some(match merged {
                        None => case,
                        Some(rest) => self.merge_flow(condition, case, rest, span)?,
                    });
                }
                merged
            }
            _ => None,
        }
    }
}

/// The enum a value belongs to.
pub(super) fn enum_of(value: &Value) -> Option<usize> {
    match value {
        Value::Enum(id, _) => Some(*id),
        _ => None,
    }
}

fn constant_binary(function: BinaryFn, x: f64, y: f64) -> Option<f64> {
    let value = match function {
        BinaryFn::Add => x + y,
        BinaryFn::Sub => x - y,
        BinaryFn::Mul => x * y,
        BinaryFn::Div => x / y,
        BinaryFn::Pow => x.powf(y),
        BinaryFn::Min => x.min(y),
        BinaryFn::Max => x.max(y),
        BinaryFn::Rem => x - (x / y).floor() * y,
    };
    value.is_finite().then_some(value)
}

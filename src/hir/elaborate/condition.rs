//! `if`, `match` and the merging of what their branches give.

use super::super::errors::{space, types};
use super::super::expr::{self, Expr};
use super::super::flow::{self, Flow, FlowKind, ObservableKind, ObservableNode};
use super::super::template::{Step, Steps};
use super::super::value::{EnumId, Value};
use super::operator::enum_of;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Arm, ArmPattern};
use std::sync::Arc;

impl Elaborator<'_> {
    /// A bool known once the architecture is.
    pub(super) fn condition(&mut self, e: &ast::Expr, names: &Names) -> Option<Expr> {
        match self.expr(e, names, None) {
            Value::Bool(condition) => Some(condition),
            Value::Error => None,
            Value::Real(_) => {
                self.not_fixed(e.span, "a condition");
                None
            }
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, e.span, format!("a condition is a bool, this is {what}"));
                None
            }
        }
    }

    pub(super) fn if_expr(
        &mut self,
        condition: &ast::Expr,
        then: &ast::Block,
        otherwise: Option<&ast::Expr>,
        names: &Names,
        expected: Option<EnumId>,
        span: Span,
    ) -> Value {
        let known = self.condition(condition, names);
        let yes_path = self.counted("then");
        let no_path = self.counted("else");
        let Some(known) = known else {
            // Both sides are still read, so that what is wrong in them shows in the same run.
            self.collect(|this| this.scoped(yes_path, false, |this| this.block(then, names, expected)));
            if let Some(otherwise) = otherwise {
                self.collect(|this| this.scoped(no_path, false, |this| this.expr(otherwise, names, expected)));
            }
            return Value::Error;
        };
        let (yes, then_steps) =
            self.under(&known, |this| this.scoped(yes_path, false, |this| this.block(then, names, expected)));
        let negated = expr::not(&known);
        let (no, else_steps) = self.under(&negated, |this| {
            otherwise.map_or(Value::Unit, |otherwise| {
                this.scoped(no_path, false, |this| this.expr(otherwise, names, expected))
            })
        });
        self.branch(&known, then_steps, else_steps);
        self.merge(vec![(known, yes), (negated, no)], span)
    }

    /// Emits a branch, leaving out what never happens.
    pub(super) fn branch(&mut self, condition: &Expr, then: Steps, otherwise: Steps) {
        match expr::constant(condition) {
            Some(0) => otherwise.into_iter().for_each(|step| self.emit(step)),
            Some(_) => then.into_iter().for_each(|step| self.emit(step)),
            None if then.is_empty() && otherwise.is_empty() => {}
            None => self.emit(Step::Branch { condition: condition.clone(), then, otherwise }),
        }
    }

    /// Cases that exclude each other, each run under its condition; steps become nested branches.
    pub(super) fn cases(
        &mut self,
        conditions: Vec<Expr>,
        span: Span,
        mut run: impl FnMut(&mut Self, usize) -> Value,
    ) -> Value {
        let mut done = Vec::with_capacity(conditions.len());
        for (at, condition) in conditions.iter().enumerate() {
            let (value, steps) = self.under(condition, |this| run(this, at));
            done.push((condition.clone(), value, steps));
        }
        let mut rest: Steps = Vec::new();
        let mut values = Vec::with_capacity(done.len());
        for (condition, value, steps) in done.into_iter().rev() {
            let (_, nested) = self.collect(|this| this.branch(&condition, steps, rest));
            rest = nested;
            values.push((condition, value));
        }
        rest.into_iter().for_each(|step| self.emit(step));
        values.reverse();
        self.merge(values, span)
    }

    pub(super) fn match_expr(
        &mut self,
        subject: &ast::Expr,
        arms: &[Arm],
        names: &Names,
        expected: Option<EnumId>,
        span: Span,
    ) -> Value {
        let value = self.expr(subject, names, None);
        let code = match &value {
            Value::Int(e) | Value::Bool(e) | Value::Enum(_, e) => e.clone(),
            Value::Real(_) => return self.not_fixed(subject.span, "what a `match` compares"),
            other => {
                if !other.is_error() {
                    let what = other.describe();
                    self.error(
                        &types::TYPE_MISMATCH,
                        subject.span,
                        format!("a `match` compares ints, bools or enum variants, this is {what}"),
                    );
                }
                for arm in arms {
                    self.collect(|this| this.expr(&arm.value, names, expected));
                }
                return Value::Error;
            }
        };
        let mut taken: Vec<Expr> = Vec::new();
        let mut conditions = Vec::new();
        for arm in arms {
            let fits = self.arm_condition(arm, &value, &code);
            conditions.push(expr::all(taken.iter().map(expr::not).chain([fits.clone()])));
            taken.push(fits);
        }
        self.exhaustive(&value, arms, span);
        let paths: Vec<_> = arms.iter().map(|arm| self.counted(&pattern_text(arm))).collect();
        self.cases(conditions, span, |this, at| {
            this.scoped(paths[at].clone(), false, |this| this.expr(&arms[at].value, names, expected))
        })
    }

    fn arm_condition(&mut self, arm: &Arm, value: &Value, code: &Expr) -> Expr {
        let mut fits = Vec::new();
        for pattern in &arm.patterns {
            let number = match (pattern, value) {
                (ArmPattern::Any(_), _) => {
                    fits.push(expr::int(1));
                    continue;
                }
                (ArmPattern::Int(number, _), Value::Int(_)) => *number,
                (ArmPattern::Name(name), Value::Bool(_)) if matches!(name.text.as_str(), "true" | "false") => {
                    i64::from(name.text == "true")
                }
                (ArmPattern::Name(name), Value::Enum(id, _)) => {
                    let variants = self.program.enums[*id].variants.clone();
                    let Some(at) = variants.iter().position(|v| *v == name.text) else {
                        let owner = self.program.enums[*id].name.clone();
                        let diagnostic = Diagnostic::error(
                            &super::super::errors::names::UNKNOWN_NAME,
                            name.span,
                            format!("`{owner}` has no variant `{}`", name.text),
                        );
                        let diagnostic = super::expression::suggest(
                            diagnostic,
                            &name.text,
                            variants.iter().map(String::as_str),
                            name.span,
                        );
                        self.report(diagnostic);
                        continue;
                    };
                    i64::try_from(at).unwrap_or(i64::MAX)
                }
                (pattern, value) => {
                    let what = value.describe();
                    let span = match pattern {
                        ArmPattern::Name(name) => name.span,
                        ArmPattern::Int(_, span) | ArmPattern::Any(span) => *span,
                    };
                    self.error(&types::TYPE_MISMATCH, span, format!("the pattern cannot match {what}"));
                    continue;
                }
            };
            fits.push(expr::eq(code, &expr::int(number)));
        }
        expr::any(fits)
    }

    fn exhaustive(&mut self, value: &Value, arms: &[Arm], span: Span) {
        let patterns = || arms.iter().flat_map(|arm| &arm.patterns);
        if patterns().any(|p| matches!(p, ArmPattern::Any(_))) {
            return;
        }
        let wanted: Vec<String> = match value {
            Value::Bool(_) => vec!["false".to_owned(), "true".to_owned()],
            Value::Enum(id, _) => self.program.enums[*id].variants.clone(),
            _ => vec!["_".to_owned()],
        };
        let given: Vec<&str> = patterns()
            .filter_map(|p| match p {
                ArmPattern::Name(name) => Some(name.text.as_str()),
                _ => None,
            })
            .collect();
        // A variant that does not exist has its own error, and what was meant by it is not known.
        if given.iter().any(|name| !wanted.iter().any(|w| w == name)) {
            return;
        }
        let missing: Vec<String> =
            wanted.into_iter().filter(|w| !given.contains(&w.as_str())).map(|w| format!("`{w}`")).collect();
        if !missing.is_empty() {
            self.report(
                Diagnostic::error(
                    &types::NOT_EXHAUSTIVE,
                    span,
                    format!("this `match` has no arm for {}", super::listed(&missing)),
                )
                .help("add the missing arms, or `_ => ..` for all others"),
            );
        }
    }

    /// One value from several, of which exactly one condition holds.
    pub(super) fn merge(&mut self, cases: Vec<(Expr, Value)>, span: Span) -> Value {
        let mut cases: Vec<(Expr, Value)> = cases.into_iter().filter(|(c, _)| expr::constant(c) != Some(0)).collect();
        if cases.iter().any(|(_, v)| v.is_error()) {
            return Value::Error;
        }
        if let Some(at) = cases.iter().position(|(c, _)| expr::constant(c).is_some_and(|c| c != 0)) {
            return cases.swap_remove(at).1;
        }
        let Some((_, mut merged)) = cases.pop() else { return Value::Unit };
        while let Some((condition, value)) = cases.pop() {
            merged = self.merge_two(&condition, value, merged, span);
        }
        merged
    }

    fn merge_two(&mut self, condition: &Expr, a: Value, b: Value, span: Span) -> Value {
        match (a, b) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::Unit, Value::Unit) => Value::Unit,
            (Value::Int(x), Value::Int(y)) => Value::Int(expr::if_else(condition, &x, &y)),
            (Value::Bool(x), Value::Bool(y)) => Value::Bool(expr::if_else(condition, &x, &y)),
            (Value::Enum(i, x), Value::Enum(j, y)) if i == j => Value::Enum(i, expr::if_else(condition, &x, &y)),
            (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() => {
                let fields = x.iter().zip(y.iter());
                let fields: Vec<_> = fields
                    .map(|((name, p), (_, q))| (name.clone(), self.merge_two(condition, p.clone(), q.clone(), span)))
                    .collect();
                Value::Tuple(Arc::new(fields))
            }
            (Value::Observable(x), Value::Observable(y)) => {
                let len = match (&x.len, &y.len) {
                    (Some(p), Some(q)) => Some(expr::if_else(condition, p, q)),
                    (None, None) => None,
                    _ => return self.mixed("one observable", "a list of observables", span),
                };
                let kind = ObservableKind::If(condition.clone(), x, y);
                Value::Observable(Arc::new(ObservableNode { kind, len, span }))
            }
            (x @ (Value::Real(_) | Value::Int(_)), y @ (Value::Real(_) | Value::Int(_))) => {
                match (self.as_real(x, span), self.as_real(y, span)) {
                    (Some(x), Some(y)) => self.merge_flow(condition, x, y, span).map_or(Value::Error, Value::Real),
                    _ => Value::Error,
                }
            }
            (a, b) if same_kind(&a, &b) => one_of(condition, a, b),
            (a, b) => {
                let (x, y) = (a.describe(), b.describe());
                self.mixed(&x, &y, span)
            }
        }
    }

    fn mixed(&mut self, a: &str, b: &str, span: Span) -> Value {
        self.report(
            Diagnostic::error(&space::MIXED_KINDS, span, format!("one alternative is {a}, another is {b}"))
                .help("give every alternative a value of one kind"),
        )
    }

    /// One of two tensors; their number of axes must agree, sizes may differ.
    pub(super) fn merge_flow(&mut self, condition: &Expr, a: Flow, b: Flow, span: Span) -> Option<Flow> {
        if Arc::ptr_eq(&a, &b) {
            return Some(a);
        }
        if a.shape.len() != b.shape.len() {
            self.mixed(
                &format!("a tensor with {} axes", a.shape.len()),
                &format!("one with {} axes", b.shape.len()),
                span,
            );
            return None;
        }
        let shape = a.shape.iter().zip(&b.shape).map(|(p, q)| expr::if_else(condition, p, q)).collect();
        Some(flow::flow(FlowKind::If(condition.clone(), a, b), shape, span))
    }
}

fn one_of(condition: &Expr, a: Value, b: Value) -> Value {
    let cases = |value: Value, outer: &Expr| match value {
        Value::OneOf(list) => list.iter().map(|(c, v)| (expr::and(outer, c), v.clone())).collect::<Vec<_>>(),
        other => vec![(outer.clone(), other)],
    };
    let mut list = cases(a, condition);
    list.extend(cases(b, &expr::not(condition)));
    Value::OneOf(Arc::new(list))
}

fn same_kind(a: &Value, b: &Value) -> bool {
    let first = |value: &Value| match value {
        Value::OneOf(list) => list.first().map_or(Value::Unit, |(_, v)| v.clone()),
        other => other.clone(),
    };
    let (a, b) = (first(a), first(b));
    enum_of(&a) == enum_of(&b) && std::mem::discriminant(&a) == std::mem::discriminant(&b)
        || matches!((&a, &b), (Value::Module(_), Value::Builtin(_)) | (Value::Builtin(_), Value::Module(_)))
}

fn pattern_text(arm: &Arm) -> String {
    let parts: Vec<String> = arm
        .patterns
        .iter()
        .map(|pattern| match pattern {
            ArmPattern::Name(name) => name.text.clone(),
            ArmPattern::Int(number, _) => number.to_string(),
            ArmPattern::Any(_) => "_".to_owned(),
        })
        .collect();
    parts.join("|")
}

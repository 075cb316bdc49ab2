//! `|>`: application, composition, and stages that repeat.

use super::super::expr;
use super::super::value::{Module, ModuleKind, Value};
use super::statement::first_name;
use super::{Elaborator, MAX_UNROLL, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use std::sync::Arc;

impl Elaborator<'_> {
    /// `left |> stage`
    pub(super) fn pipe(&mut self, left: &ast::Expr, stage: &ast::Expr, names: &Names, span: Span) -> Value {
        let value = self.expr(left, names, None);
        if composes(&value) {
            let next = self.stage(stage, names);
            if next.is_error() {
                return Value::Error;
            }
            let mut stages = match &value {
                Value::Module(module) => match &module.kind {
                    ModuleKind::Compose(stages) => stages.clone(),
                    _ => vec![value.clone()],
                },
                _ => vec![value.clone()],
            };
            stages.push(next);
            let path = self.path();
            return Value::Module(Arc::new(Module { kind: ModuleKind::Compose(stages), path, span }));
        }
        // A call as a stage has the data put in front: `x |> f(y)` is `f(x, y)`.
        match &stage.kind {
            ExprKind::For { .. } => self.repeat_stage(value, stage, names),
            ExprKind::Call { callee, args } if self.is_layer_with_settings(callee, names) => {
                let name = super::call::callee_name(callee);
                self.settings_in_parentheses(&name, args, stage.span)
            }
            ExprKind::Call { callee, args } => {
                let target = self.expr(callee, names, None);
                match self.positional(args, names, &super::call::callee_name(callee)) {
                    Some(rest) => {
                        let args = std::iter::once((value, left.span)).chain(rest).collect();
                        self.apply_module(&target, args, stage.span)
                    }
                    None => Value::Error,
                }
            }
            _ => {
                let target = self.stage(stage, names);
                if value.is_error() {
                    Value::Error
                } else {
                    self.apply_module(&target, vec![(value, left.span)], stage.span)
                }
            }
        }
    }

    /// `linear(64)`: a layer whose settings stand in parentheses.
    pub(super) fn is_layer_with_settings(&self, callee: &ast::Expr, names: &Names) -> bool {
        let ExprKind::Name(name) = &callee.kind else { return false };
        names.get(&name.text).is_none()
            && self.program.global(self.module, &name.text).is_none()
            && super::super::layers::find(&name.text).is_some_and(|layer| !layer.settings.is_empty())
    }

    fn stage(&mut self, stage: &ast::Expr, names: &Names) -> Value {
        let value = self.expr(stage, names, None);
        match &value {
            Value::Error | Value::Module(_) | Value::Builtin(_) | Value::OneOf(_) => value,
            other => {
                let what = other.describe();
                self.report(
                    Diagnostic::error(
                        &super::super::errors::types::TYPE_MISMATCH,
                        stage.span,
                        format!("a stage of `|>` is a layer, a model or a function, this is {what}"),
                    )
                    .help("arithmetic after a pipeline wants parentheses: `(x |> f) % 2`"),
                )
            }
        }
    }

    /// `for` in a pipeline without data on its left: kept until it is applied.
    pub(super) fn for_stage(&mut self, stage: &ast::Expr, names: &Names) -> Value {
        let path = self.path();
        let kind = ModuleKind::Repeat(Arc::new(stage.clone()), names.clone());
        Value::Module(Arc::new(Module { kind, path, span: stage.span }))
    }

    /// Applies a repeated stage turn by turn: widths may change, so the loop is unrolled.
    pub(super) fn repeat_stage(&mut self, value: Value, stage: &ast::Expr, names: &Names) -> Value {
        let ExprKind::For { pattern, over, filter, body } = &stage.kind else { return Value::Error };
        let source = self.expr(over, names, None);
        let Some(range) = self.loop_range(&source, over.span) else { return Value::Error };
        if value.is_error() {
            return Value::Error;
        }
        let most = expr::interval(&range.len, &self.ranges()).high;
        if most > MAX_UNROLL {
            return self.report(
                Diagnostic::error(
                    &super::super::errors::types::TOO_LARGE,
                    over.span,
                    format!("a stage repeats at most {MAX_UNROLL} times, the bound here is not known to be smaller"),
                )
                .help("bound the number of turns"),
            );
        }
        let name = first_name(pattern).map_or_else(|| "_".to_owned(), |name| name.text.clone());
        let path = self.counted(&name);
        let mut value = value;
        for turn in 0..most.max(0) {
            let position = expr::int(turn);
            let happens = expr::lt(&position, &range.len);
            let index = expr::add(&range.start, &expr::int(turn.saturating_mul(range.step)));
            let here = if range.direct { Value::Int(index) } else { self.element(&source, &position, over.span) };
            let label = match &here {
                Value::Int(value) => value.clone(),
                _ => position,
            };
            let mut scope = names.clone();
            self.bind_loop(pattern, here, &mut scope, body.span.start, over.span);
            let inner = path.value(label);
            let kept = filter.as_ref().and_then(|filter| self.condition(filter, &scope));
            let happens = expr::all(std::iter::once(happens).chain(kept));
            let (next, steps) = self.under(&happens, |this| {
                this.scoped(inner, false, |this| {
                    let module = this.block(body, &scope, None);
                    this.apply_module(&module, vec![(value.clone(), stage.span)], stage.span)
                })
            });
            self.branch(&happens, steps, Vec::new());
            value = self.merge(vec![(happens.clone(), next), (expr::not(&happens), value)], stage.span);
            if value.is_error() {
                return Value::Error;
            }
        }
        value
    }
}

/// Is it something to be composed rather than data?
fn composes(value: &Value) -> bool {
    match value {
        Value::Module(_) | Value::Builtin(_) => true,
        Value::OneOf(cases) => cases.first().is_some_and(|(_, v)| composes(v)),
        _ => false,
    }
}

//! Metrics as values: objectives and constraints are expressions over them.

use super::super::errors::types;
use super::super::value::{MetricExpr, Value};
use super::{Elaborator, Names};
use crate::source::Span;
use crate::syntax::ast::{self, Arg, BinaryOp, ExprKind, Ident};
use std::sync::Arc;

impl Elaborator<'_> {
    /// A bare metric.
    pub(super) fn metric_name(&mut self, name: &Ident) -> Option<Value> {
        let args = &self.vocabulary.metric(&name.text)?.args;
        match args.first().copied() {
            None => {
                self.wants_device(&name.text, name.span);
                Some(metric(&name.text, Vec::new(), name.span))
            }
            Some(first) => Some(self.lacks(&name.text, first, name.span)),
        }
    }

    /// A metric without an argument it needs.
    fn lacks(&mut self, name: &str, argument: &str, span: Span) -> Value {
        let message = format!("the metric `{name}` needs `{argument}`");
        let diagnostic = crate::diag::Diagnostic::error(&types::ARGUMENT_COUNT, span, message);
        self.report(
            diagnostic
                .help(format!("write `{name}({argument}: 4)`: the number of qubits a piece of the circuit may have")),
        )
    }

    /// `flops.quantum`, unless the head is a name in scope.
    pub(super) fn metric_field(&mut self, base: &ast::Expr, field: &Ident, names: &Names, span: Span) -> Option<Value> {
        if !self.in_search {
            return None;
        }
        let mut full = dotted(base)?;
        let head = full.split('.').next()?.to_owned();
        if names.get(&head).is_some() || self.program.global(self.module, &head).is_some() {
            return None;
        }
        if !self.vocabulary.is_metric_group(&head) {
            return None;
        }
        full.push('.');
        full.push_str(&field.text);
        if self.vocabulary.metric(&full).is_some() {
            self.wants_device(&full, span);
            return Some(metric(&full, Vec::new(), span));
        }
        if self.vocabulary.is_metric_group(&full) {
            return None;
        }
        let known: Vec<String> = self
            .vocabulary
            .metrics
            .iter()
            .filter(|m| m.name.starts_with(&format!("{head}.")))
            .map(|m| m.name.clone())
            .collect();
        let diagnostic = crate::diag::Diagnostic::error(
            &super::super::errors::names::UNKNOWN_FIELD,
            span,
            format!("there is no metric `{full}`"),
        );
        let diagnostic = super::expression::suggest(diagnostic, &full, known.iter().map(String::as_str), span);
        Some(self.report(diagnostic.help("`qnas list metrics` shows all")))
    }

    /// Metrics of a device need a search that names one.
    fn wants_device(&mut self, name: &str, span: Span) {
        if name.starts_with("device.") && self.device_given == Some(false) {
            let message = format!("the metric `{name}` needs a device, and the search names none");
            self.report(
                crate::diag::Diagnostic::error(&types::BAD_FIELD, span, message).help(
                    "add `device: ibm_heron_156` with `use std::device::ibm_heron_156;`, or a device of your own",
                ),
            );
        }
    }

    /// `overhead(budget: 4)`
    pub(super) fn search_call(&mut self, name: &Ident, args: &[Arg], names: &Names, span: Span) -> Option<Value> {
        let known = self.vocabulary.metric(&name.text)?.args.clone();
        let mut out: Vec<(Arc<str>, Value)> = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let key = match &arg.name {
                Some(given) if known.contains(&given.text.as_str()) => given.text.clone(),
                Some(given) => {
                    self.unknown_setting(given, &name.text, known.iter().copied());
                    return Some(Value::Error);
                }
                None => match known.get(at) {
                    Some(key) => (*key).to_owned(),
                    None => {
                        let takes = known.len();
                        return Some(self.error(
                            &types::ARGUMENT_COUNT,
                            arg.value.span,
                            format!("the metric `{}` takes {takes} arguments", name.text),
                        ));
                    }
                },
            };
            let value = self.expr(&arg.value, names, None);
            if value.is_error() {
                return Some(Value::Error);
            }
            if !matches!(value, Value::Int(_)) {
                let found = value.describe();
                return Some(self.error(
                    &types::BAD_OPERATION,
                    arg.value.span,
                    format!("`{key}` of the metric `{}` is an int, not {found}", name.text),
                ));
            }
            out.push((key.as_str().into(), value));
        }
        let given = |key: &&&str| out.iter().all(|(name, _)| **name != ***key);
        if let Some(missing) = known.iter().find(given) {
            return Some(self.lacks(&name.text, missing, span));
        }
        Some(metric(&name.text, out, span))
    }

    /// `a op b` where one side is a metric.
    pub(super) fn metric_binary(&mut self, op: BinaryOp, a: Value, b: Value, span: Span) -> Value {
        let described = (a.describe(), b.describe());
        match (self.as_metric(a, span), self.as_metric(b, span)) {
            (Some(a), Some(b)) => Value::Metric(Arc::new(MetricExpr::Binary(op, a, b))),
            _ => {
                let (x, y) = described;
                let symbol = op.symbol();
                self.error(&types::BAD_OPERATION, span, format!("`{symbol}` is not defined between {x} and {y}"))
            }
        }
    }

    /// A value as an expression over metrics.
    pub(super) fn as_metric(&mut self, value: Value, span: Span) -> Option<Arc<MetricExpr>> {
        match value {
            Value::Metric(m) => Some(m),
            Value::Int(e) | Value::Bool(e) => Some(Arc::new(MetricExpr::Fixed(e))),
            Value::Real(f) => match f.kind_constant() {
                Some(number) => Some(Arc::new(MetricExpr::Number(number))),
                None if Self::is_fixed(&f) => Some(Arc::new(MetricExpr::Real(f))),
                None => {
                    self.not_fixed(span, "a number compared with a metric");
                    None
                }
            },
            _ => None,
        }
    }
}

fn metric(name: &str, args: Vec<(Arc<str>, Value)>, span: Span) -> Value {
    Value::Metric(Arc::new(MetricExpr::Metric { name: name.into(), args, span }))
}

fn dotted(e: &ast::Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Name(name) => Some(name.text.clone()),
        ExprKind::Field(base, field) => Some(format!("{}.{}", dotted(base)?, field.text)),
        _ => None,
    }
}

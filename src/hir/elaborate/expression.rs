//! Expressions: one function per form, the forms with a story of their own in files of their own.

use super::super::errors::{names as name_errors, types};
use super::super::expr;
use super::super::flow::{self, FlowKind};
use super::super::program::Global;
use super::super::value::{EnumId, List, Value};
use super::{Elaborator, Names};
use crate::diag::{Diagnostic, nearest_many};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Ident};
use std::sync::Arc;

impl Elaborator<'_> {
    /// The value of an expression. `expected` is the enum whose variants need no prefix here.
    pub(super) fn expr(&mut self, e: &ast::Expr, names: &Names, expected: Option<EnumId>) -> Value {
        if !self.enter(e.span) {
            self.leave();
            return Value::Error;
        }
        let value = self.expr_inner(e, names, expected);
        self.leave();
        value
    }

    fn expr_inner(&mut self, e: &ast::Expr, names: &Names, expected: Option<EnumId>) -> Value {
        match &e.kind {
            ExprKind::Int(value) => Value::Int(expr::int(*value)),
            ExprKind::Real(value) => Value::Real(flow::number(*value, e.span)),
            ExprKind::Bool(value) => Value::Bool(expr::truth(*value)),
            ExprKind::Text(text) => Value::Text(text.as_str().into()),
            ExprKind::Name(name) => self.name(name, names, expected),
            ExprKind::Path(path) => self.enum_path(path, e.span),
            ExprKind::Paren(inner) => self.expr(inner, names, expected),
            ExprKind::Tuple(items) => {
                Value::Tuple(Arc::new(items.iter().map(|item| (None, self.expr(item, names, None))).collect()))
            }
            ExprKind::NamedTuple(fields) => Value::Tuple(Arc::new(
                fields
                    .iter()
                    .map(|(name, value)| {
                        let path = self.path().child(&name.text);
                        let value = self.scoped(path, true, |this| this.expr(value, names, None));
                        (Some(name.text.as_str().into()), value)
                    })
                    .collect(),
            )),
            ExprKind::List(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.expr(item, names, expected)).collect();
                if items.iter().any(Value::is_error) {
                    return Value::Error;
                }
                Value::List(Arc::new(List::Items(items)))
            }
            ExprKind::Comprehension { pattern, over, filter, body } => {
                self.comprehension(pattern, over, filter.as_deref(), body, names, e.span)
            }
            ExprKind::Unary(op, inner) => {
                let inner_value = self.expr(inner, names, None);
                self.unary(*op, inner_value, e.span)
            }
            ExprKind::Binary(op, a, b) => self.binary_expr(*op, a, b, names, e.span),
            ExprKind::Range { start, end, inclusive, step, log } => {
                self.range(start, end, *inclusive, step.as_deref(), *log, names, e.span)
            }
            ExprKind::Call { callee, args } => self.call(callee, args, names, e.span),
            ExprKind::Bracket { base, args } => self.bracket(base, args, names, e.span),
            ExprKind::Field(base, field) => self.field(base, field, names, e.span),
            ExprKind::Pipe(left, stage) => self.pipe(left, stage, names, e.span),
            ExprKind::If { condition, then, otherwise } => {
                self.if_expr(condition, then, otherwise.as_deref(), names, expected, e.span)
            }
            ExprKind::Match { subject, arms } => self.match_expr(subject, arms, names, expected, e.span),
            // Among gates a `for` is a statement, even as the last thing of a block; elsewhere it is a stage.
            ExprKind::For { pattern, over, filter, body } if self.circuit.is_some() => {
                self.for_stmt(pattern, over, filter.as_deref(), body, names);
                Value::Unit
            }
            ExprKind::For { .. } => self.for_stage(e, names),
            ExprKind::Block(block) => self.block(block, names, expected),
            ExprKind::Choose(choose) => self.choose(choose, names, expected, e.span),
            ExprKind::Weight { shape, init } => self.weight(shape, init.as_deref(), names, e.span),
            ExprKind::With { model, weights } => self.with_weights(model, weights, names, e.span),
            ExprKind::Error => Value::Error,
        }
    }

    /// A name as a value.
    pub(super) fn name(&mut self, name: &Ident, names: &Names, expected: Option<EnumId>) -> Value {
        if let Some((value, span)) = names.get(&name.text) {
            self.used.insert(span);
            return value.clone();
        }
        if let Some(id) = expected
            && let Some(at) = self.program.enums[id].variants.iter().position(|variant| *variant == name.text)
        {
            return Value::Enum(id, expr::int(i64::try_from(at).unwrap_or(i64::MAX)));
        }
        match self.global(name) {
            Some(Global::Item(item)) => return self.item_value(item, name, names),
            Some(Global::Enum(id)) => return Value::EnumType(id),
            Some(Global::Word) | None => {}
        }
        if let Some(value) = self.builtin_name(name) {
            return value;
        }
        self.unknown_name(name, names, expected)
    }

    /// A global name of the current module; notes the use.
    pub(super) fn global(&mut self, name: &Ident) -> Option<Global> {
        let found = self.program.global(self.module, &name.text);
        if let Some(Global::Item(item)) = found
            && let Some(declared) = self.program.item(item).kind.name()
        {
            self.used.insert(declared.span);
        }
        if let Some(Global::Enum(id)) = found
            && let Some(declared) = self.program.item(self.program.enums[id].item).kind.name()
        {
            self.used.insert(declared.span);
        }
        if found.is_some() {
            self.used_imports(&name.text);
        }
        found
    }

    fn used_imports(&mut self, name: &str) {
        let spans: Vec<Span> = self.program.sources[self.module]
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ast::ItemKind::Use(import) => Some(import),
                _ => None,
            })
            .flat_map(|import| {
                let single = import.names.is_empty().then(|| (import.path.last(), import.alias.as_ref()));
                let several = import.names.iter().map(|(name, alias)| (Some(name), alias.as_ref()));
                single.into_iter().chain(several).collect::<Vec<_>>()
            })
            .filter_map(|(name, alias)| alias.or(name))
            .filter(|local| local.text == name)
            .map(|local| local.span)
            .collect();
        self.used.extend(spans);
    }

    fn unknown_name(&mut self, name: &Ident, names: &Names, expected: Option<EnumId>) -> Value {
        if let Some(diagnostic) = self.foreign(name) {
            return self.report(diagnostic);
        }
        let mut candidates: Vec<String> = names.iter().map(|entry| entry.0.to_owned()).collect();
        if let Some(id) = expected {
            candidates.extend(self.program.enums[id].variants.iter().cloned());
        }
        candidates.extend(self.program.globals[self.module].keys().cloned());
        candidates.extend(super::builtin::all_names().map(str::to_owned));
        candidates.extend(self.vocabulary.calls.iter().map(|call| call.name.to_owned()));
        if self.in_search {
            candidates.extend(self.vocabulary.metrics.iter().map(|metric| metric.name.clone()));
        }
        // Who misspells a name has read it.
        let near = nearest_many(&name.text, candidates.iter().map(String::as_str));
        let meant = near.first().and_then(|best| names.get(best)).map(|(_, span)| span);
        self.used.extend(meant);
        let mut diagnostic = Diagnostic::error(
            &name_errors::UNKNOWN_NAME,
            name.span,
            format!("nothing named `{}` is in scope", name.text),
        )
        .here("not found");
        diagnostic = suggest(diagnostic, &name.text, candidates.iter().map(String::as_str), name.span);
        if let Some(id) = self.program.enums.iter().position(|e| e.variants.contains(&name.text)) {
            let owner = &self.program.enums[id].name;
            diagnostic =
                diagnostic.help(format!("`{owner}` has a variant of this name: write `{owner}::{}`", name.text));
        }
        self.report(diagnostic)
    }

    /// `Embedding::angle_y`
    fn enum_path(&mut self, path: &[Ident], span: Span) -> Value {
        let [owner, variant] = path else {
            return self.report(
                Diagnostic::error(&name_errors::UNKNOWN_NAME, span, "paths of several parts stand only in `use`")
                    .help("import the name: `use std::embed::embed;`"),
            );
        };
        let Some(Global::Enum(id)) = self.global(owner) else {
            return self.error(&name_errors::UNKNOWN_NAME, owner.span, format!("`{}` is no enum in scope", owner.text));
        };
        match self.program.enums[id].variants.iter().position(|v| *v == variant.text) {
            Some(at) => Value::Enum(id, expr::int(i64::try_from(at).unwrap_or(i64::MAX))),
            None => {
                let variants = self.program.enums[id].variants.clone();
                let diagnostic = Diagnostic::error(
                    &name_errors::UNKNOWN_NAME,
                    variant.span,
                    format!("`{}` has no variant `{}`", owner.text, variant.text),
                );
                self.report(suggest(diagnostic, &variant.text, variants.iter().map(String::as_str), variant.span))
            }
        }
    }

    /// `base.field`: a field of a record, or a metric of a group.
    fn field(&mut self, base: &ast::Expr, field: &Ident, names: &Names, span: Span) -> Value {
        if let Some(metric) = self.metric_field(base, field, names, span) {
            return metric;
        }
        let value = self.expr(base, names, None);
        self.field_of(value, field)
    }

    pub(super) fn field_of(&mut self, value: Value, field: &Ident) -> Value {
        match value {
            Value::Error => Value::Error,
            Value::Tuple(fields) => {
                if let Some((_, value)) = fields.iter().find(|(name, _)| name.as_deref() == Some(&field.text)) {
                    return value.clone();
                }
                let known: Vec<&str> = fields.iter().filter_map(|(name, _)| name.as_deref()).collect();
                let diagnostic = Diagnostic::error(
                    &name_errors::UNKNOWN_FIELD,
                    field.span,
                    format!("there is no field `{}` here", field.text),
                );
                let diagnostic = suggest(diagnostic, &field.text, known.iter().copied(), field.span);
                let diagnostic = if known.is_empty() {
                    diagnostic
                } else {
                    diagnostic.note(format!("the fields are {}", known.join(", ")))
                };
                self.report(diagnostic)
            }
            Value::OneOf(cases) => {
                let cases = cases.iter().map(|(c, v)| (c.clone(), self.field_of(v.clone(), field))).collect();
                self.merge(cases, field.span)
            }
            other => {
                let what = other.describe();
                self.error(
                    &name_errors::UNKNOWN_FIELD,
                    field.span,
                    format!("{what} has no fields, so there is no `{}`", field.text),
                )
            }
        }
    }

    /// `weight[n] ~ normal(0, 0.1)`
    fn weight(&mut self, shape: &[ast::Expr], init: Option<&ast::Expr>, names: &Names, span: Span) -> Value {
        if self.fixed_only {
            return self.report(
                Diagnostic::error(&types::MISPLACED, span, "a `fn` has no weights")
                    .note("functions compute fixed values; weights belong to gates, circuits and models"),
            );
        }
        let mut dims = Vec::new();
        for dim in shape {
            let Some(value) = self.int(dim, names) else { return Value::Error };
            let shown = value.clone();
            self.must(expr::le(&expr::int(0), &value), &types::SHAPE_MISMATCH, dim.span, move |case| {
                format!("a weight cannot have {} entries along an axis", case.show(&shown))
            });
            dims.push(value);
        }
        // Angles without a stated distribution start uniform over one period, the field's habit.
        let init = match init {
            None => crate::ops::Init::Uniform(0.0, 2.0 * std::f64::consts::PI),
            Some(call) => match self.distribution(call, names) {
                Some(init) => init,
                None => return Value::Error,
            },
        };
        let path = self.unnamed("weight");
        let kind = FlowKind::Weight { path, init: flow::InitSpec::Fixed(init), trainable: true };
        Value::Real(flow::flow(kind, dims, span))
    }
}

/// Adds "did you mean", with an edit when there is one best candidate.
pub(crate) fn suggest<'a>(
    diagnostic: Diagnostic,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    span: Span,
) -> Diagnostic {
    let near = nearest_many(name, candidates);
    match near.as_slice() {
        [] => diagnostic,
        [best, ..] => {
            let list: Vec<String> = near.iter().map(|n| format!("`{n}`")).collect();
            let text = match list.as_slice() {
                [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => list.join(""),
            };
            diagnostic.help(format!("did you mean {text}?")).fix(
                format!("write `{best}`"),
                span,
                (*best).to_owned(),
                crate::diag::Applicability::Unsafe,
            )
        }
    }
}

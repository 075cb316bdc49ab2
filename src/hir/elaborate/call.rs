//! Calls `f(..)`, brackets `f[..]`, and what a global name is as a value.

use super::super::errors::types;
use super::super::expr;
use super::super::flow::{self, FlowKind, Wires};
use super::super::program::Global;
use super::super::value::{FunctionValue, GateCallee, GateValue, ItemRef, ItemUse, List, Module, ModuleKind, Value};
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Arg, ExprKind, Ident, ItemKind};
use std::sync::Arc;

impl Elaborator<'_> {
    /// An item as a value: modules get their instance here, where they are named.
    pub(super) fn item_value(&mut self, item: ItemRef, name: &Ident, names: &Names) -> Value {
        let _ = names;
        if self.is_open(item) {
            return self.report(
                Diagnostic::error(
                    &super::super::errors::names::RECURSION,
                    name.span,
                    format!("`{}` uses itself", name.text),
                )
                .note("programs always end, so nothing may use itself, directly or through others")
                .help("repeat with a `for` loop"),
            );
        }
        let program = self.program;
        let declared = program.item(item);
        let settings = self.callable(item).map_or(0, |c| c.settings.len());
        let target = ItemUse { item, settings: vec![None; settings] };
        match &declared.kind {
            ItemKind::Const(constant) => {
                self.calls.push((item, Span::default()));
                let value = self.in_module(item.module, |this| {
                    let expected = constant.ty.as_ref().and_then(|ty| this.expected_enum(ty));
                    let value = this.fixed(|this| this.expr(&constant.value, &Names::default(), expected));
                    match &constant.ty {
                        Some(ty) => this.ascribe(value, ty, &Names::default(), constant.value.span),
                        None => value,
                    }
                });
                self.calls.pop();
                value
            }
            ItemKind::Fn(_) => Value::Function(Arc::new(FunctionValue { callee: target })),
            ItemKind::Gate(_) => Value::Gate(Arc::new(GateValue {
                callee: GateCallee::Item(target),
                args: None,
                written: name.text.as_str().into(),
            })),
            ItemKind::Model(_) | ItemKind::Circuit(_) => {
                let path = self.counted(&name.text);
                Value::Module(Arc::new(Module { kind: ModuleKind::Item(target), path, span: name.span }))
            }
            ItemKind::Device(record) => self.device(item, record),
            _ => self.error(&types::MISPLACED, name.span, format!("`{}` is a search, not a value", name.text)),
        }
    }

    /// Runs `f` where only fixed values make sense.
    pub(super) fn fixed<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.fixed_only, true);
        let result = f(self);
        self.fixed_only = before;
        result
    }

    /// `base[args]`
    pub(super) fn bracket(&mut self, base: &ast::Expr, args: &[Arg], names: &Names, span: Span) -> Value {
        // A layer or an item by name takes settings before it becomes an instance.
        if let ExprKind::Name(name) = &base.kind
            && names.get(&name.text).is_none()
        {
            if let Some(Global::Item(item)) = self.program.global(self.module, &name.text)
                && self.callable(item).is_some()
            {
                let value = self.name(name, names, None);
                return self.with_settings(value, args, names, span);
            }
            if self.program.global(self.module, &name.text).is_none()
                && let Some(layer) = super::super::layers::find(&name.text)
            {
                return self.layer(layer, args, names, span);
            }
        }
        let value = self.expr(base, names, None);
        match &value {
            Value::Error => Value::Error,
            Value::Gate(_) | Value::Module(_) | Value::Function(_) => self.with_settings(value, args, names, span),
            Value::OneOf(cases) if matches!(cases.first(), Some((_, Value::Gate(_) | Value::Module(_)))) => {
                let cases =
                    cases.iter().map(|(c, v)| (c.clone(), self.with_settings(v.clone(), args, names, span))).collect();
                self.merge(cases, span)
            }
            _ => self.index(value, args, names, span),
        }
    }

    /// Gives settings to a gate, model or function.
    fn with_settings(&mut self, value: Value, args: &[Arg], names: &Names, span: Span) -> Value {
        match &value {
            Value::Error => Value::Error,
            Value::Gate(gate) => match &gate.callee {
                GateCallee::Item(target) => match self.give_settings(target, args, names, span) {
                    Some(target) => Value::Gate(Arc::new(GateValue {
                        callee: GateCallee::Item(target),
                        args: gate.args.clone(),
                        written: gate.written.clone(),
                    })),
                    None => Value::Error,
                },
                _ => {
                    let written = gate.written.clone();
                    self.report(
                        Diagnostic::error(
                            &types::ARGUMENT_COUNT,
                            span,
                            format!("the gate `{written}` has no settings"),
                        )
                        .help(format!("angles go in parentheses: `{written}(theta) q;`")),
                    )
                }
            },
            Value::Module(module) => match &module.kind {
                ModuleKind::Item(target) => match self.give_settings(target, args, names, span) {
                    Some(target) => Value::Module(Arc::new(Module {
                        kind: ModuleKind::Item(target),
                        path: module.path.clone(),
                        span,
                    })),
                    None => Value::Error,
                },
                _ => self.error(&types::ARGUMENT_COUNT, span, "this already has its settings"),
            },
            Value::Function(function) => match self.give_settings(&function.callee, args, names, span) {
                Some(callee) => Value::Function(Arc::new(FunctionValue { callee })),
                None => Value::Error,
            },
            other => self.mismatch(other, "something with settings", span, "this"),
        }
    }

    /// `list[i]`, `q[i]`, `x[i]`, `q[a..b]`
    fn index(&mut self, value: Value, args: &[Arg], names: &Names, span: Span) -> Value {
        let mut value = value;
        for arg in args {
            if let Some(name) = &arg.name {
                return self.error(&types::ARGUMENT_COUNT, name.span, "an index has no name");
            }
            let index = self.expr(&arg.value, names, None);
            value = self.index_one(value, index, arg.value.span, span);
        }
        if args.is_empty() {
            return self.error(&types::ARGUMENT_COUNT, span, "an index is missing between the brackets");
        }
        value
    }

    fn index_one(&mut self, value: Value, index: Value, at: Span, span: Span) -> Value {
        if let (Value::List(range), true) = (&index, !matches!(value, Value::Error))
            && let List::Range { start, step, len } = &**range
        {
            return self.slice(value, start, *step, len, at, span);
        }
        let Some(i) = self.as_int(index, at, "an index") else { return Value::Error };
        match value {
            Value::Error => Value::Error,
            Value::List(list) => {
                let len = self.list_len(&list);
                if let List::Comprehension { repeat, .. } = &*list
                    && repeat.filter.is_some()
                {
                    return self.not_fixed(span, "a position in a list built with `where`");
                }
                self.index_in(&i, &len, at, "list");
                self.list_get(&list, &i, span)
            }
            Value::Wires(Wires { base, stride, len: Some(len) }) => {
                self.index_in(&i, &len, at, "register");
                let wires = Wires { base, stride, len: None };
                Value::Wires(Wires { base: wires.at(&i), stride: 1, len: None })
            }
            Value::Real(f) if !f.shape.is_empty() => {
                self.index_in(&i, &f.shape[0].clone(), at, "tensor");
                let shape = f.shape[1..].to_vec();
                Value::Real(flow::flow(FlowKind::Element(f, i), shape, span))
            }
            Value::Observable(o) if o.len.is_some() => {
                let len = o.len.clone().unwrap_or_else(|| expr::int(0));
                self.index_in(&i, &len, at, "list of observables");
                let kind = flow::ObservableKind::Element(o, i);
                Value::Observable(Arc::new(flow::ObservableNode { kind, len: None, span }))
            }
            Value::OneOf(cases) => {
                let cases = cases
                    .iter()
                    .map(|(c, v)| (c.clone(), self.index_one(v.clone(), Value::Int(i.clone()), at, span)))
                    .collect();
                self.merge(cases, span)
            }
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, span, format!("{what} has no elements to index"))
            }
        }
    }

    fn slice(
        &mut self,
        value: Value,
        start: &super::Expr,
        step: i64,
        len: &super::Expr,
        at: Span,
        span: Span,
    ) -> Value {
        let inside = |this: &mut Self, size: &super::Expr, what: &'static str| {
            let last = expr::add(start, &expr::scale(&expr::sub(len, &expr::int(1)), step));
            let nonempty = expr::lt(&expr::int(0), len);
            this.guards.push(nonempty);
            this.index_in(start, size, at, what);
            this.index_in(&last, size, at, what);
            this.guards.pop();
        };
        match value {
            Value::Wires(Wires { base, stride, len: Some(size) }) => {
                inside(self, &size, "register");
                let whole = Wires { base, stride, len: None };
                Value::Wires(Wires { base: whole.at(start), stride: stride * step, len: Some(len.clone()) })
            }
            Value::Real(f) if !f.shape.is_empty() && step == 1 => {
                inside(self, &f.shape[0].clone(), "tensor");
                let mut shape = f.shape.clone();
                shape[0] = len.clone();
                Value::Real(flow::flow(FlowKind::Slice(f, start.clone()), shape, span))
            }
            Value::List(list) => {
                let size = self.list_len(&list);
                inside(self, &size, "list");
                let Some(n) = expr::constant(len).filter(|n| *n <= super::MAX_UNROLL) else {
                    return self.not_fixed(at, "the length of a part of a list");
                };
                let items =
                    (0..n).map(|k| self.list_get(&list, &expr::add(start, &expr::int(k * step)), span)).collect();
                Value::List(Arc::new(List::Items(items)))
            }
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, span, format!("{what} cannot be sliced"))
            }
        }
    }

    /// `callee(args)`
    pub(super) fn call(&mut self, callee: &ast::Expr, args: &[Arg], names: &Names, span: Span) -> Value {
        if let ExprKind::Name(name) = &callee.kind
            && names.get(&name.text).is_none()
            && self.program.global(self.module, &name.text).is_none_or(|g| g == Global::Word)
        {
            if self.in_search
                && let Some(value) = self.search_call(name, args, names, span)
            {
                return value;
            }
            if super::builtin::is_function(&name.text) {
                return self.builtin_call(&name.text, args, names, span);
            }
        }
        if self.is_layer_with_settings(callee, names) {
            return self.settings_in_parentheses(&callee_name(callee), args, span);
        }
        let head = callee_name(callee);
        let value = self.callee(callee, names);
        self.call_value(value, &head, args, names, span)
    }

    /// In `name(..)`, gates win over data of the same name only in gate statements; here scope decides.
    fn callee(&mut self, callee: &ast::Expr, names: &Names) -> Value {
        self.expr(callee, names, None)
    }

    pub(super) fn settings_in_parentheses(&mut self, name: &str, args: &[Arg], span: Span) -> Value {
        let mut diagnostic = Diagnostic::error(
            &types::SETTINGS_IN_PARENTHESES,
            span,
            format!("the settings of `{name}` go in brackets"),
        )
        .note("brackets hold what is fixed (sizes, settings), parentheses what flows (data, weights, angles)");
        let sizes: Option<Vec<String>> = args
            .iter()
            .map(|arg| match (&arg.name, &arg.value.kind) {
                (None, ExprKind::Int(value)) => Some(value.to_string()),
                (None, ExprKind::Name(name)) => Some(name.text.clone()),
                _ => None,
            })
            .collect();
        diagnostic = match sizes {
            Some(sizes) => {
                let text = format!("{name}[{}]", sizes.join(", "));
                diagnostic.help(format!("write `{text}`")).fix(
                    format!("write `{text}`"),
                    span,
                    text,
                    crate::diag::Applicability::Safe,
                )
            }
            None => diagnostic.help(format!("write `{name}[..]`")),
        };
        self.report(diagnostic)
    }

    /// Applies a value to arguments.
    pub(super) fn call_value(&mut self, value: Value, head: &str, args: &[Arg], names: &Names, span: Span) -> Value {
        match value {
            Value::Error => {
                self.evaluate_quietly(args, names);
                Value::Error
            }
            Value::Gate(gate) => self.gate_with_args(&gate, head, args, names, span),
            Value::Module(_) => {
                let Some(values) = self.positional(args, names, head) else { return Value::Error };
                self.apply_module(&value, values, span)
            }
            Value::Builtin(name) => self.builtin_call(name, args, names, span),
            Value::PauliOf(pauli) => self.pauli_call(pauli, args, names, span),
            Value::Function(function) => self.call_function(&function, args, names, span),
            Value::OneOf(cases) => {
                let conditions: Vec<_> = cases.iter().map(|(c, _)| c.clone()).collect();
                self.cases(conditions, span, |this, at| this.call_value(cases[at].1.clone(), head, args, names, span))
            }
            other => {
                self.evaluate_quietly(args, names);
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, span, format!("{what} cannot be called"))
            }
        }
    }

    /// Arguments of something broken are still read for their own errors.
    pub(super) fn evaluate_quietly(&mut self, args: &[Arg], names: &Names) {
        for arg in args {
            self.collect(|this| this.expr(&arg.value, names, None));
        }
    }

    /// Values of arguments given by position; named ones stand under their names in paths.
    pub(super) fn positional(&mut self, args: &[Arg], names: &Names, head: &str) -> Option<Vec<(Value, Span)>> {
        let mut out = Vec::new();
        let mut fine = true;
        for arg in args {
            if let Some(name) = &arg.name {
                self.error(&types::ARGUMENT_COUNT, name.span, format!("`{head}` takes its arguments by position"));
                fine = false;
            }
            let value = self.expr(&arg.value, names, None);
            fine &= !value.is_error();
            out.push((value, arg.value.span));
        }
        fine.then_some(out)
    }

    /// `rx(weight)` as a value: the gate with its angles, drawn here and now.
    fn gate_with_args(&mut self, gate: &Arc<GateValue>, head: &str, args: &[Arg], names: &Names, span: Span) -> Value {
        if gate.args.is_some() {
            return self.error(&types::ARGUMENT_COUNT, span, format!("`{}` already has its angles", gate.written));
        }
        let path = self.counted(head);
        let Some(values) = self.scoped(path, true, |this| this.positional(args, names, head)) else {
            return Value::Error;
        };
        Value::Gate(Arc::new(GateValue {
            callee: gate.callee.clone(),
            args: Some(values),
            written: gate.written.clone(),
        }))
    }
}

/// The name an application is written with.
pub(super) fn callee_name(e: &ast::Expr) -> String {
    match &e.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Path(path) => path.last().map(|p| p.text.clone()).unwrap_or_default(),
        ExprKind::Call { callee: inner, .. }
        | ExprKind::Bracket { base: inner, .. }
        | ExprKind::Paren(inner)
        | ExprKind::Field(inner, _) => callee_name(inner),
        _ => "apply".to_owned(),
    }
}

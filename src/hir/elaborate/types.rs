//! Declared types against values: unification of shapes with settings still open.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::program::Global;
use super::super::value::{EnumId, GateCallee, List, Value};
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Type, TypeKind};

impl Elaborator<'_> {
    /// The enum a type names, if it names one.
    pub(super) fn expected_enum(&mut self, ty: &Type) -> Option<EnumId> {
        match &ty.kind {
            TypeKind::Name { name, dims } if dims.is_empty() => match self.global(name) {
                Some(Global::Enum(id)) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value under a written type: a check, and ints widen where `real` is written.
    pub(super) fn ascribe(&mut self, value: Value, ty: &Type, names: &Names, span: Span) -> Value {
        let mut bindings = Vec::new();
        self.unify(value, ty, names, &[], &mut bindings, span, "this value")
    }

    /// A setting's value under its declared type.
    pub(super) fn fits_setting(&mut self, value: Value, ty: &Type, span: Span) -> Option<Value> {
        let value = self.ascribe(value, ty, &Names::default(), span);
        (!value.is_error()).then_some(value)
    }

    /// Checks a value against a type; names of `open` settings in its sizes are bound to what the value has.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn unify(
        &mut self,
        value: Value,
        ty: &Type,
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        if value.is_error() {
            return Value::Error;
        }
        match &ty.kind {
            TypeKind::Record(fields) => self.unify_record(value, fields, names, open, bindings, span, what),
            TypeKind::Model { params, result } => {
                self.unify_model(value, (params, result), names, open, bindings, span, what)
            }
            TypeKind::Name { name, dims } => match name.text.as_str() {
                "real" => self.unify_real(value, dims, names, open, bindings, span, what),
                "int" if dims.is_empty() => match value {
                    Value::Int(_) => value,
                    Value::Real(_) => self.not_fixed(span, what),
                    other => self.mismatch(&other, "an int", span, what),
                },
                "bool" if dims.is_empty() => match value {
                    Value::Bool(_) => value,
                    other => self.mismatch(&other, "a bool", span, what),
                },
                "int" | "bool" => self.unify_list(value, dims, names, open, bindings, span, what),
                "qubit" => self.unify_qubits(value, dims, names, open, bindings, span, what),
                "gate" => self.unify_gate(value, dims, names, span, what),
                "observable" => self.unify_observable(value, dims, names, open, bindings, span, what),
                "device" => match value {
                    Value::Tuple(_) => value,
                    other => self.mismatch(&other, "a device", span, what),
                },
                "text" => match value {
                    Value::Text(_) => value,
                    other => self.mismatch(&other, "text", span, what),
                },
                _ => self.unify_enum(value, name, span, what),
            },
        }
    }

    fn unify_enum(&mut self, value: Value, name: &ast::Ident, span: Span, what: &str) -> Value {
        match (self.global(name), &value) {
            (Some(Global::Enum(id)), Value::Enum(other, _)) if id == *other => value,
            (Some(Global::Enum(_)), _) => self.mismatch(&value, &format!("a `{}`", name.text), span, what),
            _ => {
                let known = ["real", "int", "bool", "qubit", "gate", "observable", "device", "text", "model"];
                let enums: Vec<String> = self.program.enums.iter().map(|e| e.name.clone()).collect();
                let diagnostic = Diagnostic::error(
                    &name_errors::UNKNOWN_NAME,
                    name.span,
                    format!("there is no type `{}`", name.text),
                );
                let candidates = known.iter().copied().chain(enums.iter().map(String::as_str));
                let diagnostic = super::expression::suggest(diagnostic, &name.text, candidates, name.span);
                self.report(diagnostic)
            }
        }
    }

    pub(super) fn mismatch(&mut self, value: &Value, wanted: &str, span: Span, what: &str) -> Value {
        let found = value.describe();
        self.error(&types::TYPE_MISMATCH, span, format!("{what} should be {wanted}, but it is {found}"))
    }

    #[allow(clippy::too_many_arguments)]
    fn unify_record(
        &mut self,
        value: Value,
        fields: &[(ast::Ident, Type)],
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        let Value::Tuple(given) = &value else { return self.mismatch(&value, "a record", span, what) };
        let mut out = Vec::new();
        for (name, ty) in fields {
            match given.iter().find(|(n, _)| n.as_deref() == Some(&name.text)) {
                Some((n, v)) => {
                    let field = format!("the field `{}`", name.text);
                    out.push((n.clone(), self.unify(v.clone(), ty, names, open, bindings, span, &field)));
                }
                None => {
                    return self.error(&types::RESULT_MISMATCH, span, format!("the field `{}` is missing", name.text));
                }
            }
        }
        for (name, _) in given.iter() {
            if let Some(name) = name
                && !fields.iter().any(|(n, _)| n.text == **name)
            {
                return self.error(&types::RESULT_MISMATCH, span, format!("the type has no field `{name}`"));
            }
        }
        Value::Tuple(out.into())
    }

    #[allow(clippy::too_many_arguments)]
    fn unify_real(
        &mut self,
        value: Value,
        dims: &[ast::Expr],
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        let described = value.describe();
        let Some(flow) = self.as_real(value, span) else {
            if !described.starts_with("an error") {
                let wanted = if dims.is_empty() { "a real number" } else { "a tensor" };
                self.error(&types::TYPE_MISMATCH, span, format!("{what} should be {wanted}, but it is {described}"));
            }
            return Value::Error;
        };
        if flow.shape.len() != dims.len() {
            let (has, wants) = (axes(flow.shape.len()), axes(dims.len()));
            let diagnostic = Diagnostic::error(
                &types::SHAPE_MISMATCH,
                span,
                format!("{what} should have {wants}, but it has {has}"),
            );
            let diagnostic = if dims.len() == 1 && flow.shape.len() > 1 {
                diagnostic.help("`flatten` makes one axis from all")
            } else if dims.len() == 1 && flow.shape.is_empty() {
                diagnostic.help("write `[x]` to make a vector of one number")
            } else {
                diagnostic
            };
            return self.report(diagnostic);
        }
        let shape = flow.shape.clone();
        let mut wanted = Vec::new();
        for (dim, size) in dims.iter().zip(&shape) {
            match self.unify_size(dim, size, names, open, bindings) {
                Some(expr) => wanted.push(expr),
                None => return Value::Error,
            }
        }
        self.sizes_agree(&shape, &wanted, span, what);
        // Behind this point the declared sizes are the truth: one mistake is reported once.
        if shape == wanted {
            return Value::Real(flow);
        }
        use super::super::flow::{FlowKind, flow as node};
        Value::Real(node(FlowKind::Reshape(flow), wanted, span))
    }

    /// A written size. What is named on the way to it (the arms of a `match` in a function) takes no names from the block.
    pub(super) fn size(&mut self, dim: &ast::Expr, names: &Names) -> Option<Expr> {
        let path = self.path();
        self.scoped(path, false, |this| this.int(dim, names))
    }

    /// A written size against an actual one: an open setting is bound, anything else is evaluated.
    fn unify_size(
        &mut self,
        dim: &ast::Expr,
        size: &Expr,
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
    ) -> Option<Expr> {
        if let ExprKind::Name(name) = &dim.kind
            && open.contains(&name.text)
        {
            if let Some((_, Value::Int(bound))) = bindings.iter().find(|(n, _)| *n == name.text) {
                return Some(bound.clone());
            }
            bindings.push((name.text.clone(), Value::Int(size.clone())));
            return Some(size.clone());
        }
        // A size over settings still open is checked once they are bound.
        if mentions(dim, &|name| open.iter().any(|o| o == name) && names.get(name).is_none()) {
            return Some(size.clone());
        }
        self.size(dim, names)
    }

    /// Actual and wanted sizes, one obligation each.
    pub(super) fn sizes_agree(&mut self, actual: &[Expr], wanted: &[Expr], span: Span, what: &str) {
        for (have, want) in actual.iter().zip(wanted) {
            if have == want {
                continue;
            }
            let (have_all, want_all, what) = (actual.to_vec(), wanted.to_vec(), what.to_owned());
            self.must(expr::eq(have, want), &types::SHAPE_MISMATCH, span, move |case| {
                format!("{what} is {}, but {} is needed", case.shape(&have_all), case.shape(&want_all))
            });
        }
    }

    /// Two tensors that must have one shape.
    pub(super) fn same_shape(&mut self, a: &[Expr], b: &[Expr], span: Span, what: &str) {
        if a.len() != b.len() {
            let (x, y) = (axes(a.len()), axes(b.len()));
            self.error(&types::SHAPE_MISMATCH, span, format!("{what} have {x} and {y}"));
            return;
        }
        for (x, y) in a.iter().zip(b) {
            if x == y {
                continue;
            }
            let (left, right, what) = (a.to_vec(), b.to_vec(), what.to_owned());
            self.must(expr::eq(x, y), &types::SHAPE_MISMATCH, span, move |case| {
                format!("{what} have different shapes, {} and {}", case.shape(&left), case.shape(&right))
            });
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn unify_list(
        &mut self,
        value: Value,
        dims: &[ast::Expr],
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        let Value::List(list) = &value else { return self.mismatch(&value, "a list", span, what) };
        let len = self.list_len(list);
        if let [dim] = dims
            && let Some(wanted) = self.unify_size(dim, &len, names, open, bindings)
        {
            let (have, want, what) = (len.clone(), wanted.clone(), what.to_owned());
            self.must(expr::eq(&len, &wanted), &types::SHAPE_MISMATCH, span, move |case| {
                format!("{what} has {} elements, but {} are needed", case.show(&have), case.show(&want))
            });
        }
        value
    }

    #[allow(clippy::too_many_arguments)]
    fn unify_qubits(
        &mut self,
        value: Value,
        dims: &[ast::Expr],
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        let len = match &value {
            Value::Wires(wires) => wires.len.clone(),
            Value::List(list) => Some(self.list_len(list)),
            other => return self.mismatch(other, "a register", span, what),
        };
        match (len, dims) {
            (None, []) => value,
            (Some(len), [dim]) => {
                if let Some(wanted) = self.unify_size(dim, &len, names, open, bindings) {
                    let (have, want, what) = (len.clone(), wanted.clone(), what.to_owned());
                    self.must(expr::eq(&len, &wanted), &types::SHAPE_MISMATCH, span, move |case| {
                        format!("{what} has {} qubits, but {} are needed", case.show(&have), case.show(&want))
                    });
                }
                value
            }
            (None, _) => self.mismatch(&value, "a register", span, what),
            (Some(_), _) => self.mismatch(&value, "one qubit", span, what),
        }
    }

    /// `observable` is a single one, `observable[n]` a list.
    #[allow(clippy::too_many_arguments)]
    fn unify_observable(
        &mut self,
        value: Value,
        dims: &[ast::Expr],
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        let observable = match &value {
            Value::Observable(_) | Value::List(_) => self.as_observable(value.clone(), span),
            _ => None,
        };
        let Some(observable) = observable else { return self.mismatch(&value, "an observable", span, what) };
        match (&observable.len, dims) {
            (None, []) => {}
            (Some(len), [dim]) => {
                if let Some(wanted) = self.unify_size(dim, len, names, open, bindings) {
                    let (have, want, what) = (len.clone(), wanted.clone(), what.to_owned());
                    self.must(expr::eq(len, &wanted), &types::SHAPE_MISMATCH, span, move |case| {
                        format!("{what} has {} observables, but {} are needed", case.show(&have), case.show(&want))
                    });
                }
            }
            (Some(_), _) => {
                let message = format!("{what} should be one observable, but it is a list of them");
                let help = "add them with `sum(..)`, or write the type `observable[n]`";
                return self.report(Diagnostic::error(&types::TYPE_MISMATCH, span, message).help(help));
            }
            (None, _) => {
                let message = format!("{what} should be a list of observables, but it is one");
                return self.error(&types::TYPE_MISMATCH, span, message);
            }
        }
        Value::Observable(observable)
    }

    fn unify_gate(&mut self, value: Value, dims: &[ast::Expr], names: &Names, span: Span, what: &str) -> Value {
        let cases: Vec<Value> = match &value {
            Value::OneOf(cases) => cases.iter().map(|(_, v)| v.clone()).collect(),
            other => vec![other.clone()],
        };
        for case in cases {
            let Value::Gate(gate) = &case else { return self.mismatch(&case, "a gate", span, what) };
            let arity = match &gate.callee {
                GateCallee::Catalogue(gate) => Some(gate.n_qubits()),
                GateCallee::Item(target) => self
                    .callable(target.item)
                    .filter(|c| c.operands.iter().all(|o| o.size.is_none()))
                    .map(|c| c.operands.len()),
                GateCallee::Prepare | GateCallee::Opaque(_) => None,
            };
            if let (Some(arity), [dim]) = (arity, dims)
                && let Some(wanted) = self.size(dim, names)
            {
                let (written, want) = (gate.written.clone(), wanted.clone());
                let arity = expr::int(i64::try_from(arity).unwrap_or(i64::MAX));
                let have = arity.clone();
                self.must(expr::eq(&arity, &wanted), &types::OPERAND_COUNT, span, move |case| {
                    format!(
                        "`{written}` acts on {} qubits, but a gate on {} is needed",
                        case.show(&have),
                        case.show(&want)
                    )
                });
            }
        }
        value
    }

    /// A list of numbers as a vector.
    pub(super) fn list_as_real(&mut self, list: &List, span: Span) -> Option<super::super::flow::Flow> {
        use super::super::flow::{FlowKind, flow};
        match list {
            List::Items(items) => {
                let flows: Option<Vec<_>> = items.iter().map(|item| self.as_real(item.clone(), span)).collect();
                let flows = flows?;
                let first = flows.first().map(|f| f.shape.clone()).unwrap_or_default();
                for other in &flows {
                    self.same_shape(&first, &other.shape, span, "the elements");
                }
                let len = expr::int(i64::try_from(flows.len()).unwrap_or(i64::MAX));
                Some(flow(FlowKind::Stack(flows), [vec![len], first].concat(), span))
            }
            List::Comprehension { repeat, item } => {
                let body = self.as_real(item.clone(), span)?;
                if repeat.filter.is_some() {
                    self.error(&types::NOT_FIXED, span, "a list built with `where` cannot be used as a vector");
                    return None;
                }
                let shape = [vec![repeat.len.clone()], body.shape.clone()].concat();
                Some(flow(FlowKind::Comprehension(repeat.clone(), body), shape, span))
            }
            List::Range { start, step, len } => {
                let items = expr::constant(len).filter(|len| *len <= super::MAX_UNROLL)?;
                let flows: Option<Vec<_>> = (0..items)
                    .map(|at| self.as_real(Value::Int(expr::add(start, &expr::int(at * step))), span))
                    .collect();
                Some(flow(FlowKind::Stack(flows?), vec![len.clone()], span))
            }
            List::Chosen { .. } => None,
        }
    }
}

fn axes(n: usize) -> String {
    match n {
        0 => "no axis (a single number)".to_owned(),
        1 => "one axis (a vector)".to_owned(),
        n => format!("{n} axes"),
    }
}

/// Does an expression mention a name that `wanted` accepts?
pub(crate) fn mentions(e: &ast::Expr, wanted: &dyn Fn(&str) -> bool) -> bool {
    let go = |e: &ast::Expr| mentions(e, wanted);
    match &e.kind {
        ExprKind::Name(name) => wanted(&name.text),
        ExprKind::Paren(inner) | ExprKind::Unary(_, inner) | ExprKind::Field(inner, _) => go(inner),
        ExprKind::Binary(_, a, b) | ExprKind::Pipe(a, b) => go(a) || go(b),
        ExprKind::Call { callee, args } => go(callee) || args.iter().any(|arg| go(&arg.value)),
        ExprKind::Bracket { base, args } => go(base) || args.iter().any(|arg| go(&arg.value)),
        ExprKind::List(list) | ExprKind::Tuple(list) => list.iter().any(go),
        ExprKind::If { condition, then, otherwise } => {
            go(condition) || then.tail.as_ref().is_some_and(|t| go(t)) || otherwise.as_ref().is_some_and(|o| go(o))
        }
        _ => false,
    }
}

/// Does what an item takes name one of its settings? Then the setting says what fits, whether the body reads it or not.
pub(super) fn signature_mentions(callable: &ast::Callable, name: &str) -> bool {
    fn in_type(ty: &ast::Type, wanted: &dyn Fn(&str) -> bool) -> bool {
        match &ty.kind {
            TypeKind::Name { dims, .. } => dims.iter().any(|dim| mentions(dim, wanted)),
            TypeKind::Model { params, result } => {
                params.iter().any(|param| in_type(param, wanted)) || in_type(result, wanted)
            }
            TypeKind::Record(fields) => fields.iter().any(|(_, ty)| in_type(ty, wanted)),
        }
    }
    let wanted = |text: &str| text == name;
    callable.params.iter().filter_map(|param| param.ty.as_ref()).any(|ty| in_type(ty, &wanted))
        || callable.operands.iter().filter_map(|operand| operand.size.as_ref()).any(|size| mentions(size, &wanted))
}

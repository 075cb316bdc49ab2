//! Observables: Paulis of wires, their products, sums and multiples.

use super::super::errors::types;
use super::super::expr;
use super::super::flow::{Observable, ObservableKind, ObservableNode, Wires, number};
use super::super::value::{List, Value};
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::math::Pauli;
use crate::source::Span;
use crate::syntax::ast::{Arg, BinaryOp};
use std::sync::Arc;

impl Elaborator<'_> {
    /// `Z(q)`, `X(q[0])`
    pub(super) fn pauli_call(&mut self, pauli: Option<Pauli>, args: &[Arg], names: &Names, span: Span) -> Value {
        let letter = pauli.map_or("I".to_owned(), |p| format!("{p:?}"));
        let Some(values) = self.positional(args, names, &letter) else { return Value::Error };
        let [(value, at)] = values.as_slice() else {
            let given = values.len();
            return self.error(
                &types::ARGUMENT_COUNT,
                span,
                format!("`{letter}` takes a qubit or register, {given} given"),
            );
        };
        self.pauli_of(pauli, value.clone(), *at, span)
    }

    fn pauli_of(&mut self, pauli: Option<Pauli>, value: Value, at: Span, span: Span) -> Value {
        match value {
            Value::Error => Value::Error,
            Value::Wires(wires) => {
                let len = wires.len.clone();
                let kind = match pauli {
                    Some(pauli) => ObservableKind::Pauli(pauli, wires),
                    None => ObservableKind::Number(number(1.0, span)),
                };
                let len = if pauli.is_some() { len } else { None };
                Value::Observable(Arc::new(ObservableNode { kind, len, span }))
            }
            Value::List(list) => {
                let List::Items(items) = &*list else {
                    return self.not_fixed(at, "the list of qubits of an observable");
                };
                let items: Option<Vec<Observable>> = items
                    .iter()
                    .map(|item| match self.pauli_of(pauli, item.clone(), at, span) {
                        Value::Observable(o) => Some(o),
                        _ => None,
                    })
                    .collect();
                match items {
                    Some(items) => {
                        let len = Some(super::builtin::count(items.len()));
                        Value::Observable(Arc::new(ObservableNode { kind: ObservableKind::List(items), len, span }))
                    }
                    None => Value::Error,
                }
            }
            other => {
                let letter = pauli.map_or("I".to_owned(), |p| format!("{p:?}"));
                let what = other.describe();
                self.report(
                    Diagnostic::error(
                        &types::TYPE_MISMATCH,
                        at,
                        format!("`{letter}` is an observable of qubits, this is {what}"),
                    )
                    .help(format!("the gate is `{}`, in lower case", letter.to_lowercase())),
                )
            }
        }
    }

    /// An observable from a value: numbers become multiples of the identity, lists become lists.
    pub(super) fn as_observable(&mut self, value: Value, span: Span) -> Option<Observable> {
        match value {
            Value::Observable(o) => Some(o),
            Value::List(list) => match &*list {
                List::Items(items) => {
                    let items: Option<Vec<Observable>> =
                        items.iter().map(|item| self.as_observable(item.clone(), span)).collect();
                    let items = items?;
                    let len = Some(super::builtin::count(items.len()));
                    Some(Arc::new(ObservableNode { kind: ObservableKind::List(items), len, span }))
                }
                List::Comprehension { repeat, item: Value::Observable(body) } if repeat.filter.is_none() => {
                    let kind = ObservableKind::Comprehension(repeat.clone(), body.clone());
                    Some(Arc::new(ObservableNode { kind, len: Some(repeat.len.clone()), span }))
                }
                _ => None,
            },
            Value::OneOf(cases) => {
                let cases: Option<Vec<_>> = cases
                    .iter()
                    .map(|(c, v)| Some((c.clone(), Value::Observable(self.as_observable(v.clone(), span)?))))
                    .collect();
                match self.merge(cases?, span) {
                    Value::Observable(o) => Some(o),
                    _ => None,
                }
            }
            other @ (Value::Int(_) | Value::Real(_)) => {
                let factor = self.as_real(other, span)?;
                if !Self::is_fixed(&factor) {
                    self.report(
                        Diagnostic::error(&types::NOT_FIXED, span, "the factors of an observable are fixed numbers")
                            .help("multiply after the read-out instead: `w * expect(Z(q[0]))`"),
                    );
                    return None;
                }
                Some(Arc::new(ObservableNode { kind: ObservableKind::Number(factor), len: None, span }))
            }
            _ => None,
        }
    }

    /// `a op b` where one side is an observable.
    pub(super) fn observable_binary(&mut self, op: BinaryOp, a: Value, b: Value, span: Span) -> Value {
        let described = (a.describe(), b.describe());
        if op == BinaryOp::Div {
            // o / number
            let one = Value::Real(number(1.0, span));
            let inverse = self.binary(BinaryOp::Div, one, b, span);
            return if inverse.is_error() { inverse } else { self.observable_binary(BinaryOp::Mul, a, inverse, span) };
        }
        let errors = self.diagnostics.len();
        let (x, y) = match (self.as_observable(a, span), self.as_observable(b, span)) {
            (Some(x), Some(y)) => (x, y),
            _ if self.diagnostics.len() > errors => return Value::Error,
            _ => {
                let symbol = op.symbol();
                let (x, y) = described;
                return self.error(
                    &types::BAD_OPERATION,
                    span,
                    format!("`{symbol}` is not defined between {x} and {y}"),
                );
            }
        };
        let len = match (&x.len, &y.len) {
            (Some(p), Some(q)) => {
                let (have, want) = (p.clone(), q.clone());
                self.must(expr::eq(p, q), &types::SHAPE_MISMATCH, span, move |case| {
                    format!("lists of {} and {} observables do not pair up", case.show(&have), case.show(&want))
                });
                x.len.clone()
            }
            (Some(_), None) => x.len.clone(),
            (None, _) => y.len.clone(),
        };
        let kind = match op {
            BinaryOp::Add => ObservableKind::Add(x, y),
            BinaryOp::Sub => {
                let Value::Observable(minus) = self.scale_observable(&y, number(-1.0, span), span) else {
                    return Value::Error;
                };
                ObservableKind::Add(x, minus)
            }
            BinaryOp::Mul => {
                self.hermitian(&x, &y, span);
                ObservableKind::Mul(x, y)
            }
            _ => {
                let symbol = op.symbol();
                return self.error(&types::BAD_OPERATION, span, format!("`{symbol}` is not defined for observables"));
            }
        };
        Value::Observable(Arc::new(ObservableNode { kind, len, span }))
    }

    /// Different Paulis multiplied must sit on different qubits.
    fn hermitian(&mut self, a: &Observable, b: &Observable, span: Span) {
        let mut left = Vec::new();
        let mut right = Vec::new();
        factors(a, &mut left);
        factors(b, &mut right);
        for (p, x) in &left {
            for (q, y) in &right {
                if p == q || x.len.is_some() || y.len.is_some() {
                    continue;
                }
                let shown = x.base.clone();
                self.must(expr::not(&expr::eq(&x.base, &y.base)), &types::NOT_HERMITIAN, span, move |case| {
                    format!("different Paulis meet on qubit {}, their product is no observable", case.show(&shown))
                });
            }
        }
    }
}

fn factors(o: &Observable, out: &mut Vec<(Pauli, Wires)>) {
    match &o.kind {
        ObservableKind::Pauli(p, wires) => out.push((*p, wires.clone())),
        ObservableKind::Mul(a, b) => {
            factors(a, out);
            factors(b, out);
        }
        _ => {}
    }
}

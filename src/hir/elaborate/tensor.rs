//! Tensors: putting together, filling up, summing, and the ranges people write.

use super::super::errors::{space, types};
use super::super::expr;
use super::super::flow::{self, Flow, FlowKind, Observable, ObservableKind, ObservableNode};
use super::super::value::{List, Value};
use super::{Elaborator, MAX_UNROLL, Names, builtin};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;
use std::sync::Arc;

impl Elaborator<'_> {
    /// A tensor, or a report that it is none.
    pub(super) fn tensor(&mut self, value: Value, at: Span, what: &str) -> Option<Flow> {
        let described = value.describe();
        let broken = value.is_error();
        let found = self.as_real(value, at);
        if found.is_none() && !broken {
            self.error(&types::TYPE_MISMATCH, at, format!("`{what}` takes numbers, this is {described}"));
        }
        found
    }

    /// `a..b`, `a..=b step s`
    #[allow(clippy::too_many_arguments)]
    pub(super) fn range(
        &mut self,
        start: &ast::Expr,
        end: &ast::Expr,
        inclusive: bool,
        step: Option<&ast::Expr>,
        log: bool,
        names: &Names,
        span: Span,
    ) -> Value {
        if log {
            return self.error(&space::NOT_A_DOMAIN, span, "a range over the logarithm stands only after `choose`");
        }
        let (low, high) = (self.expr(start, names, None), self.expr(end, names, None));
        if matches!(low, Value::Real(_)) || matches!(high, Value::Real(_)) {
            return self.report(
                Diagnostic::error(&types::TYPE_MISMATCH, span, "a range counts ints")
                    .note("a range of real numbers stands only directly after `choose`"),
            );
        }
        let low = self.as_int(low, start.span, "the start of a range");
        let high = self.as_int(high, end.span, "the end of a range");
        let (Some(low), Some(high)) = (low, high) else { return Value::Error };
        let step = match step {
            None => 1,
            Some(step) => {
                let value = self.int(step, names).and_then(|e| expr::constant(&e));
                match value {
                    Some(value) if value != 0 => value,
                    _ => {
                        return self.error(&types::NOT_FIXED, step.span, "a step is a constant int other than 0");
                    }
                }
            }
        };
        let end = if inclusive { expr::add(&high, &expr::int(step.signum())) } else { high };
        let distance = expr::scale(&expr::sub(&end, &low), step.signum());
        let len = match step.abs() {
            1 => distance,
            step => expr::ceil_div(&distance, &expr::int(step)),
        };
        Value::List(Arc::new(List::Range { start: low, step, len }))
    }

    /// `concat(a, b, ..)`
    pub(super) fn concat(&mut self, args: &[(Value, Span)], span: Span) -> Value {
        let mut parts = Vec::new();
        for (value, at) in args {
            let Some(part) = self.tensor(value.clone(), *at, "concat") else { return Value::Error };
            // A single number is a vector of one.
            parts.push(if part.shape.is_empty() {
                flow::flow(FlowKind::Stack(vec![part]), vec![expr::int(1)], *at)
            } else {
                part
            });
        }
        let Some(first) = parts.first() else {
            return self.error(&types::ARGUMENT_COUNT, span, "`concat` needs something to put together");
        };
        let rest = first.shape[1..].to_vec();
        let mut len = expr::int(0);
        for part in &parts {
            self.same_shape(&rest, &part.shape[1..], span, "the parts, after their first axis,");
            len = expr::add(&len, &part.shape[0]);
        }
        Value::Real(flow::flow(FlowKind::Concat(parts), [vec![len], rest].concat(), span))
    }

    /// `pad(x, size)`
    pub(super) fn pad(&mut self, args: &[(Value, Span)], span: Span) -> Value {
        let [(value, at), (size, place)] = args else {
            let given = args.len();
            return self.error(&types::ARGUMENT_COUNT, span, format!("`pad` takes a vector and a size, {given} given"));
        };
        let Some(vector) = self.tensor(value.clone(), *at, "pad") else { return Value::Error };
        let Some(size) = self.as_int(size.clone(), *place, "a size") else { return Value::Error };
        let [have] = vector.shape.as_slice() else {
            return self.error(&types::SHAPE_MISMATCH, *at, "`pad` takes a vector");
        };
        if *have == size {
            return Value::Real(vector);
        }
        let (x, y) = (have.clone(), size.clone());
        self.must(expr::le(have, &size), &types::SHAPE_MISMATCH, span, move |case| {
            format!("{} numbers cannot be padded to {}", case.show(&x), case.show(&y))
        });
        Value::Real(flow::flow(FlowKind::Pad(vector), vec![size], span))
    }

    /// `bits(i, n)`: the `n` lowest binary digits of an int.
    pub(super) fn bits(&mut self, args: &[(Value, Span)], span: Span) -> Value {
        let [(number, at), (digits, place)] = args else {
            let given = args.len();
            return self.error(
                &types::ARGUMENT_COUNT,
                span,
                format!("`bits` takes an int and a number of digits, {given} given"),
            );
        };
        let number = self.as_int(number.clone(), *at, "the number");
        let digits = self.as_int(digits.clone(), *place, "the number of digits");
        let (Some(number), Some(digits)) = (number, digits) else { return Value::Error };
        let (x, y) = (number.clone(), digits.clone());
        self.must(expr::le(&expr::int(0), &number), &types::BAD_OPERATION, *at, move |case| {
            format!("`bits` takes ints from 0 on, this is {}", case.show(&x))
        });
        let few = expr::and(&expr::le(&expr::int(0), &digits), &expr::le(&digits, &expr::int(63)));
        self.must(few, &types::BAD_OPERATION, *place, move |case| {
            format!("an int has up to 63 digits, not {}", case.show(&y))
        });
        Value::Real(flow::flow(FlowKind::Bits(number), vec![digits], span))
    }

    /// `sum(x)`
    pub(super) fn sum(&mut self, value: Value, at: Span, span: Span) -> Value {
        match value {
            Value::Observable(o) if o.len.is_some() => {
                let kind = ObservableKind::Sum(o);
                Value::Observable(Arc::new(ObservableNode { kind, len: None, span }))
            }
            Value::Observable(_) => value,
            Value::List(list) => self.sum_list(&list, at, span),
            other => match self.tensor(other, at, "sum") {
                Some(f) if f.shape.is_empty() => Value::Real(f),
                Some(f) => Value::Real(flow::flow(FlowKind::Sum(f), Vec::new(), span)),
                None => Value::Error,
            },
        }
    }

    fn sum_list(&mut self, list: &Arc<List>, at: Span, span: Span) -> Value {
        match &**list {
            List::Items(items) => {
                let zero = Value::Int(expr::int(0));
                let mut items = items.iter();
                let first = items.next().cloned().unwrap_or(zero);
                items.fold(first, |sum, item| self.binary(ast::BinaryOp::Add, sum, item.clone(), span))
            }
            List::Comprehension { repeat, item: Value::Observable(body) } => {
                let len = if repeat.filter.is_none() { repeat.len.clone() } else { expr::int(1) };
                let kind = ObservableKind::Comprehension(repeat.clone(), body.clone());
                let all: Observable = Arc::new(ObservableNode { kind, len: Some(len), span });
                let kind = ObservableKind::Sum(all);
                Value::Observable(Arc::new(ObservableNode { kind, len: None, span }))
            }
            List::Comprehension { repeat, item: item @ Value::Int(_) } if repeat.filter.is_none() => {
                match expr::constant(&repeat.len) {
                    Some(len) if len <= MAX_UNROLL => {
                        let list = List::Comprehension { repeat: repeat.clone(), item: item.clone() };
                        (0..len).fold(Value::Int(expr::int(0)), |sum, k| {
                            let next = self.list_get(&list, &expr::int(k), span);
                            self.binary(ast::BinaryOp::Add, sum, next, span)
                        })
                    }
                    _ => self.not_fixed(at, "the length of a list of ints that is summed"),
                }
            }
            List::Range { start, step: 1, len } => {
                // start * len + len * (len - 1) / 2
                let twice = expr::mul(len, &expr::sub(len, &expr::int(1)));
                Value::Int(expr::add(&expr::mul(start, len), &expr::floor_div(&twice, &expr::int(2))))
            }
            List::Comprehension { repeat, item } => {
                let Some(body) = self.as_real(item.clone(), span) else {
                    let what = item.describe();
                    return self.error(&types::TYPE_MISMATCH, at, format!("a list of {what} has no sum"));
                };
                let shape = [vec![builtin::count(1)], body.shape.clone()].concat();
                let all = flow::flow(FlowKind::Comprehension(repeat.clone(), body), shape, span);
                Value::Real(flow::flow(FlowKind::Sum(all), Vec::new(), span))
            }
            _ => self.not_fixed(at, "a list that is summed"),
        }
    }

    /// `product(list)`
    pub(super) fn product(&mut self, value: Value, at: Span, span: Span) -> Value {
        let value = match self.quiet_observable(&value, span) {
            Some(observable) => Value::Observable(observable),
            None => value,
        };
        match value {
            Value::Observable(o) if o.len.is_some() => {
                let kind = ObservableKind::Product(o);
                Value::Observable(Arc::new(ObservableNode { kind, len: None, span }))
            }
            Value::Observable(_) => value,
            Value::List(list) => {
                let Some(len) = expr::constant(&self.list_len(&list)).filter(|len| *len <= MAX_UNROLL) else {
                    return self.not_fixed(at, "the length of a list of numbers that is multiplied");
                };
                (0..len).fold(Value::Int(expr::int(1)), |product, k| {
                    let next = self.list_get(&list, &expr::int(k), span);
                    self.binary(ast::BinaryOp::Mul, product, next, span)
                })
            }
            other => {
                let what = other.describe();
                self.error(
                    &types::TYPE_MISMATCH,
                    at,
                    format!("`product` multiplies the elements of a list, this is {what}"),
                )
            }
        }
    }

    /// A list of observables as one value; numbers stay numbers.
    fn quiet_observable(&mut self, value: &Value, span: Span) -> Option<Observable> {
        let Value::List(list) = value else { return None };
        let observables = match &**list {
            List::Items(items) => items.iter().any(|item| matches!(item, Value::Observable(_))),
            List::Comprehension { item, .. } => matches!(item, Value::Observable(_)),
            _ => false,
        };
        if observables { self.as_observable(value.clone(), span) } else { None }
    }

    /// Product of an observable and a fixed number.
    pub(super) fn scale_observable(&mut self, observable: &Observable, factor: Flow, span: Span) -> Value {
        let number = Arc::new(ObservableNode { kind: ObservableKind::Number(factor), len: None, span });
        let len = observable.len.clone();
        let kind = ObservableKind::Mul(number, observable.clone());
        Value::Observable(Arc::new(ObservableNode { kind, len, span }))
    }

    /// Is a number independent of data and weights?
    pub(super) fn is_fixed(value: &Flow) -> bool {
        match &value.kind {
            FlowKind::Constant(_) | FlowKind::FromInt(_) | FlowKind::RealChoice(_) => true,
            FlowKind::Unary(_, a) => Self::is_fixed(a),
            FlowKind::Binary(_, a, b) | FlowKind::If(_, a, b) => Self::is_fixed(a) && Self::is_fixed(b),
            _ => false,
        }
    }
}

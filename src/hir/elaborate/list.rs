//! Lists: written out, counted, built by a loop, or chosen; and what a `for` walks.

use super::super::errors::types;
use super::super::expr::{self, Atom, Expr, Node};
use super::super::flow::Wires;
use super::super::value::{List, Value};
use super::Elaborator;
use crate::source::Span;
use std::sync::Arc;

/// A loop's range: the variable runs over `start, start + step, ..`.
#[derive(Clone, Debug)]
pub(super) struct LoopRange {
    pub(super) start: Expr,
    pub(super) step: i64,
    pub(super) len: Expr,
    /// Does the variable's own value name the iteration and bind the pattern? Otherwise it is a position in `source`.
    pub(super) direct: bool,
}

impl Elaborator<'_> {
    /// How many elements.
    pub(super) fn list_len(&self, list: &List) -> Expr {
        match list {
            List::Items(items) => expr::int(i64::try_from(items.len()).unwrap_or(i64::MAX)),
            List::Range { len, .. } => len.clone(),
            List::Comprehension { repeat, .. } => repeat.len.clone(),
            List::Chosen { atom, .. } => Arc::new(Node::Len(atom.clone())),
        }
    }

    /// The element at a position already known to be inside.
    pub(super) fn list_get(&mut self, list: &List, index: &Expr, span: Span) -> Value {
        match list {
            List::Range { start, step, .. } => Value::Int(expr::add(start, &expr::scale(index, *step))),
            List::Items(items) => {
                if let Some(item) =
                    expr::constant(index).and_then(|at| usize::try_from(at).ok()).and_then(|at| items.get(at))
                {
                    return item.clone();
                }
                self.select(items, index, span)
            }
            List::Comprehension { repeat, item } => {
                let here = expr::add(&repeat.start, &expr::scale(index, repeat.step));
                let var = repeat.var;
                item.substitute(&move |atom: &Atom| (atom.symbol == var && atom.at.is_empty()).then(|| here.clone()))
            }
            List::Chosen { atom, source } => {
                let position: Expr = Arc::new(Node::Pick(atom.clone(), index.clone()));
                match source {
                    Value::List(inner) => self.list_get(&inner.clone(), &position, span),
                    Value::Wires(wires) => Value::Wires(Wires { base: wires.at(&position), stride: 1, len: None }),
                    _ => Value::Error,
                }
            }
        }
    }

    /// One of some values by a position that stays open.
    fn select(&mut self, items: &[Value], index: &Expr, span: Span) -> Value {
        let ints: Option<Vec<i64>> = items
            .iter()
            .map(|item| match item {
                Value::Int(e) => expr::constant(e),
                _ => None,
            })
            .collect();
        if let Some(table) = ints {
            return Value::Int(expr::lookup(&table.into(), index));
        }
        if let Some(Value::Tuple(first)) = items.first() {
            let columns: Vec<_> = first.iter().map(|(name, _)| name.clone()).collect();
            let fields = columns.into_iter().enumerate().map(|(at, name)| {
                let column: Vec<Value> = items
                    .iter()
                    .map(|item| match item {
                        Value::Tuple(fields) => fields.get(at).map_or(Value::Error, |field| field.1.clone()),
                        _ => Value::Error,
                    })
                    .collect();
                (name, self.select(&column, index, span))
            });
            let fields: Vec<_> = fields.collect();
            return Value::Tuple(Arc::new(fields));
        }
        let cases = items
            .iter()
            .enumerate()
            .map(|(at, item)| (expr::eq(index, &expr::int(i64::try_from(at).unwrap_or(i64::MAX))), item.clone()));
        let cases: Vec<_> = cases.collect();
        self.merge(cases, span)
    }

    /// What a `for` over a value runs through.
    pub(super) fn loop_range(&mut self, over: &Value, span: Span) -> Option<LoopRange> {
        let counted = |len: Expr| LoopRange { start: expr::int(0), step: 1, len, direct: false };
        match over {
            Value::Error => None,
            Value::List(list) => match &**list {
                List::Range { start, step, len } => {
                    let len = expr::max(len, &expr::int(0));
                    Some(LoopRange { start: start.clone(), step: *step, len, direct: true })
                }
                List::Comprehension { repeat, .. } if repeat.filter.is_some() => {
                    self.error(&types::NOT_FIXED, span, "a list built with `where` has no fixed positions to walk");
                    None
                }
                other => Some(counted(self.list_len(other))),
            },
            Value::Wires(Wires { len: Some(len), .. }) => Some(counted(len.clone())),
            other => {
                let what = other.describe();
                self.report(
                    crate::diag::Diagnostic::error(
                        &types::TYPE_MISMATCH,
                        span,
                        format!("a `for` walks a range, a list or a register, this is {what}"),
                    )
                    .help("write a range such as `0..n`"),
                );
                None
            }
        }
    }

    /// The element a `for` binds at a position of what it walks.
    pub(super) fn element(&mut self, over: &Value, position: &Expr, span: Span) -> Value {
        match over {
            Value::List(list) => self.list_get(&list.clone(), position, span),
            Value::Wires(wires) => Value::Wires(Wires { base: wires.at(position), stride: 1, len: None }),
            _ => Value::Error,
        }
    }
}

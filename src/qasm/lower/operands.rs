//! Operands to qubits and bits.

use super::super::ast::{Base, Expr, ExprKind, Operand, Selector};
use super::{Body, Entity, Lower, Lowered, errors, mixed};
use crate::diag::Diagnostic;
use crate::ir::build::MAX_QUBITS;
use crate::source::Span;

/// What an operand names: one qubit (or bit), which stands for all, or several, which are walked.
#[derive(Clone, Debug)]
pub(super) enum Places {
    One(u32),
    Range(u32, u32),
    List(Vec<u32>),
}

impl Places {
    pub(super) fn list(&self) -> Vec<u32> {
        match self {
            Self::One(at) => vec![*at],
            Self::Range(start, len) => (*start..start + len).collect(),
            Self::List(list) => list.clone(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Range(_, len) => *len as usize,
            Self::List(list) => list.len(),
        }
    }

    /// The place for turn `k` of a broadcast.
    pub(super) fn at(&self, k: usize) -> u32 {
        match self {
            Self::One(at) => *at,
            Self::Range(start, _) => start + u32::try_from(k).unwrap_or(u32::MAX),
            Self::List(list) => list[k],
        }
    }

    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }
}

/// A position in a register; negative ones count from the end.
pub(super) fn index(index: i64, len: u32, span: Span) -> Lowered<u32> {
    let from_end = if index < 0 { index + i64::from(len) } else { index };
    u32::try_from(from_end).ok().filter(|at| *at < len).ok_or_else(|| {
        Diagnostic::error(&errors::BAD_INDEX, span, format!("there is no element {index} in a register of {len}"))
            .note(format!("indices run from 0 to {}", len.saturating_sub(1)))
    })
}

impl Lower<'_> {
    pub(super) fn qubits_of(&mut self, operand: &Operand) -> Lowered<Places> {
        let sym = match operand.base {
            Base::Name(sym) => sym,
            Base::Physical(number) => return self.physical_qubit(number, operand.span),
        };
        let local = self.locals[self.base..].iter().rev().find(|(name, _)| *name == sym).map(|(_, entity)| entity);
        let global = if self.body == Body::Gate { None } else { self.values.get(sym.0 as usize) };
        let whole = match local.or_else(|| global?.as_ref().map(|(entity, _)| entity)) {
            Some(Entity::Qubits { start, single: true, .. }) => Places::One(*start),
            Some(Entity::Qubits { start, len, .. }) => Places::Range(*start, *len),
            Some(Entity::Alias(list)) => Places::List(list.to_vec()),
            Some(_) => {
                let message = format!("`{}` is no qubit", self.words.name(sym));
                return Err(Diagnostic::error(&errors::WRONG_TYPE, operand.span, message));
            }
            None => return Err(self.unknown(sym, operand.span)),
        };
        self.select(whole, operand.selector.as_ref())
    }

    pub(super) fn bits_of(&mut self, operand: &Operand) -> Lowered<Places> {
        let Base::Name(sym) = operand.base else {
            return Err(Diagnostic::error(&errors::WRONG_TYPE, operand.span, "a bit belongs here, this is a qubit"));
        };
        let whole = match self.find(sym) {
            Some(Entity::Bits { start, single: true, .. }) => Places::One(*start),
            Some(Entity::Bits { start, len, .. }) => Places::Range(*start, *len),
            Some(_) => {
                let message = format!("`{}` is no classical bit", self.words.name(sym));
                return Err(Diagnostic::error(&errors::WRONG_TYPE, operand.span, message));
            }
            None => return Err(self.unknown(sym, operand.span)),
        };
        self.select(whole, operand.selector.as_ref())
    }

    fn physical_qubit(&mut self, number: u32, span: Span) -> Lowered<Places> {
        if self.n_qubits > 0 && self.physical == 0 {
            return Err(mixed(span));
        }
        if i64::from(number) >= MAX_QUBITS {
            return Err(Diagnostic::error(&errors::TOO_LARGE, span, format!("there are at most {MAX_QUBITS} qubits")));
        }
        if number >= self.physical {
            self.physical = number + 1;
            self.n_qubits = self.physical;
            self.qubits.resize(self.n_qubits as usize, super::bits::QubitState::default());
        }
        Ok(Places::One(number))
    }

    fn select(&mut self, whole: Places, selector: Option<&Selector>) -> Lowered<Places> {
        let Some(selector) = selector else { return Ok(whole) };
        let len = u32::try_from(whole.len()).unwrap_or(u32::MAX);
        match selector {
            Selector::One(expr) => {
                let at = match &expr.kind {
                    ExprKind::Int(value) => *value,
                    _ => self.int(expr)?,
                };
                Ok(Places::One(whole.at(index(at, len, expr.span)? as usize)))
            }
            Selector::Set(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    let at = self.int(item)?;
                    list.push(whole.at(index(at, len, item.span)? as usize));
                }
                Ok(Places::List(list))
            }
            Selector::Range(parts) => self.range(&whole, len, parts),
        }
    }

    /// `[first:step:last]`, both ends included.
    fn range(&mut self, whole: &Places, len: u32, parts: &[Option<Expr>; 3]) -> Lowered<Places> {
        let [first, step, last] = parts;
        let step_by = step.as_ref().map_or(Ok(1), |expr| self.int(expr))?;
        let (low, high) = (0, i64::from(len) - 1);
        let (from, to) = if step_by < 0 { (high, low) } else { (low, high) };
        let mut end = |expr: &Option<Expr>, default: i64| match expr {
            Some(expr) => {
                let value = self.int(expr)?;
                index(value, len, expr.span).map(i64::from)
            }
            None => Ok(default),
        };
        let (from, to) = (end(first, from)?, end(last, to)?);
        let span = [first, step, last].into_iter().flatten().next().map_or(Span::default(), |expr| expr.span);
        if step_by == 0 {
            return Err(Diagnostic::error(&errors::BAD_INDEX, span, "a range in steps of 0 never ends"));
        }
        let mut list = Vec::new();
        let mut at = from;
        while if step_by > 0 { at <= to } else { at >= to } {
            list.push(whole.at(usize::try_from(at).unwrap_or(0)));
            at = at.saturating_add(step_by);
        }
        if list.is_empty() {
            return Err(Diagnostic::error(&errors::BAD_INDEX, span, "this range is empty"));
        }
        Ok(Places::List(list))
    }
}

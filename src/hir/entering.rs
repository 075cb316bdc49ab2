//! What enters a circuit: the values its angles and amplitudes are taken apart into, down to the tensors that are made before it runs.

use super::expr::{self, Expr};
use super::flow::{Flow, FlowKind, FlowNode};
use super::reads::Reads;
use crate::ops::{BinaryFn, UnaryFn};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What angles look at and what enters through them.
#[derive(Default)]
pub(super) struct Entering {
    /// The symbols that taking them apart looks at.
    pub(super) reads: Reads,
    /// Values whose tensors enter, by address.
    pub(super) flows: BTreeMap<usize, Flow>,
    seen: BTreeSet<usize>,
}

impl Entering {
    /// A value that is taken apart into angles: what building looks at until it meets a tensor.
    pub(super) fn angle(&mut self, flow: &Flow) {
        if !self.seen.insert(Arc::as_ptr(flow).addr()) {
            return;
        }
        self.reads.exprs(&flow.shape);
        match &flow.kind {
            _ if fixed(flow) != Fixed::Never => {
                self.reads.flow(flow);
                if fixed(flow) == Fixed::Sometimes {
                    self.inner(flow);
                    self.enter(flow);
                }
            }
            FlowKind::Weight { .. } => self.reads.flow(flow),
            _ => self.inner(flow),
        }
    }

    fn inner(&mut self, flow: &Flow) {
        match &flow.kind {
            FlowKind::Unary(UnaryFn::Neg, a) | FlowKind::Reshape(a) | FlowKind::Pad(a) => self.angle(a),
            FlowKind::Binary(BinaryFn::Add | BinaryFn::Sub, a, b) => {
                [a, b].into_iter().for_each(|part| self.angle(part))
            }
            FlowKind::Binary(BinaryFn::Mul | BinaryFn::Div, a, b)
                if [a, b].iter().any(|x| fixed(x) != Fixed::Never) =>
            {
                [a, b].into_iter().for_each(|part| self.angle(part));
                if ![a, b].iter().any(|x| fixed(x) == Fixed::Always) {
                    self.enter(flow);
                }
            }
            FlowKind::Element(a, index) | FlowKind::Slice(a, index) => {
                self.reads.expr(index);
                self.angle(a);
            }
            FlowKind::Stack(parts) if parts.first().is_some_and(|part| part.shape.is_empty()) => {
                parts.iter().for_each(|part| self.angle(part));
            }
            FlowKind::Concat(parts) => parts.iter().for_each(|part| self.angle(part)),
            FlowKind::If(condition, a, b) if !is_tensor(flow) => {
                self.reads.expr(condition);
                [a, b].into_iter().for_each(|part| self.angle(part));
            }
            // Alternatives that enter as they are enter as one: which of them it is, is for the rest to say.
            _ => self.enter(flow),
        }
    }

    fn enter(&mut self, flow: &Flow) {
        self.flows.insert(Arc::as_ptr(flow).addr(), flow.clone());
    }
}

/// The value that certainly enters when this one is an angle, `None` if none does or if that depends.
#[must_use]
pub fn enters(flow: &Flow) -> Option<&Flow> {
    let factor = |flow: &Flow| matches!(flow.kind, FlowKind::Constant(value) if value != 0.0 && value.is_finite());
    match &flow.kind {
        FlowKind::Unary(UnaryFn::Neg, a) | FlowKind::Reshape(a) | FlowKind::Element(a, _) | FlowKind::Slice(a, _) => {
            enters(a)
        }
        FlowKind::Binary(BinaryFn::Mul, a, b) if factor(a) => enters(b),
        FlowKind::Binary(BinaryFn::Mul | BinaryFn::Div, a, b) if factor(b) => enters(a),
        _ => is_tensor(flow).then_some(flow),
    }
}

/// The values that enter when this one is an angle, each under all of some conditions; `None` if that cannot be said.
#[must_use]
pub fn asks(flow: &Flow) -> Option<Vec<(Vec<Expr>, Flow)>> {
    if let Some(entering) = enters(flow) {
        return Some(vec![(Vec::new(), entering.clone())]);
    }
    if enters_nothing(flow) {
        return Some(Vec::new());
    }
    let whole = || Some(vec![(Vec::new(), flow.clone())]);
    let both = |mut a: Vec<(Vec<Expr>, Flow)>, b: Vec<(Vec<Expr>, Flow)>| {
        a.extend(b);
        Some(a)
    };
    match &flow.kind {
        FlowKind::If(condition, a, b) => {
            let under = |condition: &Expr, flow: &Flow| {
                let mut list = asks(flow)?;
                list.iter_mut().for_each(|(conditions, _)| conditions.push(condition.clone()));
                Some(list)
            };
            both(under(condition, a)?, under(&expr::not(condition), b)?)
        }
        _ if fixed(flow) == Fixed::Sometimes => None,
        FlowKind::Unary(UnaryFn::Neg, a) | FlowKind::Reshape(a) | FlowKind::Element(a, _) | FlowKind::Slice(a, _) => {
            asks(a)
        }
        FlowKind::Binary(BinaryFn::Add | BinaryFn::Sub, a, b) => both(asks(a)?, asks(b)?),
        FlowKind::Binary(BinaryFn::Mul | BinaryFn::Div, a, b) => match (fixed(a), fixed(b)) {
            (Fixed::Never, Fixed::Never) => whole(),
            (Fixed::Always, Fixed::Never) if matches!(flow.kind, FlowKind::Binary(BinaryFn::Mul, ..)) => asks(b),
            (Fixed::Never, Fixed::Always) if matches!(flow.kind, FlowKind::Binary(BinaryFn::Mul, ..)) => asks(a),
            _ => None,
        },
        FlowKind::Binary(..) | FlowKind::Generated { .. } | FlowKind::Comprehension(..) | FlowKind::Bits(_) => whole(),
        _ => None,
    }
}

/// Can nothing enter when this value is an angle?
#[must_use]
pub fn enters_nothing(flow: &Flow) -> bool {
    let mut entering = Entering::default();
    entering.angle(flow);
    entering.flows.is_empty()
}

/// Does a value always enter a circuit as it is?
fn is_tensor(flow: &FlowNode) -> bool {
    match &flow.kind {
        FlowKind::If(_, a, b) => is_tensor(a) && is_tensor(b),
        FlowKind::Input(_)
        | FlowKind::Layer(..)
        | FlowKind::Normalize(_)
        | FlowKind::Sum(_)
        | FlowKind::Expect(..)
        | FlowKind::Probabilities(..) => true,
        FlowKind::Unary(function, _) => !matches!(function, UnaryFn::Neg) && fixed(flow) == Fixed::Never,
        _ => false,
    }
}

/// Can a value be a number before anything flows?
pub(super) fn may_be_fixed(flow: &FlowNode) -> bool {
    fixed(flow) != Fixed::Never
}

/// Is a value always a number before anything flows?
pub(super) fn is_fixed(flow: &FlowNode) -> bool {
    fixed(flow) == Fixed::Always
}

/// Is a value a number before anything flows?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fixed {
    Always,
    Sometimes,
    Never,
}

fn fixed(flow: &FlowNode) -> Fixed {
    match &flow.kind {
        FlowKind::Constant(_) | FlowKind::FromInt(_) | FlowKind::RealChoice(_) => Fixed::Always,
        FlowKind::Unary(_, a) => fixed(a),
        FlowKind::Binary(_, a, b) => match (fixed(a), fixed(b)) {
            (Fixed::Never, _) | (_, Fixed::Never) => Fixed::Never,
            (Fixed::Always, Fixed::Always) => Fixed::Always,
            _ => Fixed::Sometimes,
        },
        FlowKind::If(_, a, b) => match (fixed(a), fixed(b)) {
            (a, b) if a == b => a,
            _ => Fixed::Sometimes,
        },
        _ => Fixed::Never,
    }
}

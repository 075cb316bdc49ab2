//! Angles: flowing values as affine forms where they are affine.

use super::super::{Angle, BinaryFn, UnaryFn, Variable, WeightId};
use super::{Builder, len, too_large};
use crate::diag::Diagnostic;
use crate::hir::fixed_real;
use crate::hir::flow::{Flow, FlowKind};

impl Builder<'_> {
    /// Element `index` of a value as an affine form; what is not affine becomes a tensor that enters the region.
    pub(super) fn angle(&mut self, flow: &Flow, index: usize) -> Result<Angle, Diagnostic> {
        if let Some(value) = fixed_real(flow, &self.bindings) {
            return Ok(Angle::constant(value));
        }
        match &flow.kind {
            FlowKind::Weight { .. } => {
                let weight = self.known_weight(flow)?;
                Ok(Angle::variable(Variable::Weight { weight, index: len(index) }))
            }
            FlowKind::Unary(UnaryFn::Neg, a) => Ok(self.angle(a, index)?.scaled(-1.0)),
            FlowKind::Binary(function, a, b) => match self.affine(*function, a, b, index)? {
                Some(angle) => Ok(angle),
                None => self.entering_element(flow, index),
            },
            FlowKind::Element(a, at) => {
                let stride: usize = self.shape(&flow.shape, flow.span)?.iter().product();
                let at = self.size(at, flow.span)?;
                self.angle(a, at * stride + index)
            }
            FlowKind::Slice(a, start) => {
                let rest: usize = self.shape(&flow.shape[1..], flow.span)?.iter().product();
                let start = self.size(start, flow.span)?;
                self.angle(a, start * rest + index)
            }
            FlowKind::Stack(parts) if parts.first().is_some_and(|part| part.shape.is_empty()) => match parts.get(index)
            {
                Some(part) => self.angle(part, 0),
                None => Err(too_large(flow.span, "an index")),
            },
            FlowKind::Concat(parts) => {
                let mut index = index;
                for part in parts {
                    let count: usize = self.shape(&part.shape, part.span)?.iter().product();
                    if index < count {
                        return self.angle(part, index);
                    }
                    index -= count;
                }
                Err(too_large(flow.span, "an index"))
            }
            FlowKind::Reshape(a) => self.angle(a, index),
            FlowKind::Pad(a) => {
                let count: usize = self.shape(&a.shape, a.span)?.iter().product();
                if index < count { self.angle(a, index) } else { Ok(Angle::constant(0.0)) }
            }
            FlowKind::If(condition, a, b) => {
                let taken = self.int(condition, flow.span)? != 0;
                self.angle(if taken { a } else { b }, index)
            }
            _ => self.entering_element(flow, index),
        }
    }

    /// The weight that a value names, found at once if it was asked for before.
    fn known_weight(&mut self, flow: &Flow) -> Result<WeightId, Diagnostic> {
        let made = self.made(flow);
        if let Some(&known) = self.known_weights.get(&made) {
            return Ok(known);
        }
        let shape = self.shape(&flow.shape, flow.span)?;
        let weight = self.weight(flow, &shape)?;
        self.known_weights.insert(made, weight);
        Ok(weight)
    }

    /// `a op b` as an affine form, if it is one.
    fn affine(&mut self, function: BinaryFn, a: &Flow, b: &Flow, index: usize) -> Result<Option<Angle>, Diagnostic> {
        let fixed = |this: &Self, flow: &Flow| fixed_real(flow, &this.bindings);
        Ok(match function {
            BinaryFn::Add => Some(self.part(a, index)?.plus(&self.part(b, index)?)),
            BinaryFn::Sub => Some(self.part(a, index)?.add_scaled(&self.part(b, index)?, -1.0)),
            BinaryFn::Mul => match (fixed(self, a), fixed(self, b)) {
                (Some(factor), _) => Some(self.part(b, index)?.scaled(factor)),
                (_, Some(factor)) => Some(self.part(a, index)?.scaled(factor)),
                _ => None,
            },
            BinaryFn::Div => match fixed(self, b) {
                Some(divisor) if divisor != 0.0 => Some(self.part(a, index)?.scaled(1.0 / divisor)),
                _ => None,
            },
            _ => None,
        })
    }

    /// An operand of an elementwise function: single numbers stand for every element.
    fn part(&mut self, flow: &Flow, index: usize) -> Result<Angle, Diagnostic> {
        self.angle(flow, if flow.shape.is_empty() { 0 } else { index })
    }

    fn entering_element(&mut self, flow: &Flow, index: usize) -> Result<Angle, Diagnostic> {
        let node = self.force(flow)?;
        Ok(self.entering(node, index))
    }
}

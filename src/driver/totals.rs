//! Requirements over additive metrics as totals that counting carries along.
//!
//! A comparison between whole multiples of metrics, each a sum over the steps of the circuits, and expressions over choices
//! becomes one total and one condition on it. What is no such comparison stays a requirement that needs the architecture built.

use super::frames::Frames;
use super::requirement::metric_requirements;
use crate::cost::{self, Chosen};
use crate::hir::entering::{enters, enters_nothing};
use crate::hir::expr::{self, Bindings, Expr};
use crate::hir::fixed_real;
use crate::hir::flow::{Flow, FlowKind};
use crate::hir::space::{Charged, Ledger, Total, highest, total};
use crate::hir::template::{Modifier, Step, Template};
use crate::hir::value::MetricExpr;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Variable};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A ledger with every requirement of a template that it can decide, and whether some requirement over cost is left.
#[must_use]
pub fn ledger(template: &Template) -> (Ledger, bool) {
    let mut fold =
        Fold { template, frames: OnceCell::new(), totals: Vec::new(), bounds: Vec::new(), conditions: Vec::new() };
    let mut left = false;
    // Only requirements that every architecture has: those of the search itself.
    let top = template.steps.iter().filter(|step| matches!(step, Step::RequireMetric { .. })).count();
    let all = metric_requirements(template);
    let nested = all.len() != top;
    for requirement in all.iter().filter(|one| !one.assert && !one.trained) {
        let known = fold.totals.len();
        match fold.condition(&requirement.condition).filter(|_| !nested) {
            Some(condition) => fold.conditions.push(condition),
            None => {
                fold.totals.truncate(known);
                fold.bounds.truncate(known);
                left = true;
            }
        }
    }
    (fold.finish(), left)
}

/// Whole multiples of metrics, by name.
type Terms = BTreeMap<String, i64>;

/// `terms + fixed + constant`
struct Linear {
    terms: Terms,
    fixed: Expr,
    constant: f64,
}

impl Linear {
    fn plus(mut self, other: &Self, factor: i64) -> Self {
        for (name, count) in &other.terms {
            *self.terms.entry(name.clone()).or_insert(0) += count * factor;
        }
        self.terms.retain(|_, count| *count != 0);
        self.fixed = expr::add(&self.fixed, &expr::scale(&other.fixed, factor));
        self.constant += other.constant * factor as f64;
        self
    }
}

struct Fold<'t> {
    template: &'t Template,
    /// Made when first asked for: it takes building.
    frames: OnceCell<Option<Frames>>,
    totals: Vec<Terms>,
    bounds: Vec<Option<i64>>,
    conditions: Vec<Expr>,
}

impl Fold<'_> {
    fn frames(&self) -> Option<&Frames> {
        self.frames.get_or_init(|| Frames::of(self.template)).as_ref()
    }

    /// A requirement as an expression over choices and totals.
    fn condition(&mut self, condition: &MetricExpr) -> Option<Expr> {
        match condition {
            MetricExpr::Unary(UnaryOp::Not, a) => Some(expr::not(&self.condition(a)?)),
            MetricExpr::Binary(BinaryOp::And, a, b) => Some(expr::and(&self.condition(a)?, &self.condition(b)?)),
            MetricExpr::Binary(BinaryOp::Or, a, b) => {
                let both = [self.condition(a)?, self.condition(b)?];
                Some(expr::any(both))
            }
            MetricExpr::Binary(op, a, b) => {
                let difference = linear(a)?.plus(&linear(b)?, -1);
                let plain = |name: &String| cost::find(name).is_some_and(|metric| !metric.metric.beyond_steps);
                if !difference.terms.keys().all(plain) || !self.template.reads_every_circuit() {
                    self.frames()?;
                }
                self.comparison(*op, difference)
            }
            MetricExpr::Fixed(fixed) => Some(fixed.clone()),
            _ => None,
        }
    }

    /// `difference op 0`
    fn comparison(&mut self, op: BinaryOp, difference: Linear) -> Option<Expr> {
        let (op, difference) = if difference.terms.values().all(|count| *count <= 0) {
            let zero = Linear { terms: Terms::new(), fixed: expr::int(0), constant: 0.0 };
            (mirrored(op), zero.plus(&difference, -1))
        } else {
            (op, difference)
        };
        // Whole numbers on the left, a real number on the right.
        let right = -difference.constant;
        if right.is_nan() || right.abs() >= 1e15 {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)] // Below 2^53.
        let (floor, ceil) = (right.floor() as i64, right.ceil() as i64);
        let bound = |constant: i64| expr::sub(&expr::int(constant), &difference.fixed);
        let whole = floor == ceil;
        let sum = self.total(&difference.terms, &bound(ceil));
        Some(match op {
            BinaryOp::Le => expr::le(&sum, &bound(floor)),
            BinaryOp::Lt => expr::lt(&sum, &bound(ceil)),
            BinaryOp::Ge => expr::le(&bound(ceil), &sum),
            BinaryOp::Gt => expr::lt(&bound(floor), &sum),
            BinaryOp::Eq if whole => expr::eq(&sum, &bound(floor)),
            BinaryOp::Ne if whole => expr::not(&expr::eq(&sum, &bound(floor))),
            BinaryOp::Eq => expr::int(0),
            BinaryOp::Ne => expr::int(1),
            _ => return None,
        })
    }

    /// The total of some terms, which is compared with `right`.
    fn total(&mut self, terms: &Terms, right: &Expr) -> Expr {
        if terms.is_empty() {
            return expr::int(0);
        }
        // One more than the bound, so that nothing equal to it is mistaken for something above.
        let grows = terms.values().all(|count| *count > 0);
        let bound = highest(self.template, right).filter(|_| grows).map(|high| high.saturating_add(1).max(0));
        let at = match self.totals.iter().position(|known| known == terms) {
            Some(at) => {
                self.bounds[at] = self.bounds[at].zip(bound).map(|(a, b)| a.max(b));
                at
            }
            None => {
                self.totals.push(terms.clone());
                self.bounds.push(bound);
                self.totals.len() - 1
            }
        };
        total(self.template, at)
    }

    fn finish(self) -> Ledger {
        let frames = self.frames.into_inner().flatten();
        let totals = self.totals.into_iter().zip(self.bounds).map(|(terms, bound)| {
            let terms: Vec<(Chosen, i64)> =
                terms.into_iter().filter_map(|(name, count)| Some((cost::find(&name)?, count))).collect();
            let rest = frames.as_ref().and_then(|frames| frames.rest(&terms)).map(Arc::new);
            let charge = move |charged: &Charged<'_>| {
                let charge = |(metric, count): &(Chosen, i64)| Some(expr::scale(&share(*metric, charged)?, *count));
                terms.iter().map(charge).try_fold(expr::int(0), |sum, part| Some(expr::add(&sum, &part?)))
            };
            Total { charge: Box::new(charge), rest, bound }
        });
        Ledger { totals: totals.collect(), conditions: self.conditions }
    }
}

/// The same comparison with its sides negated.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Ge => BinaryOp::Le,
        BinaryOp::Gt => BinaryOp::Lt,
        other => other,
    }
}

/// An expression as a sum, if it is one of metrics that add up.
fn linear(value: &MetricExpr) -> Option<Linear> {
    let nothing = || Linear { terms: Terms::new(), fixed: expr::int(0), constant: 0.0 };
    match value {
        MetricExpr::Number(number) => Some(Linear { constant: *number, ..nothing() }),
        MetricExpr::Fixed(fixed) => Some(match expr::constant(fixed) {
            Some(number) => Linear { constant: number as f64, ..nothing() },
            None => Linear { fixed: fixed.clone(), ..nothing() },
        }),
        MetricExpr::Metric { name, args, .. } if args.is_empty() => {
            cost::find(name)?.metric.per_step?;
            Some(Linear { terms: Terms::from([(name.to_string(), 1)]), ..nothing() })
        }
        MetricExpr::Unary(UnaryOp::Neg, a) => Some(nothing().plus(&linear(a)?, -1)),
        MetricExpr::Binary(BinaryOp::Add, a, b) => Some(linear(a)?.plus(&linear(b)?, 1)),
        MetricExpr::Binary(BinaryOp::Sub, a, b) => Some(linear(a)?.plus(&linear(b)?, -1)),
        MetricExpr::Binary(BinaryOp::Mul, a, b) => {
            let (a, b) = (linear(a)?, linear(b)?);
            let (factor, other) = if a.terms.is_empty() { (a, b) } else { (b, a) };
            let plain = factor.terms.is_empty() && expr::constant(&factor.fixed) == Some(0);
            let whole = plain && factor.constant.fract() == 0.0 && factor.constant.abs() < 1e9;
            #[allow(clippy::cast_possible_truncation)]
            whole.then(|| nothing().plus(&other, factor.constant as i64))
        }
        _ => None,
    }
}

/// What a step adds to a metric, over the choices.
fn share(metric: Chosen, charged: &Charged<'_>) -> Option<Expr> {
    let per_step = metric.metric.per_step?;
    let (op, times) = modified(charged, reads_data(charged).unwrap_or(false))?;
    let share = per_step(&op, metric.gate);
    if reads_data(charged).is_none() && share != per_step(&modified(charged, true)?.0, metric.gate) {
        return None;
    }
    let number = expr::scale(&times, share.number);
    match share.power {
        Some(power) if share.number != 0 => {
            let width = expr::add(charged.width?, &expr::int(power));
            Some(expr::mul(&number, &expr::pow(&expr::int(2), &width)))
        }
        _ => Some(number),
    }
}

/// Does an angle of a gate read the circuit's input? `None` if that depends, or cannot be seen.
fn reads_data(charged: &Charged<'_>) -> Option<bool> {
    let Step::Gate { angles, .. } = charged.step else { return Some(false) };
    if angles.iter().any(|(flow, _)| enters(flow).is_some()) {
        return Some(true);
    }
    angles.iter().all(|(flow, _)| enters_nothing(flow)).then_some(false)
}

/// A step under its modifiers, on any qubits and with any angles that read data or do not, and how often it happens.
fn modified(charged: &Charged<'_>, reads: bool) -> Option<(QuantumOp, Expr)> {
    let gate = match charged.step {
        Step::Gate { gate, .. } => *gate,
        _ => {
            let prepare =
                QuantumOp::Prepare { qubits: Vec::new(), values: Vec::new(), path: "".into(), span: Span::default() };
            return Some((prepare, expr::int(1)));
        }
    };
    let operands = u32::try_from(gate.controls + gate.targets).ok()?;
    let angle = || if reads { Angle::variable(Variable::Input(0)) } else { Angle::constant(0.5) };
    let params = gate.params.iter().map(|_| angle()).collect();
    let mut op = GateOp {
        operation: Operation::Gate { gate, params },
        extra_controls: Vec::new(),
        qubits: (0..operands).collect(),
        path: "".into(),
        span: Span::default(),
    };
    let mut times = expr::int(1);
    for modifier in charged.modifiers.iter().rev() {
        match modifier {
            Modifier::Inverse => op = op.inverse(),
            Modifier::Controls(controls, value) => {
                op.extra_controls.splice(0..0, controls.iter().map(|_| *value));
                let first = u32::try_from(op.qubits.len()).ok()?;
                op.qubits.extend((first..).take(controls.len()));
            }
            Modifier::Power(power) => {
                let (count, backwards) = whole(power)?;
                if backwards {
                    op = op.inverse();
                }
                times = expr::mul(&times, &count);
            }
        }
    }
    Some((QuantumOp::Gate(op), times))
}

/// A power as a number of repetitions, and whether of the inverse. Powers between whole numbers make other gates, and the sign
/// of one that depends on choices is not known: both are left to building.
fn whole(power: &Flow) -> Option<(Expr, bool)> {
    if let FlowKind::FromInt(count) = &power.kind
        && expr::constant(count).is_none()
    {
        return None;
    }
    let value = fixed_real(power, &Bindings::default())?;
    if value.fract() != 0.0 || value.abs() >= 1e9 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)]
    Some((expr::int(value.abs() as i64), value < 0.0))
}

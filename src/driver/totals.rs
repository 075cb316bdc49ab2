//! Requirements over additive metrics as totals that counting carries along.
//!
//! A comparison between whole multiples of metrics, each a sum over the steps of the circuits, and expressions over choices
//! becomes one total and one condition on it. What is no such comparison stays a requirement that needs the architecture built.

use super::charge::share;
use super::frames::{Frames, flag};
use super::requirement::metric_requirements;
use crate::cost::{self, Chosen};
use crate::hir::expr::{self, Expr, Symbol};
use crate::hir::frame::Frame;
use crate::hir::space::{Charged, Ledger, Rest, Total, highest, total_symbol};
use crate::hir::template::{Step, Template};
use crate::hir::value::MetricExpr;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A ledger with every requirement of a template that it can decide, and whether some requirement over cost is left.
#[must_use]
pub fn ledger(template: &Template) -> (Ledger, bool) {
    let mut fold = Fold::new(template);
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
    frame: Option<Frame>,
    /// Which circuits are read. Made when first asked for: it takes building.
    reads: OnceCell<Option<Frames>>,
    /// That, and what everything but steps costs.
    costs: OnceCell<Option<Frames>>,
    totals: Vec<Terms>,
    bounds: Vec<Option<i64>>,
    conditions: Vec<Expr>,
}

impl<'t> Fold<'t> {
    fn new(template: &'t Template) -> Self {
        let (reads, costs) = (OnceCell::new(), OnceCell::new());
        let frame = template.frame();
        Self { template, frame, reads, costs, totals: Vec::new(), bounds: Vec::new(), conditions: Vec::new() }
    }

    fn reads(&self) -> Option<&Frames> {
        self.reads.get_or_init(|| Frames::of_reads(self.template, self.frame.as_ref()?)).as_ref()
    }

    fn costs(&self) -> Option<&Frames> {
        self.costs.get_or_init(|| Frames::of_all(self.template, self.frame.as_ref()?)).as_ref()
    }

    /// How many totals are flags of the frame. They come first.
    fn flags(&self) -> usize {
        self.frame.as_ref().map_or(0, |frame| frame.flags.len())
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
                let plain = |name: &String| cost::find(name).is_some_and(|metric| metric.metric.per_node.is_none());
                if difference.terms.keys().all(plain) {
                    self.reads()?
                } else {
                    self.costs()?
                };
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
        expr::symbol(total_symbol(self.template, self.flags() + at))
    }

    fn finish(self) -> Ledger {
        let frames = self.costs.into_inner().flatten().or(self.reads.into_inner().flatten());
        let known =
            self.totals.iter().map(|terms| frames.as_ref().map(|frames| frames.rests(terms)).unwrap_or_default());
        let known: Vec<Vec<Arc<Rest>>> = known.collect();
        let guesses = frames.as_ref().map(Frames::guesses).unwrap_or_default();
        // Flags that nothing asks for in the end need not be raised.
        let rests = known.iter().flatten().chain(guesses.iter().map(|guess| &guess.read));
        let asked: BTreeSet<Symbol> = rests.flat_map(|rest| rest.symbols.iter().copied()).collect();
        let used = |at: usize| asked.contains(&total_symbol(self.template, at));
        let flags = self.frame.into_iter().flat_map(|frame| frame.flags).enumerate();
        let flags = flags.map(|(at, one)| flag(one, used(at)));
        let totals = self.totals.into_iter().zip(self.bounds).zip(known).map(|((terms, bound), rests)| {
            let terms: Vec<(Chosen, i64)> =
                terms.into_iter().filter_map(|(name, count)| Some((cost::find(&name)?, count))).collect();
            let charge = move |charged: &Charged<'_>| {
                let charge = |(metric, count): &(Chosen, i64)| Some(expr::scale(&share(*metric, charged)?, *count));
                terms.iter().map(charge).try_fold(expr::int(0), |sum, part| Some(expr::add(&sum, &part?)))
            };
            Total { charge: Box::new(charge), of_read: true, rests, bound }
        });
        Ledger { totals: flags.chain(totals).collect(), guesses, conditions: self.conditions }
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

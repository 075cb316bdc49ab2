//! Expressions over metrics as numbers: objectives, and by how much a requirement is missed.

use crate::cost::device::Priced;
use crate::hir::expr::Bindings;
use crate::hir::fixed_real;
use crate::hir::value::{MetricExpr, Value};
use crate::syntax::ast::{BinaryOp, UnaryOp};
use std::sync::Arc;

/// Gives a metric by its full name and arguments; `None` if it is not known here.
pub type MetricSource<'a> = dyn FnMut(&str, &[(Arc<str>, f64)]) -> Option<f64> + 'a;

/// The value of an expression; comparisons give 1 or 0. `None` if a metric is not known or a symbol has no value.
#[must_use]
pub fn evaluate(expr: &MetricExpr, bindings: &Bindings, metric: &mut MetricSource<'_>) -> Option<f64> {
    Some(match expr {
        MetricExpr::Number(value) => *value,
        MetricExpr::Fixed(fixed) => bindings.eval(fixed)? as f64,
        MetricExpr::Real(flow) => fixed_real(flow, bindings)?,
        MetricExpr::Metric { name, args, .. } => {
            let args: Option<Vec<(Arc<str>, f64)>> =
                args.iter().map(|(name, value)| Some((name.clone(), number(value, bindings)?))).collect();
            metric(name, &args?)?
        }
        MetricExpr::Unary(UnaryOp::Neg, a) => -evaluate(a, bindings, metric)?,
        MetricExpr::Unary(UnaryOp::Not, a) => truth(evaluate(a, bindings, metric)? == 0.0),
        MetricExpr::Binary(op, a, b) => {
            let (a, b) = (evaluate(a, bindings, metric)?, evaluate(b, bindings, metric)?);
            binary(*op, a, b)
        }
    })
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn binary(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::Rem => a - (a / b).floor() * b,
        BinaryOp::Pow => a.powf(b),
        BinaryOp::Eq => truth(a == b),
        BinaryOp::Ne => truth(a != b),
        BinaryOp::Lt => truth(a < b),
        BinaryOp::Le => truth(a <= b),
        BinaryOp::Gt => truth(a > b),
        BinaryOp::Ge => truth(a >= b),
        BinaryOp::And => truth(a != 0.0 && b != 0.0),
        BinaryOp::Or => truth(a != 0.0 || b != 0.0),
    }
}

fn number(value: &Value, bindings: &Bindings) -> Option<f64> {
    match value {
        Value::Int(e) | Value::Bool(e) => Some(bindings.eval(e)? as f64),
        Value::Real(flow) => fixed_real(flow, bindings),
        Value::OneOf(cases) => {
            let (_, value) = cases.iter().find(|(c, _)| bindings.eval(c).is_some_and(|c| c != 0))?;
            number(value, bindings)
        }
        _ => None,
    }
}

/// By how much a requirement is missed: 0 if it holds; for a comparison the distance to the bound, which an equal pair
/// under `<` misses by the smallest positive number; the sum over `&&`, the smaller over `||`.
#[must_use]
pub fn violation(expr: &MetricExpr, bindings: &Bindings, metric: &mut MetricSource<'_>) -> Option<f64> {
    if let MetricExpr::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) = expr {
        let (a, b) = (violation(a, bindings, metric)?, violation(b, bindings, metric)?);
        return Some(if *op == BinaryOp::And { a + b } else { a.min(b) });
    }
    let missed = evaluate(expr, bindings, metric)? == 0.0;
    if !missed {
        return Some(0.0);
    }
    let MetricExpr::Binary(op, a, b) = expr else { return Some(1.0) };
    let (a, b) = (evaluate(a, bindings, metric)?, evaluate(b, bindings, metric)?);
    let distance = match op {
        BinaryOp::Le | BinaryOp::Lt => a - b,
        BinaryOp::Ge | BinaryOp::Gt => b - a,
        BinaryOp::Eq => (a - b).abs(),
        _ => 1.0,
    };
    // A metric that is not a number meets nothing.
    Some(if distance.is_nan() { f64::INFINITY } else { distance.max(f64::MIN_POSITIVE) })
}

/// A cost metric of a graph; `None` for metrics that need a trained model or an argument or device that is not there. A budget below one
/// qubit lets nothing run: infinite.
#[must_use]
pub fn cost_metric(priced: &Priced<'_>, name: &str, args: &[(Arc<str>, f64)]) -> Option<f64> {
    let mut chosen = crate::cost::find(name)?;
    if chosen.is_open() {
        let (_, budget) = args.iter().find(|(name, _)| &**name == "budget")?;
        if *budget < 1.0 {
            return Some(f64::INFINITY);
        }
        chosen.budget = *budget as usize;
    }
    chosen.evaluate_on(priced)
}

/// The parts of an expression that are known before training: choices and cost metrics.
pub fn before_training(expr: &MetricExpr, visit: &mut dyn FnMut(&MetricExpr)) {
    match expr {
        MetricExpr::Number(_) => {}
        MetricExpr::Metric { name, .. } if crate::cost::find(name).is_none() => {}
        MetricExpr::Metric { .. } | MetricExpr::Fixed(_) | MetricExpr::Real(_) => visit(expr),
        MetricExpr::Unary(_, a) => before_training(a, visit),
        MetricExpr::Binary(_, a, b) => {
            before_training(a, visit);
            before_training(b, visit);
        }
    }
}

/// Does an expression mention a metric?
#[must_use]
pub fn mentions(expr: &MetricExpr, wanted: &str) -> bool {
    match expr {
        MetricExpr::Metric { name, .. } => &**name == wanted,
        MetricExpr::Unary(_, a) => mentions(a, wanted),
        MetricExpr::Binary(_, a, b) => mentions(a, wanted) || mentions(b, wanted),
        MetricExpr::Number(_) | MetricExpr::Fixed(_) | MetricExpr::Real(_) => false,
    }
}

/// Does an expression mention a training-free proxy?
#[must_use]
pub fn needs_proxy(expr: &MetricExpr) -> bool {
    match expr {
        MetricExpr::Metric { name, .. } => crate::cost::find(name).is_some_and(|chosen| chosen.metric.proxy),
        MetricExpr::Unary(_, a) => needs_proxy(a),
        MetricExpr::Binary(_, a, b) => needs_proxy(a) || needs_proxy(b),
        MetricExpr::Number(_) | MetricExpr::Fixed(_) | MetricExpr::Real(_) => false,
    }
}

/// Does an expression mention a metric that needs a trained model?
#[must_use]
pub fn needs_training(expr: &MetricExpr) -> bool {
    match expr {
        MetricExpr::Metric { name, .. } => crate::cost::find(name).is_none(),
        MetricExpr::Unary(_, a) => needs_training(a),
        MetricExpr::Binary(_, a, b) => needs_training(a) || needs_training(b),
        MetricExpr::Number(_) | MetricExpr::Fixed(_) | MetricExpr::Real(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn metric(name: &str) -> Arc<MetricExpr> {
        Arc::new(MetricExpr::Metric { name: name.into(), args: Vec::new(), span: Span::default() })
    }

    fn compare(op: BinaryOp, bound: f64) -> MetricExpr {
        MetricExpr::Binary(op, metric("depth"), Arc::new(MetricExpr::Number(bound)))
    }

    fn both(expr: &MetricExpr, depth: f64) -> (f64, f64) {
        let mut source = |name: &str, _: &[(Arc<str>, f64)]| (name == "depth").then_some(depth);
        let bindings = Bindings::default();
        (evaluate(expr, &bindings, &mut source).unwrap(), violation(expr, &bindings, &mut source).unwrap())
    }

    #[test]
    fn a_comparison_is_missed_by_the_distance_to_its_bound() {
        assert_eq!(both(&compare(BinaryOp::Le, 10.0), 10.0), (1.0, 0.0));
        assert_eq!(both(&compare(BinaryOp::Le, 10.0), 13.0), (0.0, 3.0));
        assert_eq!(both(&compare(BinaryOp::Ge, 10.0), 7.5), (0.0, 2.5));
        assert_eq!(both(&compare(BinaryOp::Eq, 4.0), 7.0), (0.0, 3.0));
        let (holds, missed) = both(&compare(BinaryOp::Lt, 10.0), 10.0);
        assert!(holds == 0.0 && missed > 0.0);
        assert_eq!(both(&compare(BinaryOp::Le, 10.0), f64::NAN), (0.0, f64::INFINITY));
    }

    #[test]
    fn parts_add_under_and_and_the_nearer_one_counts_under_or() {
        let pair = |op| {
            let (a, b) = (compare(BinaryOp::Le, 10.0), compare(BinaryOp::Le, 5.0));
            MetricExpr::Binary(op, Arc::new(a), Arc::new(b))
        };
        assert_eq!(both(&pair(BinaryOp::And), 12.0), (0.0, 2.0 + 7.0));
        assert_eq!(both(&pair(BinaryOp::Or), 12.0), (0.0, 2.0));
        assert_eq!(both(&pair(BinaryOp::Or), 8.0), (1.0, 0.0));
    }

    #[test]
    fn a_metric_nobody_knows_gives_nothing() {
        let mut source = |_: &str, _: &[(Arc<str>, f64)]| None;
        assert_eq!(evaluate(&metric("accuracy"), &Bindings::default(), &mut source), None);
        assert!(needs_training(&metric("accuracy")) && !needs_training(&metric("flops.quantum")));
    }
}

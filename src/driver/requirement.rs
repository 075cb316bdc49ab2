//! Which requirements an architecture misses: those over choices and those over its cost.

use super::metric::{cost_metric, needs_proxy, needs_training, violation};
use crate::cost::device::Priced;
use crate::diag::Diagnostic;
use crate::hir::errors::space;
use crate::hir::expr::{Bindings, Picked};
use crate::hir::symbol::SymbolKind;
use crate::hir::template::{Step, Template};
use crate::hir::value::MetricExpr;
use crate::ir::Graph;
use crate::source::Span;
use std::sync::Arc;

/// A `require` or `assert` that does not hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Missed {
    /// Where it is written.
    pub span: Span,
    /// Is it an `assert`, which no architecture may miss?
    pub assert: bool,
    /// By how much; 1 for a condition over choices.
    pub by: f64,
}

/// A requirement over metrics.
#[derive(Clone, Debug)]
pub struct MetricRequirement {
    /// What must hold.
    pub condition: Arc<MetricExpr>,
    /// Is it an `assert`?
    pub assert: bool,
    /// Does it need a trained model, or a proxy measured? Then it removes nothing from the space; results must meet it.
    pub trained: bool,
    /// Where it is written.
    pub span: Span,
}

/// The requirements over metrics that a template has, in order.
#[must_use]
pub fn metric_requirements(template: &Template) -> Vec<MetricRequirement> {
    fn walk(steps: &[Step], out: &mut Vec<MetricRequirement>) {
        for step in steps {
            match step {
                Step::RequireMetric { condition, assert, span } => out.push(MetricRequirement {
                    condition: condition.clone(),
                    assert: *assert,
                    trained: needs_training(condition) || needs_proxy(condition),
                    span: *span,
                }),
                Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => walk(body, out),
                Step::Branch { then, otherwise, .. } => {
                    walk(then, out);
                    walk(otherwise, out);
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    walk(&template.steps, &mut out);
    out
}

/// The requirements an architecture misses, in order. Those over metrics that need a trained model or a proxy
/// measured are left aside, and all over metrics without a graph.
#[must_use]
pub fn missed<'t>(template: &'t Template, bindings: &Bindings, graph: Option<&'t Graph>) -> Vec<Missed> {
    let graph = graph.map(|graph| Priced::new(graph, template.device.as_deref()));
    let mut walk = Walk { template, bindings: bindings.clone(), graph, out: Vec::new() };
    walk.steps(&template.steps);
    walk.out
}

struct Walk<'t> {
    template: &'t Template,
    bindings: Bindings,
    graph: Option<Priced<'t>>,
    out: Vec<Missed>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Require { condition, span } if self.bindings.eval(condition) == Some(0) => {
                    self.out.push(Missed { span: *span, assert: false, by: 1.0 });
                }
                // A space is counted and drawn from by what costs microseconds.
                Step::RequireMetric { condition, .. } if needs_proxy(condition) => {}
                Step::RequireMetric { condition, assert, span } => {
                    let Some(graph) = &self.graph else { continue };
                    let by = violation(condition, &self.bindings, &mut |name, args| cost_metric(graph, name, args));
                    if let Some(by) = by.filter(|by| *by > 0.0) {
                        self.out.push(Missed { span: *span, assert: *assert, by });
                    }
                }
                Step::Circuit { body, .. } | Step::Modified { body, .. } => self.steps(body),
                Step::Branch { condition, then, otherwise } => {
                    let taken = self.bindings.eval(condition).unwrap_or(0) != 0;
                    self.steps(if taken { then } else { otherwise });
                }
                Step::Loop { var, filter, body } if has_requirements(body) => {
                    let SymbolKind::Loop { start, step, len } = &self.template.symbol(*var).kind else { continue };
                    let (Some(start), Some(len)) = (self.bindings.eval(start), self.bindings.eval(len)) else {
                        continue;
                    };
                    for turn in 0..len.max(0) {
                        self.bindings.bind(var.0, Vec::new(), Picked::Int(start + turn * step));
                        if filter.as_ref().is_none_or(|f| self.bindings.eval(f) != Some(0)) {
                            self.steps(body);
                        }
                    }
                    self.bindings.restore(var.0, Vec::new(), None);
                }
                _ => {}
            }
        }
    }
}

fn has_requirements(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Require { .. } | Step::RequireMetric { .. } => true,
        Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => has_requirements(body),
        Step::Branch { then, otherwise, .. } => has_requirements(then) || has_requirements(otherwise),
        _ => false,
    })
}

impl Missed {
    /// The error for an architecture that was picked and misses this.
    #[must_use]
    pub fn report(&self) -> Diagnostic {
        let (code, message) = if self.assert {
            (&space::ASSERT_FAILS, "this `assert` does not hold in the architecture that was picked")
        } else {
            (&space::BAD_ASSIGNMENT, "the architecture that was picked does not meet this requirement")
        };
        let diagnostic = Diagnostic::error(code, self.span, message);
        match self.assert || self.by == 1.0 {
            true => diagnostic,
            false => diagnostic.note(format!("it is missed by {}", self.by)),
        }
    }
}

//! The requirements over metrics that one architecture meets on its way: reached where control reaches them.

use crate::driver::metric::{MetricSource, needs_training, violation};
use crate::hir::expr::{Bindings, Picked};
use crate::hir::symbol::SymbolKind;
use crate::hir::template::{Step, Steps, Template};
use crate::hir::value::MetricExpr;
use crate::source::Span;
use std::sync::Arc;

/// A `require` or `assert` over metrics, with the values of the loops around it.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What must hold.
    pub condition: Arc<MetricExpr>,
    /// Does breaking it make the program wrong, rather than the architecture unwanted?
    pub assert: bool,
    /// Where it is written.
    pub span: Span,
    bindings: Bindings,
}

impl Requirement {
    /// By how much it is missed, 0 if it holds; `None` if a metric is not known to `source`.
    #[must_use]
    pub fn missed_by(&self, source: &mut MetricSource<'_>) -> Option<f64> {
        violation(&self.condition, &self.bindings, source)
    }

    /// The values of choices and loops where it stands.
    #[must_use]
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// Does it speak of a metric that needs a trained model?
    #[must_use]
    pub fn needs_training(&self) -> bool {
        needs_training(&self.condition)
    }
}

/// All requirements over metrics that exist under these values of the choices, in program order.
#[must_use]
pub fn requirements(template: &Template, bindings: &Bindings) -> Vec<Requirement> {
    let mut walk = Walk { template, bindings: bindings.clone(), found: Vec::new() };
    if any(&template.steps) {
        walk.steps(&template.steps);
    }
    walk.found
}

/// Is there any requirement over metrics? Most programs have none, and walking every gate would be for nothing.
fn any(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::RequireMetric { .. } => true,
        Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => any(body),
        Step::Branch { then, otherwise, .. } => any(then) || any(otherwise),
        _ => false,
    })
}

struct Walk<'t> {
    template: &'t Template,
    bindings: Bindings,
    found: Vec<Requirement>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &Steps) {
        for step in steps {
            match step {
                Step::RequireMetric { condition, assert, span } => self.found.push(Requirement {
                    condition: condition.clone(),
                    assert: *assert,
                    span: *span,
                    bindings: self.bindings.clone(),
                }),
                Step::Loop { var, filter, body } if any(body) => {
                    let SymbolKind::Loop { start, step, len } = &self.template.symbol(*var).kind else { continue };
                    let (Some(start), Some(len)) = (self.bindings.eval(start), self.bindings.eval(len)) else {
                        continue;
                    };
                    for turn in 0..len.max(0) {
                        self.bindings.bind(var.0, Vec::new(), Picked::Int(start + turn * step));
                        if filter.as_ref().is_none_or(|filter| self.bindings.eval(filter) != Some(0)) {
                            self.steps(body);
                        }
                    }
                    self.bindings.restore(var.0, Vec::new(), None);
                }
                Step::Branch { condition, then, otherwise } => {
                    let taken = self.bindings.eval(condition).is_some_and(|holds| holds != 0);
                    self.steps(if taken { then } else { otherwise });
                }
                Step::Circuit { body, .. } | Step::Modified { body, .. } => self.steps(body),
                _ => {}
            }
        }
    }
}

//! What feeds the model of a search, data or an environment, and whether the model gives what that wants.

use super::super::errors::types;
use super::super::expr;
use super::super::flow::Flow;
use super::super::value::ConfigCall;
use super::super::vocabulary::{DataShape, TargetKind};
use super::Elaborator;
use crate::diag::Diagnostic;
use crate::source::Span;
use std::sync::Arc;

/// The setting that a search binds to the number of targets, if a model leaves it open.
pub(super) fn targets_setting(shape: &DataShape) -> (&'static str, i64) {
    match shape.kind {
        TargetKind::Actions => ("actions", shape.targets),
        TargetKind::Classes | TargetKind::Values => ("classes", shape.targets),
    }
}

impl Elaborator<'_> {
    /// The shape of what feeds the model.
    pub(super) fn shape_of(
        &mut self,
        data: Option<&Arc<ConfigCall>>,
        env: Option<&Arc<ConfigCall>>,
    ) -> Option<DataShape> {
        if let (Some(_), Some(env)) = (data, env) {
            self.report(
                Diagnostic::error(
                    &types::BAD_FIELD,
                    env.span,
                    "a model learns from data or in an environment, not both",
                )
                .help("leave out `data` or `env`"),
            );
            return None;
        }
        let (call, found) = match (data, env) {
            (Some(call), _) => (call, (self.vocabulary.data)(call)),
            (None, Some(call)) => (call, (self.vocabulary.environments)(call)),
            (None, None) => return None,
        };
        match found {
            Ok(shape) => Some(shape),
            Err(mut diagnostic) => {
                diagnostic.primary = diagnostic.primary.or(Some(call.span));
                self.report(diagnostic);
                None
            }
        }
    }

    /// Must the model give as many numbers as there are targets? Under every assignment.
    pub(super) fn fits(&mut self, shape: &DataShape, outputs: &[(String, Flow)], span: Span) {
        if shape.kind == TargetKind::Actions {
            return self.is_policy(shape, outputs, span);
        }
        let [(_, only)] = outputs else { return };
        let kind = if shape.kind == TargetKind::Classes { "classes" } else { "target values" };
        let want = shape.targets;
        self.gives(only, want, span, move |have| {
            format!("the model gives {have} numbers, but the data has {want} {kind}")
        });
    }

    /// A policy gives a number per action, and may give what it thinks a state is worth.
    fn is_policy(&mut self, shape: &DataShape, outputs: &[(String, Flow)], span: Span) {
        let actions = shape.targets;
        let (policy, value) = match outputs {
            [(_, policy)] => (policy, None),
            [(a, policy), (b, value)] | [(b, value), (a, policy)] if a == "policy" && b == "value" => {
                (policy, Some(value))
            }
            _ => {
                let names: Vec<String> = outputs.iter().map(|(name, _)| format!("`{name}`")).collect();
                self.report(
                    Diagnostic::error(
                        &types::RESULT_MISMATCH,
                        span,
                        format!("a policy gives `policy` and `value`, this gives {}", names.join(", ")),
                    )
                    .help(format!("let the model give `(policy: real[{actions}], value: real[1])`")),
                );
                return;
            }
        };
        self.gives(policy, actions, span, move |have| {
            format!("the policy gives {have} numbers, but the environment has {actions} actions")
        });
        if let Some(value) = value {
            self.gives(value, 1, span, |have| format!("a state has one value, but the model gives {have}"));
        }
    }

    fn gives(&mut self, flow: &Flow, want: i64, span: Span, said: impl Fn(String) -> String + 'static) {
        if flow.shape.len() > 1 {
            return;
        }
        let have = flow.shape.first().cloned().unwrap_or_else(|| expr::int(1));
        let shown = have.clone();
        self.must(expr::eq(&have, &expr::int(want)), &types::SHAPE_MISMATCH, span, move |case| said(case.show(&shown)));
    }
}

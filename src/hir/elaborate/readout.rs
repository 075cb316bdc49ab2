//! Read-outs: what leaves a circuit.

use super::super::errors::types;
use super::super::expr;
use super::super::flow::{self, CircuitRef, FlowKind, Wires};
use super::super::value::Value;
use super::Elaborator;
use crate::diag::Diagnostic;
use crate::source::Span;

impl Elaborator<'_> {
    fn read(&mut self, span: Span, what: &str) -> Option<CircuitRef> {
        match &mut self.circuit {
            Some(state) => {
                state.readout.get_or_insert(span);
                Some(CircuitRef { id: state.id, at: state.at.clone() })
            }
            None => {
                self.report(
                    Diagnostic::error(
                        &types::MISPLACED,
                        span,
                        format!("`{what}` reads out a circuit, and this is none"),
                    )
                    .help("move it into a `circuit`"),
                );
                None
            }
        }
    }

    /// `expect(observable)`
    pub(super) fn expect(&mut self, args: &[(Value, Span)], span: Span) -> Value {
        let [(value, at)] = args else {
            let given = args.len();
            return self.error(&types::ARGUMENT_COUNT, span, format!("`expect` takes one observable, {given} given"));
        };
        let described = value.describe();
        let Some(observable) = self.as_observable(value.clone(), *at) else {
            let diagnostic = Diagnostic::error(
                &types::TYPE_MISMATCH,
                *at,
                format!("`expect` takes an observable, this is {described}"),
            );
            return self.report(if matches!(value, Value::Wires(_)) {
                diagnostic.help("say which: `expect(Z(q))`")
            } else {
                diagnostic
            });
        };
        let Some(circuit) = self.read(span, "expect") else { return Value::Error };
        let shape = observable.len.iter().cloned().collect();
        Value::Real(flow::flow(FlowKind::Expect(circuit, observable), shape, span))
    }

    /// `probabilities(q)`
    pub(super) fn probabilities(&mut self, args: &[(Value, Span)], span: Span) -> Value {
        let [(Value::Wires(wires), _)] = args else {
            return self.error(&types::TYPE_MISMATCH, span, "`probabilities` takes a qubit or a register");
        };
        let Some(circuit) = self.read(span, "probabilities") else { return Value::Error };
        let len = wires.len.clone().unwrap_or_else(|| expr::int(1));
        let wires = Wires { len: Some(len.clone()), ..wires.clone() };
        let shape = vec![expr::pow(&expr::int(2), &len)];
        Value::Real(flow::flow(FlowKind::Probabilities(circuit, wires), shape, span))
    }
}

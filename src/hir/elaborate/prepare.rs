//! `prepare(v) q;`: setting untouched qubits to a state.

use super::super::errors::types;
use super::super::expr;
use super::super::flow::Wires;
use super::super::template::Step;
use super::super::value::Value;
use super::Elaborator;
use crate::diag::Diagnostic;
use crate::source::Span;

impl Elaborator<'_> {
    /// `prepare(v) q;`
    pub(super) fn prepare(&mut self, args: &[(Value, Span)], operands: &[Value], spans: &[Span], span: Span) {
        let [(value, at)] = args else {
            self.error(&types::ARGUMENT_COUNT, span, "`prepare` takes one vector of amplitudes: `prepare(v) q;`");
            return;
        };
        let described = value.describe();
        let Some(values) = self.as_real(value.clone(), *at) else {
            self.error(
                &types::TYPE_MISMATCH,
                *at,
                format!("`prepare` takes a vector of amplitudes, this is {described}"),
            );
            return;
        };
        let mut wires = Vec::new();
        let mut count = expr::int(0);
        for (operand, place) in operands.iter().zip(spans) {
            let Value::Wires(found) = operand else {
                let what = operand.describe();
                self.error(&types::OPERAND_COUNT, *place, format!("`prepare` acts on qubits, this is {what}"));
                return;
            };
            count = expr::add(&count, found.len.as_ref().unwrap_or(&expr::int(1)));
            wires.push(found.clone());
        }
        let [size] = values.shape.as_slice() else {
            self.error(&types::SHAPE_MISMATCH, *at, "`prepare` takes a vector");
            return;
        };
        let (have, qubits, need) = (size.clone(), count.clone(), expr::pow(&expr::int(2), &count));
        let wanted = need.clone();
        self.require_that(
            expr::eq(size, &need),
            Box::new({
                let at = *at;
                move |case| {
                    Diagnostic::error(
                        &types::SHAPE_MISMATCH,
                        at,
                        format!(
                            "{} amplitudes for {} qubits, which have {}",
                            case.show(&have),
                            case.show(&qubits),
                            case.show(&wanted)
                        ),
                    )
                    .help("`pad(v, 2 ** n)` fills up with zeros")
                }
            }),
        );
        self.untouched(&wires, span);
        let path = self.path();
        let span = self.user_place(span);
        self.emit(Step::Prepare { values, wires, path, span });
    }

    fn untouched(&mut self, wires: &[Wires], span: Span) {
        let touched = self.circuit.as_ref().map(|state| state.touched.clone()).unwrap_or_default();
        for (qubit, guards, earlier) in touched {
            for wire in wires {
                let offset = expr::sub(&qubit, &wire.base);
                let len = wire.len.clone().unwrap_or_else(|| expr::int(1));
                let outside = expr::any([expr::lt(&offset, &expr::int(0)), expr::le(&len, &offset)]);
                let before = self.guards.len();
                self.guards.extend(guards.iter().cloned());
                self.require_that(
                    outside,
                    Box::new(move |_| {
                        let message = "`prepare` sets qubits that a gate has used before";
                        Diagnostic::error(&types::PREPARE_TOUCHED, span, message)
                            .label(earlier, "used here")
                            .help("prepare the state first")
                    }),
                );
                self.guards.truncate(before);
            }
        }
    }
}

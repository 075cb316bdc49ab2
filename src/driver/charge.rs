//! What a step of a circuit adds to a metric, as an expression over the choices.
//!
//! A metric prices steps of a graph, where every choice is made. A step of a template stands for many of those, which have one price: it
//! depends on the gate, its modifiers and whether its angles read data.

use crate::cost::Chosen;
use crate::hir::entering::{enters, enters_nothing};
use crate::hir::expr::{self, Bindings, Expr};
use crate::hir::fixed_real;
use crate::hir::flow::{Flow, FlowKind};
use crate::hir::space::Charged;
use crate::hir::template::{Modifier, Step};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Variable};
use crate::source::Span;

/// What a step adds to a metric, over the choices.
pub(super) fn share(metric: Chosen, charged: &Charged<'_>) -> Option<Expr> {
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

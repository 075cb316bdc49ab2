//! Gates on single qubits with numbers for angles, at the top of a program: made at once where nothing is special about them.

use super::super::ast::{Base, Call, Expr, ExprKind, Operand, Quick, Selector};
use super::bits::QubitState;
use super::{Callee, Entity, Lower, Lowered};
use crate::ir::{Angle, GateOp, Operation, QuantumOp};
use crate::source::Span;

impl Lower<'_> {
    /// Applies such a gate; what is wrong or special about it is found by the general way.
    pub(super) fn quick(&mut self, quick: &Quick, span: Span) -> Lowered<()> {
        match self.quick_op(quick, span) {
            Some(op) => {
                self.step(span)?;
                self.ops.push(op);
                Ok(())
            }
            None => self.call(&spelled(quick, span), span),
        }
    }

    fn quick_op(&mut self, quick: &Quick, span: Span) -> Option<QuantumOp> {
        let known = self.gates.get(quick.name.sym.0 as usize)?.as_ref()?;
        let Callee::Gate(gate) = known.callee else { return None };
        let (args, operands) = (quick.args(), quick.operands());
        let plain = self.conditions.is_empty() && self.sinks.is_empty() && self.locals.is_empty();
        if !plain || args.len() != gate.params.len() || operands.len() != gate.n_qubits() {
            return None;
        }
        let mut qubits = Vec::with_capacity(operands.len());
        for operand in operands {
            let Some(Some((Entity::Qubits { start, len, single: false }, _))) =
                self.values.get(operand.base.0 as usize)
            else {
                return None;
            };
            let qubit = start + operand.at;
            let usable = matches!(self.qubits.get(qubit as usize), Some(QubitState::Fresh | QubitState::Used));
            if operand.at >= *len || !usable || qubits.contains(&qubit) {
                return None;
            }
            qubits.push(qubit);
        }
        qubits.iter().for_each(|&qubit| self.qubits[qubit as usize] = QubitState::Used);
        let params = args.iter().map(|&value| Angle::constant(value)).collect();
        let operation = Operation::Gate { gate, params };
        let path = self.no_path.clone();
        Some(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }))
    }
}

/// The same as the general parser has it.
fn spelled(quick: &Quick, span: Span) -> Call {
    let leaf = |kind, span| Expr { kind, span, height: 0 };
    let operand = |operand: &super::super::ast::QuickOperand| {
        let span = Span { file: span.file, start: operand.start, end: operand.end };
        let index = leaf(ExprKind::Int(i64::from(operand.at)), span);
        Operand { base: Base::Name(operand.base), selector: Some(Selector::One(index)), span }
    };
    Call {
        modifiers: Vec::new(),
        name: quick.name,
        args: quick.args().iter().map(|&value| leaf(ExprKind::Real(value), quick.name.span)).collect(),
        operands: quick.operands().iter().map(operand).collect(),
    }
}

//! Measurements, conditions and resets, as far as a circuit that is read out once at its end can carry them.
//!
//! A measurement is deferred: it names the qubit that is read at the end. If a gate changes that qubit later on, a `cx` copies the outcome to a
//! qubit of its own first, which is read instead.
//! A condition on measured bits becomes controls on their qubits, which gives every later measurement the same
//! distribution. A reset of a qubit that nothing has touched does nothing; one at the end is dropped.

use super::super::ast::{Binary, Expr, ExprKind, Operand, Selector, Stmt};
use super::operands::index;
use super::{Body, Entity, Lower, Lowered, Value, errors};
use crate::diag::Diagnostic;
use crate::gates;
use crate::ir::build::MAX_QUBITS;
use crate::ir::{GateOp, Operation, QuantumOp, Register};
use crate::source::Span;

/// Most qubits that one condition may depend on, unless it compares a register with a number.
const MOST_BITS: usize = 10;

/// What a classical bit holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Bit {
    #[default]
    Zero,
    One,
    /// The outcome of this qubit.
    Measured(u32),
}

/// What has happened to a qubit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum QubitState {
    #[default]
    Fresh,
    Used,
    Measured(Span),
    Reset(Span),
}

impl Lower<'_> {
    /// Adds an operation to the circuit, under the conditions that hold here.
    pub(super) fn commit(&mut self, op: QuantumOp) -> Lowered<()> {
        let op = match op {
            QuantumOp::Gate(gate) => match self.conditioned(gate)? {
                Some(gate) => QuantumOp::Gate(gate),
                None => return Ok(()),
            },
            other => other,
        };
        self.step(Span::default()).map_err(|mut error| {
            if let QuantumOp::Gate(gate) = &op {
                error.primary = Some(gate.span);
            }
            error
        })?;
        self.ops.push(op);
        Ok(())
    }

    /// A gate with the conditions as controls; `None` if they contradict its own controls. Checks what it does to measured
    /// qubits.
    fn conditioned(&mut self, mut gate: GateOp) -> Lowered<Option<GateOp>> {
        let n_controls = gate.n_controls();
        for (at, &qubit) in gate.qubits.iter().enumerate() {
            let (before, what) = match self.qubits[qubit as usize] {
                QubitState::Fresh => {
                    self.qubits[qubit as usize] = QubitState::Used;
                    continue;
                }
                QubitState::Used => continue,
                // A control leaves the outcome of a measurement as it is.
                QubitState::Measured(_) if at < n_controls => continue,
                QubitState::Measured(_) if self.is_copied(qubit) => {
                    self.copy(qubit, gate.span)?;
                    continue;
                }
                QubitState::Measured(before) => (before, "measured"),
                QubitState::Reset(before) => (before, "reset"),
            };
            return Err(Diagnostic::error(
                &errors::NOT_CARRIED,
                gate.span,
                format!("a gate acts on a qubit that has been {what}"),
            )
            .label(before, format!("it is {what} here"))
            .note("a model's circuit is read out once, at its end")
            .help("use another qubit"));
        }
        let mut added = Vec::new();
        for &(qubit, value) in &self.conditions {
            match gate.controls().find(|(control, _)| *control == qubit) {
                Some((_, other)) if other != value => return Ok(None),
                Some(_) => {}
                None => added.push((qubit, value)),
            }
        }
        if !added.is_empty() {
            gate.extra_controls.splice(0..0, added.iter().map(|(_, value)| *value));
            gate.qubits.splice(0..0, added.iter().map(|(qubit, _)| *qubit));
        }
        Ok(Some(gate))
    }

    /// Can what was measured of a qubit be copied to another? Not while a condition on it is being carried out, whose other cases
    /// know it by this one, nor on a device, whose qubits have numbers.
    fn is_copied(&self, qubit: u32) -> bool {
        self.physical == 0 && self.conditions.iter().all(|(known, _)| *known != qubit)
    }

    /// Copies what was measured of a qubit to a new one, which is read in its place.
    fn copy(&mut self, qubit: u32, span: Span) -> Lowered<()> {
        let copy = self.n_qubits;
        if i64::from(copy) >= MAX_QUBITS {
            return Err(Diagnostic::error(
                &errors::TOO_LARGE,
                span,
                format!("each measurement before a gate takes a qubit, and there are at most {MAX_QUBITS}"),
            ));
        }
        self.step(span)?;
        self.n_qubits += 1;
        self.registers.push(Register { name: "measured".to_owned(), start: copy, len: 1 });
        self.qubits[qubit as usize] = QubitState::Used;
        self.qubits.push(QubitState::Used);
        let operation = Operation::Gate { gate: &gates::cx::CX, params: Vec::new() };
        let path = GateOp::COPY.into();
        let qubits = vec![qubit, copy];
        self.ops.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }));
        self.bits.iter_mut().filter(|bit| **bit == Bit::Measured(qubit)).for_each(|bit| *bit = Bit::Measured(copy));
        self.loose.iter_mut().filter(|loose| **loose == qubit).for_each(|loose| *loose = copy);
        Ok(())
    }

    pub(super) fn barrier(&mut self, operands: &[Operand], span: Span) -> Lowered<()> {
        let mut qubits: Vec<u32> = Vec::new();
        if operands.is_empty() && self.body == Body::Program {
            qubits.extend(0..self.n_qubits);
        }
        for operand in operands {
            qubits.extend(self.qubits_of(operand)?.list());
        }
        let mut seen = std::collections::BTreeSet::new();
        qubits.retain(|qubit| seen.insert(*qubit));
        self.steps = self.steps.saturating_add(qubits.len());
        self.step(span)?;
        if qubits.is_empty() { Ok(()) } else { self.push(QuantumOp::Barrier { qubits }) }
    }

    pub(super) fn measure(&mut self, qubits: &Operand, target: Option<&Operand>, span: Span) -> Lowered<()> {
        self.unconditional(span, "measurement")?;
        let places = self.qubits_of(qubits)?;
        let bits = target.map(|target| self.bits_of(target)).transpose()?;
        if let Some(bits) = &bits
            && (bits.len() != places.len() || bits.is_one() != places.is_one() && places.len() != 1)
        {
            let message = format!("{} qubits cannot be measured into {} bits", places.len(), bits.len());
            return Err(Diagnostic::error(&errors::BAD_INDEX, span, message));
        }
        for (turn, qubit) in places.list().into_iter().enumerate() {
            self.step(span)?;
            let state = &mut self.qubits[qubit as usize];
            if let QubitState::Reset(before) = *state {
                return Err(Diagnostic::error(&errors::NOT_CARRIED, span, "a qubit is measured after its reset")
                    .label(before, "it is reset here")
                    .help("use another qubit: those that nothing has touched are 0"));
            }
            *state = QubitState::Measured(span);
            match &bits {
                Some(bits) => self.bits[bits.at(turn) as usize] = Bit::Measured(qubit),
                None => self.loose.push(qubit),
            }
        }
        Ok(())
    }

    fn unconditional(&self, span: Span, what: &str) -> Lowered<()> {
        match self.conditions.is_empty() {
            true => Ok(()),
            false => Err(Diagnostic::error(
                &errors::NOT_CARRIED,
                span,
                format!("a {what} under a condition on measured bits has no place in a model"),
            )),
        }
    }

    pub(super) fn reset(&mut self, operand: &Operand, span: Span) -> Lowered<()> {
        self.unconditional(span, "reset")?;
        for qubit in self.qubits_of(operand)?.list() {
            let state = &mut self.qubits[qubit as usize];
            if *state != QubitState::Fresh {
                *state = QubitState::Reset(span);
            }
        }
        Ok(())
    }

    pub(super) fn assign(&mut self, target: &Operand, value: &Expr) -> Lowered<()> {
        self.unconditional(value.span, "assignment")?;
        let bits = self.bits_of(target)?;
        let value_at = self.int(value)?;
        let len = bits.len();
        if value_at < 0 || len < 63 && value_at >= 1 << len {
            let message = format!("{value_at} does not fit {len} bits");
            return Err(Diagnostic::error(&errors::BAD_NUMBER, value.span, message));
        }
        for (turn, bit) in bits.list().into_iter().enumerate() {
            let one = turn < 63 && value_at >> turn & 1 == 1;
            self.bits[bit as usize] = if one { Bit::One } else { Bit::Zero };
        }
        Ok(())
    }

    /// The value of bits: known, or assumed by the condition being read.
    pub(super) fn bits_value(&self, start: u32, len: u32, span: Span) -> Lowered<Value> {
        let mut value = 0;
        for at in 0..len {
            let one = match self.bits[(start + at) as usize] {
                Bit::Zero => false,
                Bit::One => true,
                Bit::Measured(qubit) => match self.conditions.iter().find(|(known, _)| *known == qubit) {
                    Some((_, value)) => *value,
                    None => {
                        return Err(Diagnostic::error(
                            &errors::NOT_CARRIED,
                            span,
                            "the outcome of a measurement is known only at run time",
                        )
                        .help("it may stand in the condition of an `if`"));
                    }
                },
            };
            if one && at >= 63 {
                return Err(Diagnostic::error(
                    &errors::TOO_LARGE,
                    span,
                    "a register of more than 63 bits is no number",
                ));
            }
            value |= i64::from(one) << at.min(62);
        }
        Ok(Value::Int(value))
    }

    pub(super) fn condition(&mut self, condition: &Expr, then: &[Stmt], otherwise: &[Stmt]) -> Lowered<()> {
        let mut qubits = Vec::new();
        self.measured(condition, &mut qubits)?;
        qubits.retain(|qubit| self.conditions.iter().all(|(known, _)| known != qubit));
        let depth = self.conditions.len();
        if qubits.len() > MOST_BITS {
            return self.wide_condition(condition, then, otherwise, &qubits);
        }
        for pattern in 0..1_u32 << qubits.len() {
            self.step(condition.span)?;
            self.conditions.truncate(depth);
            self.conditions.extend(qubits.iter().enumerate().map(|(k, qubit)| (*qubit, pattern >> k & 1 == 1)));
            let holds = self.truth(condition)?;
            self.run(if holds { then } else { otherwise })?;
        }
        self.conditions.truncate(depth);
        Ok(())
    }

    fn truth(&mut self, condition: &Expr) -> Lowered<bool> {
        match self.eval(condition)? {
            Value::Bool(value) => Ok(value),
            Value::Int(value) => Ok(value != 0),
            _ => Err(Diagnostic::error(&errors::WRONG_TYPE, condition.span, "a condition is true or false")),
        }
    }

    /// `c == number` of a long register: one pattern, and nothing else where it fails.
    fn wide_condition(&mut self, condition: &Expr, then: &[Stmt], otherwise: &[Stmt], qubits: &[u32]) -> Lowered<()> {
        let refused = || {
            Diagnostic::error(
                &errors::NOT_CARRIED,
                condition.span,
                format!("a condition on {} measured bits is too wide", qubits.len()),
            )
            .note(format!("up to {MOST_BITS} are carried, and `register == number` with any"))
        };
        let ExprKind::Binary(Binary::Equal, both) = &condition.kind else { return Err(refused()) };
        let ([Expr { kind: ExprKind::Name(sym), .. }, number] | [number, Expr { kind: ExprKind::Name(sym), .. }]) =
            &**both
        else {
            return Err(refused());
        };
        let Some(Entity::Bits { start, len, .. }) = self.find(*sym).cloned() else { return Err(refused()) };
        let number = self.int(number)?;
        if !otherwise.is_empty() {
            return Err(refused());
        }
        let depth = self.conditions.len();
        for at in 0..len {
            let one = at < 63 && number >> at & 1 == 1;
            match self.bits[(start + at) as usize] {
                Bit::Measured(qubit) => match self.conditions.iter().find(|(known, _)| *known == qubit) {
                    Some((_, value)) if *value != one => {
                        self.conditions.truncate(depth);
                        return Ok(());
                    }
                    Some(_) => {}
                    None => self.conditions.push((qubit, one)),
                },
                known if (known == Bit::One) != one => {
                    self.conditions.truncate(depth);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.run(then)?;
        self.conditions.truncate(depth);
        Ok(())
    }

    /// The measured qubits that a condition depends on, each once.
    fn measured(&mut self, expr: &Expr, qubits: &mut Vec<u32>) -> Lowered<()> {
        let mut add = |lower: &Self, start: u32, len: u32| {
            for bit in &lower.bits[start as usize..(start + len) as usize] {
                if let Bit::Measured(qubit) = bit
                    && !qubits.contains(qubit)
                {
                    qubits.push(*qubit);
                }
            }
        };
        match &expr.kind {
            ExprKind::Name(sym) => {
                if let Some(Entity::Bits { start, len, .. }) = self.find(*sym) {
                    add(self, *start, *len);
                }
                Ok(())
            }
            ExprKind::Index(sym, selector) => {
                if let (Some(Entity::Bits { start, len, .. }), Selector::One(at)) =
                    (self.find(*sym).cloned(), &**selector)
                {
                    let value = self.int(at)?;
                    let at = index(value, len, at.span)?;
                    add(self, start + at, 1);
                }
                Ok(())
            }
            ExprKind::Unary(_, inner) => self.measured(inner, qubits),
            ExprKind::Binary(_, both) => both.iter().try_for_each(|inner| self.measured(inner, qubits)),
            _ => Ok(()),
        }
    }
}

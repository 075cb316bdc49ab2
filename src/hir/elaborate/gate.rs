//! Gate statements: looking a gate up, broadcasting it over registers, modifiers, items as macros.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::flow::{Flow, Wires};
use super::super::program::Global;
use super::super::template::{Modifier, Step};
use super::super::value::{GateCallee, GateValue, Value};
use super::call::callee_name;
use super::list::LoopRange;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::source::Span;
use crate::syntax::ast::{self, Arg, ExprKind, Ident};
use std::sync::Arc;

impl Elaborator<'_> {
    /// `qubit[n] q;`
    pub(super) fn qubits(&mut self, size: Option<&ast::Expr>, name: &Ident, names: &mut Names, block: u32, span: Span) {
        let len = match size {
            Some(size) => self.int(size, names),
            None => Some(expr::int(1)),
        };
        let single = size.is_none();
        let value = match (len, self.circuit.clone()) {
            (_, None) => self.report(
                Diagnostic::error(&types::MISPLACED, span, "qubits are declared in circuits")
                    .help("write `circuit` instead of `model`, or give the gate its qubits as operands"),
            ),
            (None, _) => Value::Error,
            (Some(len), Some(circuit)) => {
                let shown = len.clone();
                self.must(expr::lt(&expr::int(0), &len), &types::SHAPE_MISMATCH, span, move |case| {
                    format!("a register needs at least one qubit, this has {}", case.show(&shown))
                });
                self.emit(Step::Qubits {
                    name: name.text.as_str().into(),
                    start: circuit.qubits.clone(),
                    len: len.clone(),
                });
                if let Some(state) = &mut self.circuit {
                    state.qubits = expr::add(&circuit.qubits, &len);
                }
                Value::Wires(Wires { base: circuit.qubits, stride: 1, len: (!single).then_some(len) })
            }
        };
        self.bound.insert(name.span, name.text.clone());
        self.used.insert(name.span);
        *names = names.with(&name.text, value, name.span, block);
    }

    /// A gate statement.
    pub(super) fn apply_stmt(
        &mut self,
        modifiers: &[ast::Modifier],
        gate: &ast::Expr,
        operands: &[ast::Expr],
        names: &Names,
        span: Span,
    ) {
        let head = callee_name(gate);
        let path = self.counted(&head);
        let value = self.gate_head(gate, &path, names);
        let mut wires = Vec::new();
        for operand in operands {
            let value = self.expr(operand, names, None);
            wires.push((value, operand.span));
        }
        if value.is_error() || wires.iter().any(|(v, _)| v.is_error()) {
            return;
        }
        if self.circuit.is_none() {
            self.report(
                Diagnostic::error(&types::MISPLACED, span, "gates are applied in circuits and gates")
                    .help("move this into a `circuit`"),
            );
            return;
        }
        self.scoped(path, false, |this| this.modified(modifiers, &value, wires, names, gate.span, span));
    }

    /// The gate of a statement: its name is looked up among gates only.
    fn gate_head(&mut self, gate: &ast::Expr, path: &super::PathTemplate, names: &Names) -> Value {
        match &gate.kind {
            ExprKind::Name(name) => self.gate_name(name, names),
            ExprKind::Bracket { base, args } if matches!(base.kind, ExprKind::Name(_)) => {
                let ExprKind::Name(name) = &base.kind else { return Value::Error };
                let value = self.gate_name(name, names);
                self.scoped(path.clone(), true, |this| this.gate_settings(value, args, names, gate.span))
            }
            ExprKind::Call { callee, args } => {
                let value = self.gate_head(callee, path, names);
                let head = callee_name(callee);
                self.scoped(path.clone(), true, |this| this.gate_angles(value, &head, args, names, gate.span))
            }
            _ => self.expr(gate, names, None),
        }
    }

    fn gate_settings(&mut self, value: Value, args: &[Arg], names: &Names, span: Span) -> Value {
        match &value {
            Value::Error => Value::Error,
            Value::Gate(gate) => match &gate.callee {
                GateCallee::Item(target) => {
                    self.give_settings(target, args, names, span).map_or(Value::Error, |target| {
                        Value::Gate(Arc::new(GateValue {
                            callee: GateCallee::Item(target),
                            args: gate.args.clone(),
                            written: gate.written.clone(),
                        }))
                    })
                }
                // A setting `entangler: gate` of an item checked alone may be any gate of the program.
                GateCallee::Opaque(None) => {
                    self.evaluate_quietly(args, names);
                    value
                }
                _ => {
                    let written = gate.written.clone();
                    self.report(
                        Diagnostic::error(
                            &types::ARGUMENT_COUNT,
                            span,
                            format!("the gate `{written}` has no settings"),
                        )
                        .help(format!("angles go in parentheses: `{written}(theta) q;`")),
                    )
                }
            },
            Value::OneOf(cases) => {
                let cases =
                    cases.iter().map(|(c, v)| (c.clone(), self.gate_settings(v.clone(), args, names, span))).collect();
                self.merge(cases, span)
            }
            other => self.mismatch(other, "a gate", span, "this"),
        }
    }

    fn gate_angles(&mut self, value: Value, head: &str, args: &[Arg], names: &Names, span: Span) -> Value {
        if value.is_error() {
            self.evaluate_quietly(args, names);
            return Value::Error;
        }
        let Some(values) = self.positional(args, names, head) else { return Value::Error };
        self.give_angles(value, &values, span)
    }

    fn give_angles(&mut self, value: Value, values: &[(Value, Span)], span: Span) -> Value {
        match &value {
            Value::Gate(gate) if gate.args.is_none() => Value::Gate(Arc::new(GateValue {
                callee: gate.callee.clone(),
                args: Some(values.to_vec()),
                written: gate.written.clone(),
            })),
            Value::Gate(gate) => {
                let written = gate.written.clone();
                self.error(&types::ARGUMENT_COUNT, span, format!("`{written}` already has its angles"))
            }
            Value::OneOf(cases) => {
                let cases = cases.iter().map(|(c, v)| (c.clone(), self.give_angles(v.clone(), values, span))).collect();
                self.merge(cases, span)
            }
            other => self.mismatch(other, "a gate", span, "this"),
        }
    }

    /// A name in front of operands: data called `x` does not hide the gate `x`.
    fn gate_name(&mut self, name: &Ident, names: &Names) -> Value {
        let local = names.iter().find(|(text, value, _, _)| *text == name.text && is_gate(value));
        if let Some((_, value, span, _)) = local {
            let value = value.clone();
            self.used.insert(span);
            return value;
        }
        if let Some(Global::Item(item)) = self.program.global(self.module, &name.text)
            && matches!(self.program.item(item).kind, ast::ItemKind::Gate(_))
        {
            return self.name(name, &Names::default(), None);
        }
        if name.text == "prepare" {
            return prepare(&name.text);
        }
        if let Some(gate) = crate::gates::find(&name.text) {
            return catalogue(gate);
        }
        if let Some((value, span)) = names.get(&name.text) {
            if value.is_error() {
                self.used.insert(span);
                return Value::Error;
            }
            let what = value.describe();
            return self.report(
                Diagnostic::error(
                    &name_errors::UNKNOWN_GATE,
                    name.span,
                    format!("`{}` is {what}, not a gate", name.text),
                )
                .label(span, "declared here"),
            );
        }
        if let Some(diagnostic) = self.foreign(name) {
            return self.report(diagnostic);
        }
        let mut known: Vec<&str> = crate::gates::GATES.iter().map(|gate| gate.meta.name).collect();
        let program = self.program;
        known.extend(program.globals[self.module].keys().map(String::as_str));
        let diagnostic =
            Diagnostic::error(&name_errors::UNKNOWN_GATE, name.span, format!("there is no gate `{}`", name.text));
        self.report(super::expression::suggest(diagnostic, &name.text, known, name.span))
    }

    /// Applies modifiers from the outside in.
    fn modified(
        &mut self,
        modifiers: &[ast::Modifier],
        value: &Value,
        mut wires: Vec<(Value, Span)>,
        names: &Names,
        place: Span,
        span: Span,
    ) {
        let Some((first, rest)) = modifiers.split_first() else {
            let operands: Vec<Value> = wires.iter().map(|(v, _)| v.clone()).collect();
            let spans: Vec<Span> = wires.iter().map(|(_, s)| *s).collect();
            self.apply_value(value, &operands, &spans, place, span);
            return;
        };
        let modifier = match first {
            ast::Modifier::Inv(_) => Modifier::Inverse,
            ast::Modifier::Pow(exponent, _) => {
                let exponent_value = self.expr(exponent, names, None);
                match self.as_real(exponent_value, exponent.span) {
                    Some(power) => Modifier::Power(power),
                    None => {
                        self.error(&types::TYPE_MISMATCH, exponent.span, "a power is a number");
                        return;
                    }
                }
            }
            ast::Modifier::Ctrl(count, at) | ast::Modifier::NegCtrl(count, at) => {
                let count = match count {
                    Some(count) => self.int(count, names).and_then(|e| expr::constant(&e)),
                    None => Some(1),
                };
                let Some(count) = count.and_then(|c| usize::try_from(c).ok()).filter(|c| *c <= wires.len()) else {
                    self.error(&types::OPERAND_COUNT, *at, "there are fewer operands than controls");
                    return;
                };
                let mut controls = Vec::new();
                for (value, at) in wires.drain(..count) {
                    match value {
                        Value::Wires(Wires { base, len: None, .. }) => controls.push((base, at)),
                        other => {
                            let what = other.describe();
                            self.error(&types::OPERAND_COUNT, at, format!("a control is one qubit, this is {what}"));
                            return;
                        }
                    }
                }
                self.controls_distinct(&controls, &wires);
                let positive = matches!(first, ast::Modifier::Ctrl(..));
                Modifier::Controls(controls.into_iter().map(|(base, _)| base).collect(), positive)
            }
        };
        let ((), body) = self.collect(|this| this.modified(rest, value, wires, names, place, span));
        self.emit(Step::Modified { modifier, body, span });
    }

    fn controls_distinct(&mut self, controls: &[(Expr, Span)], wires: &[(Value, Span)]) {
        for (at, (control, span)) in controls.iter().enumerate() {
            for (other, _) in &controls[at + 1..] {
                self.distinct(control, other, *span);
            }
            for (wire, _) in wires {
                match wire {
                    Value::Wires(Wires { base, len: None, .. }) => self.distinct(control, base, *span),
                    Value::Wires(Wires { base, stride: 1, len: Some(len) }) => {
                        let offset = expr::sub(control, base);
                        let outside = expr::any([expr::lt(&offset, &expr::int(0)), expr::le(len, &offset)]);
                        self.must(outside, &types::SAME_QUBIT, *span, |_| {
                            "the control is one of the qubits it controls".to_owned()
                        });
                    }
                    _ => {}
                }
            }
        }
    }

    fn distinct(&mut self, a: &Expr, b: &Expr, span: Span) {
        let x = a.clone();
        self.must(expr::not(&expr::eq(a, b)), &types::SAME_QUBIT, span, move |case| {
            format!("this gate uses qubit {} twice", case.show(&x))
        });
    }

    /// Applies a gate value to operands.
    pub(super) fn apply_value(&mut self, value: &Value, operands: &[Value], spans: &[Span], place: Span, span: Span) {
        match value {
            Value::Gate(gate) => self.apply_gate(gate, operands, spans, place, span),
            Value::OneOf(cases) => {
                let conditions: Vec<Expr> = cases.iter().map(|(c, _)| c.clone()).collect();
                let cases = cases.clone();
                self.cases(conditions, span, |this, at| {
                    this.apply_value(&cases[at].1, operands, spans, place, span);
                    Value::Unit
                });
            }
            Value::Error => {}
            other => {
                self.mismatch(other, "a gate", place, "this");
            }
        }
    }

    fn apply_gate(&mut self, gate: &GateValue, operands: &[Value], spans: &[Span], place: Span, span: Span) {
        if let Some(state) = &self.circuit
            && let Some(readout) = state.readout
        {
            self.report(
                Diagnostic::error(&types::GATE_AFTER_READOUT, span, "this gate comes after a read-out")
                    .label(readout, "the circuit is read out here")
                    .help("move the read-out to the end of the circuit"),
            );
            return;
        }
        let args = gate.args.clone().unwrap_or_default();
        match &gate.callee {
            GateCallee::Prepare => self.prepare(&args, operands, spans, span),
            GateCallee::Opaque(arity) => {
                if let Some(arity) = arity {
                    let (have, want) = (super::builtin::count(operands.len()), arity.clone());
                    self.must(expr::eq(&have, arity), &types::OPERAND_COUNT, place, move |case| {
                        format!("this gate acts on {} qubits", case.show(&want))
                    });
                }
            }
            GateCallee::Item(target) => self.apply_item(target, &args, operands, spans, span),
            GateCallee::Catalogue(found) => {
                if args.len() != found.params.len() {
                    let takes = match found.params {
                        [] => "no angles".to_owned(),
                        [one] => format!("one angle, `{}({one})`", found.meta.name),
                        many => format!("{} angles, `{}({})`", many.len(), found.meta.name, many.join(", ")),
                    };
                    let given = args.len();
                    self.error(
                        &types::ARGUMENT_COUNT,
                        place,
                        format!("`{}` takes {takes}, {given} given", found.meta.name),
                    );
                    return;
                }
                if operands.len() != found.n_qubits() {
                    self.operand_count(found, operands, place);
                    return;
                }
                self.broadcast(found, &args, operands, spans, span);
            }
        }
    }

    fn operand_count(&mut self, gate: &Gate, operands: &[Value], place: Span) {
        let takes = match gate.n_qubits() {
            1 => "one qubit".to_owned(),
            n => format!("{n} qubits"),
        };
        let name = gate.meta.name;
        let given = operands.len();
        let diagnostic =
            Diagnostic::error(&types::OPERAND_COUNT, place, format!("`{name}` acts on {takes}, {given} given"));
        let register = matches!(operands, [Value::Wires(Wires { len: Some(_), .. })]);
        self.report(if register && gate.n_qubits() == 2 {
            diagnostic.help(format!("name both: `{name} q[0], q[1];`, or use an entangler such as `ring[{name}] q;`"))
        } else {
            diagnostic
        });
    }

    /// One gate, or one for each position of the registers among its operands.
    fn broadcast(
        &mut self,
        gate: &'static Gate,
        args: &[(Value, Span)],
        operands: &[Value],
        spans: &[Span],
        span: Span,
    ) {
        let mut len: Option<Expr> = None;
        for (operand, at) in operands.iter().zip(spans) {
            let size = match operand {
                Value::Wires(wires) => wires.len.clone(),
                Value::List(list) => Some(self.list_len(list)),
                other => {
                    let what = other.describe();
                    self.error(&types::OPERAND_COUNT, *at, format!("a gate acts on qubits, this is {what}"));
                    return;
                }
            };
            if let (Some(have), Some(size)) = (&len, &size) {
                let (x, y) = (have.clone(), size.clone());
                self.must(expr::eq(have, size), &types::SHAPE_MISMATCH, *at, move |case| {
                    format!("registers of {} and {} qubits cannot be paired", case.show(&x), case.show(&y))
                });
            }
            len = len.or(size);
        }
        let Some(angles) = self.angles(gate, args, len.as_ref()) else { return };
        let path = self.path();
        match len {
            None => {
                let qubits: Vec<Expr> = operands
                    .iter()
                    .filter_map(|operand| match operand {
                        Value::Wires(wires) => Some(wires.base.clone()),
                        _ => None,
                    })
                    .collect();
                self.all_distinct(&qubits, spans);
                let angles = angles.into_iter().map(|flow| (flow, None)).collect();
                self.touch(&qubits, span);
                let span = self.user_place(span);
                self.emit(Step::Gate { gate, angles, qubits, path, span });
            }
            Some(len) => {
                let range = LoopRange { start: expr::int(0), step: 1, len, direct: true };
                self.repeat(&range, "qubit", span, |this, var| {
                    let here = expr::symbol(var);
                    let mut qubits = Vec::new();
                    for operand in operands {
                        let wire = match operand {
                            Value::Wires(wires) if wires.len.is_none() => operand.clone(),
                            other => this.element(other, &here, span),
                        };
                        if let Value::Wires(wire) = wire {
                            qubits.push(wire.base);
                        }
                    }
                    this.all_distinct(&qubits, spans);
                    let angles = angles
                        .iter()
                        .map(|flow| (flow.clone(), (!flow.shape.is_empty()).then(|| here.clone())))
                        .collect();
                    this.touch(&qubits, span);
                    let span = this.user_place(span);
                    this.emit(Step::Gate { gate, angles, qubits, path, span });
                    ((), None)
                });
            }
        }
    }

    fn all_distinct(&mut self, qubits: &[Expr], spans: &[Span]) {
        for (at, a) in qubits.iter().enumerate() {
            for (b, span) in qubits.iter().zip(spans).skip(at + 1) {
                self.distinct(a, b, *span);
            }
        }
    }

    /// Angles: single numbers, or vectors as long as the register.
    fn angles(&mut self, gate: &Gate, args: &[(Value, Span)], len: Option<&Expr>) -> Option<Vec<Flow>> {
        let mut out = Vec::new();
        for (value, at) in args {
            let described = value.describe();
            let Some(flow) = self.as_real(value.clone(), *at) else {
                if !value.is_error() {
                    self.error(&types::TYPE_MISMATCH, *at, format!("an angle is a real number, this is {described}"));
                }
                return None;
            };
            let name = gate.meta.name;
            match (flow.shape.as_slice(), len) {
                ([], _) => {}
                ([size], Some(len)) => {
                    let (x, y) = (size.clone(), len.clone());
                    self.must(expr::eq(size, len), &types::SHAPE_MISMATCH, *at, move |case| {
                        format!("{} angles for a register of {} qubits", case.show(&x), case.show(&y))
                    });
                }
                ([_], None) => {
                    self.report(
                        Diagnostic::error(
                            &types::SHAPE_MISMATCH,
                            *at,
                            format!("`{name}` on one qubit takes one number, this is a vector"),
                        )
                        .help("apply it to a register, or pick one number: `v[0]`"),
                    );
                    return None;
                }
                (shape, _) => {
                    let n = shape.len();
                    self.error(
                        &types::SHAPE_MISMATCH,
                        *at,
                        format!("angles are numbers or vectors, this has {n} axes"),
                    );
                    return None;
                }
            }
            out.push(flow);
        }
        Some(out)
    }

    fn touch(&mut self, qubits: &[Expr], span: Span) {
        if let Some(state) = &mut self.circuit {
            for qubit in qubits {
                if state.touched.len() < 4096 {
                    state.touched.push((qubit.clone(), self.guards.clone(), span));
                }
            }
        }
    }
}

fn is_gate(value: &Value) -> bool {
    match value {
        Value::Gate(_) => true,
        Value::OneOf(cases) => cases.first().is_some_and(|(_, v)| is_gate(v)),
        _ => false,
    }
}

/// A gate of the catalogue as a value.
pub(super) fn catalogue(gate: &'static Gate) -> Value {
    Value::Gate(Arc::new(GateValue { callee: GateCallee::Catalogue(gate), args: None, written: gate.meta.name.into() }))
}

/// `prepare` as a value.
pub(super) fn prepare(written: &str) -> Value {
    Value::Gate(Arc::new(GateValue { callee: GateCallee::Prepare, args: None, written: written.into() }))
}

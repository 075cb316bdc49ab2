//! Gate applications: broadcasting, modifiers, unfolding.

use super::super::ast::{Base, Call, Expr, ExprKind, Modifier, Operand, Type, Version};
use super::super::library;
use super::operands::Places;
use super::{Body, Callee, Entity, Lower, Lowered, MAX_CALLS, Value, errors};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::ir::build::{controlled, inverse, powered};
use crate::ir::{Angle, GateOp, Operation, QuantumOp};
use crate::source::Span;
use std::rc::Rc;

impl Lower<'_> {
    pub(super) fn call(&mut self, call: &Call, span: Span) -> Lowered<()> {
        let Some(known) = self.gates.get(call.name.sym.0 as usize).and_then(Option::as_ref) else {
            return self.subroutine(call, span);
        };
        if let (Callee::Gate(gate), []) = (&known.callee, &call.modifiers[..]) {
            let gate: &'static Gate = gate;
            return self.simple(gate, call, span);
        }
        let callee = known.callee.clone();
        let args: Vec<Angle> = call.args.iter().map(|arg| self.angle(arg)).collect::<Lowered<_>>()?;
        let places: Vec<Places> =
            call.operands.iter().map(|operand| self.qubits_of(operand)).collect::<Lowered<_>>()?;
        let (n_params, n_qubits) = self.shape(&callee);
        self.check_counts(call, n_params, None)?;
        let controls = self.n_controls(call)?;
        let Some(turns) = turns(&places, span)? else { return Ok(()) };
        self.check_counts(call, n_params, Some(n_qubits + controls))?;
        for turn in 0..turns {
            self.step(span)?;
            let qubits: Vec<u32> = places.iter().map(|place| place.at(turn)).collect();
            self.distinct(&qubits, &call.operands, span)?;
            self.modified(&call.modifiers, &callee, (&args, &qubits), span)?;
        }
        Ok(())
    }

    /// A gate of the catalogue without modifiers: the common case, with as little as possible around it.
    fn simple(&mut self, gate: &'static Gate, call: &Call, span: Span) -> Lowered<()> {
        if call.args.len() != gate.params.len() || call.operands.len() != gate.n_qubits() {
            self.check_counts(call, gate.params.len(), Some(gate.n_qubits()))?;
        }
        let mut params = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            params.push(self.angle(arg)?);
        }
        let mut qubits = Vec::with_capacity(call.operands.len());
        let mut places = Vec::new();
        for operand in &call.operands {
            match self.qubits_of(operand)? {
                Places::One(qubit) if places.is_empty() => qubits.push(qubit),
                other => {
                    places.extend(qubits.drain(..).map(Places::One));
                    places.push(other);
                }
            }
        }
        if places.is_empty() {
            self.distinct(&qubits, &call.operands, span)?;
            return self.gate(gate, params, qubits, span);
        }
        let Some(turns) = turns(&places, span)? else { return Ok(()) };
        for turn in 0..turns {
            self.step(span)?;
            let qubits: Vec<u32> = places.iter().map(|place| place.at(turn)).collect();
            self.distinct(&qubits, &call.operands, span)?;
            self.gate(gate, params.clone(), qubits, span)?;
        }
        Ok(())
    }

    fn gate(&mut self, gate: &'static Gate, params: Vec<Angle>, qubits: Vec<u32>, span: Span) -> Lowered<()> {
        let operation = Operation::Gate { gate, params };
        let path = self.no_path.clone();
        self.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }))
    }

    /// Adds an operation to the gate being modified, or to the circuit.
    pub(super) fn push(&mut self, op: QuantumOp) -> Lowered<()> {
        match self.sinks.last_mut() {
            Some(sink) => {
                sink.push(op);
                Ok(())
            }
            None => self.commit(op),
        }
    }

    /// How many angles and qubits a gate takes.
    fn shape(&self, callee: &Callee) -> (usize, usize) {
        match callee {
            Callee::Gate(gate) => (gate.params.len(), gate.n_qubits()),
            Callee::Controlled(gate, times) => (gate.params.len(), gate.n_qubits() + times),
            Callee::Builtin => (3, 1),
            Callee::Defined(definition) => (definition.def.params.len(), definition.def.qubits.len()),
            Callee::Opaque(_) => (0, 0),
        }
    }

    fn check_counts(&self, call: &Call, n_params: usize, n_qubits: Option<usize>) -> Lowered<()> {
        let name = self.words.name(call.name.sym);
        if let Some(Callee::Opaque(at)) =
            self.gates.get(call.name.sym.0 as usize).and_then(Option::as_ref).map(|known| &known.callee)
        {
            return Err(Diagnostic::error(
                &errors::NOT_CARRIED,
                call.name.span,
                format!("`{name}` is opaque: nothing says what it does"),
            )
            .label(*at, "it is declared here")
            .help("define it with `gate`"));
        }
        let plural = |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
        if call.args.len() != n_params {
            let message = format!("`{name}` takes {}, here are {}", plural(n_params, "angle"), call.args.len());
            return Err(Diagnostic::error(&errors::ARITY, call.name.span, message));
        }
        match n_qubits {
            Some(wanted) if wanted != call.operands.len() => {
                let message = format!("`{name}` takes {}, here are {}", plural(wanted, "qubit"), call.operands.len());
                Err(Diagnostic::error(&errors::ARITY, call.name.span, message))
            }
            _ => Ok(()),
        }
    }

    /// How many controls the modifiers add.
    fn n_controls(&mut self, call: &Call) -> Lowered<usize> {
        let mut all = 0;
        for (modifier, _) in &call.modifiers {
            if let Modifier::Control(times, _) = modifier {
                all += self.times(times.as_ref())?;
            }
        }
        Ok(all)
    }

    fn times(&mut self, times: Option<&Expr>) -> Lowered<usize> {
        let Some(expr) = times else { return Ok(1) };
        let value = self.int(expr)?;
        usize::try_from(value).ok().filter(|times| (1..=64).contains(times)).ok_or_else(|| {
            Diagnostic::error(&errors::BAD_NUMBER, expr.span, format!("a gate cannot have {value} controls"))
                .note("between 1 and 64 are read")
        })
    }

    fn distinct(&self, qubits: &[u32], operands: &[Operand], span: Span) -> Lowered<()> {
        for (at, qubit) in qubits.iter().enumerate() {
            if let Some(before) = qubits[..at].iter().position(|other| other == qubit) {
                let place = |k: usize| operands.get(k).map_or(span, |operand: &Operand| operand.span);
                let error = Diagnostic::error(&errors::REPEATED_QUBIT, place(at), "the same qubit is given twice");
                return Err(error.label(place(before), "it stands here, too"));
            }
        }
        Ok(())
    }

    /// Applies a gate under modifiers, the outermost first.
    fn modified(
        &mut self,
        modifiers: &[(Modifier, Span)],
        callee: &Callee,
        (args, qubits): (&[Angle], &[u32]),
        span: Span,
    ) -> Lowered<()> {
        let Some(((modifier, at), rest)) = modifiers.split_first() else {
            return self.apply(callee, args, qubits, span);
        };
        let n_controls = match modifier {
            Modifier::Control(times, _) => self.times(times.as_ref())?,
            _ => 0,
        };
        let (controls, targets) = qubits.split_at(n_controls.min(qubits.len()));
        let phases = self.phases;
        self.phases |= n_controls > 0;
        self.sinks.push(Vec::new());
        let done = self.modified(rest, callee, (args, targets), span);
        let ops = self.sinks.pop().unwrap_or_default();
        self.phases = phases;
        done?;
        let ops = match modifier {
            Modifier::Inverse => inverse(ops),
            Modifier::Control(_, value) => ops.into_iter().map(|op| controlled(op, controls, *value)).collect(),
            Modifier::Power(expr) => {
                let power = self.angle(expr)?.as_constant().ok_or_else(|| {
                    Diagnostic::error(
                        &errors::NOT_AFFINE,
                        expr.span,
                        "a power must be constant, this depends on inputs",
                    )
                })?;
                self.steps = self.steps.saturating_add((power.abs() * ops.len() as f64) as usize);
                self.step(span)?;
                powered(ops, power, *at)?
            }
        };
        ops.into_iter().try_for_each(|op| self.push(op))
    }

    /// Applies a gate to qubits.
    pub(super) fn apply(&mut self, callee: &Callee, args: &[Angle], qubits: &[u32], span: Span) -> Lowered<()> {
        match callee {
            Callee::Gate(gate) => self.gate(gate, args.to_vec(), qubits.to_vec(), span),
            Callee::Controlled(gate, times) => {
                let operation = Operation::Gate { gate, params: args.to_vec() };
                let (extra_controls, path) = (vec![true; *times], self.no_path.clone());
                let qubits = qubits.to_vec();
                self.push(QuantumOp::Gate(GateOp { operation, extra_controls, qubits, path, span }))
            }
            Callee::Builtin => {
                self.gate(library::gate("u"), args.to_vec(), qubits.to_vec(), span)?;
                // The specification of version 3 gives `U` the phase theta/2, which only a control can see.
                match self.version {
                    Version::Three if self.phases => {
                        self.gate(library::gate("gphase"), vec![args[0].scaled(0.5)], Vec::new(), span)
                    }
                    _ => Ok(()),
                }
            }
            Callee::Defined(definition) => {
                let definition = Rc::clone(definition);
                match definition.known {
                    Some((gate, exact)) if exact || !self.phases => {
                        self.gate(gate, args.to_vec(), qubits.to_vec(), span)
                    }
                    _ => self.unfold(&definition.def, args, qubits, span),
                }
            }
            Callee::Opaque(_) => Ok(()),
        }
    }

    /// Runs a body with names of its own.
    pub(super) fn within(
        &mut self,
        body: Body,
        names: Vec<(super::Sym, Entity)>,
        span: Span,
        run: impl FnOnce(&mut Self) -> Lowered<()>,
    ) -> Lowered<()> {
        if self.calls >= MAX_CALLS {
            return Err(Diagnostic::error(&errors::TOO_DEEP, span, "gates or subroutines use each other too deeply")
                .note(format!("at most {MAX_CALLS} levels are read")));
        }
        let (base, outer, depth) = (self.base, self.body, self.locals.len());
        self.locals.extend(names);
        (self.base, self.body) = (depth, body);
        self.calls += 1;
        let done = run(self);
        self.calls -= 1;
        (self.base, self.body) = (base, outer);
        self.locals.truncate(depth);
        done
    }

    /// `name(qubits and numbers);`
    fn subroutine(&mut self, call: &Call, span: Span) -> Lowered<()> {
        let Some(Entity::Def(def)) = self.find(call.name.sym) else {
            return Err(self.unknown_gate(call.name));
        };
        let def = Rc::clone(def);
        let name = self.words.name(call.name.sym).to_owned();
        if !call.modifiers.is_empty() || !call.operands.is_empty() {
            return Err(Diagnostic::error(
                &errors::SYNTAX,
                call.name.span,
                format!("`{name}` is a subroutine, no gate: its qubits stand in parentheses, without modifiers"),
            ));
        }
        if call.args.len() != def.params.len() {
            let message = format!("`{name}` takes {} arguments, here are {}", def.params.len(), call.args.len());
            return Err(Diagnostic::error(&errors::ARITY, call.name.span, message));
        }
        let mut names = Vec::new();
        for ((ty, size, param), arg) in def.params.iter().zip(&call.args) {
            names.push((param.sym, self.argument(*ty, size.as_ref(), arg)?));
        }
        self.within(Body::Def, names, span, |lower| lower.run(&def.body))
    }

    /// The argument of a subroutine as what its parameter is.
    fn argument(&mut self, ty: Type, size: Option<&Expr>, arg: &Expr) -> Lowered<Entity> {
        match ty {
            Type::Qubit => {
                let operand = as_operand(arg)
                    .ok_or_else(|| Diagnostic::error(&errors::WRONG_TYPE, arg.span, "a qubit belongs here"))?;
                let places = self.qubits_of(&operand)?;
                let wanted = size.map(|size| self.int(size)).transpose()?;
                let found = places.len();
                if wanted.map_or(!places.is_one(), |wanted| usize::try_from(wanted) != Ok(found)) {
                    let wanted = wanted.map_or("one qubit".to_owned(), |n| format!("a register of {n}"));
                    let message = format!("{wanted} belongs here, not {found}");
                    return Err(Diagnostic::error(&errors::BAD_INDEX, arg.span, message));
                }
                Ok(match places {
                    Places::One(start) => Entity::Qubits { start, len: 1, single: size.is_none() },
                    Places::Range(start, len) => Entity::Qubits { start, len, single: false },
                    Places::List(list) => Entity::Alias(list.into()),
                })
            }
            Type::Bit => {
                Err(Diagnostic::error(&errors::NOT_CARRIED, arg.span, "subroutines take qubits and numbers, no bits"))
            }
            Type::Int | Type::Uint => Ok(Entity::Number(Value::Int(self.int(arg)?))),
            _ => Ok(Entity::Number(self.eval(arg)?)),
        }
    }
}

/// An argument that names qubits.
fn as_operand(arg: &Expr) -> Option<Operand> {
    let (base, selector) = match &arg.kind {
        ExprKind::Name(sym) => (Base::Name(*sym), None),
        ExprKind::Index(sym, selector) => (Base::Name(*sym), Some((**selector).clone())),
        ExprKind::Physical(number) => (Base::Physical(*number), None),
        _ => return None,
    };
    Some(Operand { base, selector, span: arg.span })
}

/// How many turns a broadcast takes: the common length of the registers, 1 without any.
fn turns(places: &[Places], span: Span) -> Lowered<Option<usize>> {
    let mut turns = None;
    for place in places.iter().filter(|place| !place.is_one()) {
        match turns {
            None => turns = Some(place.len()),
            Some(length) if length != place.len() => {
                let message = format!("registers of {length} and {} qubits cannot be walked together", place.len());
                return Err(Diagnostic::error(&errors::BAD_INDEX, span, message));
            }
            Some(_) => {}
        }
    }
    Ok(Some(turns.unwrap_or(1)).filter(|turns| *turns > 0))
}

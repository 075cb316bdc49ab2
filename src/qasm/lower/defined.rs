//! Definitions of gates: checked where they stand, unfolded where they are used, and recognised if they define what the
//! catalogue has under the same name.

use super::super::ast::{Base, Expr, ExprKind, GateDef, Name, Selector, Stmt, StmtKind};
use super::super::lex::{KEYWORDS, Sym};
use super::super::{Mode, NoSources, parse};
use super::{Body, Callee, Entity, Known, Lower, Lowered, Value, errors};
use crate::diag::Diagnostic;
use crate::gates::{self, Gate};
use crate::ir::{Angle, QuantumOp};
use crate::math::{C64, Matrix, c};
use crate::source::{FileId, Span};
use std::rc::Rc;

/// Definitions longer than this are not compared with the catalogue.
const COMPARED: usize = 400;
/// How far two matrices may differ and still be one gate.
const TOLERANCE: f64 = 1e-10;

/// A gate of the program.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) def: Rc<GateDef>,
    /// The gate of the catalogue it equals; `true` if its phase is the same, too.
    pub(super) known: Option<(&'static Gate, bool)>,
}

impl Lower<'_> {
    pub(super) fn define(&mut self, def: &Rc<GateDef>) -> Lowered<()> {
        let sym = def.name.sym;
        let text = self.words.name(sym);
        if let Some(known) = self.gates.get(sym.0 as usize).and_then(Option::as_ref) {
            let strict = self.options.mode == Mode::Strict;
            match known.span {
                Some(before) if self.options.mode != Mode::Lenient => {
                    let message = format!("the gate `{text}` is defined twice");
                    return Err(Diagnostic::error(&errors::REDEFINED, def.name.span, message)
                        .label(before, "it is first defined here"));
                }
                None if strict => {
                    let message = format!("the gate `{text}` is in an included library already");
                    return Err(Diagnostic::error(&errors::REDEFINED, def.name.span, message));
                }
                _ => {}
            }
        }
        self.check(def)?;
        let definition = Definition { def: Rc::clone(def), known: self.recognise(def) };
        let span = Some(def.name.span);
        self.set_gate(sym, Known { callee: Callee::Defined(Rc::new(definition)), span });
        Ok(())
    }

    /// A definition that comes with the compiler, over the whole catalogue.
    pub(super) fn prelude(&mut self, text: &str) -> Option<Callee> {
        let mut sources = NoSources;
        let mut parser = parse::Parser::new(text, FileId::default(), Mode::Lenient, &mut sources);
        let mut stmts = Vec::new();
        parser.batch(&mut stmts);
        let StmtKind::Gate(def) = &stmts.first()?.kind else { return None };
        let mut def = renamed(def, &mut |sym| self.words.intern(parser.words.name(sym)));
        for stmt in &mut def.body {
            if let StmtKind::Call(call) = &mut stmt.kind {
                let gate = gates::find(self.words.name(call.name.sym))?;
                // A word that no program can write, so that only this definition sees the gate.
                let sym = self.words.intern(&format!(" {}", gate.meta.name));
                self.set_gate(sym, Known { callee: Callee::Gate(gate), span: None });
                call.name.sym = sym;
            }
        }
        Some(Callee::Defined(Rc::new(Definition { def: Rc::new(def), known: None })))
    }

    /// Checks the names of a body: what it uses must stand above it, so no definition can be cyclic.
    fn check(&self, def: &GateDef) -> Lowered<()> {
        let names = def.params.iter().chain(&def.qubits);
        for (at, name) in names.clone().enumerate() {
            if let Some(before) = names.clone().take(at).find(|other| other.sym == name.sym) {
                let message = format!("`{}` stands twice in the head of a gate", self.words.name(name.sym));
                return Err(Diagnostic::error(&errors::REDEFINED, name.span, message).label(before.span, "first here"));
            }
        }
        let mut known: Vec<Sym> = def.params.iter().map(|name| name.sym).collect();
        self.check_body(def, &def.body, &mut known)
    }

    fn check_body(&self, def: &GateDef, body: &[Stmt], known: &mut Vec<Sym>) -> Lowered<()> {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Call(call) => {
                    if call.name.sym == def.name.sym {
                        let text = self.words.name(def.name.sym);
                        let message = format!("the gate `{text}` is defined by itself");
                        return Err(Diagnostic::error(&errors::CYCLE, call.name.span, message)
                            .label(def.name.span, "it is defined here"));
                    }
                    let defined = self.gates.get(call.name.sym.0 as usize).is_some_and(Option::is_some);
                    if !defined {
                        return Err(self.unknown_gate(call.name).note("a gate may use only what is defined above it"));
                    }
                    call.args.iter().try_for_each(|arg| self.check_names(arg, known))?;
                    for operand in &call.operands {
                        self.check_qubit(def, operand.base, operand.span)?;
                    }
                }
                StmtKind::Barrier(operands) => {
                    operands.iter().try_for_each(|operand| self.check_qubit(def, operand.base, operand.span))?;
                }
                StmtKind::For(name, _, body) => {
                    known.push(name.sym);
                    self.check_body(def, body, known)?;
                    known.pop();
                }
                StmtKind::If(_, then, otherwise) => {
                    self.check_body(def, then, known)?;
                    self.check_body(def, otherwise, known)?;
                }
                StmtKind::Nothing => {}
                _ => return Err(self.not_in_gate(stmt)),
            }
        }
        Ok(())
    }

    fn check_qubit(&self, def: &GateDef, base: Base, span: Span) -> Lowered<()> {
        let Base::Name(sym) = base else { return Ok(()) };
        if def.qubits.iter().any(|qubit| qubit.sym == sym) {
            return Ok(());
        }
        let text = self.words.name(sym);
        Err(Diagnostic::error(&errors::UNKNOWN_NAME, span, format!("`{text}` is no qubit of this gate"))
            .label(def.name.span, "a gate acts on the qubits of its head"))
    }

    fn check_names(&self, expr: &Expr, known: &[Sym]) -> Lowered<()> {
        match &expr.kind {
            ExprKind::Name(sym) => {
                let global = || self.values.get(sym.0 as usize).is_some_and(Option::is_some);
                if known.contains(sym) || global() { Ok(()) } else { Err(self.unknown(*sym, expr.span)) }
            }
            ExprKind::Unary(_, inner) => self.check_names(inner, known),
            ExprKind::Binary(_, both) => both.iter().try_for_each(|inner| self.check_names(inner, known)),
            ExprKind::Call(_, args) => args.iter().try_for_each(|arg| self.check_names(arg, known)),
            _ => Ok(()),
        }
    }

    /// Runs the body of a gate.
    pub(super) fn unfold(&mut self, def: &GateDef, args: &[Angle], qubits: &[u32], span: Span) -> Lowered<()> {
        let params = def.params.iter().zip(args).map(|(name, angle)| {
            let value = angle.as_constant().map_or_else(|| Value::Angle(angle.clone()), Value::Real);
            (name.sym, Entity::Number(value))
        });
        let places = def.qubits.iter().zip(qubits);
        let places = places.map(|(name, &start)| (name.sym, Entity::Qubits { start, len: 1, single: true }));
        let names = params.chain(places).collect();
        self.within(Body::Gate, names, span, |lower| {
            lower.run(&def.body).map_err(|mut error| {
                // The place is in the program that uses the gate, the reason in its definition.
                if error.primary.is_some_and(|at| at.file != span.file) {
                    error.primary = Some(span);
                }
                error
            })
        })
    }

    /// The gate of the catalogue that a definition of this name equals.
    fn recognise(&mut self, def: &GateDef) -> Option<(&'static Gate, bool)> {
        // A definition may carry another name where a library already gives its own to another matrix.
        let gate = gates::GATES.iter().copied().find(|gate| {
            gate.meta.name == self.words.name(def.name.sym) || defined_name(gate) == Some(self.words.name(def.name.sym))
        })?;
        let n = gate.n_qubits();
        if gate.params.len() != def.params.len() || n != def.qubits.len() || n > 3 {
            return None;
        }
        let qubits: Vec<u32> = (0..u32::try_from(n).ok()?).collect();
        let mut exact = true;
        for turn in 0..3 {
            let values: Vec<f64> =
                (0..gate.params.len()).map(|k| 0.37 + 0.61 * k as f64 + 1.13 * f64::from(turn)).collect();
            let args: Vec<Angle> = values.iter().map(|value| Angle::constant(*value)).collect();
            self.sinks.push(Vec::new());
            let phases = std::mem::replace(&mut self.phases, true);
            let done = self.unfold(def, &args, &qubits, def.name.span);
            self.phases = phases;
            let ops = self.sinks.pop().unwrap_or_default();
            if done.is_err() || ops.len() > COMPARED {
                return None;
            }
            let found = matrix(&ops, n)?;
            let wanted = controlled_matrix(gate, &values);
            let overlap: C64 = found.as_slice().iter().zip(wanted.as_slice()).map(|(a, b)| a * b.conj()).sum();
            let phase = overlap / overlap.norm();
            if !phase.is_finite() || found.distance(&wanted.scale(phase)) > TOLERANCE {
                return None;
            }
            exact &= (phase - c(1.0, 0.0)).norm() < TOLERANCE;
        }
        Some((gate, exact))
    }
}

/// The name under which a gate's OpenQASM definition defines it.
fn defined_name(gate: &Gate) -> Option<&str> {
    let head = gate.qasm_definition.strip_prefix("gate ")?;
    head.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// A gate with its own controls as a matrix; operand 0 is the least significant bit.
fn controlled_matrix(gate: &Gate, values: &[f64]) -> Matrix {
    let small = (gate.matrix)(values);
    let (dim, mask) = (1 << gate.n_qubits(), (1 << gate.controls) - 1);
    let mut out = Matrix::identity(dim);
    for row in (0..dim).filter(|row| row & mask == mask) {
        for column in (0..dim).filter(|column| column & mask == mask) {
            out[(row, column)] = small[(row >> gate.controls, column >> gate.controls)];
        }
    }
    out
}

/// The product of constant operations on `n` qubits; `None` if one is no gate.
fn matrix(ops: &[QuantumOp], n: usize) -> Option<Matrix> {
    let dim = 1 << n;
    let mut out = Matrix::identity(dim);
    for op in ops {
        let QuantumOp::Gate(gate) = op else { continue };
        let values: Vec<f64> = gate.params().iter().map(Angle::as_constant).collect::<Option<_>>()?;
        let small = gate.target_matrix(&values);
        let controls: Vec<(u32, bool)> = gate.controls().collect();
        let local = |index: usize| gate.targets().iter().enumerate().map(|(k, q)| (index >> q & 1) << k).sum::<usize>();
        let rest = |index: usize| gate.targets().iter().fold(index, |index, q| index & !(1 << q));
        let mut next = Matrix::zeros(dim);
        for row in 0..dim {
            let fires = controls.iter().all(|(qubit, value)| (row >> qubit & 1 == 1) == *value);
            for column in 0..dim {
                let entry = match fires {
                    false => out[(row, column)],
                    true => (0..dim)
                        .filter(|inner| rest(*inner) == rest(row))
                        .map(|inner| small[(local(row), local(inner))] * out[(inner, column)])
                        .sum(),
                };
                next[(row, column)] = entry;
            }
        }
        out = next;
    }
    Some(out)
}

/// A definition with its words numbered anew.
fn renamed(def: &GateDef, word: &mut impl FnMut(Sym) -> Sym) -> GateDef {
    let mut name = |name: &Name| Name { sym: word(name.sym), span: name.span };
    let (params, qubits) = (def.params.iter().map(&mut name).collect(), def.qubits.iter().map(&mut name).collect());
    let own = name(&def.name);
    let mut body = def.body.clone();
    for stmt in &mut body {
        if let StmtKind::Call(call) = &mut stmt.kind {
            call.name.sym = word(call.name.sym);
            call.args.iter_mut().for_each(|arg| rename_expr(arg, word));
            for operand in &mut call.operands {
                if let Base::Name(sym) = &mut operand.base {
                    *sym = word(*sym);
                }
            }
        }
    }
    GateDef { name: own, params, qubits, body }
}

fn rename_expr(expr: &mut Expr, word: &mut impl FnMut(Sym) -> Sym) {
    match &mut expr.kind {
        ExprKind::Name(sym) => *sym = word(*sym),
        ExprKind::Unary(_, inner) => rename_expr(inner, word),
        ExprKind::Binary(_, both) => both.iter_mut().for_each(|inner| rename_expr(inner, word)),
        ExprKind::Call(sym, args) => {
            // Functions are keywords and keep their numbers.
            debug_assert!((sym.0 as usize) < KEYWORDS.len());
            args.iter_mut().for_each(|arg| rename_expr(arg, word));
        }
        ExprKind::Index(_, selector) => {
            if let Selector::One(inner) = &mut **selector {
                rename_expr(inner, word);
            }
        }
        _ => {}
    }
}

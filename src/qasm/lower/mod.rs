//! Statements to a circuit, by running them: loops turn, subroutines and gates unfold, registers become qubits.
//!
//! `values` evaluates expressions, `operands` finds qubits and bits, `calls` applies gates, `quick` the plainest of them at once, `defined` knows definitions,
//! `bits` carries measurements, conditions and resets, `finish` makes the graph.

mod bits;
mod calls;
mod defined;
mod finish;
mod operands;
mod quick;
mod values;

use super::ast::{BitStart, Iterated, Name, Stmt, StmtKind, Version};
use super::lex::{Interner, Sym};
use super::library::{self, Library, Meaning};
use super::parse::{MAX_ERRORS, Parser};
use super::{Mode, Options, errors};
use crate::diag::{Diagnostic, nearest, sort_and_dedup};
use crate::gates::{Gate, habit};
use crate::ir::build::{MAX_OPERATIONS, MAX_QUBITS};
use crate::ir::{Graph, QuantumOp, Register};
use crate::source::Span;
use std::rc::Rc;
use std::sync::Arc;
pub(super) use values::Value;

/// Most steps of a program: statements run and operations made, those of gates that are later thrown away too.
const MAX_STEPS: usize = 5_000_000;
/// Most classical bits.
const MAX_BITS: usize = 1 << 20;
/// Deepest nesting of gates and subroutines in each other.
const MAX_CALLS: usize = 64;

type Lowered<T> = Result<T, Diagnostic>;

/// What a name of the program is.
#[derive(Clone, Debug)]
enum Entity {
    Qubits { start: u32, len: u32, single: bool },
    Bits { start: u32, len: u32, single: bool },
    Alias(Rc<[u32]>),
    Number(Value),
    Def(Rc<super::ast::Def>),
}

/// What a gate's name is.
#[derive(Clone, Debug)]
enum Callee {
    Gate(&'static Gate),
    Controlled(&'static Gate, usize),
    /// The `U` of the version.
    Builtin,
    Defined(Rc<defined::Definition>),
    Opaque(Span),
}

/// A gate of the program with where it comes from.
#[derive(Clone, Debug)]
struct Known {
    callee: Callee,
    /// Where it is defined; `None` in a library.
    span: Option<Span>,
}

/// In which kind of body the statements run stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Body {
    Program,
    Gate,
    Def,
}

struct Lower<'p> {
    words: Interner,
    version: Version,
    options: &'p Options,
    values: Vec<Option<(Entity, Span)>>,
    gates: Vec<Option<Known>>,
    /// Names of the bodies being run, innermost last; those before `base` belong to other bodies.
    locals: Vec<(Sym, Entity)>,
    base: usize,
    body: Body,
    calls: usize,
    /// Inside `ctrl @`, where phases count?
    phases: bool,
    /// Operations of modified gates, innermost last.
    sinks: Vec<Vec<QuantumOp>>,
    ops: Vec<QuantumOp>,
    registers: Vec<Register>,
    n_qubits: u32,
    /// Highest `$n`, plus one.
    physical: u32,
    qubits: Vec<bits::QubitState>,
    bits: Vec<bits::Bit>,
    /// Qubits measured without a bit.
    loose: Vec<u32>,
    /// What the statements being run depend on.
    conditions: Vec<(u32, bool)>,
    inputs: Vec<(String, Span)>,
    steps: usize,
    no_path: Arc<str>,
    ended: bool,
}

/// The graph of a program, run while it is read.
///
/// # Errors
/// Everything that is wrong with its text; if there is nothing, everything that is wrong with what it means, in order.
pub(super) fn lower(mut parser: Parser<'_, '_>, name: &str, options: &Options) -> Result<Graph, Vec<Diagnostic>> {
    let mut lower = Lower::new(parser.version, options);
    // Reader and runner share one set of words, which is with whoever works.
    std::mem::swap(&mut lower.words, &mut parser.words);
    lower.builtins();
    let (mut diagnostics, mut stopped) = (Vec::new(), false);
    let mut stmts = Vec::new();
    let mut more = true;
    while more {
        stmts.clear();
        std::mem::swap(&mut lower.words, &mut parser.words);
        more = parser.batch(&mut stmts);
        std::mem::swap(&mut lower.words, &mut parser.words);
        if parser.diagnostics.is_empty() && !stopped {
            stopped = !lower.batch(&stmts, &mut diagnostics);
        }
    }
    if !parser.diagnostics.is_empty() {
        sort_and_dedup(&mut parser.diagnostics);
        return Err(parser.diagnostics);
    }
    if diagnostics.is_empty() { lower.finish(name).map_err(|error| vec![error]) } else { Err(diagnostics) }
}

impl<'p> Lower<'p> {
    fn new(version: Version, options: &'p Options) -> Self {
        Self {
            words: Interner::default(),
            version,
            options,
            values: Vec::new(),
            gates: Vec::new(),
            locals: Vec::new(),
            base: 0,
            body: Body::Program,
            calls: 0,
            phases: false,
            sinks: Vec::new(),
            ops: Vec::new(),
            registers: Vec::new(),
            n_qubits: 0,
            physical: 0,
            qubits: Vec::new(),
            bits: Vec::new(),
            loose: Vec::new(),
            conditions: Vec::new(),
            inputs: Vec::new(),
            steps: 0,
            no_path: Arc::from(""),
            ended: false,
        }
    }

    /// Runs statements at the top of the program; `false` if no more are to be run.
    fn batch(&mut self, stmts: &[Stmt], diagnostics: &mut Vec<Diagnostic>) -> bool {
        for stmt in stmts {
            if let Err(error) = self.stmt(stmt) {
                let fatal = std::ptr::eq(error.code, &errors::TOO_LARGE);
                diagnostics.push(error);
                if fatal || diagnostics.len() >= MAX_ERRORS {
                    return false;
                }
                self.reset_after_error();
            }
            if self.ended {
                return false;
            }
        }
        true
    }
}

impl Lower<'_> {
    fn reset_after_error(&mut self) {
        self.locals.clear();
        self.sinks.clear();
        self.conditions.clear();
        (self.base, self.calls, self.body, self.phases) = (0, 0, Body::Program, false);
    }

    /// The gates that need no include.
    fn builtins(&mut self) {
        let names: Vec<&str> = match (self.options.mode, self.version) {
            (Mode::Lenient, _) => library::all_names().collect(),
            (_, Version::Two) => vec!["U", "CX"],
            (_, Version::Three) => vec!["U", "gphase"],
        };
        names.into_iter().for_each(|name| self.library_gate(name));
    }

    fn library(&mut self, library: &'static Library, span: Span) -> Lowered<()> {
        let strict = self.options.mode == Mode::Strict;
        let fits = match library.name {
            "qelib1.inc" => self.version == Version::Two,
            "stdgates.inc" => self.version == Version::Three,
            _ => true,
        };
        if strict && !fits {
            let message = format!("`{}` belongs to the other version of OpenQASM", library.name);
            return Err(Diagnostic::error(&errors::STRICT, span, message));
        }
        library.names(strict).for_each(|name| self.library_gate(name));
        Ok(())
    }

    /// Makes a known gate available, unless the program defined one of this name.
    fn library_gate(&mut self, name: &str) {
        let sym = self.words.intern(name);
        if self.gates.get(sym.0 as usize).is_some_and(Option::is_some) {
            return;
        }
        let callee = match library::meaning(name) {
            Some(Meaning::Gate(gate)) => Callee::Gate(library::gate(gate)),
            Some(Meaning::Controlled(gate, times)) => Callee::Controlled(library::gate(gate), times),
            Some(Meaning::Builtin) => Callee::Builtin,
            Some(Meaning::Text(text)) => match self.prelude(text) {
                Some(callee) => callee,
                None => return,
            },
            None => return,
        };
        self.set_gate(sym, Known { callee, span: None });
    }

    fn set_gate(&mut self, sym: Sym, known: Known) {
        let at = sym.0 as usize;
        if self.gates.len() <= at {
            self.gates.resize(at + 1, None);
        }
        self.gates[at] = Some(known);
    }

    /// Declares a name of the program.
    fn declare(&mut self, name: Name, entity: Entity) -> Lowered<()> {
        let at = name.sym.0 as usize;
        if self.values.len() <= at {
            self.values.resize(at.max(self.words.len()) + 1, None);
        }
        if let Some((_, before)) = &self.values[at]
            && self.options.mode != Mode::Lenient
        {
            let text = self.words.name(name.sym);
            return Err(Diagnostic::error(&errors::REDEFINED, name.span, format!("`{text}` is declared twice"))
                .label(*before, "it is first declared here"));
        }
        self.values[at] = Some((entity, name.span));
        Ok(())
    }

    fn find(&self, sym: Sym) -> Option<&Entity> {
        let local = self.locals[self.base..].iter().rev().find(|(name, _)| *name == sym);
        local.map(|(_, entity)| entity).or_else(|| self.values.get(sym.0 as usize)?.as_ref().map(|(entity, _)| entity))
    }

    /// The error for a name that nothing declares.
    fn unknown(&self, sym: Sym, span: Span) -> Diagnostic {
        let text = self.words.name(sym);
        let declared = self.values.iter().enumerate().filter(|(_, value)| value.is_some());
        let names = declared.filter_map(|(at, _)| Some(self.words.name(Sym(u32::try_from(at).ok()?))));
        let locals = self.locals[self.base..].iter().map(|(sym, _)| self.words.name(*sym));
        let error = Diagnostic::error(&errors::UNKNOWN_NAME, span, format!("`{text}` is not declared"));
        match nearest(text, names.chain(locals)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// The error for a gate that nothing defines.
    fn unknown_gate(&self, name: Name) -> Diagnostic {
        let text = self.words.name(name.sym);
        let error = Diagnostic::error(&errors::UNKNOWN_GATE, name.span, format!("there is no gate `{text}`"));
        if library::meaning(text).is_some() {
            let file = if self.version == Version::Two { "qelib1.inc" } else { "stdgates.inc" };
            let given = library::library(file).is_some_and(|library| library.names(false).any(|known| known == text));
            return match (given, self.options.mode) {
                (_, Mode::Strict) => error
                    .note("a strict reader knows only what the standard libraries define")
                    .help(format!("define `{text}` in the program, or read without `--strict`")),
                (true, _) => error.help(format!("add `include \"{file}\";`, or read with `--lenient`")),
                (false, _) => error.help(format!("define `{text}` in the program, or read with `--lenient`")),
            };
        }
        let defined = self.gates.iter().enumerate().filter(|(_, gate)| gate.is_some());
        let names = defined.filter_map(|(at, _)| Some(self.words.name(Sym(u32::try_from(at).ok()?))));
        match habit(text).map(str::to_owned).or_else(|| nearest(text, names).map(str::to_owned)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("define it with `gate` before it is used"),
        }
    }

    fn step(&mut self, span: Span) -> Lowered<()> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > MAX_STEPS || self.ops.len() >= MAX_OPERATIONS {
            return Err(Diagnostic::error(&errors::TOO_LARGE, span, "the program unfolds into too many operations")
                .note(format!("at most {MAX_OPERATIONS} operations in {MAX_STEPS} steps are read")));
        }
        Ok(())
    }

    fn run(&mut self, stmts: &[Stmt]) -> Lowered<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Lowered<()> {
        self.step(stmt.span)?;
        match &stmt.kind {
            StmtKind::Quick(quick) => return self.quick(quick, stmt.span),
            StmtKind::Call(call) => return self.call(call, stmt.span),
            StmtKind::Barrier(operands) => return self.barrier(operands, stmt.span),
            StmtKind::For(name, over, body) => return self.for_loop(*name, over, body),
            StmtKind::If(condition, then, otherwise) => return self.condition(condition, then, otherwise),
            StmtKind::Nothing => return Ok(()),
            _ => {}
        }
        if self.body == Body::Gate {
            return Err(self.not_in_gate(stmt));
        }
        match &stmt.kind {
            StmtKind::Block(stmts) => self.run(stmts),
            StmtKind::Measure(qubits, target) => self.measure(qubits, target.as_ref(), stmt.span),
            StmtKind::Reset(operand) => self.reset(operand, stmt.span),
            StmtKind::Const(name, value) => {
                let value = self.eval(value)?;
                match self.body {
                    Body::Program if self.calls == 0 => self.declare(*name, Entity::Number(value)),
                    _ => {
                        self.locals.push((name.sym, Entity::Number(value)));
                        Ok(())
                    }
                }
            }
            StmtKind::Assign(target, value) => self.assign(target, value),
            _ if self.body == Body::Def => Err(Diagnostic::error(
                &errors::SYNTAX,
                stmt.span,
                "this is declared at the top of a program, not in a subroutine",
            )),
            StmtKind::Library(library) => self.library(library, stmt.span),
            StmtKind::Gate(def) => self.define(def),
            StmtKind::Opaque(name) => {
                let callee = Callee::Opaque(name.span);
                self.set_gate(name.sym, Known { callee, span: Some(name.span) });
                Ok(())
            }
            StmtKind::Qubits(name, size) => self.qubits_declared(*name, size.as_ref()),
            StmtKind::Bits(name, size, start) => self.bits_declared(*name, size.as_ref(), start.as_deref(), stmt.span),
            StmtKind::Input(name) => self.input(*name),
            StmtKind::Alias(name, parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.qubits_of(part)?.list());
                }
                self.declare(*name, Entity::Alias(all.into()))
            }
            StmtKind::Def(def) => self.declare(def.name, Entity::Def(Rc::clone(def))),
            StmtKind::End => {
                self.ended = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn not_in_gate(&self, stmt: &Stmt) -> Diagnostic {
        let what = match stmt.kind {
            StmtKind::Measure(..) => "a measurement",
            StmtKind::Reset(_) => "a reset",
            StmtKind::Bits(..) | StmtKind::Assign(..) => "a classical bit",
            _ => "this",
        };
        Diagnostic::error(&errors::SYNTAX, stmt.span, format!("{what} cannot stand in a gate, which is unitary"))
            .help("move it behind the application of the gate")
    }

    fn for_loop(&mut self, name: Name, over: &Iterated, body: &[Stmt]) -> Lowered<()> {
        let depth = self.locals.len();
        let once = |lower: &mut Self, value: i64| {
            lower.step(name.span)?;
            lower.locals.truncate(depth);
            lower.locals.push((name.sym, Entity::Number(Value::Int(value))));
            lower.run(body)
        };
        match over {
            Iterated::Set(items) => {
                for item in items {
                    let value = self.int(item)?;
                    once(self, value)?;
                }
            }
            Iterated::Range(first, step, last) => {
                let (first_at, last_at) = (self.int(first)?, self.int(last)?);
                let step_by = step.as_ref().map_or(Ok(1), |step| self.int(step))?;
                if step_by == 0 {
                    let span = step.as_ref().map_or(first.span, |step| step.span);
                    return Err(Diagnostic::error(&errors::BAD_NUMBER, span, "a loop in steps of 0 never ends"));
                }
                let mut at = first_at;
                while if step_by > 0 { at <= last_at } else { at >= last_at } {
                    once(self, at)?;
                    match at.checked_add(step_by) {
                        Some(next) => at = next,
                        None => break,
                    }
                }
            }
        }
        self.locals.truncate(depth);
        Ok(())
    }

    fn qubits_declared(&mut self, name: Name, size: Option<&super::ast::Expr>) -> Lowered<()> {
        let len = self.size(size, MAX_QUBITS, "qubits")?;
        let start = self.n_qubits;
        if i64::from(start) + i64::from(len) > MAX_QUBITS {
            return Err(Diagnostic::error(&errors::TOO_LARGE, name.span, "the program has too many qubits")
                .note(format!("at most {MAX_QUBITS} are read")));
        }
        if self.physical > 0 {
            return Err(mixed(name.span));
        }
        self.declare(name, Entity::Qubits { start, len, single: size.is_none() })?;
        self.n_qubits += len;
        self.qubits.resize(self.n_qubits as usize, bits::QubitState::default());
        self.registers.push(Register { name: self.words.name(name.sym).to_owned(), start, len });
        Ok(())
    }

    fn bits_declared(
        &mut self,
        name: Name,
        size: Option<&super::ast::Expr>,
        start: Option<&BitStart>,
        span: Span,
    ) -> Lowered<()> {
        let len = self.size(size, MAX_BITS as i64, "bits")?;
        let first = self.bits.len();
        if first + len as usize > MAX_BITS {
            return Err(Diagnostic::error(&errors::TOO_LARGE, name.span, "the program has too many bits"));
        }
        let entity = Entity::Bits { start: u32::try_from(first).unwrap_or(u32::MAX), len, single: size.is_none() };
        self.declare(name, entity)?;
        self.bits.resize(first + len as usize, bits::Bit::default());
        let target = super::ast::Operand { base: super::ast::Base::Name(name.sym), selector: None, span: name.span };
        match start {
            Some(BitStart::Measure(qubits)) => self.measure(qubits, Some(&target), span),
            Some(BitStart::Value(value)) => self.assign(&target, value),
            None => Ok(()),
        }
    }

    /// The size of a register; 1 without one.
    fn size(&mut self, size: Option<&super::ast::Expr>, most: i64, what: &str) -> Lowered<u32> {
        let Some(expr) = size else { return Ok(1) };
        let size = self.int(expr)?;
        if size < 1 {
            return Err(Diagnostic::error(
                &errors::BAD_INDEX,
                expr.span,
                format!("a register cannot have {size} {what}"),
            ));
        }
        u32::try_from(size).ok().filter(|_| size <= most).ok_or_else(|| {
            Diagnostic::error(&errors::TOO_LARGE, expr.span, format!("a register of {size} {what} is too large"))
                .note(format!("at most {most} are read"))
        })
    }

    fn input(&mut self, name: Name) -> Lowered<()> {
        let at = u32::try_from(self.inputs.len()).unwrap_or(u32::MAX);
        let value = crate::ir::Angle::variable(crate::ir::Variable::Input(at));
        self.declare(name, Entity::Number(Value::Angle(value)))?;
        self.inputs.push((self.words.name(name.sym).to_owned(), name.span));
        Ok(())
    }
}

/// The error for `$0` beside registers.
fn mixed(span: Span) -> Diagnostic {
    Diagnostic::error(&errors::NOT_CARRIED, span, "a program names its qubits either `$0` or by registers, not both")
}

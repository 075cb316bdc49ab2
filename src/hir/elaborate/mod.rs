//! Elaboration: one walk of the program with choices, sizes and loop variables as symbols.
//!
//! Items are inlined where they are used, every check that depends on a symbol becomes an `Obligation`, and what is left
//! is a [`Template`](super::template::Template) that knows neither names nor calls. One walk serves checking, counting and
//! building, so the three cannot disagree.

mod argument;
mod builtin;
mod call;
mod choice;
mod condition;
mod config;
mod device;
mod expression;
mod feeding;
mod function;
mod gate;
mod generate;
mod list;
mod macros;
mod metric;
mod module;
mod names;
mod naming;
mod observable;
mod operator;
mod pipeline;
mod prepare;
mod readout;
mod search;
mod statement;
mod tensor;
mod types;

pub use builtin::FUNCTIONS;
pub use device::DEVICE_FIELDS;
pub(crate) use expression::suggest;
pub use names::Names;
pub use search::FIELDS;
pub(crate) use search::{check_device, check_item, elaborate_model, elaborate_search};
pub(crate) use types::mentions;

use super::expr::{self, Expr, Symbol};
use super::obligation::{Case, Explain, Obligation};
use super::program::Program;
use super::symbol::{PathTemplate, Shown, SymbolInfo, SymbolKind};
use super::template::{Step, Steps};
use super::value::{ItemRef, Value};
use super::vocabulary::Vocabulary;
use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};
use naming::NameScope;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Deepest nesting of items, expressions and blocks.
pub const MAX_DEPTH: usize = 160;
/// Most iterations of a pipeline's loop that are unrolled.
pub const MAX_UNROLL: i64 = 1024;
/// Most expressions that are evaluated in one walk; a program past it is refused, not waited for.
const MAX_WORK: u64 = 20_000_000;

/// The state of a walk.
pub(crate) struct Elaborator<'p> {
    pub(crate) program: &'p Program,
    pub(crate) vocabulary: &'p Vocabulary<'p>,
    pub(crate) symbols: Vec<SymbolInfo>,
    pub(crate) obligations: Vec<Obligation>,
    pub(crate) requires: Vec<(Vec<Expr>, Expr)>,
    /// Where the first requirement over choices stands.
    pub(crate) first_require: Option<Span>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) used: BTreeSet<Span>,
    /// Items whose bodies were walked.
    pub(crate) walked: BTreeSet<ItemRef>,
    /// Spans already walked: a warning about something unused needs the place to have been reached.
    pub(crate) bound: BTreeMap<Span, String>,
    /// Conditions under which the place exists.
    guards: Vec<Expr>,
    /// Requirements that hold here.
    facts: Vec<Expr>,
    loops: Vec<Symbol>,
    steps: Vec<Steps>,
    naming: Vec<NameScope>,
    choices: HashMap<(Span, PathTemplate), Symbol>,
    module: usize,
    /// Items being walked, with the places that entered them.
    calls: Vec<(ItemRef, Span)>,
    /// Files that come with the binary.
    library: BTreeSet<FileId>,
    circuit: Option<CircuitState>,
    circuits: u32,
    depth: usize,
    work: u64,
    /// Inside a `fn`, a default of a library item checked alone, or another place where only fixed values are allowed.
    fixed_only: bool,
    in_search: bool,
    /// In a search: does it name a device? Metrics of a device need one.
    pub(crate) device_given: Option<bool>,
}

/// What is known of the circuit being walked.
#[derive(Clone)]
struct CircuitState {
    id: u32,
    at: Vec<Expr>,
    /// Qubits declared so far.
    qubits: Expr,
    /// Where the first read-out was taken.
    readout: Option<Span>,
    /// Qubits touched by a gate so far: which, under which conditions, where.
    touched: Vec<(Expr, Vec<Expr>, Span)>,
}

impl<'p> Elaborator<'p> {
    pub(crate) fn new(program: &'p Program, vocabulary: &'p Vocabulary<'p>, module: usize) -> Self {
        Self {
            program,
            vocabulary,
            symbols: Vec::new(),
            obligations: Vec::new(),
            requires: Vec::new(),
            first_require: None,
            diagnostics: Vec::new(),
            used: BTreeSet::new(),
            walked: BTreeSet::new(),
            bound: BTreeMap::new(),
            guards: Vec::new(),
            facts: Vec::new(),
            loops: Vec::new(),
            steps: vec![Vec::new()],
            naming: vec![NameScope::root()],
            choices: HashMap::new(),
            module,
            calls: Vec::new(),
            library: program.library_files(),
            circuit: None,
            circuits: 0,
            depth: 0,
            work: 0,
            fixed_only: false,
            in_search: false,
            device_given: None,
        }
    }

    pub(crate) fn take_steps(&mut self) -> Steps {
        self.steps.pop().unwrap_or_default()
    }

    /// Reports something and goes on with [`Value::Error`].
    fn report(&mut self, diagnostic: Diagnostic) -> Value {
        let diagnostic = match self.user_site() {
            Some((site, name)) => relocate(diagnostic, site, &name, &self.library),
            None => diagnostic,
        };
        self.diagnostics.push(diagnostic);
        Value::Error
    }

    /// Where the user's text entered the library, and by which item; `None` outside the library.
    fn user_site(&self) -> Option<(Span, String)> {
        let inside = |span: &Span| self.library.contains(&span.file);
        let at = self.calls.iter().rposition(|(_, span)| *span != Span::default() && !inside(span))?;
        let (item, site) = self.calls[at];
        let declared = self.program.item(item).kind.name()?;
        inside(&declared.span).then(|| (site, declared.text.clone()))
    }

    /// The place itself, or where the user's text entered the library if it lies in it.
    fn user_place(&self, span: Span) -> Span {
        if !self.library.contains(&span.file) {
            return span;
        }
        self.user_site().map_or(span, |(site, _)| site)
    }

    /// Is an item being walked already?
    fn is_open(&self, item: ItemRef) -> bool {
        self.calls.iter().any(|(open, _)| *open == item)
    }

    fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> Value {
        self.report(Diagnostic::error(code, span, message))
    }

    fn emit(&mut self, step: Step) {
        if let Some(steps) = self.steps.last_mut() {
            steps.push(step);
        }
    }

    /// Runs `f` and returns the steps it emitted.
    fn collect<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (R, Steps) {
        self.steps.push(Vec::new());
        let result = f(self);
        (result, self.steps.pop().unwrap_or_default())
    }

    /// Runs `f` under a condition; returns its result and steps.
    fn under<R>(&mut self, condition: &Expr, f: impl FnOnce(&mut Self) -> R) -> (R, Steps) {
        self.guards.push(condition.clone());
        let out = self.collect(f);
        self.guards.pop();
        out
    }

    /// Is the place reached in no architecture?
    fn is_dead(&self) -> bool {
        expr::constant(&expr::all(self.guards.iter().cloned())) == Some(0)
    }

    /// `predicate` must hold wherever this place is reached.
    fn require_that(&mut self, predicate: Expr, explain: Explain) {
        if expr::constant(&predicate) == Some(1) || self.is_dead() {
            return;
        }
        let guard = self.guards.iter().chain(&self.facts).cloned().collect();
        let explain: Explain = match self.user_site() {
            Some((site, name)) => {
                let library = self.library.clone();
                Box::new(move |case| relocate(explain(case), site, &name, &library))
            }
            None => explain,
        };
        self.obligations.push(Obligation { guard, predicate, explain });
    }

    /// A simple obligation: one sentence with values put in by `message`.
    fn must(
        &mut self,
        predicate: Expr,
        code: &'static Code,
        span: Span,
        message: impl Fn(&Case<'_>) -> String + 'static,
    ) {
        self.require_that(predicate, Box::new(move |case| Diagnostic::error(code, span, message(case))));
    }

    /// Enters one more level; reports and returns `false` past the limits.
    fn enter(&mut self, span: Span) -> bool {
        self.depth += 1;
        self.work += 1;
        if self.depth > MAX_DEPTH {
            self.error(
                &super::errors::types::TOO_LARGE,
                span,
                format!("this is nested more than {MAX_DEPTH} levels deep, calls included"),
            );
            return false;
        }
        if self.work > MAX_WORK {
            if self.work == MAX_WORK + 1 {
                self.error(
                    &super::errors::types::TOO_LARGE,
                    span,
                    format!("the program unfolds to more than {MAX_WORK} expressions here"),
                );
            }
            return false;
        }
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Intervals of the symbols known so far.
    fn ranges(&self) -> super::solve::SymbolRanges<'_> {
        super::solve::SymbolRanges(&self.symbols)
    }

    fn new_symbol(&mut self, info: SymbolInfo) -> Symbol {
        self.symbols.push(info);
        Symbol(u32::try_from(self.symbols.len() - 1).unwrap_or(u32::MAX))
    }

    /// A setting of an item checked by itself.
    fn free_symbol(&mut self, name: &str, count: Option<i64>, shown: Shown, span: Span) -> Symbol {
        let path = PathTemplate::default().child(name);
        self.new_symbol(SymbolInfo {
            name: name.to_owned(),
            path,
            kind: SymbolKind::Free { count },
            shown,
            loops: Vec::new(),
            guard: Vec::new(),
            span,
        })
    }

    /// Runs `f` once with a new loop variable; its steps become one loop step.
    fn repeat<R>(
        &mut self,
        range: &list::LoopRange,
        name: &str,
        span: Span,
        f: impl FnOnce(&mut Self, Symbol) -> (R, Option<Expr>),
    ) -> (R, Symbol, Option<Expr>) {
        let path = self.path().child(name);
        let var = self.new_symbol(SymbolInfo {
            name: name.to_owned(),
            path,
            kind: SymbolKind::Loop { start: range.start.clone(), step: range.step, len: range.len.clone() },
            shown: Shown::Int,
            loops: Vec::new(),
            guard: self.guards.clone(),
            span,
        });
        let depth = self.guards.len();
        let here = expr::symbol(var);
        // Facts for the prover: the variable lies in its range.
        let offset = expr::sub(&here, &range.start);
        if range.step == 1 {
            self.guards.push(expr::le(&expr::int(0), &offset));
            self.guards.push(expr::lt(&offset, &range.len));
        }
        self.loops.push(var);
        let ((result, filter), body) = self.collect(|this| f(this, var));
        self.loops.pop();
        self.guards.truncate(depth);
        if !body.is_empty() {
            self.emit(Step::Loop { var, filter: filter.clone(), body });
        }
        (result, var, filter)
    }

    /// The loop values at this place, to tell instances of choices and circuits apart.
    fn loop_values(&self) -> Vec<Expr> {
        self.loops.iter().map(|&var| expr::symbol(var)).collect()
    }
}

/// Moves a finding inside the library to the place in the user's text that led there.
fn relocate(mut diagnostic: Diagnostic, site: Span, name: &str, library: &BTreeSet<FileId>) -> Diagnostic {
    if diagnostic.primary.is_none_or(|span| !library.contains(&span.file)) {
        return diagnostic;
    }
    diagnostic.primary = Some(site);
    diagnostic.primary_label = format!("inside `{name}`");
    diagnostic.labels.retain(|label| !library.contains(&label.span.file));
    diagnostic.fixes.clear();
    diagnostic.note(format!("`{name}` comes with the library: `qnas explain {name}` shows it"))
}

/// `a, b and c`.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

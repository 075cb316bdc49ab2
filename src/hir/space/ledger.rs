//! Totals: whole numbers that add up while a program runs, so that what bounds them is counted exactly.
//!
//! This floor knows no costs: whoever makes a space says what each step of a circuit adds to each total, as an expression over
//! the choices. A total is then one more symbol of the decision tree, changed by the steps and read by conditions at the end,
//! and counting with memory carries its value in the key like that of any choice still looked at.
//!
//! Steps of a circuit that nobody reads count for nothing, and whether it is read may be known only long after its steps. So that is
//! *guessed* beforehand, both ways, and a wrong guess is dropped as soon as the choices are known: no total has to wait for them.

use super::super::expr::{self, Bindings, Expr, Picked, Symbol};
use super::super::solve::SymbolRanges;
use super::super::symbol::SymbolKind;
use super::super::template::{Modifier, Step, Template};
use std::collections::HashMap;
use std::sync::Arc;

/// A gate or `prepare` of a template with what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Charged<'t> {
    /// The step.
    pub step: &'t Step,
    /// The modifiers over it, outermost first.
    pub modifiers: &'t [&'t Modifier],
    /// The number of qubits of its circuit; `None` if branches or loops decide on it.
    pub width: Option<&'t Expr>,
    /// The number of its circuit.
    pub circuit: Option<u32>,
}

/// What a step adds to a total; `None` if that is not known.
type Charge = Box<dyn Fn(&Charged<'_>) -> Option<Expr> + Send + Sync>;

/// What choices add to a total by themselves, whatever the steps add.
#[derive(Debug)]
pub struct Rest {
    /// The choices that decide it: discrete and outside loops; and totals without choices of their own.
    pub symbols: Vec<Symbol>,
    /// The amounts by the values of the symbols; `None` for a choice that does not exist. Every combination that an architecture
    /// can have is here.
    pub amounts: HashMap<Vec<Option<Picked>>, i64>,
}

impl Rest {
    /// The amount under the values of the symbols; `None` if no architecture has them.
    pub(super) fn amount(&self, bindings: &Bindings) -> Option<i64> {
        let key: Vec<_> = self.symbols.iter().map(|symbol| bindings.get(symbol.0, &[]).cloned()).collect();
        self.amounts.get(&key).copied()
    }
}

/// What is added to a total at one place.
#[derive(Clone, Debug)]
pub(super) enum Amount {
    /// So much.
    Expr(Expr),
    /// What the choices say.
    Rest(Arc<Rest>),
}

impl Amount {
    /// Its value; `None` if a number is not known.
    pub(super) fn value(&self, bindings: &Bindings) -> Option<i64> {
        match self {
            Self::Expr(expr) => bindings.eval(expr),
            Self::Rest(rest) => rest.amount(bindings),
        }
    }
}

/// A whole number that adds up over the steps that run.
pub struct Total {
    /// What a step adds to it.
    pub charge: Charge,
    /// Do steps count for nothing whose circuit is not read?
    pub of_read: bool,
    /// What choices add to it.
    pub rests: Vec<Arc<Rest>>,
    /// The largest value that differs from all above it. Only if no step adds less than nothing: then larger values are kept as
    /// one above this, and few different ones remain.
    pub bound: Option<i64>,
}

/// A circuit that not every architecture reads.
#[derive(Debug)]
pub struct Guess {
    /// Its number.
    pub circuit: u32,
    /// Whether it is read: 1 or 0.
    pub read: Arc<Rest>,
}

/// Totals with the conditions that remove assignments by them.
#[derive(Default)]
pub struct Ledger {
    /// The totals.
    pub totals: Vec<Total>,
    /// The circuits that not every architecture reads.
    pub guesses: Vec<Guess>,
    /// Conditions over choices outside loops and over totals, which are [`total_symbol`]s.
    pub conditions: Vec<Expr>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} totals under {:?}", self.totals.len(), self.conditions)
    }
}

/// The largest value an expression over choices can have in any architecture; `None` if nothing bounds it.
#[must_use]
pub fn highest(template: &Template, value: &Expr) -> Option<i64> {
    let high = expr::interval(value, &SymbolRanges(&template.symbols)).high;
    (high < i64::MAX).then_some(high)
}

/// The symbol of a total: numbered after all symbols of the template. In conditions it is the value at the end.
#[must_use]
pub fn total_symbol(template: &Template, at: usize) -> Symbol {
    Symbol(u32::try_from(template.symbols.len() + at).unwrap_or(u32::MAX))
}

/// The symbol of a guess: numbered after the totals. 1 if the circuit is taken to be read.
pub(super) fn guess_symbol(template: &Template, ledger: &Ledger, at: usize) -> Symbol {
    total_symbol(template, ledger.totals.len() + at)
}

/// Is the symbol a total or a guess?
pub(super) fn is_total(template: &Template, symbol: Symbol) -> bool {
    symbol.0 as usize >= template.symbols.len()
}

/// The steps of a template as charges on the totals.
pub(super) struct Charges<'t> {
    pub(super) template: &'t Template,
    pub(super) ledger: &'t Ledger,
    modifiers: Vec<&'t Modifier>,
    width: Option<Expr>,
    circuit: Option<u32>,
    /// Was a charge not known?
    pub(super) unknown: bool,
}

impl<'t> Charges<'t> {
    pub(super) fn new(template: &'t Template, ledger: &'t Ledger) -> Self {
        Self { template, ledger, modifiers: Vec::new(), width: None, circuit: None, unknown: false }
    }

    /// What a gate or `prepare` adds: totals with amounts other than 0.
    pub(super) fn of(&mut self, step: &'t Step) -> Vec<(Symbol, Expr)> {
        let charged = Charged { step, modifiers: &self.modifiers, width: self.width.as_ref(), circuit: self.circuit };
        let guess = self.ledger.guesses.iter().position(|guess| Some(guess.circuit) == self.circuit);
        let read = guess.map(|at| expr::symbol(guess_symbol(self.template, self.ledger, at)));
        let mut out = Vec::new();
        for (at, total) in self.ledger.totals.iter().enumerate() {
            match (total.charge)(&charged) {
                Some(amount) if expr::constant(&amount) == Some(0) => {}
                Some(amount) => {
                    let read = read.as_ref().filter(|_| total.of_read);
                    let amount = read.map_or_else(|| amount.clone(), |read| expr::mul(read, &amount));
                    out.push((total_symbol(self.template, at), amount));
                }
                None => self.unknown = true,
            }
        }
        out
    }

    /// Runs `walk` inside a circuit.
    pub(super) fn in_circuit<R>(&mut self, id: u32, body: &[Step], walk: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.width, width(body));
        let circuit = self.circuit.replace(id);
        let modifiers = std::mem::take(&mut self.modifiers);
        let out = walk(self);
        self.width = outer;
        self.circuit = circuit;
        self.modifiers = modifiers;
        out
    }

    /// Runs `walk` under a modifier.
    pub(super) fn under<R>(&mut self, modifier: &'t Modifier, walk: impl FnOnce(&mut Self) -> R) -> R {
        self.modifiers.push(modifier);
        let out = walk(self);
        self.modifiers.pop();
        out
    }

    /// How often a loop runs, if its variable and filter decide nothing about `amount`.
    pub(super) fn repeated(&self, var: Symbol, filter: Option<&Expr>, amount: &Expr) -> Option<Expr> {
        let mut depends = filter.is_some();
        expr::each_atom(amount, &mut |atom| depends |= atom.symbol == var);
        match &self.template.symbol(var).kind {
            SymbolKind::Loop { len, .. } if !depends => Some(expr::mul(&expr::max(&expr::int(0), len), amount)),
            _ => None,
        }
    }
}

/// The number of qubits that a circuit's own block declares.
fn width(body: &[Step]) -> Option<Expr> {
    fn declares(step: &Step) -> bool {
        match step {
            Step::Qubits { .. } => true,
            Step::Loop { body, .. } | Step::Modified { body, .. } => body.iter().any(declares),
            Step::Branch { then, otherwise, .. } => then.iter().chain(otherwise).any(declares),
            _ => false,
        }
    }
    let mut out = expr::int(0);
    for step in body {
        match step {
            Step::Qubits { start, len, .. } => out = expr::add(start, len),
            step if declares(step) => return None,
            _ => {}
        }
    }
    Some(out)
}

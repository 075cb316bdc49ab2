//! Fixed values as symbolic integers: everything a program decides before it runs.
//!
//! Ints, bools (0 and 1), enum variants and the alternatives of a `choose` (their positions) are all one kind of
//! expression over symbols, so that one normal form, one evaluator and one interval analysis serve shapes, bounds, guards
//! and domains alike. The smart constructors of `build.rs` keep expressions in normal form: equal forms compare equal.

mod build;
mod eval;
mod interval;
mod show;

pub use build::*;
pub use eval::{Bindings, Picked};
pub use interval::{Interval, Ranges, interval};
pub use show::{Names, show};

use std::collections::BTreeSet;
use std::sync::Arc;

/// A symbol: a choice, a loop variable or a free setting. Symbols ascend in order of creation, and the domain of one
/// mentions only smaller ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(pub u32);

/// One instance of a symbol: a choice inside loops exists once per iteration, `at` says which.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Atom {
    /// The symbol.
    pub symbol: Symbol,
    /// Values of the loops around it, outermost first; empty for loop variables and settings.
    pub at: Vec<Expr>,
}

/// A shared expression.
pub type Expr = Arc<Node>;

/// A node of an expression in normal form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Node {
    /// A number.
    Const(i64),
    /// The value of a symbol.
    Atom(Atom),
    /// Length of a chosen subset.
    Len(Atom),
    /// Position in its set of the k-th element of a chosen subset.
    Pick(Atom, Expr),
    /// `constant + Σ factor · term`, at least one term or it would be `Const`; terms ascend and are no sums.
    Sum(i64, Vec<(i64, Expr)>),
    /// A product of at least two factors that are no sums with constants pulled out.
    Product(Vec<Expr>),
    /// `⌊a / b⌋`
    FloorDiv(Expr, Expr),
    /// `a mod b` with the divisor's sign.
    Mod(Expr, Expr),
    /// `a ** b`, `b >= 0`.
    Pow(Expr, Expr),
    /// Smaller of two.
    Min(Expr, Expr),
    /// Larger of two.
    Max(Expr, Expr),
    /// `⌈log2 a⌉`
    CeilLog2(Expr),
    /// `⌊log2 a⌋`
    FloorLog2(Expr),
    /// `a = 0`
    IsZero(Expr),
    /// `a <= 0`
    IsNonPositive(Expr),
    /// Negation of a 0/1 value.
    Not(Expr),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// `condition ? a : b`
    If(Expr, Expr, Expr),
    /// Entry of a constant table.
    Table(Arc<[i64]>, Expr),
}

/// All atoms an expression mentions, those inside other atoms' positions included.
pub fn atoms(expr: &Expr, out: &mut BTreeSet<Atom>) {
    let mut visit = |atom: &Atom| {
        out.insert(atom.clone());
    };
    each_atom(expr, &mut visit);
}

/// Calls `visit` on every atom mentioned.
pub fn each_atom(expr: &Expr, visit: &mut dyn FnMut(&Atom)) {
    each_atom_within(expr, &|_| true, visit);
}

/// Calls `visit` on every atom mentioned; on those in the positions of an atom only where `inside` says so.
pub(crate) fn each_atom_within(expr: &Expr, inside: &dyn Fn(&Atom) -> bool, visit: &mut dyn FnMut(&Atom)) {
    let on_atom = |atom: &Atom, visit: &mut dyn FnMut(&Atom)| {
        visit(atom);
        for at in atom.at.iter().filter(|_| inside(atom)) {
            each_atom_within(at, inside, visit);
        }
    };
    match &**expr {
        Node::Const(_) => {}
        Node::Atom(atom) | Node::Len(atom) => on_atom(atom, visit),
        Node::Pick(atom, index) => {
            on_atom(atom, visit);
            each_atom_within(index, inside, visit);
        }
        _ => children(expr).into_iter().for_each(|child| each_atom_within(child, inside, visit)),
    }
}

fn children(expr: &Expr) -> Vec<&Expr> {
    match &**expr {
        Node::Const(_) | Node::Atom(_) | Node::Len(_) | Node::Pick(..) => Vec::new(),
        Node::Sum(_, terms) => terms.iter().map(|term| &term.1).collect(),
        Node::Product(list) | Node::And(list) | Node::Or(list) => list.iter().collect(),
        Node::FloorDiv(a, b) | Node::Mod(a, b) | Node::Pow(a, b) | Node::Min(a, b) | Node::Max(a, b) => vec![a, b],
        Node::CeilLog2(a) | Node::FloorLog2(a) | Node::IsZero(a) | Node::IsNonPositive(a) | Node::Not(a) => vec![a],
        Node::If(c, a, b) => vec![c, a, b],
        Node::Table(_, index) => vec![index],
    }
}

/// The same expression with atoms replaced where `replace` gives something. Atoms whose positions change are rebuilt.
#[must_use]
pub fn substitute(expr: &Expr, replace: &dyn Fn(&Atom) -> Option<Expr>) -> Expr {
    let sub = |e: &Expr| substitute(e, replace);
    let moved = |atom: &Atom| Atom { symbol: atom.symbol, at: atom.at.iter().map(sub).collect() };
    match &**expr {
        Node::Const(_) => expr.clone(),
        Node::Atom(a) => replace(a).unwrap_or_else(|| Arc::new(Node::Atom(moved(a)))),
        Node::Len(a) => Arc::new(Node::Len(moved(a))),
        Node::Pick(a, index) => Arc::new(Node::Pick(moved(a), sub(index))),
        Node::Sum(constant, terms) => {
            terms.iter().fold(int(*constant), |sum, (factor, term)| add(&sum, &scale(&sub(term), *factor)))
        }
        Node::Product(list) => list.iter().fold(int(1), |product, factor| mul(&product, &sub(factor))),
        Node::FloorDiv(a, b) => floor_div(&sub(a), &sub(b)),
        Node::Mod(a, b) => modulo(&sub(a), &sub(b)),
        Node::Pow(a, b) => pow(&sub(a), &sub(b)),
        Node::Min(a, b) => min(&sub(a), &sub(b)),
        Node::Max(a, b) => max(&sub(a), &sub(b)),
        Node::CeilLog2(a) => ceil_log2(&sub(a)),
        Node::FloorLog2(a) => floor_log2(&sub(a)),
        Node::IsZero(a) => is_zero(&sub(a)),
        Node::IsNonPositive(a) => is_non_positive(&sub(a)),
        Node::Not(a) => not(&sub(a)),
        Node::And(list) => all(list.iter().map(sub)),
        Node::Or(list) => any(list.iter().map(sub)),
        Node::If(c, a, b) => if_else(&sub(c), &sub(a), &sub(b)),
        Node::Table(table, index) => lookup(table, &sub(index)),
    }
}

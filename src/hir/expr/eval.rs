//! Values of expressions once their symbols have values.

use super::{Atom, Expr, Node, Symbol};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The value of a symbol's instance.
#[derive(Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Picked {
    /// An int, a bool, the position of a variant or alternative.
    Int(i64),
    /// Positions of a chosen subset.
    Subset(Arc<[u32]>),
    /// The bits of a real number (reals never decide structure, so they are only ever compared for identity).
    Real(u64),
}

impl Picked {
    /// A real value.
    #[must_use]
    pub fn real(value: f64) -> Self {
        Self::Real(value.to_bits())
    }
}

/// Values of symbols: `(symbol, positions of the loops around it)`.
#[derive(Clone, Default, Debug)]
pub struct Bindings {
    /// Per symbol. Most are asked for at every gate of every architecture, so they are found by number, and those outside loops
    /// without a search.
    symbols: Vec<Instances>,
}

/// The values of one symbol.
#[derive(Clone, Default, Debug)]
struct Instances {
    outside: Option<Picked>,
    inside: FxHashMap<Vec<i64>, Picked>,
}

impl Instances {
    fn get(&self, at: &[i64]) -> Option<&Picked> {
        if at.is_empty() { self.outside.as_ref() } else { self.inside.get(at) }
    }

    fn set(&mut self, at: Vec<i64>, value: Picked) -> Option<Picked> {
        if at.is_empty() { self.outside.replace(value) } else { self.inside.insert(at, value) }
    }

    fn remove(&mut self, at: &[i64]) {
        match at.is_empty() {
            true => self.outside = None,
            false => drop(self.inside.remove(at)),
        }
    }

    fn all(&self) -> Vec<(&[i64], &Picked)> {
        let outside = self.outside.iter().map(|value| (&[][..], value));
        let mut all: Vec<_> = outside.chain(self.inside.iter().map(|(at, value)| (&at[..], value))).collect();
        all.sort_unstable();
        all
    }
}

impl Bindings {
    /// None yet, with room for so many symbols.
    #[must_use]
    pub fn with_room(symbols: usize) -> Self {
        Self { symbols: Vec::with_capacity(symbols) }
    }

    /// Binds an instance; returns what it was before.
    pub fn bind(&mut self, symbol: u32, at: Vec<i64>, value: Picked) -> Option<Picked> {
        let symbol = symbol as usize;
        if symbol >= self.symbols.len() {
            self.symbols.resize_with(symbol + 1, Instances::default);
        }
        self.symbols[symbol].set(at, value)
    }

    /// Takes a binding back, putting `before` in its place.
    pub fn restore(&mut self, symbol: u32, at: Vec<i64>, before: Option<Picked>) {
        match before {
            Some(value) => drop(self.bind(symbol, at, value)),
            None => {
                if let Some(own) = self.symbols.get_mut(symbol as usize) {
                    own.remove(&at);
                }
            }
        }
    }

    /// These values, those of `other` before them.
    #[must_use]
    pub fn overlaid(&self, other: &Self) -> Self {
        let mut out = self.clone();
        for (symbol, theirs) in (0..).zip(&other.symbols) {
            for (at, value) in theirs.all() {
                out.bind(symbol, at.to_vec(), value.clone());
            }
        }
        out
    }

    /// The value of an instance given by the values of its loops.
    #[must_use]
    pub fn get(&self, symbol: u32, at: &[i64]) -> Option<&Picked> {
        self.symbols.get(symbol as usize)?.get(at)
    }

    /// What is bound of some symbols, in order.
    #[must_use]
    pub fn of(&self, symbols: &BTreeSet<Symbol>) -> Vec<(u32, Vec<i64>, Picked)> {
        let own = symbols.iter().filter_map(|symbol| Some((symbol.0, self.symbols.get(symbol.0 as usize)?)));
        own.flat_map(|(symbol, own)| own.all().into_iter().map(move |(at, value)| (symbol, at.to_vec(), value.clone())))
            .collect()
    }

    /// Takes over from other bindings what is bound there of some symbols, and forgets what else was bound of them.
    pub fn take_over(&mut self, other: &Self, symbols: &BTreeSet<Symbol>) {
        for symbol in symbols {
            if let Some(own) = self.symbols.get_mut(symbol.0 as usize) {
                *own = Instances::default();
            }
        }
        for (symbol, at, value) in other.of(symbols) {
            self.bind(symbol, at, value);
        }
    }

    /// The value of an atom, if it and everything in its positions is bound.
    #[must_use]
    pub fn atom(&self, atom: &Atom) -> Option<&Picked> {
        let own = self.symbols.get(atom.symbol.0 as usize)?;
        match &atom.at[..] {
            [] => own.outside.as_ref(),
            [a] => own.inside.get(&[self.eval(a)?][..]),
            [a, b] => own.inside.get(&[self.eval(a)?, self.eval(b)?][..]),
            list => own.inside.get(&list.iter().map(|e| self.eval(e)).collect::<Option<Vec<i64>>>()?),
        }
    }

    /// The value of an expression; `None` if a symbol is unbound, a number overflows or a divisor is zero.
    #[must_use]
    pub fn eval(&self, expr: &Expr) -> Option<i64> {
        match &**expr {
            Node::Const(value) => Some(*value),
            Node::Atom(atom) => match self.atom(atom)? {
                Picked::Int(value) => Some(*value),
                Picked::Subset(_) | Picked::Real(_) => None,
            },
            Node::Len(atom) => match self.atom(atom)? {
                Picked::Subset(list) => i64::try_from(list.len()).ok(),
                Picked::Int(_) | Picked::Real(_) => None,
            },
            Node::Pick(atom, index) => match self.atom(atom)? {
                Picked::Subset(list) => list.get(usize::try_from(self.eval(index)?).ok()?).map(|&p| i64::from(p)),
                Picked::Int(_) | Picked::Real(_) => None,
            },
            Node::Sum(start, terms) => terms
                .iter()
                .try_fold(*start, |sum, (factor, term)| sum.checked_add(factor.checked_mul(self.eval(term)?)?)),
            Node::Product(list) => {
                list.iter().try_fold(1i64, |product, factor| product.checked_mul(self.eval(factor)?))
            }
            Node::And(list) => self.junction(list, false),
            Node::Or(list) => self.junction(list, true),
            Node::If(condition, a, b) => {
                if self.eval(condition)? != 0 {
                    self.eval(a)
                } else {
                    self.eval(b)
                }
            }
            Node::Table(table, index) => table.get(usize::try_from(self.eval(index)?).ok()?).copied(),
            _ => self.eval_function(expr),
        }
    }

    fn eval_function(&self, expr: &Expr) -> Option<i64> {
        match &**expr {
            Node::FloorDiv(a, b) => floor_div(self.eval(a)?, self.eval(b)?),
            Node::Mod(a, b) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                a.checked_sub(floor_div(a, b)?.checked_mul(b)?)
            }
            Node::Pow(a, b) => self.eval(a)?.checked_pow(u32::try_from(self.eval(b)?).ok()?),
            Node::Min(a, b) => Some(self.eval(a)?.min(self.eval(b)?)),
            Node::Max(a, b) => Some(self.eval(a)?.max(self.eval(b)?)),
            Node::CeilLog2(a) => match self.eval(a)? {
                x if x >= 1 => Some(i64::from(64 - (x - 1).leading_zeros())),
                _ => None,
            },
            Node::FloorLog2(a) => match self.eval(a)? {
                x if x >= 1 => Some(i64::from(63 - x.leading_zeros())),
                _ => None,
            },
            Node::IsZero(a) => Some(i64::from(self.eval(a)? == 0)),
            Node::IsNonPositive(a) => Some(i64::from(self.eval(a)? <= 0)),
            Node::Not(a) => Some(i64::from(self.eval(a)? == 0)),
            _ => None,
        }
    }

    /// `And` stops at the first 0, `Or` at the first 1; an operand without a value decides nothing by itself.
    fn junction(&self, list: &[Expr], stop: bool) -> Option<i64> {
        let mut unknown = false;
        for item in list {
            match self.eval(item) {
                Some(value) if (value != 0) == stop => return Some(i64::from(stop)),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(i64::from(!stop))
    }
}

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

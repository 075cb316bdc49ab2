//! Counting: alternatives add, independent parts multiply, each part once per value of what it looks at.

use super::super::assignment::Domain;
use super::super::expr::{Bindings, Picked, Symbol};
use super::super::solve::Values;
use super::super::symbol::{DomainSpec, SymbolKind};
use super::super::template::Template;
use super::ledger::{Amount, Rest, is_total, total_symbol};
use super::tree::{ListId, Tree, TreeNode};
use num_bigint::BigUint;
use num_traits::{One, Zero};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// What follows a list.
#[derive(Clone, Debug)]
pub(super) enum After {
    /// Nothing: the list is counted by itself.
    End,
    /// The rest of another list.
    Rest(Rc<(ListId, usize, After)>),
    /// The next iteration of an inline loop: list and position of the loop, iteration just done, how many, what follows.
    Next(Rc<(ListId, usize, i64, After)>),
}

pub(super) type Key = (ListId, usize, Vec<Option<Picked>>, Vec<(u32, Vec<i64>, Picked)>);

/// What is guessed of a circuit: that nobody reads it, that somebody does.
pub(super) const GUESSES: [Picked; 2] = [Picked::Int(0), Picked::Int(1)];

/// Counts by place and by what the rest looks at.
pub(super) type Memo = HashMap<Key, BigUint>;

/// Counts with memory.
pub(super) struct Counter<'t> {
    template: &'t Template,
    tree: &'t Tree,
    pub(super) bindings: Bindings,
    /// Values of the loops around the current place, with their variables.
    pub(super) loops: Vec<(Symbol, i64)>,
    escaped: BTreeMap<(u32, Vec<i64>), Picked>,
    pub(super) memo: Memo,
    /// Choices outside of this set, if there is one, count as one however many values they have.
    pub(super) only: Option<BTreeSet<Symbol>>,
    /// Most counts to remember; with more, counting ends and says so.
    pub(super) most: usize,
    /// Were there more?
    pub(super) full: bool,
}

impl<'t> Counter<'t> {
    pub(super) fn new(template: &'t Template, tree: &'t Tree) -> Self {
        let mut bindings = Bindings::with_room(template.symbols.len() + tree.totals.len());
        for at in 0..tree.totals.len() {
            bindings.bind(total_symbol(template, at).0, Vec::new(), Picked::Int(0));
        }
        let (loops, escaped, memo) = (Vec::new(), BTreeMap::new(), Memo::new());
        Self { template, tree, bindings, loops, escaped, memo, only: None, most: usize::MAX, full: false }
    }

    pub(super) fn total(&mut self) -> BigUint {
        self.count(self.tree.root, 0, &After::End)
    }

    /// The instance of a choice at the current place.
    pub(super) fn instance(&self, symbol: Symbol) -> Vec<i64> {
        let info = self.template.symbol(symbol);
        info.loops
            .iter()
            .map(|var| self.loops.iter().rev().find(|(v, _)| v == var).map_or(i64::MIN, |(_, value)| *value))
            .collect()
    }

    pub(super) fn key(&self, list: ListId, at: usize) -> Key {
        let live = &self.tree.lists[list].live[at];
        let values = live
            .iter()
            .map(|&symbol| {
                if is_total(self.template, symbol)
                    || matches!(self.template.symbol(symbol).kind, SymbolKind::Loop { .. })
                {
                    return self.bindings.get(symbol.0, &[]).cloned();
                }
                self.bindings.get(symbol.0, &self.instance(symbol)).cloned()
            })
            .collect();
        let escaped = self
            .escaped
            .iter()
            .filter(|((symbol, _), _)| live.contains(&Symbol(*symbol)))
            .map(|((symbol, at), value)| (*symbol, at.clone(), value.clone()))
            .collect();
        (list, at, values, escaped)
    }

    pub(super) fn bind(&mut self, symbol: Symbol, value: Picked) -> Option<Picked> {
        let at = self.instance(symbol);
        if self.tree.escaped.contains(&symbol) {
            self.escaped.insert((symbol.0, at.clone()), value.clone());
        }
        self.bindings.bind(symbol.0, at, value)
    }

    pub(super) fn unbind(&mut self, symbol: Symbol, before: Option<Picked>) {
        let at = self.instance(symbol);
        if self.tree.escaped.contains(&symbol) {
            match &before {
                Some(value) => self.escaped.insert((symbol.0, at.clone()), value.clone()),
                None => self.escaped.remove(&(symbol.0, at.clone())),
            };
        }
        self.bindings.restore(symbol.0, at, before);
    }

    pub(super) fn is_bound(&self, symbol: Symbol) -> bool {
        self.bindings.get(symbol.0, &self.instance(symbol)).is_some()
    }

    pub(super) fn spec(&self, symbol: Symbol) -> Option<&'t DomainSpec> {
        match &self.template.symbol(symbol).kind {
            SymbolKind::Choice(spec) => Some(spec),
            _ => None,
        }
    }

    pub(super) fn domain(&self, symbol: Symbol) -> Option<Domain> {
        self.spec(symbol)?.resolve(&self.bindings)
    }

    /// First value, distance and number of a loop's iterations.
    pub(super) fn turns(&self, var: Symbol) -> Option<(i64, i64, i64)> {
        match &self.template.symbol(var).kind {
            SymbolKind::Loop { start, step, len } => {
                Some((self.bindings.eval(start)?, *step, self.bindings.eval(len)?.max(0)))
            }
            _ => None,
        }
    }

    /// Adds to a total; returns what it was.
    pub(super) fn add(&mut self, total: Symbol, amount: &Amount) -> Option<Picked> {
        let before = match self.bindings.get(total.0, &[]) {
            Some(Picked::Int(value)) => *value,
            _ => 0,
        };
        // A number past all others is past every bound.
        let after = before.saturating_add(amount.value(&self.bindings).unwrap_or(i64::MAX));
        let limit = self.tree.totals.get(total.0 as usize - self.template.symbols.len()).copied().flatten();
        self.bindings.bind(total.0, Vec::new(), Picked::Int(limit.map_or(after, |limit| after.min(limit))))
    }

    /// Takes an addition back.
    pub(super) fn take_back(&mut self, total: Symbol, before: Option<Picked>) {
        self.bindings.restore(total.0, Vec::new(), before);
    }

    /// Is a guess what the choices say?
    pub(super) fn agrees(&self, symbol: Symbol, read: &Rest) -> bool {
        let guessed = self.bindings.get(symbol.0, &[]);
        read.amount(&self.bindings).is_some_and(|read| guessed == Some(&Picked::Int(read)))
    }

    /// Number of ways to go on from a place.
    pub(super) fn count(&mut self, list: ListId, at: usize, after: &After) -> BigUint {
        if at == self.tree.lists[list].nodes.len() {
            return self.leave(after);
        }
        let key = self.key(list, at);
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        self.full |= self.memo.len() >= self.most;
        if self.full {
            return BigUint::zero();
        }
        let result = self.count_node(list, at, after);
        if !self.full {
            self.memo.insert(key, result.clone());
        }
        result
    }

    fn leave(&mut self, after: &After) -> BigUint {
        match after {
            After::End => BigUint::one(),
            After::Rest(rest) => self.count(rest.0, rest.1, &rest.2),
            After::Next(next) => {
                let done = self.loops.pop();
                let result = self.iterate(next.0, next.1, next.2 + 1, &next.3);
                if let Some((var, value)) = done {
                    self.loops.push((var, value));
                    self.bindings.bind(var.0, Vec::new(), Picked::Int(value));
                }
                result
            }
        }
    }

    fn count_node(&mut self, list: ListId, at: usize, after: &After) -> BigUint {
        let tree = self.tree;
        match &tree.lists[list].nodes[at] {
            TreeNode::Require(condition) => {
                if self.bindings.eval(condition) == Some(0) {
                    BigUint::zero()
                } else {
                    self.count(list, at + 1, after)
                }
            }
            TreeNode::Choice(symbol) => self.count_choice(*symbol, list, at, after),
            TreeNode::Add(total, amount) => {
                let before = self.add(*total, amount);
                let result = self.count(list, at + 1, after);
                self.take_back(*total, before);
                result
            }
            TreeNode::Guess(symbol) => {
                GUESSES.into_iter().map(|read| self.count_guess(*symbol, read, list, at, after)).sum()
            }
            TreeNode::Agree(symbol, read) if !self.agrees(*symbol, read) => BigUint::zero(),
            TreeNode::Agree(..) => self.count(list, at + 1, after),
            TreeNode::Branch { condition, then, otherwise, inline } => {
                let taken = if self.bindings.eval(condition).unwrap_or(0) != 0 { *then } else { *otherwise };
                if *inline {
                    let rest = After::Rest(Rc::new((list, at + 1, after.clone())));
                    return self.count(taken, 0, &rest);
                }
                let inner = self.count(taken, 0, &After::End);
                if inner.is_zero() { inner } else { inner * self.count(list, at + 1, after) }
            }
            TreeNode::Loop { inline: true, .. } => self.iterate(list, at, 0, after),
            TreeNode::Loop { var, filter, body, .. } => {
                let Some((start, step, len)) = self.turns(*var) else { return BigUint::zero() };
                let mut product = BigUint::one();
                for turn in 0..len {
                    self.enter(*var, start + turn * step);
                    let happens = filter.as_ref().is_none_or(|f| self.bindings.eval(f) != Some(0));
                    if happens {
                        product *= self.count(*body, 0, &After::End);
                    }
                    self.exit(*var);
                    if product.is_zero() {
                        return product;
                    }
                }
                product * self.count(list, at + 1, after)
            }
        }
    }

    fn count_guess(&mut self, symbol: Symbol, read: Picked, list: ListId, at: usize, after: &After) -> BigUint {
        let before = self.bindings.bind(symbol.0, Vec::new(), read);
        let result = self.count(list, at + 1, after);
        self.bindings.restore(symbol.0, Vec::new(), before);
        result
    }

    pub(super) fn enter(&mut self, var: Symbol, value: i64) {
        self.loops.push((var, value));
        self.bindings.bind(var.0, Vec::new(), Picked::Int(value));
    }

    pub(super) fn exit(&mut self, var: Symbol) {
        self.loops.pop();
        self.bindings.restore(var.0, Vec::new(), None);
    }

    /// Iteration `turn` of an inline loop, then what follows.
    fn iterate(&mut self, list: ListId, at: usize, turn: i64, after: &After) -> BigUint {
        let tree = self.tree;
        let TreeNode::Loop { var, filter, body, .. } = &tree.lists[list].nodes[at] else { return BigUint::zero() };
        let Some((start, step, len)) = self.turns(*var) else { return BigUint::zero() };
        if turn >= len {
            self.bindings.restore(var.0, Vec::new(), None);
            return self.count(list, at + 1, after);
        }
        self.enter(*var, start + turn * step);
        let happens = filter.as_ref().is_none_or(|f| self.bindings.eval(f) != Some(0));
        let next = After::Next(Rc::new((list, at, turn, after.clone())));
        let result = if happens { self.count(*body, 0, &next) } else { self.leave(&next) };
        self.exit(*var);
        result
    }

    fn count_choice(&mut self, symbol: Symbol, list: ListId, at: usize, after: &After) -> BigUint {
        if self.is_bound(symbol) {
            return self.count(list, at + 1, after);
        }
        let Some(domain) = self.domain(symbol) else { return BigUint::zero() };
        let Some(size) = domain.size() else { return self.count(list, at + 1, after) };
        if size.is_zero() {
            return size;
        }
        if !self.tree.lists[list].live[at + 1].contains(&symbol) {
            // Nothing looks at it again: it only multiplies. Bound to something, so that a second drawing is none.
            let rest = self.count(list, at + 1, after);
            return if self.only.as_ref().is_none_or(|only| only.contains(&symbol)) { size * rest } else { rest };
        }
        let mut sum = BigUint::zero();
        for value in Values::of(&domain) {
            let before = self.bind(symbol, value);
            sum += self.count(list, at + 1, after);
            self.unbind(symbol, before);
        }
        sum
    }
}

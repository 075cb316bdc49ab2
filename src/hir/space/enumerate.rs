//! Enumeration in program order. Where it is guessed whether a circuit is read, those come first that do not read it.

use super::super::assignment::Assignment;
use super::super::expr::{Bindings, Picked, Symbol};
use super::super::solve::Values;
use super::super::template::Template;
use super::count::{Counter, GUESSES, Key};
use super::decode::first_value;
use super::tree::{ListId, Tree, TreeNode};
use num_traits::Zero;
use std::collections::HashSet;
use std::rc::Rc;

/// What is said of each assignment.
pub(super) enum Visit<'v> {
    /// Its paths and values; `false` stops.
    Assignments(&'v mut dyn FnMut(&Assignment) -> bool),
    /// The values of all symbols, of one assignment for all that differ only in choices for which the first function gives
    /// `false`; the second one stops with `false`. Of such choices the first value that leads anywhere is taken.
    Bindings(&'v dyn Fn(Symbol) -> bool, &'v mut dyn FnMut(&Bindings) -> bool),
    /// As `Bindings`, of a tree that keeps some symbols to the end: at least one assignment for all with the same values of those.
    /// It walks on from each place once per value of what is still looked at; the places where it was are kept here.
    Kept(&'v mut HashSet<Key>, &'v mut dyn FnMut(&Bindings) -> bool),
}

/// Most places, each with the values of what is still looked at, that [`Visit::Kept`] comes by.
pub(super) const PLACES: usize = 1_000_000;

/// Visits every valid assignment of the discrete choices. Real choices are left out.
pub(super) fn each(template: &Template, tree: &Tree, visit: Visit<'_>) {
    let mut counter = Counter::new(template, tree);
    if !matches!(visit, Visit::Kept(..)) && counter.total().is_zero() {
        return;
    }
    let mut run = Enumeration { template, tree, counter, out: Assignment::default(), visit, visited: 0 };
    run.walk(tree.root, 0, &Then::Done);
}

/// What follows; unlike in counting, everything is walked in sequence.
#[derive(Clone)]
enum Then {
    Done,
    Rest(Rc<(ListId, usize, Then)>),
    Next(Rc<(ListId, usize, i64, Then)>),
}

struct Enumeration<'t, 'v> {
    template: &'t Template,
    tree: &'t Tree,
    counter: Counter<'t>,
    out: Assignment,
    visit: Visit<'v>,
    /// How many were visited.
    visited: u64,
}

impl Enumeration<'_, '_> {
    /// Goes on from a place; `false` to stop.
    fn walk(&mut self, list: ListId, at: usize, then: &Then) -> bool {
        let tree = self.tree;
        let Some(node) = tree.lists[list].nodes.get(at) else { return self.leave(then) };
        if let Visit::Kept(seen, _) = &mut self.visit {
            if !seen.insert(self.counter.key(list, at)) {
                return true;
            }
            if seen.len() > PLACES {
                return false;
            }
        }
        match node {
            TreeNode::Require(condition) => {
                self.counter.bindings.eval(condition) == Some(0) || self.walk(list, at + 1, then)
            }
            TreeNode::Choice(symbol) => self.choose(*symbol, list, at, then),
            TreeNode::Guess(symbol) => GUESSES.into_iter().all(|read| {
                self.counter.bindings.bind(symbol.0, Vec::new(), read);
                self.walk(list, at + 1, then)
            }),
            TreeNode::Agree(symbol, read) => !self.counter.agrees(*symbol, read) || self.walk(list, at + 1, then),
            TreeNode::Add(total, amount) => {
                let before = self.counter.add(*total, amount);
                let more = self.walk(list, at + 1, then);
                self.counter.take_back(*total, before);
                more
            }
            TreeNode::Branch { condition, then: yes, otherwise: no, .. } => {
                let taken = if self.counter.bindings.eval(condition).unwrap_or(0) != 0 { *yes } else { *no };
                self.walk(taken, 0, &Then::Rest(Rc::new((list, at + 1, then.clone()))))
            }
            TreeNode::Loop { .. } => self.iterate(list, at, 0, then),
        }
    }

    fn leave(&mut self, then: &Then) -> bool {
        match then {
            Then::Done => {
                self.visited += 1;
                match &mut self.visit {
                    Visit::Assignments(visit) => visit(&self.out),
                    Visit::Bindings(_, visit) | Visit::Kept(_, visit) => visit(&self.counter.bindings),
                }
            }
            Then::Rest(rest) => self.walk(rest.0, rest.1, &rest.2),
            Then::Next(next) => {
                let Some((var, value)) = self.counter.loops.last().copied() else { return true };
                self.counter.exit(var);
                let more = self.iterate(next.0, next.1, next.2 + 1, &next.3);
                self.counter.enter(var, value);
                more
            }
        }
    }

    fn iterate(&mut self, list: ListId, at: usize, turn: i64, then: &Then) -> bool {
        let tree = self.tree;
        let TreeNode::Loop { var, filter, body, .. } = &tree.lists[list].nodes[at] else { return true };
        let Some((start, step, len)) = self.counter.turns(*var) else { return true };
        if turn >= len {
            return self.walk(list, at + 1, then);
        }
        self.counter.enter(*var, start + turn * step);
        let next = Then::Next(Rc::new((list, at, turn, then.clone())));
        let happens = filter.as_ref().is_none_or(|f| self.counter.bindings.eval(f) != Some(0));
        let more = if happens { self.walk(*body, 0, &next) } else { self.leave(&next) };
        self.counter.exit(*var);
        more
    }

    fn choose(&mut self, symbol: Symbol, list: ListId, at: usize, then: &Then) -> bool {
        let tree = self.tree;
        if self.counter.is_bound(symbol) {
            return self.walk(list, at + 1, then);
        }
        let Some(domain) = self.counter.domain(symbol) else { return true };
        if domain.size().is_none() {
            // Left out of assignments, but whoever builds from bindings needs some value.
            let picked = self.counter.spec(symbol).and_then(|spec| spec.pick(&domain, &first_value(&domain)));
            let Some(picked) = picked else { return self.walk(list, at + 1, then) };
            let before = self.counter.bind(symbol, picked);
            let more = self.walk(list, at + 1, then);
            self.counter.unbind(symbol, before);
            return more;
        }
        // What nothing looks at again is as good as its first value.
        let all = !matches!(self.visit, Visit::Kept(..)) || tree.lists[list].live[at + 1].contains(&symbol);
        for picked in Values::of(&domain).take(if all { usize::MAX } else { 1 }) {
            let before = self.counter.bind(symbol, picked.clone());
            let visited = self.visited;
            let more = match &self.visit {
                Visit::Assignments(_) => self.named(symbol, &picked, list, at, then),
                Visit::Bindings(matters, _) if !matters(symbol) => {
                    let more = self.walk(list, at + 1, then);
                    self.counter.unbind(symbol, before);
                    if more && self.visited == visited {
                        continue;
                    }
                    return more;
                }
                Visit::Bindings(..) | Visit::Kept(..) => self.walk(list, at + 1, then),
            };
            self.counter.unbind(symbol, before);
            if !more {
                return false;
            }
        }
        true
    }

    /// Goes on with a value under its path.
    fn named(&mut self, symbol: Symbol, picked: &Picked, list: ListId, at: usize, then: &Then) -> bool {
        let path = self.template.symbol(symbol).path.render(&self.counter.bindings);
        let value = super::decode::value_of(self.counter.spec(symbol), picked);
        let old = self.out.0.insert(path.clone(), value);
        let more = self.walk(list, at + 1, then);
        match old {
            Some(old) => self.out.0.insert(path, old),
            None => self.out.0.remove(&path),
        };
        more
    }
}

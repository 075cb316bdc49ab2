//! Uniform sampling: at each choice, as many ways as each value leaves open.

use super::super::assignment::{Assignment, Domain};
use super::super::expr::{Picked, Symbol};
use super::super::solve::Values;
use super::super::symbol::subset_count;
use super::super::template::Template;
use super::count::{After, Counter, GUESSES, Memo};
use super::tree::{ListId, Tree, TreeNode};
use num_bigint::BigUint;
use num_traits::Zero;
use rand::{Rng, RngExt};
use std::rc::Rc;

/// A valid assignment, uniform over all of them; `None` if there is none.
pub(super) fn sample(template: &Template, tree: &Tree, memo: &mut Memo, rng: &mut dyn Rng) -> Option<Assignment> {
    let mut counter = Counter::new(template, tree);
    counter.memo = std::mem::take(memo);
    if counter.total().is_zero() {
        *memo = counter.memo;
        return None;
    }
    let mut sampler = Sampler { template, tree, counter, rng, out: Assignment::default() };
    sampler.walk(tree.root, 0, &After::End);
    *memo = sampler.counter.memo;
    Some(sampler.out)
}

struct Sampler<'t, 'r> {
    template: &'t Template,
    tree: &'t Tree,
    counter: Counter<'t>,
    rng: &'r mut dyn Rng,
    out: Assignment,
}

impl Sampler<'_, '_> {
    /// Walks on from a place, drawing every choice; what is counted with what follows is drawn so, too.
    fn walk(&mut self, list: ListId, at: usize, after: &After) {
        let tree = self.tree;
        let Some(node) = tree.lists[list].nodes.get(at) else { return self.leave(after) };
        match node {
            TreeNode::Require(_) | TreeNode::Agree(..) => self.walk(list, at + 1, after),
            TreeNode::Guess(symbol) => {
                self.guess(*symbol, list, at, after);
                self.walk(list, at + 1, after);
            }
            TreeNode::Add(total, amount) => {
                self.counter.add(*total, amount);
                self.walk(list, at + 1, after);
            }
            TreeNode::Choice(symbol) => {
                self.choose(*symbol, list, at, after);
                self.walk(list, at + 1, after);
            }
            TreeNode::Branch { condition, then, otherwise, inline } => {
                let taken = if self.counter.bindings.eval(condition).unwrap_or(0) != 0 { *then } else { *otherwise };
                if *inline {
                    self.walk(taken, 0, &After::Rest(Rc::new((list, at + 1, after.clone()))));
                } else {
                    self.walk(taken, 0, &After::End);
                    self.walk(list, at + 1, after);
                }
            }
            TreeNode::Loop { inline: true, .. } => self.iterate(list, at, 0, after),
            TreeNode::Loop { var, filter, body, .. } => {
                if let Some((start, step, len)) = self.counter.turns(*var) {
                    for turn in 0..len {
                        self.counter.enter(*var, start + turn * step);
                        if filter.as_ref().is_none_or(|f| self.counter.bindings.eval(f) != Some(0)) {
                            self.walk(*body, 0, &After::End);
                        }
                        self.counter.exit(*var);
                    }
                }
                self.walk(list, at + 1, after);
            }
        }
    }

    fn leave(&mut self, after: &After) {
        match after {
            After::End => {}
            After::Rest(rest) => self.walk(rest.0, rest.1, &rest.2),
            After::Next(next) => {
                if let Some((var, _)) = self.counter.loops.last().copied() {
                    self.counter.exit(var);
                }
                self.iterate(next.0, next.1, next.2 + 1, &next.3);
            }
        }
    }

    fn iterate(&mut self, list: ListId, at: usize, turn: i64, after: &After) {
        let tree = self.tree;
        let TreeNode::Loop { var, filter, body, .. } = &tree.lists[list].nodes[at] else { return };
        let Some((start, step, len)) = self.counter.turns(*var) else { return };
        if turn >= len {
            return self.walk(list, at + 1, after);
        }
        self.counter.enter(*var, start + turn * step);
        let next = After::Next(Rc::new((list, at, turn, after.clone())));
        if filter.as_ref().is_none_or(|f| self.counter.bindings.eval(f) != Some(0)) {
            self.walk(*body, 0, &next);
        } else {
            self.leave(&next);
        }
    }

    fn choose(&mut self, symbol: Symbol, list: ListId, at: usize, after: &After) {
        if self.counter.is_bound(symbol) {
            return;
        }
        let Some(domain) = self.counter.domain(symbol) else { return };
        let live = self.tree.lists[list].live[at + 1].contains(&symbol);
        let picked = match &domain {
            Domain::Real { low, high, log } => Picked::real(draw_real(*low, *high, *log, self.rng)),
            _ if live => self.weighted(symbol, &domain, list, at, after),
            _ => draw(&domain, self.rng),
        };
        self.counter.bind(symbol, picked.clone());
        let value = super::decode::value_of(self.counter.spec(symbol), &picked);
        self.out.0.insert(self.template.symbol(symbol).path.render(&self.counter.bindings), value);
    }

    /// A value with the probability of the ways it leaves open.
    fn weighted(&mut self, symbol: Symbol, domain: &Domain, list: ListId, at: usize, after: &After) -> Picked {
        let mut ways = Vec::new();
        for value in Values::of(domain) {
            let before = self.counter.bind(symbol, value.clone());
            // A fresh loop stack is restored by `count` itself.
            let count = self.counter.count(list, at + 1, after);
            self.counter.unbind(symbol, before);
            ways.push((value, count));
        }
        self.pick(ways)
    }

    /// As [`Self::weighted`], whether a circuit is read.
    fn guess(&mut self, symbol: Symbol, list: ListId, at: usize, after: &After) {
        let mut ways = Vec::new();
        for read in GUESSES {
            self.counter.bindings.bind(symbol.0, Vec::new(), read.clone());
            ways.push((read, self.counter.count(list, at + 1, after)));
        }
        let read = self.pick(ways);
        self.counter.bindings.bind(symbol.0, Vec::new(), read);
    }

    /// One of some values, each with so many ways.
    fn pick(&mut self, ways: Vec<(Picked, BigUint)>) -> Picked {
        let mut ticket = below(&ways.iter().map(|(_, count)| count).sum(), self.rng);
        let mut last = Picked::Int(0);
        for (value, count) in ways {
            last = value;
            if ticket < count {
                break;
            }
            ticket -= count;
        }
        last
    }
}

/// A number uniform below `bound`.
fn below(bound: &BigUint, rng: &mut dyn Rng) -> BigUint {
    let bits = bound.bits();
    loop {
        let words = bits.div_ceil(32).max(1);
        let mut digits: Vec<u32> = (0..words).map(|_| rng.next_u32()).collect();
        let spare = words * 32 - bits;
        if let Some(top) = digits.last_mut() {
            *top = if spare >= 32 { 0 } else { *top >> spare };
        }
        let value = BigUint::new(digits);
        if value < *bound || bound.is_zero() {
            return value;
        }
    }
}

/// A uniform value of a real interval on its scale.
pub(crate) fn draw_real(low: f64, high: f64, log: bool, rng: &mut dyn Rng) -> f64 {
    let unit: f64 = rng.random();
    let value = if log { (low.ln() + unit * (high.ln() - low.ln())).exp() } else { low + unit * (high - low) };
    value.clamp(low, high)
}

/// A uniform value of a discrete domain.
pub(crate) fn draw(domain: &Domain, rng: &mut dyn Rng) -> Picked {
    match domain {
        Domain::Ints { start, step, count } => {
            let at = i64::try_from(rng.random_range(0..(*count).max(1))).unwrap_or(0);
            Picked::Int(start + at * step)
        }
        Domain::Values(values) => Picked::Int(i64::try_from(rng.random_range(0..values.len().max(1))).unwrap_or(0)),
        Domain::Real { low, high, log } => Picked::real(draw_real(*low, *high, *log, rng)),
        Domain::Subset { of, min, max, ordered } => draw_subset(*of, *min, *max, *ordered, rng),
    }
}

fn draw_subset(of: u32, min: u32, max: u32, ordered: bool, rng: &mut dyn Rng) -> Picked {
    let total: BigUint = (min..=max.min(of)).map(|k| subset_count(of, k, ordered)).sum();
    let mut ticket = below(&total, rng);
    let mut size = min;
    for k in min..=max.min(of) {
        let ways = subset_count(of, k, ordered);
        if ticket < ways {
            size = k;
            break;
        }
        ticket -= ways;
    }
    // A partial Fisher-Yates shuffle; sorting forgets the order where it does not matter.
    let mut pool: Vec<u32> = (0..of).collect();
    let mut list: Vec<u32> = (0..size as usize)
        .map(|at| {
            let pick = rng.random_range(at..pool.len());
            pool.swap(at, pick);
            pool[at]
        })
        .collect();
    if !ordered {
        list.sort_unstable();
    }
    Picked::Subset(list.into())
}

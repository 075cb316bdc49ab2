//! Decoding: running the choices of a program with given values.

use super::super::assignment::{Assignment, Decoded, Domain, Gene, Value};
use super::super::expr::{Bindings, Picked, Symbol};
use super::super::symbol::{DomainSpec, gene};
use super::super::template::Template;
use super::count::Counter;
use super::tree::{ListId, Tree, TreeNode};
use std::collections::BTreeMap;

/// Runs the tree on `partial`; what is missing or outside its domain is asked of `draw`. Where something is guessed, a first run tells
/// what is right.
pub(super) fn decode(
    template: &Template,
    tree: &Tree,
    partial: &Assignment,
    draw: &mut dyn FnMut(&Gene) -> Value,
) -> (Decoded, Bindings) {
    let first = run(template, tree, partial, draw, BTreeMap::new());
    let (decoded, read, complete) = (first.decoded, first.read, first.complete);
    if read.is_empty() {
        return (decoded, first.counter.bindings);
    }
    // Nothing is drawn again: everything has a value. What has none cannot have one. Bounds are judged by the second run alone.
    let mut draw = |gene: &Gene| first_value(&gene.domain);
    let mut second = run(template, tree, &decoded.assignment, &mut draw, read);
    second.decoded.valid &= complete;
    (second.decoded, second.counter.bindings)
}

fn run<'t, 'a>(
    template: &'t Template,
    tree: &'t Tree,
    partial: &'a Assignment,
    draw: &'a mut dyn FnMut(&Gene) -> Value,
    guessed: BTreeMap<Symbol, i64>,
) -> Run<'t, 'a> {
    let decoded = Decoded { assignment: Assignment::default(), genes: Vec::new(), valid: true };
    let counter = Counter::new(template, tree);
    let mut run =
        Run { template, tree, counter, partial, draw, decoded, complete: true, guessed, read: BTreeMap::new() };
    run.list(tree.root);
    run
}

struct Run<'t, 'a> {
    template: &'t Template,
    tree: &'t Tree,
    counter: Counter<'t>,
    partial: &'a Assignment,
    draw: &'a mut dyn FnMut(&Gene) -> Value,
    decoded: Decoded,
    /// Has every choice that exists a value?
    complete: bool,
    /// What to guess.
    guessed: BTreeMap<Symbol, i64>,
    /// What is right.
    read: BTreeMap<Symbol, i64>,
}

impl Run<'_, '_> {
    fn list(&mut self, list: ListId) {
        let tree = self.tree;
        for node in &tree.lists[list].nodes {
            match node {
                TreeNode::Choice(symbol) => self.choose(*symbol),
                TreeNode::Add(total, amount) => drop(self.counter.add(*total, amount)),
                TreeNode::Guess(symbol) => {
                    let read = Picked::Int(self.guessed.get(symbol).copied().unwrap_or(0));
                    self.counter.bindings.bind(symbol.0, Vec::new(), read);
                }
                TreeNode::Agree(symbol, read) => {
                    let right = read.amount(&self.counter.bindings);
                    self.decoded.valid &= right.is_some();
                    self.read.insert(*symbol, right.unwrap_or(0));
                }
                TreeNode::Require(condition) => {
                    self.decoded.valid &= self.counter.bindings.eval(condition) != Some(0);
                }
                TreeNode::Branch { condition, then, otherwise, .. } => {
                    let taken = self.counter.bindings.eval(condition).unwrap_or(0) != 0;
                    self.list(if taken { *then } else { *otherwise });
                }
                TreeNode::Loop { var, filter, body, .. } => {
                    let Some((start, step, len)) = self.counter.turns(*var) else { continue };
                    for turn in 0..len {
                        self.counter.enter(*var, start + turn * step);
                        if filter.as_ref().is_none_or(|f| self.counter.bindings.eval(f) != Some(0)) {
                            self.list(*body);
                        }
                        self.counter.exit(*var);
                    }
                }
            }
        }
    }

    fn choose(&mut self, symbol: Symbol) {
        if self.counter.is_bound(symbol) {
            return;
        }
        let Some(spec) = self.counter.spec(symbol) else { return };
        let gene = gene(self.template.symbol(symbol), spec, &self.counter.bindings);
        let Some(gene) = gene.filter(|gene| !gene.domain.is_empty()) else { return self.fail() };
        let given = self.partial.0.get(&gene.path).filter(|value| gene.domain.contains(value)).cloned();
        let value = given.unwrap_or_else(|| (self.draw)(&gene));
        let Some(picked) = spec.pick(&gene.domain, &value) else { return self.fail() };
        self.counter.bind(symbol, picked);
        self.decoded.assignment.0.insert(gene.path.clone(), value);
        self.decoded.genes.push(gene);
    }

    /// A choice has no value.
    fn fail(&mut self) {
        (self.complete, self.decoded.valid) = (false, false);
    }
}

/// A value of a domain: the first in its order, or of an interval one inside, at which no gate vanishes by accident.
pub(super) fn first_value(domain: &Domain) -> Value {
    match domain {
        Domain::Ints { start, .. } => Value::Int(*start),
        Domain::Values(values) => values.first().cloned().unwrap_or(Value::Int(0)),
        Domain::Real { low, high, .. } => Value::Real(low + 0.618_034 * (high - low)),
        Domain::Subset { min, .. } => Value::Subset((0..*min).collect()),
    }
}

/// A symbol's value as people write it.
pub(super) fn value_of(spec: Option<&DomainSpec>, picked: &Picked) -> Value {
    match (spec, picked) {
        (Some(DomainSpec::Values(values)), Picked::Int(at)) => {
            usize::try_from(*at).ok().and_then(|at| values.get(at)).cloned().unwrap_or(Value::Int(*at))
        }
        (_, Picked::Int(value)) => Value::Int(*value),
        (_, Picked::Real(bits)) => Value::Real(f64::from_bits(*bits)),
        (_, Picked::Subset(list)) => Value::Subset(list.to_vec()),
    }
}

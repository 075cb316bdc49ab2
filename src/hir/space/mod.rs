//! The space of a template: what exists, how many there are, one at random, all of them.
//!
//! Steps are reduced to the choices, branches, loops and requirements that decide what exists (`tree.rs`). Walking that
//! tree with memory counts it (`count.rs`); sampling and enumeration follow the same counts, so they agree by
//! construction. Decoding an assignment is running the tree with given values (`decode.rs`).

mod condition;
mod count;
mod decode;
mod enumerate;
mod genotypes;
mod ledger;
mod sample;
mod tree;

pub use genotypes::{Listed, RawCount};
pub use ledger::{Charged, Guess, Ledger, Rest, Total, highest, total_symbol};

use super::assignment::{Assignment, Decoded, Gene, Space, Value};
use super::expr::{Bindings, Symbol};
use super::template::Template;
use count::{Counter, Memo};
use enumerate::Visit;
use num_bigint::BigUint;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};
use tree::Tree;

/// A template's space.
#[derive(Debug)]
pub struct TemplateSpace<'t> {
    template: &'t Template,
    tree: Tree,
    /// What counting has found, for the next to count or draw. Taken while in use, so nobody waits for it.
    memo: Mutex<Memo>,
}

impl<'t> TemplateSpace<'t> {
    /// Prepares the space of a template.
    #[must_use]
    pub fn new(template: &'t Template) -> Self {
        let tree = Tree::new(template, &Ledger::default()).unwrap_or_default();
        Self { template, tree, memo: Mutex::default() }
    }

    /// The space of a template without the assignments that break a condition over totals; `None` if it is not known what some
    /// step adds to one of them.
    #[must_use]
    pub fn with_ledger(template: &'t Template, ledger: &Ledger) -> Option<Self> {
        Some(Self { template, tree: Tree::new(template, ledger)?, memo: Mutex::default() })
    }

    /// Runs `work` on a counter that knows what earlier ones found.
    fn counting<R>(&self, work: impl FnOnce(&mut Memo) -> R) -> R {
        let lock = || self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memo = std::mem::take(&mut *lock());
        let out = work(&mut memo);
        let mut kept = lock();
        if kept.len() < memo.len() {
            *kept = memo;
        }
        out
    }

    /// Can the space be counted with at most so many counts remembered? Then it is, once and for all.
    #[must_use]
    pub fn can_count(&self, most: usize) -> bool {
        self.counting(|memo| {
            let mut counter = Counter::new(self.template, &self.tree);
            counter.memo = std::mem::take(memo);
            counter.most = most;
            counter.total();
            *memo = counter.memo;
            !counter.full
        })
    }

    /// One assignment for each combination of values that some symbols, choices outside loops and totals, can have, as values of all
    /// symbols; `None` if there are more than `most` or they are too many to look for.
    #[must_use]
    pub fn witnesses(
        template: &Template,
        ledger: &Ledger,
        symbols: &BTreeSet<Symbol>,
        most: usize,
    ) -> Option<Vec<Bindings>> {
        let tree = Tree::keeping(template, ledger, Some(symbols))?;
        let (mut seen, mut ends, mut out) = (HashSet::new(), HashSet::new(), Vec::new());
        let mut visit = |bindings: &Bindings| {
            let end: Vec<_> = symbols.iter().map(|symbol| bindings.get(symbol.0, &[]).cloned()).collect();
            if ends.insert(end) {
                out.push(bindings.clone());
            }
            out.len() <= most
        };
        enumerate::each(template, &tree, Visit::Kept(&mut seen, &mut visit));
        (out.len() <= most && seen.len() <= enumerate::PLACES).then_some(out)
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &'t Template {
        self.template
    }

    /// Number of assignments of the discrete choices that exist and meet every `require` over choices; exact.
    #[must_use]
    pub fn reachable(&self) -> BigUint {
        self.counting(|memo| {
            let mut counter = Counter::new(self.template, &self.tree);
            counter.memo = std::mem::take(memo);
            let total = counter.total();
            *memo = counter.memo;
            total
        })
    }

    /// The choices with their paths and domains over the whole space, and the number of raw genotypes: the product of the
    /// sizes of the unions of their domains, requirements left aside.
    #[must_use]
    pub fn genotypes(&self) -> RawCount {
        genotypes::genotypes(self.template)
    }

    /// Is any choice real-valued?
    #[must_use]
    pub fn has_real_choices(&self) -> bool {
        self.template
            .symbols
            .iter()
            .any(|info| matches!(&info.kind, super::symbol::SymbolKind::Choice(super::symbol::DomainSpec::Real { .. })))
    }

    /// The values of all symbols under a complete assignment.
    #[must_use]
    pub fn bindings(&self, assignment: &Assignment) -> (Bindings, Vec<Gene>) {
        let mut missing = Vec::new();
        let (_, bindings) = decode::decode(self.template, &self.tree, assignment, &mut |gene| {
            missing.push(gene.clone());
            decode::first_value(&gene.domain)
        });
        (bindings, missing)
    }

    /// Calls `visit` for valid assignments in program order until it returns `false`.
    pub fn each(&self, visit: &mut dyn FnMut(&Assignment) -> bool) {
        enumerate::each(self.template, &self.tree, Visit::Assignments(visit));
    }

    /// How many assignments [`Self::each_model`] visits.
    #[must_use]
    pub fn models(&self) -> BigUint {
        let mut counter = Counter::new(self.template, &self.tree);
        counter.only = Some(self.template.looked_at());
        counter.total()
    }

    /// As [`Self::each_model`], of one assignment for all that differ only in choices outside `symbols`.
    pub fn each_of(&self, symbols: &BTreeSet<Symbol>, visit: &mut dyn FnMut(&Bindings) -> bool) {
        enumerate::each(self.template, &self.tree, Visit::Bindings(&|symbol| symbols.contains(&symbol), visit));
    }

    /// Calls `visit` with the values of all symbols for assignments in program order until it returns `false`. Of assignments that
    /// differ only in choices nothing of the model looks at (settings of training) one is visited.
    pub fn each_model(&self, visit: &mut dyn FnMut(&Bindings) -> bool) {
        let looked_at = self.template.looked_at();
        enumerate::each(self.template, &self.tree, Visit::Bindings(&|symbol| looked_at.contains(&symbol), visit));
    }
}

impl Space for TemplateSpace<'_> {
    fn decode(&self, partial: &Assignment, draw: &mut dyn FnMut(&Gene) -> Value) -> Decoded {
        decode::decode(self.template, &self.tree, partial, draw).0
    }

    fn sample(&self, rng: &mut dyn rand::Rng) -> Option<Assignment> {
        self.counting(|memo| sample::sample(self.template, &self.tree, memo, rng))
    }

    fn enumerate(&self, limit: usize) -> Option<Vec<Assignment>> {
        let mut out = Vec::new();
        let mut complete = true;
        self.each(&mut |assignment| {
            complete = out.len() < limit;
            if complete {
                out.push(assignment.clone());
            }
            complete
        });
        complete.then_some(out)
    }
}

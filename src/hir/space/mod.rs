//! The space of a template: what exists, how many there are, one at random, all of them.
//!
//! Steps are reduced to the choices, branches, loops and requirements that decide what exists (`tree.rs`). Walking that
//! tree with memory counts it (`count.rs`); sampling and enumeration follow the same counts, so they agree by
//! construction. Decoding an assignment is running the tree with given values (`decode.rs`).

mod count;
mod decode;
mod enumerate;
mod genotypes;
mod sample;
mod tree;

pub use genotypes::{Listed, RawCount};

use super::assignment::{Assignment, Decoded, Gene, Space, Value};
use super::expr::Bindings;
use super::template::Template;
use num_bigint::BigUint;
use tree::Tree;

/// A template's space.
#[derive(Debug)]
pub struct TemplateSpace<'t> {
    template: &'t Template,
    tree: Tree,
}

impl<'t> TemplateSpace<'t> {
    /// Prepares the space of a template.
    #[must_use]
    pub fn new(template: &'t Template) -> Self {
        Self { template, tree: Tree::new(template) }
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &'t Template {
        self.template
    }

    /// Number of assignments of the discrete choices that exist and meet every `require` over choices; exact.
    #[must_use]
    pub fn reachable(&self) -> BigUint {
        count::Counter::new(self.template, &self.tree).total()
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
        enumerate::each(self.template, &self.tree, visit);
    }
}

impl Space for TemplateSpace<'_> {
    fn decode(&self, partial: &Assignment, draw: &mut dyn FnMut(&Gene) -> Value) -> Decoded {
        decode::decode(self.template, &self.tree, partial, draw).0
    }

    fn sample(&self, rng: &mut dyn rand::Rng) -> Option<Assignment> {
        sample::sample(self.template, &self.tree, rng)
    }

    fn enumerate(&self, limit: usize) -> Option<Vec<Assignment>> {
        let mut out = Vec::new();
        let mut complete = true;
        enumerate::each(self.template, &self.tree, &mut |assignment| {
            complete = out.len() < limit;
            if complete {
                out.push(assignment.clone());
            }
            complete
        });
        complete.then_some(out)
    }
}

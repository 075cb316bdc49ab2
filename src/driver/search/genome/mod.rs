//! Genomes: assignments with the domains their values come from, and how to vary them.
//!
//! A genome is never encoded. Variation edits an assignment and lets [`Space::decode`] run the program on it: choices that
//! no longer exist are dropped, choices that appear are drawn, values outside their domain are drawn anew. So every child
//! is an architecture of the space, up to `require`, which [`express`] checks.

mod cross;
mod domain;
mod list;
mod mutate;
mod real;

pub use cross::cross;
pub use domain::{contains, draw, draw_other};
pub use list::{ListChange, find_list};
pub use mutate::{Mutant, MutationRate, mutate};

use super::seed::fingerprint;
use crate::hir::{Assignment, Gene, Space};
use rand::Rng;
use rustc_hash::FxHashSet;

/// A complete, valid assignment with its genes.
#[derive(Clone, PartialEq, Debug)]
pub struct Genome {
    /// Exactly the paths that exist, with their values.
    pub assignment: Assignment,
    /// The same paths in program order, with their domains.
    pub genes: Vec<Gene>,
}

/// Runs the program on `partial`, drawing what is missing; `None` if the architecture breaks a `require`.
pub fn express(space: &dyn Space, partial: &Assignment, rng: &mut dyn Rng) -> Option<Genome> {
    let decoded = space.decode(partial, &mut |gene| draw(&gene.domain, rng));
    decoded.valid.then_some(Genome { assignment: decoded.assignment, genes: decoded.genes })
}

/// The assignments a strategy has proposed: it proposes none twice.
#[derive(Clone, Debug, Default)]
pub struct Seen(FxHashSet<u128>);

impl Seen {
    /// Remembers an assignment; true if it is new.
    pub fn add(&mut self, assignment: &Assignment) -> bool {
        self.0.insert(fingerprint(assignment))
    }

    /// Draws from the whole space until an assignment is new; `None` after `tries`, or at once if the space is empty.
    pub fn sample(&mut self, space: &dyn Space, tries: usize, rng: &mut dyn Rng) -> Option<Genome> {
        for _ in 0..tries {
            let assignment = space.sample(rng)?;
            if self.add(&assignment) {
                return express(space, &assignment, rng);
            }
        }
        None
    }
}

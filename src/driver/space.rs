//! A space with its requirements over cost: what the language counts exactly, and what only building can tell.
//!
//! Requirements over choices are decided by counting ([`TemplateSpace`]), and so are those over metrics that add up over the
//! steps of the circuits (`totals.rs`). Any other requirement over cost needs the graph: here architectures are built and
//! rejected. Requirements over trained metrics remove nothing before training.

use super::random::stream;
use super::requirement::{metric_requirements, missed};
use super::totals::ledger;
use crate::diag::Diagnostic;
use crate::hir::errors::space;
use crate::hir::space::TemplateSpace;
use crate::hir::template::Template;
use crate::hir::{Assignment, Decoded, Gene, Space, Value};
use crate::ir::build::build_with;
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use rayon::prelude::*;

/// Assignments drawn at most for one that meets the requirements over cost.
pub const TRIES: usize = 10_000;
/// Largest space that is enumerated to count it.
pub const COUNTED: usize = 100_000;
/// Assignments drawn to estimate the size of a larger one.
pub const ESTIMATED: usize = 2_000;
/// Counts that are remembered at most where totals of costs are part of what is counted.
pub const REMEMBERED: usize = 1_000_000;
/// Assignments that are built together.
const CHUNK: usize = 4096;

/// A template's space with all requirements that are known before training.
#[derive(Debug)]
pub struct FilteredSpace<'t> {
    inner: TemplateSpace<'t>,
    /// Has it requirements over cost?
    costly: bool,
    /// Has it some that need the architecture built?
    built: bool,
}

/// How many assignments there are.
#[derive(Clone, PartialEq, Debug)]
pub enum Count {
    /// Exactly so many.
    Exact(BigUint),
    /// Probably so many.
    Estimate {
        /// The best guess.
        about: f64,
        /// Lower end of the 95 % interval.
        low: f64,
        /// Upper end of the 95 % interval.
        high: f64,
        /// How many were drawn and built.
        drawn: usize,
    },
}

impl<'t> FilteredSpace<'t> {
    /// The space of a template.
    #[must_use]
    pub fn new(template: &'t Template) -> Self {
        let costly = metric_requirements(template).iter().any(|r| !r.assert && !r.trained);
        if costly {
            let (ledger, built) = ledger(template);
            let inner = TemplateSpace::with_ledger(template, &ledger);
            if let Some(inner) = inner.filter(|inner| inner.can_count(REMEMBERED)) {
                return Self { inner, costly, built };
            }
        }
        Self { inner: TemplateSpace::new(template), costly, built: costly }
    }

    /// The space without those of its requirements over cost that need the architecture built.
    #[must_use]
    pub fn choices(&self) -> &TemplateSpace<'t> {
        &self.inner
    }

    /// [`Self::choices`], for good.
    #[must_use]
    pub fn into_choices(self) -> TemplateSpace<'t> {
        self.inner
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &'t Template {
        self.inner.template()
    }

    /// Has it requirements over cost?
    #[must_use]
    pub fn has_cost_requirements(&self) -> bool {
        self.costly
    }

    /// Has it requirements over cost that counting does not decide, so that architectures are built to see?
    #[must_use]
    pub fn needs_building(&self) -> bool {
        self.built
    }

    /// Does a complete assignment meet the requirements over cost that need it built? One that cannot be built is not removed: its error is
    /// for whoever builds it.
    #[must_use]
    pub fn meets_cost(&self, assignment: &Assignment) -> bool {
        if !self.built {
            return true;
        }
        let (bindings, _) = self.inner.bindings(assignment);
        match build_with(self.template(), bindings.clone()) {
            Ok(graph) => missed(self.template(), &bindings, Some(&graph)).iter().all(|missed| missed.assert),
            Err(_) => true,
        }
    }

    /// A valid assignment, uniform over all of them.
    ///
    /// # Errors
    /// `QN0406`: there is none, or none turned up in [`TRIES`] tries.
    pub fn draw(&self, rng: &mut dyn rand::Rng) -> Result<Assignment, Diagnostic> {
        for _ in 0..TRIES {
            let Some(assignment) = self.inner.sample(rng) else {
                let message = "no architecture meets every `require`";
                return Err(Diagnostic::global(&space::NOTHING_LEFT, message));
            };
            if self.meets_cost(&assignment) {
                return Ok(assignment);
            }
        }
        let message = format!("none of {TRIES} architectures drawn meets the requirements over cost");
        Err(Diagnostic::global(&space::NOTHING_LEFT, message)
            .help("loosen them, or narrow the choices to the part of the space that meets them"))
    }

    /// Number of assignments of the discrete choices that meet every requirement: exact if counting decides all of them or
    /// the space is small enough to be enumerated, else estimated from a sample.
    #[must_use]
    pub fn count(&self, seed: u64) -> Count {
        let all = self.inner.reachable();
        if !self.built {
            return Count::Exact(all);
        }
        if all <= BigUint::from(COUNTED) {
            return Count::Exact(self.count_built().into());
        }
        let mut rng = stream(seed, "space/estimate");
        let drawn: Vec<Assignment> = (0..ESTIMATED).filter_map(|_| self.inner.sample(&mut rng)).collect();
        let hits = drawn.par_iter().filter(|assignment| self.meets_cost(assignment)).count();
        let (low, high) = wilson(hits, drawn.len());
        let all = all.to_f64().unwrap_or(f64::INFINITY);
        let about = all * hits as f64 / drawn.len().max(1) as f64;
        Count::Estimate { about, low: all * low, high: all * high, drawn: drawn.len() }
    }

    fn count_built(&self) -> u64 {
        let mut total = 0;
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut flush = |chunk: &mut Vec<Assignment>| {
            total += chunk.par_iter().filter(|assignment| self.meets_cost(assignment)).count() as u64;
            chunk.clear();
        };
        self.inner.each(&mut |assignment| {
            chunk.push(assignment.clone());
            if chunk.len() == CHUNK {
                flush(&mut chunk);
            }
            true
        });
        flush(&mut chunk);
        total
    }

    /// Calls `visit` for valid assignments of the discrete choices in program order until it returns `false`.
    pub fn each(&self, visit: &mut dyn FnMut(&Assignment) -> bool) {
        self.inner.each(&mut |assignment| !self.meets_cost(assignment) || visit(assignment));
    }
}

impl Space for FilteredSpace<'_> {
    fn decode(&self, partial: &Assignment, draw: &mut dyn FnMut(&Gene) -> Value) -> Decoded {
        let mut decoded = self.inner.decode(partial, draw);
        decoded.valid = decoded.valid && self.meets_cost(&decoded.assignment);
        decoded
    }

    fn sample(&self, rng: &mut dyn rand::Rng) -> Option<Assignment> {
        self.draw(rng).ok()
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

/// The 95 % interval of a share of which `hits` of `n` were seen (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927).
pub(super) fn wilson(hits: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, share, z) = (n as f64, hits as f64 / n as f64, 1.959_964);
    let center = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if hits == 0 { 0.0 } else { (center - half).max(0.0) };
    let high = if share == 1.0 { 1.0 } else { (center + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_intervals_hold_the_share() {
        // The numbers of the textbook example: 10 of 20 gives 0.299 to 0.701.
        let (low, high) = wilson(10, 20);
        assert!((low - 0.299).abs() < 1e-3 && (high - 0.701).abs() < 1e-3, "{low} {high}");
        assert_eq!(wilson(0, 50).0, 0.0);
        assert_eq!(wilson(50, 50).1, 1.0);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}

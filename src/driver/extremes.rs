//! The smallest and largest value of every cost metric over a space, each with an architecture that has it.
//!
//! A space small enough is walked whole, and the result is exact. Of a larger one a sample is drawn, and the result says so:
//! then the true extremes may lie further out.

use super::random::stream;
use super::space::FilteredSpace;
use crate::cost::{Chosen, device::Priced};
use crate::diag::Diagnostic;
use crate::hir::Assignment;
use crate::hir::errors::space::NOTHING_LEFT;
use crate::ir::build::build_with;
use num_bigint::BigUint;
use rayon::prelude::*;

/// Largest space that is walked whole.
pub const WALKED: usize = 200_000;
/// Architectures drawn from a larger one.
pub const DRAWN: usize = 5_000;
/// Architectures that are built together.
const CHUNK: usize = 2048;

/// A value with an architecture that has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Attained {
    /// The value.
    pub value: f64,
    /// The first architecture, in program order or order of drawing, that has it. Real choices are left out of it.
    pub assignment: Assignment,
}

/// The extremes of one metric.
#[derive(Clone, PartialEq, Debug)]
pub struct Range {
    /// Smallest.
    pub low: Attained,
    /// Largest.
    pub high: Attained,
}

/// The extremes of all metrics asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Extremes {
    /// By metric, in the order asked for.
    pub ranges: Vec<Range>,
    /// Was every architecture seen?
    pub exact: bool,
    /// How many were seen.
    pub seen: usize,
}

/// Values of all metrics of one architecture.
fn values(space: &FilteredSpace<'_>, metrics: &[Chosen], assignment: &Assignment) -> Result<Vec<f64>, Diagnostic> {
    // Real choices are never structure: whatever stands in for them changes no metric.
    let (bindings, _) = space.choices().bindings(assignment);
    let graph = build_with(space.template(), bindings)?;
    let priced = Priced::new(&graph, space.template().device.as_deref());
    Ok(metrics.iter().map(|metric| metric.evaluate_on(&priced).unwrap_or(f64::NAN)).collect())
}

/// The extremes of `metrics` over a space; at most `walked` architectures are walked, at most `drawn` drawn by `seed`.
///
/// # Errors
/// `QN0406` if the space is empty; whatever building has against an architecture.
pub fn extremes(
    space: &FilteredSpace<'_>,
    metrics: &[Chosen],
    (walked, drawn): (usize, usize),
    seed: u64,
) -> Result<Extremes, Diagnostic> {
    let exact = space.choices().reachable() <= BigUint::from(walked);
    let mut run = Run { space, metrics, ranges: Vec::new(), seen: 0, chunk: Vec::with_capacity(CHUNK), failed: None };
    if exact {
        space.choices().each(&mut |assignment| run.push(assignment.clone()));
    } else {
        let mut rng = stream(seed, "cost/estimate");
        for _ in 0..drawn {
            if !run.push(space.draw(&mut rng)?) {
                break;
            }
        }
    }
    run.flush();
    match (run.failed, run.seen) {
        (Some(error), _) => Err(error),
        (None, 0) => Err(Diagnostic::global(&NOTHING_LEFT, "no architecture meets every requirement")),
        (None, seen) => Ok(Extremes { ranges: run.ranges, exact, seen }),
    }
}

struct Run<'s, 't> {
    space: &'s FilteredSpace<'t>,
    metrics: &'s [Chosen],
    ranges: Vec<Range>,
    seen: usize,
    chunk: Vec<Assignment>,
    failed: Option<Diagnostic>,
}

impl Run<'_, '_> {
    /// Takes an architecture; `false` once one could not be built.
    fn push(&mut self, assignment: Assignment) -> bool {
        self.chunk.push(assignment);
        if self.chunk.len() == CHUNK {
            self.flush();
        }
        self.failed.is_none()
    }

    fn flush(&mut self) {
        let chunk = std::mem::take(&mut self.chunk);
        let (space, metrics) = (self.space, self.metrics);
        let results: Vec<Option<Result<Vec<f64>, Diagnostic>>> = chunk
            .par_iter()
            .map(|assignment| space.meets_cost(assignment).then(|| values(space, metrics, assignment)))
            .collect();
        // In order, so that which of several equal architectures is named does not depend on threads.
        for (assignment, result) in chunk.iter().zip(results) {
            match result {
                None => {}
                Some(Ok(values)) => self.note(assignment, &values),
                Some(Err(error)) => {
                    self.failed.get_or_insert(error);
                }
            }
        }
    }

    fn note(&mut self, assignment: &Assignment, values: &[f64]) {
        self.seen += 1;
        let attained = |value: f64| Attained { value, assignment: assignment.clone() };
        if self.ranges.is_empty() {
            self.ranges = values.iter().map(|&value| Range { low: attained(value), high: attained(value) }).collect();
        }
        for (range, &value) in self.ranges.iter_mut().zip(values) {
            if value < range.low.value {
                range.low = attained(value);
            }
            if value > range.high.value {
                range.high = attained(value);
            }
        }
    }
}

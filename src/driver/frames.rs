//! What architectures cost besides the steps of their circuits, by the few choices that decide it.
//!
//! One architecture is built per value of those choices (`hir/frame.rs`) and what its steps add up to is taken off its cost: what is
//! left is the same for all architectures with these values.

use crate::cost::{Chosen, METRICS};
use crate::hir::expr::{Bindings, Picked, Symbol};
use crate::hir::space::{Rest, TemplateSpace};
use crate::hir::template::Template;
use crate::ir::Graph;
use crate::ir::build::build_with;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Most values of those choices: what cannot be looked up is built and counted one by one up to a similar number.
const MOST: usize = 20_000;

/// The values of the choices, with what is left of each metric under them.
type Row = (Vec<Option<Picked>>, Vec<f64>);

/// The frames of a template.
#[derive(Debug)]
pub(super) struct Frames {
    symbols: Vec<Symbol>,
    /// Metrics that have something left, as places in the catalogue.
    metrics: Vec<usize>,
    rows: Vec<Row>,
}

impl Frames {
    /// The frames of a template; `None` if there are too many or it is not known what decides them.
    pub(super) fn of(template: &Template) -> Option<Self> {
        let symbols = template.frame()?;
        let metrics: Vec<usize> = (0..METRICS.len()).filter(|&at| METRICS[at].beyond_steps).collect();
        let representatives = representatives(template, &symbols)?;
        let symbols: Vec<Symbol> = symbols.into_iter().collect();
        let row = |bindings: &Bindings| -> Option<Row> {
            let graph = build_with(template, bindings.clone()).ok()?;
            // A circuit that runs and is not read adds steps that the graph has not.
            (template.circuits_run(bindings)? == graph.regions().count()).then_some(())?;
            let left = metrics.iter().map(|&at| left(at, &graph)).collect::<Option<_>>()?;
            Some((symbols.iter().map(|symbol| bindings.get(symbol.0, &[]).cloned()).collect(), left))
        };
        let rows = representatives.par_iter().map(row).collect::<Option<_>>()?;
        Some(Self { symbols, metrics, rows })
    }

    /// What is left of a sum of multiples of metrics; nothing if steps are all there is to it.
    pub(super) fn rest(&self, terms: &[(Chosen, i64)]) -> Option<Rest> {
        let place = |metric: &Chosen| self.metrics.iter().position(|&at| std::ptr::eq(METRICS[at], metric.metric));
        let terms: Vec<(usize, i64)> =
            terms.iter().filter_map(|(metric, count)| Some((place(metric)?, *count))).collect();
        if terms.is_empty() {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)] // Whole numbers below 2^53, see `left`.
        let amount = |left: &[f64]| terms.iter().map(|&(at, count)| count.saturating_mul(left[at] as i64)).sum();
        let amounts: HashMap<_, _> = self.rows.iter().map(|(key, left)| (key.clone(), amount(left))).collect();
        Some(Rest { symbols: self.symbols.clone(), amounts })
    }
}

/// One architecture for each value of some choices.
fn representatives(template: &Template, symbols: &BTreeSet<Symbol>) -> Option<Vec<Bindings>> {
    let mut out = Vec::new();
    TemplateSpace::new(template).each_of(symbols, &mut |bindings| {
        out.push(bindings.clone());
        out.len() <= MOST
    });
    (out.len() <= MOST).then_some(out)
}

/// What a metric counts besides steps; `None` for numbers that are not counted exactly.
fn left(at: usize, graph: &Graph) -> Option<f64> {
    let metric = Chosen { metric: METRICS[at], gate: "", budget: 0 };
    let left = metric.evaluate(graph) - metric.of_steps(graph)?;
    (left >= 0.0 && left.fract() == 0.0 && left < 1e15).then_some(left)
}

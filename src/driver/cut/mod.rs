//! Plans carried out: every circuit of a plan simulated and put together again, or written to files.

mod emit;
mod show;

pub use emit::{Files, files};
pub use show::{cut_text, json, letter, picture, stated_shots};

use super::run::{Inputs, Start};
use crate::backends::hybrid::{Layout, Mode, Model};
use crate::cut::Planned;
use crate::cut::errors::NOTHING_TO_CUT;
use crate::cut::experiment::{Experiments, bound};
use crate::diag::Diagnostic;
use crate::ir::{Graph, NodeId, Op, Output, Region, Variable};
use crate::source::Span;
use rayon::prelude::*;

/// What the angles of a region depend on.
#[derive(Clone, Debug)]
pub struct Values {
    /// Position of every weight in `params`.
    offsets: Vec<usize>,
    params: Vec<f64>,
    inputs: Vec<f64>,
}

impl Values {
    /// The value of a variable.
    #[must_use]
    pub fn of(&self, variable: Variable) -> f64 {
        match variable {
            Variable::Weight { weight, index } => {
                let offset = self.offsets.get(weight.0 as usize).copied().unwrap_or(0);
                self.params.get(offset + index as usize).copied().unwrap_or(0.0)
            }
            Variable::Input(index) => self.inputs.get(index as usize).copied().unwrap_or(0.0),
        }
    }
}

/// The weights of a model and what one of its regions gets from the first sample.
///
/// # Errors
/// `QN0942` for weights of another architecture, and what the back end has against the graph.
pub fn values(graph: &Graph, node: NodeId, start: Start<'_>, inputs: &Inputs) -> Result<Values, Diagnostic> {
    let mut before = graph.clone();
    let feeds = graph.inputs_of(node);
    before.outputs = feeds.iter().map(|&node| Output { name: format!("n{}", node.0), node }).collect();
    let layout = Layout::new(graph);
    let mut params = match start {
        Start::Seed(seed) => layout.initial::<f64>(seed),
        Start::Given(weights) => {
            let mut params = vec![0.0; layout.len];
            weights.fill(&layout, &mut params)?;
            params
        }
    };
    let inputs = if feeds.is_empty() {
        Vec::new()
    } else {
        let first = |values: &Vec<f64>| values[..values.len() / inputs.rows.max(1)].to_vec();
        let rows: Vec<Vec<f64>> = inputs.values.iter().map(first).collect();
        let views: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let mut model = Model::<f64>::compile(&before)?;
        model.forward(&mut params, &views, 1, Mode::Evaluate)?.to_vec()
    };
    let offsets =
        graph.weights.iter().map(|weight| layout.find(&weight.path).map_or(0, |entry| entry.offset)).collect();
    Ok(Values { offsets, params, inputs })
}

/// The numbers that the read-outs of a region with constant angles give.
fn run(region: &Region) -> Result<Vec<f64>, Diagnostic> {
    let width = region.n_outputs();
    if width == 0 {
        return Ok(Vec::new());
    }
    let mut graph = Graph::new("piece");
    let node = graph.add(Op::Region(Box::new(region.clone())), &[], vec![width], "piece", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    let mut model = Model::<f64>::compile(&graph)?;
    model.set_threads(1);
    Ok(model.forward(&mut [], &[], 1, Mode::Evaluate)?.to_vec())
}

/// A reconstruction.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// Circuits that were simulated.
    pub circuits: usize,
    /// Terms that were added up, per string.
    pub terms: f64,
    /// The square of the sum of the magnitudes of their coefficients.
    pub overhead: f64,
    /// The numbers of the read-outs, from the uncut circuit and from the pieces.
    pub numbers: Vec<[f64; 2]>,
}

impl Verified {
    /// The largest difference between the two.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.numbers.iter().map(|[a, b]| (a - b).abs()).fold(0.0, f64::max)
    }
}

/// What every circuit gives: `[fragment][circuit][read-out]`.
///
/// # Errors
/// What the back end has against a circuit.
pub fn simulated(experiments: &Experiments) -> Result<Vec<Vec<Vec<f64>>>, Diagnostic> {
    experiments.fragments.iter().map(|fragment| fragment.circuits.par_iter().map(run).collect()).collect()
}

/// Simulates every circuit of a plan and compares what they add up to with the uncut circuit.
///
/// # Errors
/// `QN0604` if there are too many; what the back end has against a circuit.
pub fn verify(region: &Region, planned: &Planned, values: &Values) -> Result<Verified, Diagnostic> {
    let experiments = Experiments::new(&planned.plan, &mut |variable| values.of(variable))?;
    let results = simulated(&experiments)?;
    let pieces = experiments.reconstruct(&results);
    let mut whole = bound(region, &mut |variable| values.of(variable));
    whole.readouts = planned.readouts.iter().map(|&at| region.readouts[at].clone()).collect();
    let gamma = experiments.gamma();
    Ok(Verified {
        circuits: results.iter().map(Vec::len).sum(),
        terms: planned.plan.summation_terms(),
        overhead: gamma * gamma,
        numbers: run(&whole)?.into_iter().zip(pieces).map(|(a, b)| [a, b]).collect(),
    })
}

/// The regions of a graph that have something to cut.
///
/// # Errors
/// `QN0603` if there is none.
pub fn regions(graph: &Graph) -> Result<Vec<(NodeId, &Region)>, Diagnostic> {
    let all: Vec<_> = graph.regions().filter(|(_, region)| !region.readouts.is_empty()).collect();
    match all.is_empty() {
        true => Err(Diagnostic::global(&NOTHING_TO_CUT, "the architecture has no circuit that is read out")),
        false => Ok(all),
    }
}

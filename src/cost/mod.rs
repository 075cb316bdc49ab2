//! The catalogue of cost metrics: numbers that an architecture has before anything runs.
//!
//! One file per metric, one line here. Each is usable in `minimize`, in `require` and in `qnas cost`. All count the model as
//! written, before any pass, so that an objective does not depend on how clever a compiler is, and the training-free proxies of [`probed`]
//! are measured on it; only the metrics of cutting look at what each read-out depends on, since that is what would be run in pieces, and those of [`device`] at what one device
//! makes of it.

/// Declares one metric: its documentation, name, summary and source, then the fields of [`Metric`].
macro_rules! metric {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); $($field:ident: $value:expr),+ $(,)?) => {
        $(#[doc = $doc])+
        pub(super) static $ident: $crate::cost::Metric = $crate::cost::Metric {
            meta: $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source),
            $($field: $value,)+
            ..$crate::cost::Metric::PLAIN
        };
    };
}

mod bytes;
mod classical;
mod cuts;
mod depth;
pub mod device;
mod flops_classical;
mod flops_embedding;
mod flops_profiler;
mod flops_profiler_classical;
mod flops_profiler_embedding;
mod flops_profiler_quantum;
mod flops_quantum;
mod flops_total;
mod fragment_variants;
mod gates;
mod gates_named;
mod neutral;
mod overhead;
mod partitions;
mod path_count;
mod peak_memory;
pub mod probed;
mod profiler;
mod qubits;
mod segments_qnas;
mod subexperiments;
mod traffic;
mod two_qubit_count;
mod two_qubit_depth;
mod weights;
mod weights_classical;
mod weights_quantum;

use crate::ir::{GateCounts, Graph, Node, Op, QuantumOp, Region, Weight};
use crate::meta::Meta;
use device::{Placed, Priced};

/// One metric.
#[derive(Debug)]
pub struct Metric {
    /// Name, summary, documentation, source. A metric of a gate is named `gates.<name>`.
    pub meta: Meta,
    /// What one of it is, in the plural where it has one: `flop`, `bytes`, `layers`.
    pub unit: &'static str,
    /// Is it a sum over nodes and circuit steps, where each part depends on itself and the width of its circuit alone? Then
    /// an architecture can be priced part by part.
    pub additive: bool,
    /// Does the name end in the name of a gate?
    pub takes_gate: bool,
    /// What one step of a circuit adds, for the gate's name (empty if it takes none), if that depends neither on the values of angles
    /// nor on which qubits are its operands: then a bound on the metric is decided by counting.
    pub per_step: Option<fn(&QuantumOp, &str) -> Share>,
    /// What one node of the graph adds, if there is more to it than the sum over all steps: `prepare`, read-outs, layers. That more is
    /// never negative, and all nodes together are the metric.
    pub per_node: Option<fn(&Graph, &Node) -> f64>,
    /// The value for a valid graph, never negative, and the gate's name (empty if it takes none).
    pub evaluate: fn(&Graph, &str) -> f64,
    /// For a metric that depends on how many qubits a piece of the circuit may have, `overhead(budget: 4)`: its value; then
    /// `evaluate` is not asked.
    pub within: Option<fn(&Graph, usize) -> f64>,
    /// Is it a training-free proxy, measured on exact states rather than counted? It takes milliseconds, so it is asked for by name.
    pub proxy: bool,
    /// For a metric of the circuits on a device: how it counts there; then `evaluate` gives no number.
    pub on_device: Option<Placed>,
}

impl Metric {
    /// A metric that is nothing yet.
    const PLAIN: Self = Self {
        meta: Meta::NONE,
        unit: "",
        additive: false,
        takes_gate: false,
        per_step: None,
        per_node: None,
        evaluate: |_, _| 0.0,
        within: None,
        proxy: false,
        on_device: None,
    };

    /// Names of the arguments it needs.
    #[must_use]
    pub fn arguments(&self) -> &'static [&'static str] {
        if self.within.is_some() { &["budget"] } else { &[] }
    }
}

/// What one step adds to a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// So much, never negative.
    pub number: i64,
    /// Times `2^(qubits of the circuit + this)`, where that is part of the price.
    pub power: Option<i64>,
}

impl Share {
    /// A number that does not depend on the circuit's width.
    pub(super) fn number(number: i64) -> Self {
        Self { number, power: None }
    }

    /// `2^(qubits + power)`
    pub(super) fn states(power: i64) -> Self {
        Self { number: 1, power: Some(power) }
    }

    /// A number of groups of amplitudes that are those of all qubits but so many, each so much.
    pub(super) fn groups(number: i64, qubits: usize) -> Self {
        Self { number, power: Some(-i64::try_from(qubits).unwrap_or(i64::MAX)) }
    }

    /// Its value in a circuit of so many qubits.
    #[must_use]
    pub fn of(self, n_qubits: u32) -> f64 {
        let factor = match self.power {
            Some(power) => 2f64.powi(i32::try_from(i64::from(n_qubits).saturating_add(power)).unwrap_or(i32::MAX)),
            None => 1.0,
        };
        self.number as f64 * factor
    }
}

/// A metric as named by a program: `gates.cx` is the metric `gates.<name>` with the gate `cx`.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// The metric.
    pub metric: &'static Metric,
    /// The gate, empty if the metric takes none.
    pub gate: &'static str,
    /// Qubits a piece may have; 0 if the metric takes none, or none was said.
    pub budget: usize,
}

impl Chosen {
    /// The value for a graph.
    #[must_use]
    pub fn evaluate(&self, graph: &Graph) -> f64 {
        let value = match self.metric.within {
            Some(within) => within(graph, self.budget),
            None => (self.metric.evaluate)(graph, self.gate),
        };
        // An empty sum is -0, which is nobody's cost.
        value + 0.0
    }

    /// What a node adds besides the steps of its circuit; `None` if the metric does not say what nodes and steps add.
    #[must_use]
    pub fn beyond_steps(&self, graph: &Graph, node: &Node) -> Option<f64> {
        let (per_node, per_step) = (self.metric.per_node?, self.metric.per_step?);
        let steps: f64 = match &node.op {
            Op::Region(region) => region.ops.iter().map(|op| per_step(op, self.gate).of(region.n_qubits)).sum(),
            _ => 0.0,
        };
        Some(per_node(graph, node) - steps)
    }

    /// The value for a graph that may stand on a device; `None` if it needs a device and there is none.
    #[must_use]
    pub fn evaluate_on(&self, priced: &Priced<'_>) -> Option<f64> {
        let Some(placed) = &self.metric.on_device else { return Some(self.evaluate(priced.graph)) };
        Some(match priced.on_device()? {
            Ok(on) => (placed.evaluate)(on),
            Err(_) => placed.worst,
        })
    }

    /// Does it need a device?
    #[must_use]
    pub fn needs_device(&self) -> bool {
        self.metric.on_device.is_some()
    }

    /// The name as a program writes it, without arguments.
    #[must_use]
    pub fn name(&self) -> String {
        self.metric.meta.name.replace("<name>", self.gate)
    }

    /// Does it lack its budget?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.metric.within.is_some() && self.budget == 0
    }
}

/// Looks a metric up by the name a program writes.
#[must_use]
pub fn find(name: &str) -> Option<Chosen> {
    if let Some(metric) = METRICS.iter().find(|metric| !metric.takes_gate && metric.meta.name == name) {
        return Some(Chosen { metric, gate: "", budget: 0 });
    }
    let gate = name.strip_prefix("gates.")?;
    let gate = match gate {
        "prepare" => "prepare",
        _ => crate::gates::find(gate)?.meta.name,
    };
    Some(Chosen { metric: &gates_named::GATES_NAMED, gate, budget: 0 })
}

/// Every name a program may write except those of single gates, for listings and nearest names.
pub fn names() -> impl Iterator<Item = &'static str> {
    METRICS.iter().filter(|metric| !metric.takes_gate).map(|metric| metric.meta.name)
}

/// All metrics, in the order they are listed to people.
pub static METRICS: &[&Metric] = &[
    &flops_total::FLOPS_TOTAL,
    &flops_quantum::FLOPS_QUANTUM,
    &flops_classical::FLOPS_CLASSICAL,
    &flops_embedding::FLOPS_EMBEDDING,
    &flops_profiler::FLOPS_PROFILER,
    &flops_profiler_quantum::FLOPS_PROFILER_QUANTUM,
    &flops_profiler_classical::FLOPS_PROFILER_CLASSICAL,
    &flops_profiler_embedding::FLOPS_PROFILER_EMBEDDING,
    &bytes::BYTES,
    &peak_memory::PEAK_MEMORY,
    &depth::DEPTH,
    &two_qubit_depth::TWO_QUBIT_DEPTH,
    &qubits::QUBITS,
    &gates::GATES,
    &gates_named::GATES_NAMED,
    &two_qubit_count::TWO_QUBIT_COUNT,
    &weights::WEIGHTS,
    &weights_quantum::WEIGHTS_QUANTUM,
    &weights_classical::WEIGHTS_CLASSICAL,
    &path_count::PATH_COUNT,
    &probed::EXPRESSIBILITY,
    &probed::ENTANGLING_CAPABILITY,
    &probed::GRADIENT_VARIANCE,
    &probed::FISHER_RANK,
    &probed::JACOBIAN_RANK,
    &probed::CLIFFORD_NOISE_RESILIENCE,
    &cuts::CUTS,
    &partitions::PARTITIONS,
    &fragment_variants::FRAGMENT_VARIANTS,
    &subexperiments::SUBEXPERIMENTS,
    &overhead::OVERHEAD,
    &segments_qnas::SEGMENTS_QNAS,
    &device::swaps::SWAPS,
    &device::two_qubit::TWO_QUBIT,
    &device::depth::DEPTH,
    &device::two_qubit_depth::TWO_QUBIT_DEPTH,
    &device::duration::DURATION,
    &device::success::SUCCESS,
    &device::hanas::HANAS,
    &device::shots::SHOTS,
    &device::seconds::SECONDS,
    &device::clifford_noise_resilience::CLIFFORD_NOISE_RESILIENCE,
];

/// The sum over all nodes.
fn summed(graph: &Graph, of: impl Fn(&Graph, &Node) -> f64) -> f64 {
    graph.nodes().map(|node| of(graph, node)).sum()
}

/// What a node adds that counts only if it is a circuit.
fn of_region(node: &Node, of: impl Fn(&Region) -> f64) -> f64 {
    if let Op::Region(region) = &node.op { of(region) } else { 0.0 }
}

/// The largest value over the quantum regions, 0 without one.
fn largest(graph: &Graph, of: impl Fn(&Region) -> usize) -> f64 {
    graph.regions().map(|(_, region)| of(region)).max().unwrap_or(0) as f64
}

/// A count of gates summed over the quantum regions.
fn counted(graph: &Graph, of: impl Fn(&GateCounts) -> usize) -> f64 {
    graph.regions().map(|(_, region)| of(&region.gate_counts())).sum::<usize>() as f64
}

/// Trainable numbers of the weights that `keep` accepts.
fn trainable(graph: &Graph, keep: impl Fn(&Weight) -> bool) -> f64 {
    graph.weights.iter().filter(|weight| weight.trainable && keep(weight)).map(Weight::len).sum::<usize>() as f64
}

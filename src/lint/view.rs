//! One architecture as rules see it: the graph with everything that is proved about it.

use super::Facts;
use super::proofs::Proved;
use super::ranges::Ranges;
use crate::cost::device::{OnDevice, Priced};
use crate::device::Device;
use crate::diag::Diagnostic;
use crate::ir::{Graph, NodeId, Op, QuantumOp, Region, Variable, WeightId, names};
use crate::passes::canonical::{Class, classify_with};
use crate::passes::effect::{Certificate, Effects};
use crate::source::Span;
use crate::target::{Options, Preparation, transpile};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A quantum region with its proofs.
#[derive(Debug)]
pub struct RegionView<'a> {
    /// Its node.
    pub id: NodeId,
    /// The region.
    pub region: &'a Region,
    /// Where its circuit is applied.
    pub span: Span,
    /// May an output of the model depend on it?
    pub live: bool,
    /// What is proved about it.
    pub effects: Arc<Effects>,
    proved: Arc<Proved>,
    /// The region with the read-outs that effects are judged by.
    judged: Cow<'a, Region>,
    /// Per variable the steps whose angles read it.
    readers: OnceCell<BTreeMap<Variable, Vec<usize>>>,
}

impl RegionView<'_> {
    /// The region with the read-outs that effects are judged by: the joint outcomes where those are counted.
    #[must_use]
    pub fn judged(&self) -> &Region {
        &self.judged
    }

    /// What the default passes leave of the region.
    #[must_use]
    pub fn reduced(&self) -> &Region {
        self.proved.reduced(&self.judged)
    }

    /// The gates that meet their inverse, by position.
    pub fn undone(&self) -> &[usize] {
        self.proved.undone(&self.judged)
    }

    /// Where a step is written.
    #[must_use]
    pub fn op_span(&self, at: usize) -> Span {
        match self.region.ops.get(at) {
            Some(QuantumOp::Gate(gate)) => gate.span,
            Some(QuantumOp::Prepare { span, .. }) => *span,
            _ => Span::default(),
        }
    }

    /// The steps whose angles read a variable, in order.
    pub fn readers(&self, variable: Variable) -> impl Iterator<Item = usize> {
        let readers = self.readers.get_or_init(|| {
            let mut all: BTreeMap<Variable, Vec<usize>> = BTreeMap::new();
            for (at, op) in self.region.ops.iter().enumerate() {
                for (variable, _) in op.angles().iter().flat_map(|angle| angle.terms()) {
                    let own = all.entry(*variable).or_default();
                    if own.last() != Some(&at) {
                        own.push(at);
                    }
                }
            }
            all
        });
        readers.get(&variable).into_iter().flatten().copied()
    }

    /// Where the first angle that reads a variable is written.
    #[must_use]
    pub fn variable_span(&self, variable: Variable) -> Span {
        self.readers(variable).next().map_or(self.span, |at| self.op_span(at))
    }

    /// The proof about a variable: a clause for people, and the whole text.
    #[must_use]
    pub fn proof(&self, certificate: &Certificate) -> (String, String) {
        let clause = certificate.reasons.first().map(crate::passes::effect::Reason::explain).unwrap_or_default();
        (clause, certificate.explain(self.region))
    }
}

/// A region with the read-outs by which effects are judged.
fn judged(region: &Region, counts: bool) -> Cow<'_, Region> {
    let joint = if counts { region.read_jointly() } else { None };
    joint.map_or(Cow::Borrowed(region), Cow::Owned)
}

/// One architecture.
#[derive(Debug)]
pub struct GraphView<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its quantum regions, ids ascending.
    pub regions: Vec<RegionView<'a>>,
    /// The nodes on which an output may depend.
    pub live: BTreeSet<NodeId>,
    /// What kind of architecture it is.
    pub class: Class,
    /// What else is known.
    pub facts: &'a Facts<'a>,
    priced: Priced<'a>,
    ranges: OnceCell<Ranges>,
    /// Per weight the nodes that read it.
    readers: BTreeMap<WeightId, Vec<NodeId>>,
}

impl<'a> GraphView<'a> {
    /// Proves what can be proved about a graph.
    #[must_use]
    pub fn new(graph: &'a Graph, facts: &'a Facts<'a>) -> Self {
        let judged: Vec<(NodeId, &'a Region, Cow<'a, Region>)> =
            graph.regions().map(|(id, region)| (id, region, judged(region, facts.counts))).collect();
        let proved: BTreeMap<NodeId, Arc<Proved>> =
            judged.iter().map(|(id, _, judged)| (*id, facts.proofs.of(judged))).collect();
        let effects: BTreeMap<NodeId, Arc<Effects>> =
            proved.iter().map(|(&id, proved)| (id, Arc::clone(&proved.effects))).collect();
        let (class, live) = classify_with(graph, &effects);
        let view = |(id, region, judged)| RegionView {
            id,
            region,
            judged,
            span: graph.node(id).span,
            live: live.contains(&id),
            effects: Arc::clone(&effects[&id]),
            proved: Arc::clone(&proved[&id]),
            readers: OnceCell::new(),
        };
        let regions = judged.into_iter().map(view).collect();
        let priced = Priced::new(graph, facts.device.as_deref());
        let mut readers: BTreeMap<WeightId, Vec<NodeId>> = BTreeMap::new();
        for node in graph.nodes() {
            node.op.weights().into_iter().for_each(|weight| readers.entry(weight).or_default().push(node.id));
        }
        Self { graph, regions, live, class, facts, priced, ranges: OnceCell::new(), readers }
    }

    /// The nodes that read a weight.
    #[must_use]
    pub fn readers(&self, weight: WeightId) -> &[NodeId] {
        self.readers.get(&weight).map_or(&[], Vec::as_slice)
    }

    /// Which values the numbers of the model can take.
    pub fn ranges(&self) -> &Ranges {
        self.ranges.get_or_init(|| Ranges::new(self))
    }

    /// The circuits on the search's device, or why they do not fit it; `None` without a device.
    pub fn on_device(&self) -> Option<&Result<OnDevice<'a>, Diagnostic>> {
        self.priced.on_device()
    }

    /// Two-qubit gates of a region on the search's device, were all of its pairs coupled; `None` without a device, or for many qubits.
    #[must_use]
    pub fn with_all_pairs(&self, region: &RegionView<'_>) -> Option<usize> {
        const QUBITS: u32 = 64;
        let device = self.facts.device.as_ref()?;
        let n = region.region.n_qubits;
        if n > QUBITS {
            return None;
        }
        let edges = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
        let free = Device::new(device.name.clone(), n, edges, device.native.clone());
        let options = Options { preparation: Preparation::StandIn, ..Options::default() };
        transpile(region.region, &free, &options).ok().map(|placed| placed.two_qubit)
    }

    /// Where to point for something in a region: the first of these places in the user's text, else where the circuit is applied.
    #[must_use]
    pub fn place(&self, region: &RegionView<'_>, wanted: &[Span]) -> Span {
        let mut all = wanted.to_vec();
        all.push(region.span);
        self.facts.place(&all)
    }

    /// The node and element that an input of a region is.
    #[must_use]
    pub fn source(&self, region: &RegionView<'_>, input: u32) -> Option<(NodeId, usize)> {
        let mut rest = input as usize;
        for node in self.graph.inputs_of(region.id) {
            let len = self.graph.node(node).len();
            if rest < len {
                return Some((node, rest));
            }
            rest -= len;
        }
        None
    }

    /// The name of an input of a region.
    #[must_use]
    pub fn input_name(&self, region: &RegionView<'_>, input: u32) -> String {
        match self.source(region, input) {
            Some((node, element)) => self.element_name(node, element),
            None => format!("input[{input}]"),
        }
    }

    /// The name of one number of a node: `x[2]`, `linear[0]`; nodes without a name are called by what they do.
    #[must_use]
    pub fn element_name(&self, node: NodeId, element: usize) -> String {
        let node = self.graph.node(node);
        let named = match &node.op {
            // Rearranged numbers go by their own names.
            Op::Gather { indices } => {
                let from = self.graph.inputs_of(node.id).first().copied();
                if let (Some(from), Some(&index)) = (from, indices.get(element)) {
                    return self.element_name(from, index as usize);
                }
                node.op.name()
            }
            _ if node.path.is_empty() => node.op.name(),
            _ => &node.path,
        };
        format!("{named}{}", names::element(&node.shape, u32::try_from(element).unwrap_or(u32::MAX)))
    }

    /// The name of a variable of a region.
    #[must_use]
    pub fn variable_name(&self, region: &RegionView<'_>, variable: Variable) -> String {
        match variable {
            Variable::Weight { weight, index } => self.graph.element_name(weight, index),
            Variable::Input(input) => self.input_name(region, input),
        }
    }

    /// The name of a circuit in backticks: its path, or the model's own name.
    #[must_use]
    pub fn circuit_name(&self, region: &RegionView<'_>) -> String {
        quoted(if region.region.path.is_empty() { &self.graph.name } else { &region.region.path })
    }

    /// Is it a number that training changes?
    #[must_use]
    pub fn is_trainable(&self, variable: Variable) -> bool {
        matches!(variable, Variable::Weight { weight, .. } if self.graph.weight(weight).trainable)
    }
}

/// A name in backticks.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("`{name}`")
}

//! A graph as bytes, from its outputs back: names left out, weights numbered by first use.

use super::Class;
use super::region::{canonical, content, number};
use crate::ir::{Graph, Init, Node, NodeId, Op, QuantumOp, Readout, Region, Variable, WeightId};
use indexmap::IndexSet;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A weight, or one number of a weight that only angles read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Number {
    Whole(WeightId),
    Element(WeightId, u32),
}

struct Speller<'g> {
    graph: &'g Graph,
    canonical: &'g dyn Fn(&Region) -> Arc<Region>,
    out: Vec<u8>,
    next: usize,
    nodes: BTreeMap<NodeId, usize>,
    /// What was spelled, with its number: the same operation on the same operands is the same node.
    spelled: BTreeMap<Vec<u8>, usize>,
    weights: IndexSet<Number>,
    /// Weights that something other than an angle reads: they keep their shape.
    whole: BTreeSet<WeightId>,
    regions: BTreeMap<NodeId, Reduced>,
    /// Trainable numbers that angles still read.
    live: FxHashSet<(WeightId, u32)>,
    /// Regions that stand for any.
    left_open: Vec<NodeId>,
}

/// A region in canonical form, and which operands it still reads.
struct Reduced {
    /// None stands for any that reads these operands.
    region: Option<Arc<Region>>,
    /// Per operand its first input number, and its place among the operands that are read.
    operands: Vec<(u32, Option<usize>)>,
}

/// A graph spelled, and what kind it is by what had to be spelled.
pub(super) fn graph(graph: &Graph) -> (Vec<u8>, Class) {
    graph_by(graph, &fresh)
}

/// The same with the canonical forms of regions from elsewhere.
pub(super) fn graph_by(graph: &Graph, canonical: &dyn Fn(&Region) -> Arc<Region>) -> (Vec<u8>, Class) {
    let mut speller = Speller { canonical, ..Speller::new(graph) };
    speller.outputs();
    let class = speller.class();
    (speller.out, class)
}

/// One region spelled by itself, the numbers it gives and its weights included; which of its operands it reads, how many weights it
/// has, and how many of them are trained.
pub(super) fn region_alone(graph: &Graph, id: NodeId) -> Option<(Vec<u8>, Vec<bool>, usize, usize)> {
    let mut speller = Speller { whole: BTreeSet::new(), ..Speller::new(graph) };
    speller.operands(id);
    let read = speller.regions.get(&id)?.operands.iter().map(|operand| operand.1.is_some()).collect();
    speller.region(id);
    let weights = speller.weights.len();
    speller.weight_contents();
    Some((speller.out, read, weights, speller.live.len()))
}

/// A graph spelled with its regions left open, given which of their operands they read; with the regions in the order in which they
/// stand there.
pub(super) fn around(graph: &Graph, read: &BTreeMap<NodeId, Vec<bool>>) -> (Vec<u8>, Vec<NodeId>, Class) {
    let mut speller = Speller::new(graph);
    for (&id, read) in read {
        let mut place = 0;
        let operand = |read: &bool| {
            place += usize::from(*read);
            (0, read.then(|| place - 1))
        };
        let operands = read.iter().map(operand).collect();
        speller.regions.insert(id, Reduced { region: None, operands });
    }
    speller.outputs();
    let class = speller.class();
    (speller.out, speller.left_open, class)
}

fn fresh(region: &Region) -> Arc<Region> {
    Arc::new(canonical(region))
}

impl<'g> Speller<'g> {
    fn new(graph: &'g Graph) -> Self {
        let whole = graph.nodes().filter(|node| !matches!(node.op, Op::Region(_))).flat_map(|node| node.op.weights());
        Self {
            graph,
            canonical: &fresh,
            out: Vec::new(),
            next: 0,
            nodes: BTreeMap::new(),
            spelled: BTreeMap::new(),
            weights: IndexSet::new(),
            whole: whole.collect(),
            regions: BTreeMap::new(),
            live: FxHashSet::default(),
            left_open: Vec::new(),
        }
    }

    fn outputs(&mut self) {
        let graph = self.graph;
        let outputs: Vec<usize> = graph.outputs.iter().map(|output| self.visit(output.node)).collect();
        self.out.push(b'o');
        outputs.into_iter().for_each(|at| self.count(at));
        self.weight_contents();
    }
}

impl Speller<'_> {
    fn count(&mut self, value: usize) {
        self.out.extend((value as u64).to_be_bytes());
    }

    /// Spells a node after everything it reads, without recursion: pipelines may be long. Returns its number.
    fn visit(&mut self, root: NodeId) -> usize {
        let mut stack = vec![(root, false)];
        while let Some((id, ready)) = stack.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            let inputs = self.operands(id);
            if ready {
                let number = self.emit(id, &inputs);
                self.nodes.insert(id, number);
            } else {
                stack.push((id, true));
                stack.extend(inputs.into_iter().rev().map(|input| (input, false)));
            }
        }
        self.nodes[&root]
    }

    /// The operands that matter. A region is reduced when it is first met.
    fn operands(&mut self, id: NodeId) -> Vec<NodeId> {
        let inputs = self.graph.inputs_of(id);
        let Op::Region(region) = &self.graph.node(id).op else { return inputs };
        let graph = self.graph;
        let sizes: Vec<u32> =
            inputs.iter().map(|&input| u32::try_from(graph.node(input).len()).unwrap_or(u32::MAX)).collect();
        let reduced = self.regions.entry(id).or_insert_with(|| reduce((self.canonical)(region), &sizes));
        let read = reduced.operands.iter().zip(inputs).filter(|(operand, _)| operand.1.is_some());
        read.map(|(_, input)| input).collect()
    }

    /// Spells one node; a node that only passes its operand on is that operand.
    fn emit(&mut self, id: NodeId, inputs: &[NodeId]) -> usize {
        let node = self.graph.node(id);
        if let [input] = inputs
            && passes_on(&node.op, &node.shape, &self.graph.node(*input).shape)
        {
            return self.nodes[input];
        }
        let before = std::mem::take(&mut self.out);
        self.out.push(b'n');
        self.out.extend(node.op.name().bytes());
        self.out.push(0);
        for &size in &node.shape {
            self.count(size);
        }
        self.out.push(b'i');
        for input in inputs {
            let at = self.nodes[input];
            self.count(at);
        }
        self.settings(id);
        let spelled = std::mem::replace(&mut self.out, before);
        // Two dropouts drop differently, and two batch norms see their buffers change twice.
        let own = matches!(node.op, Op::Dropout { .. } | Op::BatchNorm { .. });
        if let (false, Some(&known)) = (own, self.spelled.get(&spelled)) {
            return known;
        }
        let number_of_node = self.next;
        self.next += 1;
        self.out.extend(&spelled);
        self.spelled.insert(spelled, number_of_node);
        number_of_node
    }

    fn settings(&mut self, id: NodeId) {
        self.out.push(b's');
        match &self.graph.node(id).op {
            Op::Input { index } => self.count(*index),
            Op::Constant { values } => values.iter().for_each(|&value| number(&mut self.out, value)),
            Op::Conv2d { stride, padding, .. } => {
                self.count(*stride);
                self.count(*padding);
            }
            Op::Pool2d { kernel, stride, .. } => {
                self.count(*kernel);
                self.count(*stride);
            }
            Op::Generate { start, .. } => self.count(*start),
            Op::Mix { rule, .. } => {
                self.count(rule.mix as usize);
                [rule.start, rule.floor, rule.decay].into_iter().for_each(|value| number(&mut self.out, value));
            }
            Op::Bits { start } => self.count(usize::try_from(*start).unwrap_or(usize::MAX)),
            Op::Dropout { p } => number(&mut self.out, *p),
            Op::Gather { indices } => self.indices(indices),
            Op::Region(_) => self.region(id),
            _ => {}
        }
        if !matches!(self.graph.node(id).op, Op::Region(_)) {
            for weight in self.graph.node(id).op.weights() {
                let number = self.number(Number::Whole(weight));
                weight_number(&mut self.out, number);
            }
        }
    }

    /// Where numbers are taken from; mostly they stand in a row.
    fn indices(&mut self, indices: &[u32]) {
        match indices.first() {
            Some(&first) if indices.iter().zip(first..).all(|(index, counted)| *index == counted) => {
                self.out.push(b'r');
                self.count(first as usize);
            }
            _ => {
                self.out.push(b'l');
                indices.iter().for_each(|&index| self.count(index as usize));
            }
        }
    }

    /// A weight's number.
    fn number(&mut self, which: Number) -> usize {
        self.weights.insert_full(which).0
    }

    /// What was not spelled has no effect on any output.
    fn class(&self) -> Class {
        let graph = self.graph;
        let all: FxHashSet<_> = graph.regions().flat_map(|(_, region)| quantum_weights(graph, region)).collect();
        let read = || self.nodes.keys().map(|&id| graph.node(id));
        let reads_input = read().any(|node| matches!(node.op, Op::Input { .. }));
        let trains = |node: &Node| node.op.weights().iter().any(|&weight| graph.weight(weight).trainable);
        let classical = read().filter(|node| !matches!(node.op, Op::Region(_))).any(trains);
        Class {
            quantum_weights: all.len(),
            live_quantum_weights: self.live.len(),
            reads_input,
            constant: !reads_input && !classical && self.live.is_empty(),
        }
    }

    /// What the weights are, in order of their numbers.
    fn weight_contents(&mut self) {
        for which in std::mem::take(&mut self.weights) {
            let (id, shape) = match which {
                Number::Whole(id) => (id, &*self.graph.weight(id).shape),
                Number::Element(id, _) => (id, &[][..]),
            };
            self.out.push(b'w');
            shape.iter().for_each(|&size| self.out.extend((size as u64).to_be_bytes()));
            let weight = self.graph.weight(id);
            let (kind, a, b) = match weight.init {
                Init::Constant(value) => (0, value, 0.0),
                Init::Normal(mean, deviation) => (1, mean, deviation),
                Init::Uniform(low, high) => (2, low, high),
            };
            self.out.extend([u8::from(weight.trainable), kind]);
            number(&mut self.out, a);
            number(&mut self.out, b);
        }
    }

    fn region(&mut self, id: NodeId) {
        let Some(Reduced { region, operands }) = self.regions.remove(&id) else { return };
        let Some(region) = region else {
            // Two of them are never the same, so each says which it is.
            self.out.push(b'?');
            self.count(self.left_open.len());
            self.left_open.push(id);
            return;
        };
        self.live.extend(quantum_weights(self.graph, &region));
        let ranks = ranks(&region);
        self.number_weights(&region);
        let mut out = std::mem::take(&mut self.out);
        for op in &region.ops {
            out.push(b';');
            content(&mut out, op, &ranks, &mut |variable, out| self.variable(variable, &operands, out));
        }
        for readout in &region.readouts {
            match readout {
                Readout::Probabilities(qubits) => {
                    out.push(b'P');
                    qubits.iter().for_each(|&qubit| out.extend(ranks[qubit as usize].to_be_bytes()));
                }
                Readout::Expectation(sum) => {
                    out.push(b'E');
                    for (coefficient, string) in sum.terms() {
                        number(&mut out, *coefficient);
                        for &(qubit, pauli) in string.factors() {
                            out.extend(ranks[qubit as usize].to_be_bytes());
                            out.push(pauli as u8);
                        }
                        out.push(b'+');
                    }
                }
            }
        }
        self.out = out;
    }

    /// Numbers the weights of a region in order of use; within one angle by coefficient, then by everything else they do. What
    /// is left equal is interchangeable.
    fn number_weights(&mut self, region: &Region) {
        let angles = || region.ops.iter().flat_map(QuantumOp::angles).enumerate();
        let is_weight = |term: &&(Variable, f64)| matches!(term.0, Variable::Weight { .. });
        // Only weights that share an angle need to be told apart by their uses.
        let shared = angles().any(|(_, angle)| angle.terms().iter().filter(is_weight).count() > 1);
        let uses = if shared { uses(region) } else { BTreeMap::new() };
        for (_, angle) in angles() {
            let mut terms: Vec<(Vec<u8>, &[u8], Variable)> = Vec::new();
            for &(variable, coefficient) in angle.terms().iter().filter(is_weight) {
                if !shared {
                    self.variable(variable, &[], &mut Vec::new());
                    continue;
                }
                let mut bytes = Vec::new();
                number(&mut bytes, coefficient);
                terms.push((bytes, uses.get(&variable).map_or(&[][..], |bytes| bytes), variable));
            }
            terms.sort();
            terms.into_iter().for_each(|(_, _, variable)| self.variable(variable, &[], &mut Vec::new()));
        }
    }

    fn variable(&mut self, variable: Variable, operands: &[(u32, Option<usize>)], out: &mut Vec<u8>) {
        match variable {
            Variable::Weight { weight, index } if self.whole.contains(&weight) => {
                weight_number(out, self.number(Number::Whole(weight)));
                out.extend(index.to_be_bytes());
            }
            Variable::Weight { weight, index } => weight_number(out, self.number(Number::Element(weight, index))),
            Variable::Input(index) => {
                let at = operands.partition_point(|operand| operand.0 <= index).saturating_sub(1);
                let (start, place) = operands.get(at).copied().unwrap_or((0, None));
                out.push(b'x');
                out.extend((place.unwrap_or(0) as u64).to_be_bytes());
                out.extend((index - start).to_be_bytes());
            }
        }
    }
}

fn weight_number(out: &mut Vec<u8>, number: usize) {
    out.push(b'w');
    out.extend((number as u64).to_be_bytes());
}

/// Per variable the angles that read it, with their coefficients.
fn uses(region: &Region) -> BTreeMap<Variable, Vec<u8>> {
    let mut uses: BTreeMap<Variable, Vec<u8>> = BTreeMap::new();
    for (at, angle) in region.ops.iter().flat_map(QuantumOp::angles).enumerate() {
        for &(variable, coefficient) in angle.terms() {
            let entry = uses.entry(variable).or_default();
            entry.extend((at as u64).to_be_bytes());
            number(entry, coefficient);
        }
    }
    uses
}

/// The trainable numbers that angles of a region read.
fn quantum_weights<'a>(graph: &'a Graph, region: &'a Region) -> impl Iterator<Item = (WeightId, u32)> + 'a {
    let terms = region.ops.iter().flat_map(QuantumOp::angles).flat_map(crate::ir::Angle::terms);
    terms.filter_map(|term| match term.0 {
        Variable::Weight { weight, index } if graph.weight(weight).trainable => Some((weight, index)),
        _ => None,
    })
}

/// A region in canonical form as one of a graph; inputs that no longer occur in it are not read.
fn reduce(region: Arc<Region>, sizes: &[u32]) -> Reduced {
    let mut read = vec![false; region.n_inputs as usize];
    for (variable, _) in region.ops.iter().flat_map(QuantumOp::angles).flat_map(crate::ir::Angle::terms) {
        if let Variable::Input(index) = variable
            && let Some(read) = read.get_mut(*index as usize)
        {
            *read = true;
        }
    }
    let (mut start, mut place) = (0, 0);
    let operands = sizes
        .iter()
        .map(|&size| {
            let own = read.iter().skip(start as usize).take(size as usize);
            let operand = if own.into_iter().any(|read| *read) {
                place += 1;
                (start, Some(place - 1))
            } else {
                (start, None)
            };
            start += size;
            operand
        })
        .collect();
    Reduced { region: Some(region), operands }
}

/// Per qubit its number among those that occur, upwards without gaps.
fn ranks(region: &Region) -> Vec<u32> {
    let mut used = vec![false; region.n_qubits as usize];
    let mut note = |qubit: u32| used[qubit as usize] = true;
    region.ops.iter().flat_map(QuantumOp::qubits).for_each(|&qubit| note(qubit));
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => qubits.iter().for_each(|&qubit| note(qubit)),
            Readout::Expectation(sum) => {
                sum.terms().iter().flat_map(|term| term.1.factors()).for_each(|factor| note(factor.0));
            }
        }
    }
    let mut next = 0;
    let rank = |used: bool| {
        next += u32::from(used);
        next.saturating_sub(u32::from(used))
    };
    used.into_iter().map(rank).collect()
}

/// Does an operation give its operand as it is?
fn passes_on(op: &Op, shape: &[usize], from: &[usize]) -> bool {
    let same = shape == from;
    match op {
        Op::Reshape | Op::Pad | Op::Concat | Op::Join => same,
        Op::Dropout { p } => same && *p == 0.0,
        Op::Gather { indices } => same && indices.iter().zip(0..).all(|(&index, at)| index == at),
        _ => false,
    }
}

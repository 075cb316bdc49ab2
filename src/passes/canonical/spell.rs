//! A graph as bytes, from its outputs back: names left out, weights numbered by first use.

use super::Class;
use super::region::{canonical, content, number};
use crate::ir::{Graph, Init, Node, NodeId, Op, QuantumOp, Readout, Region, Variable, WeightId};
use indexmap::IndexSet;
use std::collections::{BTreeMap, BTreeSet};

/// A weight, or one number of a weight that only angles read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Number {
    Whole(WeightId),
    Element(WeightId, u32),
}

struct Speller<'g> {
    graph: &'g Graph,
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
    live: BTreeSet<(WeightId, u32)>,
}

/// A region in canonical form, and which operands it still reads.
struct Reduced {
    region: Region,
    /// Per operand its first input number, and its place among the operands that are read.
    operands: Vec<(u32, Option<usize>)>,
}

/// A graph spelled, and what kind it is by what had to be spelled.
pub(super) fn graph(graph: &Graph) -> (Vec<u8>, Class) {
    let whole = graph.nodes().filter(|node| !matches!(node.op, Op::Region(_))).flat_map(|node| node.op.weights());
    let mut speller = Speller {
        graph,
        out: Vec::new(),
        next: 0,
        nodes: BTreeMap::new(),
        spelled: BTreeMap::new(),
        weights: IndexSet::new(),
        whole: whole.collect(),
        regions: BTreeMap::new(),
        live: BTreeSet::new(),
    };
    let outputs: Vec<usize> = graph.outputs.iter().map(|output| speller.visit(output.node)).collect();
    speller.out.push(b'o');
    outputs.into_iter().for_each(|at| speller.count(at));
    speller.weight_contents();
    let class = speller.class();
    (speller.out, class)
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
        let reduced = self.regions.entry(id).or_insert_with(|| reduce(region, &sizes));
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
            Op::Gather { indices } => indices.iter().for_each(|&index| self.count(index as usize)),
            Op::Region(_) => self.region(id),
            _ => {}
        }
        if !matches!(self.graph.node(id).op, Op::Region(_)) {
            for weight in self.graph.node(id).op.weights() {
                let bytes = self.weight(Number::Whole(weight));
                self.out.extend(bytes);
            }
        }
    }

    /// A weight's number.
    fn weight(&mut self, which: Number) -> Vec<u8> {
        let (at, _) = self.weights.insert_full(which);
        [&[b'w'][..], &(at as u64).to_be_bytes()].concat()
    }

    /// What was not spelled has no effect on any output.
    fn class(&self) -> Class {
        let graph = self.graph;
        let all: BTreeSet<_> = graph.regions().flat_map(|(_, region)| quantum_weights(graph, region)).collect();
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
        let Some(reduced) = self.regions.remove(&id) else { return };
        self.live.extend(quantum_weights(self.graph, &reduced.region));
        let rank = ranks(&reduced.region);
        self.number_weights(&reduced.region);
        let mut ops = Vec::new();
        for op in &reduced.region.ops {
            let mut op = op.clone();
            match &mut op {
                QuantumOp::Gate(gate) => gate.qubits.iter_mut().for_each(|qubit| *qubit = rank[qubit]),
                QuantumOp::Prepare { qubits, .. } | QuantumOp::Barrier { qubits } => {
                    qubits.iter_mut().for_each(|qubit| *qubit = rank[qubit]);
                }
            }
            ops.push(b';');
            ops.extend(content(&op, &mut |variable| self.variable(variable, &reduced.operands)));
        }
        self.out.extend(ops);
        for readout in &reduced.region.readouts {
            match readout {
                Readout::Probabilities(qubits) => {
                    self.out.push(b'P');
                    qubits.iter().for_each(|qubit| self.out.extend(rank[qubit].to_be_bytes()));
                }
                Readout::Expectation(sum) => {
                    self.out.push(b'E');
                    for (coefficient, string) in sum.terms() {
                        number(&mut self.out, *coefficient);
                        for (qubit, pauli) in string.factors() {
                            self.out.extend(rank[qubit].to_be_bytes());
                            self.out.push(*pauli as u8);
                        }
                        self.out.push(b'+');
                    }
                }
            }
        }
    }

    /// Numbers the weights of a region in order of use; within one angle by coefficient, then by everything else they do. What
    /// is left equal is interchangeable.
    fn number_weights(&mut self, region: &Region) {
        let angles = || region.ops.iter().flat_map(QuantumOp::angles).enumerate();
        let mut uses: BTreeMap<Variable, Vec<u8>> = BTreeMap::new();
        for (at, angle) in angles() {
            for &(variable, coefficient) in angle.terms() {
                let entry = uses.entry(variable).or_default();
                entry.extend((at as u64).to_be_bytes());
                number(entry, coefficient);
            }
        }
        for (_, angle) in angles() {
            let mut terms: Vec<(Vec<u8>, &[u8], Variable)> = angle
                .terms()
                .iter()
                .map(|&(variable, coefficient)| {
                    let mut bytes = Vec::new();
                    number(&mut bytes, coefficient);
                    (bytes, uses.get(&variable).map_or(&[][..], |bytes| bytes), variable)
                })
                .collect();
            terms.sort();
            for (_, _, variable) in terms {
                if let Variable::Weight { .. } = variable {
                    self.variable(variable, &[]);
                }
            }
        }
    }

    fn variable(&mut self, variable: Variable, operands: &[(u32, Option<usize>)]) -> Vec<u8> {
        match variable {
            Variable::Weight { weight, index } if self.whole.contains(&weight) => {
                let mut out = self.weight(Number::Whole(weight));
                out.extend(index.to_be_bytes());
                out
            }
            Variable::Weight { weight, index } => self.weight(Number::Element(weight, index)),
            Variable::Input(index) => {
                let at = operands.partition_point(|operand| operand.0 <= index).saturating_sub(1);
                let (start, place) = operands.get(at).copied().unwrap_or((0, None));
                let mut out = vec![b'x'];
                out.extend((place.unwrap_or(0) as u64).to_be_bytes());
                out.extend((index - start).to_be_bytes());
                out
            }
        }
    }
}

/// The trainable numbers that angles of a region read.
fn quantum_weights<'a>(graph: &'a Graph, region: &'a Region) -> impl Iterator<Item = (WeightId, u32)> + 'a {
    let terms = region.ops.iter().flat_map(QuantumOp::angles).flat_map(crate::ir::Angle::terms);
    terms.filter_map(|term| match term.0 {
        Variable::Weight { weight, index } if graph.weight(weight).trainable => Some((weight, index)),
        _ => None,
    })
}

/// Reduces a region; inputs that no longer occur in it are not read.
fn reduce(region: &Region, sizes: &[u32]) -> Reduced {
    let region = canonical(region);
    let read: BTreeSet<u32> = region
        .ops
        .iter()
        .flat_map(QuantumOp::angles)
        .flat_map(crate::ir::Angle::terms)
        .filter_map(|term| match term.0 {
            Variable::Input(index) => Some(index),
            Variable::Weight { .. } => None,
        })
        .collect();
    let (mut start, mut place) = (0, 0);
    let operands = sizes
        .iter()
        .map(|&size| {
            let operand = if read.range(start..start + size).next().is_some() {
                place += 1;
                (start, Some(place - 1))
            } else {
                (start, None)
            };
            start += size;
            operand
        })
        .collect();
    Reduced { region, operands }
}

/// Qubits that occur, numbered upwards without gaps.
fn ranks(region: &Region) -> BTreeMap<u32, u32> {
    let mut used: BTreeSet<u32> = region.ops.iter().flat_map(|op| op.qubits().iter().copied()).collect();
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => used.extend(qubits),
            Readout::Expectation(sum) => {
                used.extend(sum.terms().iter().flat_map(|term| term.1.factors()).map(|factor| factor.0));
            }
        }
    }
    used.into_iter().zip(0..).collect()
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

//! What kind of architecture a graph is: whether it trains its circuit, sees its input, says anything at all.

use crate::ir::{Graph, NodeId, Op, Region, Variable, WeightId};
use crate::passes::effect::{Effects, prove};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// The verdicts, each proved: a `live` number may still be without effect if no proof was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Class {
    /// Trainable numbers that angles read.
    pub quantum_weights: usize,
    /// Those of them on which an output may depend.
    pub live_quantum_weights: usize,
    /// May an output depend on the model's input?
    pub reads_input: bool,
    /// Does no output depend on the input or on any trainable number?
    pub constant: bool,
}

/// Classifies a graph.
#[must_use]
pub fn classify(graph: &Graph) -> Class {
    classify_with(graph, &effects_of(graph)).0
}

/// What is proved about every region of a graph.
#[must_use]
pub fn effects_of(graph: &Graph) -> BTreeMap<NodeId, Effects> {
    graph.regions().map(|(id, region)| (id, prove(region))).collect()
}

/// As [`classify`], from what is already proved, with the nodes on which an output may depend.
#[must_use]
pub fn classify_with<E: Borrow<Effects>>(graph: &Graph, effects: &BTreeMap<NodeId, E>) -> (Class, BTreeSet<NodeId>) {
    let live = live_nodes(graph, effects);
    let mut reads_input = false;
    let mut trains = false;
    let mut quantum: BTreeSet<(WeightId, u32)> = BTreeSet::new();
    let mut live_quantum: BTreeSet<(WeightId, u32)> = BTreeSet::new();
    for node in graph.nodes() {
        let alive = live.contains(&node.id);
        if let Op::Region(_) = &node.op {
            for (variable, proof) in &effects[&node.id].borrow().variables {
                if let Variable::Weight { weight, index } = *variable
                    && graph.weight(weight).trainable
                {
                    quantum.insert((weight, index));
                    if alive && proof.is_none() {
                        live_quantum.insert((weight, index));
                    }
                }
            }
        } else if alive {
            reads_input |= matches!(node.op, Op::Input { .. });
            trains |= node.op.weights().iter().any(|&weight| graph.weight(weight).trainable);
        }
    }
    let class = Class {
        quantum_weights: quantum.len(),
        live_quantum_weights: live_quantum.len(),
        reads_input,
        constant: !reads_input && !trains && live_quantum.is_empty(),
    };
    (class, live)
}

/// Nodes on which an output may depend. A region whose read-outs are all constant is not one, nor is an operand of a
/// region none of whose numbers has an effect.
fn live_nodes<E: Borrow<Effects>>(graph: &Graph, effects: &BTreeMap<NodeId, E>) -> BTreeSet<NodeId> {
    let mut live = BTreeSet::new();
    let mut stack: Vec<NodeId> = graph.outputs.iter().map(|output| output.node).collect();
    while let Some(id) = stack.pop() {
        if !live.insert(id) {
            continue;
        }
        let inputs = graph.inputs_of(id);
        match &graph.node(id).op {
            Op::Region(region) => stack.extend(read(graph, region, &inputs, effects[&id].borrow())),
            _ => stack.extend(inputs),
        }
    }
    live
}

fn read(graph: &Graph, region: &Region, inputs: &[NodeId], effects: &Effects) -> Vec<NodeId> {
    let mut start = 0;
    let mut out = Vec::new();
    for &input in inputs {
        let end = (start + u32::try_from(graph.node(input).len()).unwrap_or(u32::MAX)).min(region.n_inputs);
        if (start..end).any(|index| !effects.is_dead(Variable::Input(index))) {
            out.push(input);
        }
        start = end;
    }
    out
}

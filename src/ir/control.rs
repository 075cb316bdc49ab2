//! The classical control of a hybrid model: the same model with a classical layer where every circuit was.
//!
//! What a circuit adds is only known next to this. A circuit with `k` numbers in and `m` out becomes `linear[m] |> tanh`:
//! as wide, bounded as expectation values are, and trainable. Angles that were wrapped with `%` for the circuit reach the
//! layer unwrapped, since the jump that no circuit can see would only hurt here.

use super::{Activation, BinaryFn, Graph, Init, Node, NodeId, Op, Region, Weight};
use std::collections::{BTreeMap, BTreeSet};

/// The model without its circuits; the same graph if it has none.
#[must_use]
pub fn classical_control(graph: &Graph) -> Graph {
    let mut live = BTreeSet::new();
    let mut next: Vec<NodeId> = graph.outputs.iter().map(|output| output.node).collect();
    while let Some(id) = next.pop() {
        if live.insert(id) {
            next.extend(operands(graph, id));
        }
    }
    let mut out = Graph::new(graph.name.clone());
    out.inputs.clone_from(&graph.inputs);
    let mut moved: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    for id in graph.order().into_iter().filter(|id| live.contains(id)) {
        let node = graph.node(id);
        let inputs: Vec<NodeId> = operands(graph, id).iter().filter_map(|input| moved.get(input).copied()).collect();
        let new = match &node.op {
            Op::Region(region) => layer(&mut out, node, region, &inputs),
            op => {
                let op = op.with_weights(&mut |weight| out.add_weight(graph.weight(weight).clone()));
                out.add(op, &inputs, node.shape.clone(), node.path.clone(), node.span)
            }
        };
        moved.insert(id, new);
    }
    out.outputs.clone_from(&graph.outputs);
    for output in &mut out.outputs {
        output.node = moved.get(&output.node).copied().unwrap_or(output.node);
    }
    out
}

/// What a node reads; a circuit reads what stands before a `%`.
fn operands(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    let inputs = graph.inputs_of(id);
    if !matches!(graph.node(id).op, Op::Region(_)) {
        return inputs;
    }
    let unwrapped = |input: NodeId| match graph.node(input).op {
        Op::Binary(BinaryFn::Rem) => graph.inputs_of(input).first().copied().unwrap_or(input),
        _ => input,
    };
    inputs.into_iter().map(unwrapped).collect()
}

/// The layer in place of a circuit.
fn layer(out: &mut Graph, node: &Node, region: &Region, inputs: &[NodeId]) -> NodeId {
    let (path, span, n_outputs) = (format!("{}.control", region.path), node.span, region.n_outputs());
    let mut flat = Vec::new();
    for input in inputs {
        let width = out.node(*input).len();
        let is_vector = out.node(*input).shape.len() == 1;
        flat.push(if is_vector { *input } else { out.add(Op::Reshape, &[*input], vec![width], path.clone(), span) });
    }
    let width: usize = flat.iter().map(|input| out.node(*input).len()).sum();
    let together = match flat.as_slice() {
        [one] => Some(*one),
        [] => None,
        many => Some(out.add(Op::Concat, many, vec![width], path.clone(), span)),
    };
    let mut weight = |name: &str, shape: Vec<usize>| {
        let bound = 1.0 / (width.max(1) as f64).sqrt();
        let init = Init::Uniform(-bound, bound);
        let path = format!("{path}.{name}");
        out.add_weight(Weight { path, shape, init, trainable: true, quantum: false, span })
    };
    let bias = weight("bias", vec![n_outputs]);
    let affine = match together {
        // A circuit without data gives numbers of its own.
        None => out.add(Op::Weight { weight: bias }, &[], vec![n_outputs], path.clone(), span),
        Some(input) => {
            let matrix = weight("weight", vec![n_outputs, width]);
            let op = Op::Linear { weight: matrix, bias: Some(bias) };
            out.add(op, &[input], vec![n_outputs], path.clone(), span)
        }
    };
    out.add(Op::Activation(Activation::Tanh), &[affine], node.shape.clone(), path, span)
}

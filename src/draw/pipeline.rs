//! The dataflow graph as chains: `x[4] → linear 4→3 → vqc (3 qubits, depth 5) → linear 3→3`.
//!
//! A model that branches or joins takes one line per chain; a chain that others read gets a name.

use super::{Options, as_region};
use crate::ir::{Graph, Node, NodeId, Op};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Lines shown of a model with very many chains.
const MOST_LINES: usize = 60;

/// The chains, one a line.
pub(super) fn chain(graph: &Graph, options: &Options) -> String {
    let arrow = if options.ascii { "->" } else { "→" };
    let mut names: BTreeMap<NodeId, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for id in graph.order() {
        if continues(graph, id) || inlined(graph, id) {
            continue;
        }
        let mut words = head(graph, id, &names, arrow);
        let mut last = id;
        while let Some(next) = next_in_chain(graph, last) {
            words.push(describe(graph, next, arrow));
            last = next;
        }
        let output = graph.outputs.iter().find(|output| output.node == last).filter(|output| !output.name.is_empty());
        let text = words.join(&format!(" {arrow} "));
        let name = match output {
            Some(output) => output.name.clone(),
            None if graph.users_of(last).is_empty() => String::new(),
            None => format!("%{}", last.0),
        };
        lines.push(if name.is_empty() { text } else { format!("{name} = {text}") });
        names.insert(last, name);
    }
    let mut out = String::new();
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(out, "{line}");
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(out, ".. {} more", lines.len() - MOST_LINES);
    }
    out
}

/// Inputs, weights and constants that something reads stand in place of a name.
fn inlined(graph: &Graph, id: NodeId) -> bool {
    let leaf = matches!(graph.node(id).op, Op::Input { .. } | Op::Weight { .. } | Op::Constant { .. });
    leaf && !graph.users_of(id).is_empty()
}

/// Does a node go on where its only operand's chain ends?
fn continues(graph: &Graph, id: NodeId) -> bool {
    match graph.inputs_of(id)[..] {
        [only] => !inlined(graph, only) && next_in_chain(graph, only) == Some(id),
        _ => false,
    }
}

/// The node that continues a chain: the only reader, if it reads nothing else and the value is no output.
fn next_in_chain(graph: &Graph, id: NodeId) -> Option<NodeId> {
    let users = graph.users_of(id);
    let is_output = graph.outputs.iter().any(|output| output.node == id);
    match users[..] {
        [only] if !is_output && graph.inputs_of(only).len() == 1 => Some(only),
        _ => None,
    }
}

/// The first words of a chain: its operand, if it has one, and the node; a node of several operands shows them in brackets.
fn head(graph: &Graph, id: NodeId, names: &BTreeMap<NodeId, String>, arrow: &str) -> Vec<String> {
    let operand = |input: NodeId| match inlined(graph, input) {
        true => leaf(graph, graph.node(input)),
        false => names.get(&input).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| format!("%{}", input.0)),
    };
    let operands: Vec<String> = graph.inputs_of(id).into_iter().map(operand).collect();
    let own = describe(graph, id, arrow);
    match operands.len() {
        0 => vec![own],
        1 => vec![operands[0].clone(), own],
        _ => vec![format!("{own}({})", operands.join(", "))],
    }
}

fn leaf(graph: &Graph, node: &Node) -> String {
    let name = match &node.op {
        Op::Input { index } => graph.inputs.get(*index).map_or("input", |input| &input.name),
        Op::Weight { weight } => graph.weights.get(weight.0 as usize).map_or("weight", |weight| &weight.path),
        _ => node.op.name(),
    };
    if node.shape.is_empty() { name.to_owned() } else { format!("{name}[{}]", sizes(&node.shape, ", ")) }
}

fn sizes(shape: &[usize], separator: &str) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(separator)
}

/// A node in a few words; shapes where they change, and always those of layers with weights.
fn describe(graph: &Graph, id: NodeId, arrow: &str) -> String {
    let node = graph.node(id);
    if let Some(region) = as_region(node) {
        let name = if region.path.is_empty() { "circuit" } else { &region.path };
        let qubits = if region.n_qubits == 1 { "qubit" } else { "qubits" };
        return format!("{name} ({} {qubits}, depth {})", region.n_qubits, region.depth());
    }
    let inputs = graph.inputs_of(id);
    match inputs[..] {
        [] => leaf(graph, node),
        [only] if has_sizes(&node.op) || graph.node(only).shape != node.shape => {
            let shape = |shape: &[usize]| if shape.is_empty() { "1".to_owned() } else { sizes(shape, "x") };
            format!("{} {}{arrow}{}", node.op.name(), shape(&graph.node(only).shape), shape(&node.shape))
        }
        _ => node.op.name().to_owned(),
    }
}

/// Layers whose sizes are worth seeing even where they do not change.
fn has_sizes(op: &Op) -> bool {
    matches!(op, Op::Linear { .. } | Op::Conv2d { .. })
}

//! The IR as a Graphviz drawing: the dataflow graph, every quantum region a cluster with its gates along their wires.

use super::print::{details, op_line, readout_line, speller};
use super::{Graph, Node, Op, Region};
use std::fmt::Write as _;

/// The graph in the DOT language.
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "digraph {} {{", quote(&graph.name));
    let _ =
        writeln!(out, "  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n  edge [fontname=\"monospace\"];");
    for id in graph.order() {
        let node = graph.node(id);
        match &node.op {
            Op::Region(region) => cluster(&mut out, graph, node, region),
            op => {
                let details = details(graph, op);
                let lines = [op.name(), &details, &node.path, &format!("{:?}", node.shape)];
                let label: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
                let _ = writeln!(out, "  n{} [label={}];", id.0, quote(&label.join("\n")));
            }
        }
    }
    for id in graph.order() {
        for (slot, input) in graph.inputs_of(id).into_iter().enumerate() {
            let slot = if slot == 0 { String::new() } else { format!(" [label=\"{slot}\"]") };
            let _ = writeln!(out, "  {} -> {}{slot};", leaves(graph, input), enters(graph, id));
        }
    }
    for (at, output) in graph.outputs.iter().enumerate() {
        let name = if output.name.is_empty() { "output" } else { &output.name };
        let _ = writeln!(out, "  out{at} [label={}, shape=plaintext];", quote(name));
        let _ = writeln!(out, "  {} -> out{at};", leaves(graph, output.node));
    }
    out.push_str("}\n");
    out
}

/// The drawn node that a node's value comes from.
fn leaves(graph: &Graph, id: super::NodeId) -> String {
    match &graph.node(id).op {
        Op::Region(_) => format!("r{}_readout", id.0),
        _ => format!("n{}", id.0),
    }
}

/// The drawn node that a node's operands go to.
fn enters(graph: &Graph, id: super::NodeId) -> String {
    match &graph.node(id).op {
        Op::Region(_) => format!("r{}_in", id.0),
        _ => format!("n{}", id.0),
    }
}

fn cluster(out: &mut String, graph: &Graph, node: &Node, region: &Region) {
    let id = node.id.0;
    let spell = speller(graph, node);
    let title = format!("{}: {} qubits", region.path, region.n_qubits);
    let _ = writeln!(out, "  subgraph cluster_r{id} {{\n    label={};", quote(&title));
    let _ = writeln!(out, "    r{id}_in [label=\"angles\", shape=cds];");
    for (at, op) in region.ops.iter().enumerate() {
        let _ = writeln!(out, "    r{id}_{at} [label={}];", quote(&op_line(region, op, &spell).0));
    }
    let readouts: Vec<String> = region.readouts.iter().map(|readout| readout_line(region, readout)).collect();
    let _ = writeln!(out, "    r{id}_readout [label={}, shape=cds];", quote(&readouts.join("\n")));
    for (qubit, wire) in (0u32..).zip(region.wires()) {
        let name = quote(&region.qubit_name(qubit));
        let _ = writeln!(out, "    r{id}_q{qubit} [label={name}, shape=plaintext];");
        let mut from = format!("r{id}_q{qubit}");
        for at in wire {
            let _ = writeln!(out, "    {from} -> r{id}_{at} [label={name}];");
            from = format!("r{id}_{at}");
        }
        let _ = writeln!(out, "    {from} -> r{id}_readout [label={name}];");
    }
    for (at, op) in region.ops.iter().enumerate() {
        let reads = |angle: &super::Angle| angle.terms().iter().any(|term| matches!(term.0, super::Variable::Input(_)));
        if op.angles().iter().any(reads) {
            let _ = writeln!(out, "    r{id}_in -> r{id}_{at} [style=dashed];");
        }
    }
    out.push_str("  }\n");
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

//! The IR as text: one line per weight, node, gate and read-out, in a stable order, with paths.
//!
//! ```text
//! model tiny
//! input x: real[2]
//! weight vqc.layer.0.rx: real[2] ~ uniform(0, 6.283185307179586), quantum
//! %0 = input x -> [2]
//! %1 = region %0 -> [2]                            # vqc
//!   qubits q[2]
//!   rx(%0[0]) q[0]                                 # vqc.embed
//!   rx(vqc.layer.0.rx[1] + 0.5) q[1]               # vqc.layer.0.rx
//!   expect Z0
//! return %1
//! ```

use super::{Graph, Init, Node, Op, Operation, QuantumOp, Readout, Region, Variable, Weight, names};
use crate::math::Matrix;
use std::fmt::Write as _;

/// Column at which paths stand.
const PATH_COLUMN: usize = 48;
/// Numbers of a constant that are shown; the JSON form has all.
const SHOWN: usize = 8;

/// The graph as text.
#[must_use]
pub fn print(graph: &Graph) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "model {}", graph.name);
    for input in &graph.inputs {
        let _ = writeln!(out, "input {}: {}", input.name, real(&input.shape));
    }
    for weight in &graph.weights {
        let _ = writeln!(out, "weight {}", weight_line(weight));
    }
    for id in graph.order() {
        let node = graph.node(id);
        line(&mut out, &node_line(graph, node), &node.path);
        if let Op::Region(region) = &node.op {
            print_region(&mut out, graph, node, region);
        }
    }
    for output in &graph.outputs {
        let name = if output.name.is_empty() { String::new() } else { format!("{}: ", output.name) };
        let _ = writeln!(out, "return {name}%{}", output.node.0);
    }
    out
}

fn line(out: &mut String, text: &str, path: &str) {
    let text = if path.is_empty() { text.to_owned() } else { format!("{text:<PATH_COLUMN$} # {path}") };
    let _ = writeln!(out, "{text}");
}

fn real(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    if sizes.is_empty() { "real".to_owned() } else { format!("real[{}]", sizes.join(", ")) }
}

fn weight_line(weight: &Weight) -> String {
    let init = match weight.init {
        Init::Constant(value) => format!("constant({value})"),
        Init::Normal(mean, deviation) => format!("normal({mean}, {deviation})"),
        Init::Uniform(low, high) => format!("uniform({low}, {high})"),
    };
    let kind = if weight.quantum { ", quantum" } else { "" };
    let buffer = if weight.trainable { "" } else { ", buffer" };
    format!("{}: {} ~ {init}{kind}{buffer}", weight.path, real(&weight.shape))
}

fn node_line(graph: &Graph, node: &Node) -> String {
    let operands: Vec<String> = graph.inputs_of(node.id).iter().map(|id| format!("%{}", id.0)).collect();
    let details = details(graph, &node.op);
    let words = [node.op.name().to_owned(), operands.join(", "), details];
    let text: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("%{} = {} -> {:?}", node.id.0, text.join(" "), node.shape)
}

/// Settings and weights of an operation, as `name=value` words.
pub(super) fn details(graph: &Graph, op: &Op) -> String {
    let path = |id: &super::WeightId| graph.weights.get(id.0 as usize).map_or("?", |weight| &weight.path);
    let bias = |bias: &Option<super::WeightId>| bias.as_ref().map_or(String::new(), |id| format!(" bias={}", path(id)));
    match op {
        Op::Input { index } => graph.inputs.get(*index).map_or_else(|| index.to_string(), |input| input.name.clone()),
        Op::Weight { weight } => path(weight).to_owned(),
        Op::Constant { values } => list(values.iter().map(|value| names::number(*value)), values.len()),
        Op::Linear { weight, bias: b } => format!("weight={}{}", path(weight), bias(b)),
        Op::Conv2d { weight, bias: b, stride, padding } => {
            format!("weight={}{} stride={stride} padding={padding}", path(weight), bias(b))
        }
        Op::Pool2d { kernel, stride, .. } => format!("kernel={kernel} stride={stride}"),
        Op::BatchNorm { scale, shift, mean, variance } => {
            format!("scale={} shift={} mean={} variance={}", path(scale), path(shift), path(mean), path(variance))
        }
        Op::Generate { weight, start } => format!("weight={} start={start}", path(weight)),
        Op::Recurrent { input, hidden, biases, .. } => {
            let biases: String = biases.iter().map(|bias| format!(" bias={}", path(bias))).collect();
            format!("input={} hidden={}{biases}", path(input), path(hidden))
        }
        Op::Mix { weight, rule } => format!("weight={} rule={:?}", path(weight), rule.mix),
        Op::Bits { start } => format!("start={start}"),
        Op::Dropout { p } => format!("p={p}"),
        Op::Gather { indices } => list(indices.iter().map(u32::to_string), indices.len()),
        _ => String::new(),
    }
}

fn list(items: impl Iterator<Item = String>, length: usize) -> String {
    let shown: Vec<String> = items.take(SHOWN).collect();
    let rest = if length > SHOWN { format!(", .. {length} in all") } else { String::new() };
    format!("[{}{rest}]", shown.join(", "))
}

fn print_region(out: &mut String, graph: &Graph, node: &Node, region: &Region) {
    let registers: Vec<String> = region.registers.iter().map(|r| format!("{}[{}]", r.name, r.len)).collect();
    let _ = writeln!(
        out,
        "  qubits {}",
        if registers.is_empty() { region.n_qubits.to_string() } else { registers.join(", ") }
    );
    let spell = speller(graph, node);
    for op in &region.ops {
        let (text, path) = op_line(region, op, &spell);
        line(out, &format!("  {text}"), path);
    }
    for readout in &region.readouts {
        let _ = writeln!(out, "  {}", readout_line(region, readout));
    }
}

/// Spells the variables of a region's angles: weights by path, inputs by the node and position they come from.
pub(super) fn speller<'a>(graph: &'a Graph, node: &Node) -> impl Fn(Variable) -> String + use<'a> {
    let operands: Vec<(u32, usize)> =
        graph.inputs_of(node.id).into_iter().map(|id| (id.0, graph.node(id).len())).collect();
    move |variable| match variable {
        Variable::Weight { weight, index } => graph.element_name(weight, index),
        Variable::Input(index) => {
            let mut rest = index as usize;
            for &(id, length) in &operands {
                if rest < length {
                    return format!("%{id}[{rest}]");
                }
                rest -= length;
            }
            format!("input[{index}]")
        }
    }
}

/// A step and its path.
pub(super) fn op_line<'a>(
    region: &Region,
    op: &'a QuantumOp,
    spell: &impl Fn(Variable) -> String,
) -> (String, &'a str) {
    let qubits: Vec<String> = op.qubits().iter().map(|&qubit| region.qubit_name(qubit)).collect();
    let angles: Vec<String> = op.angles().iter().map(|angle| names::angle(angle, spell)).collect();
    let (head, path) = match op {
        QuantumOp::Gate(gate) => {
            let head = match &gate.operation {
                Operation::Unitary(matrix) => format!("{}({})", gate.full_name(), matrix_text(matrix)),
                Operation::Gate { .. } if angles.is_empty() => gate.full_name(),
                Operation::Gate { .. } => format!("{}({})", gate.full_name(), angles.join(", ")),
            };
            (head, &*gate.path)
        }
        QuantumOp::Prepare { path, .. } => (format!("prepare({})", angles.join(", ")), &**path),
        QuantumOp::Barrier { .. } => ("barrier".to_owned(), ""),
    };
    let text = if qubits.is_empty() { head } else { format!("{head} {}", qubits.join(", ")) };
    (text, path)
}

/// `[[a, b], [c, d]]`, complex entries as `re+imi`.
fn matrix_text(matrix: &Matrix) -> String {
    let entry = |value: &crate::math::C64| match (value.re, value.im) {
        (re, 0.0) => names::number(re),
        (0.0, im) => format!("{}i", names::number(im)),
        (re, im) => format!("{}{}{}i", names::number(re), if im < 0.0 { "" } else { "+" }, names::number(im)),
    };
    let row = |row: &[crate::math::C64]| format!("[{}]", row.iter().map(entry).collect::<Vec<_>>().join(", "));
    format!("[{}]", matrix.as_slice().chunks(matrix.dim().max(1)).map(row).collect::<Vec<_>>().join(", "))
}

/// A read-out: `expect 0.5*X0*Z1 - Z2`, `probabilities q[0], q[1]`.
pub(super) fn readout_line(region: &Region, readout: &Readout) -> String {
    match readout {
        Readout::Expectation(sum) => format!("expect {sum}"),
        Readout::Probabilities(qubits) => {
            let names: Vec<String> = qubits.iter().map(|&qubit| region.qubit_name(qubit)).collect();
            format!("probabilities {}", names.join(", "))
        }
    }
}

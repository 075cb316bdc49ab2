//! Graphs and regions written by hand, with little ceremony.

use qnas::ir::{
    Angle, GateOp, Graph, Init, InputId, NodeId, Op, Operation, Output, QuantumOp, Readout, Region, Register, Variable,
    Weight, WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

/// A number as an angle.
pub fn number(value: f64) -> Angle {
    Angle::constant(value)
}

/// Input `index` as an angle.
pub fn input(index: u32) -> Angle {
    Angle::variable(Variable::Input(index))
}

/// Element `index` of a weight as an angle.
pub fn element(weight: WeightId, index: u32) -> Angle {
    Angle::variable(Variable::Weight { weight, index })
}

/// A gate of the catalogue.
pub fn gate(name: &str, params: &[Angle], qubits: &[u32], path: &str) -> QuantumOp {
    controlled(&[], name, params, qubits, path)
}

/// A gate with extra controls, which are the first of `qubits`.
pub fn controlled(extra: &[bool], name: &str, params: &[Angle], qubits: &[u32], path: &str) -> QuantumOp {
    QuantumOp::Gate(GateOp {
        operation: Operation::Gate {
            gate: qnas::gates::find(name).expect("in the catalogue"),
            params: params.to_vec(),
        },
        extra_controls: extra.to_vec(),
        qubits: qubits.to_vec(),
        path: Arc::from(path),
        span: Span::default(),
    })
}

/// Amplitudes on untouched qubits.
pub fn prepare(values: &[Angle], qubits: &[u32], path: &str) -> QuantumOp {
    QuantumOp::Prepare {
        qubits: qubits.to_vec(),
        values: values.to_vec(),
        path: Arc::from(path),
        span: Span::default(),
    }
}

/// `<Z>` of every qubit.
pub fn expect_z(n: u32) -> Vec<Readout> {
    (0..n).map(|q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::Z)))).collect()
}

/// A region with one register `q`.
pub fn region(path: &str, n_qubits: u32, n_inputs: u32, ops: Vec<QuantumOp>, readouts: Vec<Readout>) -> Region {
    let registers = vec![Register { name: "q".into(), start: 0, len: n_qubits }];
    Region { path: path.into(), n_qubits, registers, n_inputs, ops, readouts }
}

/// Adds a trainable weight.
pub fn weight(graph: &mut Graph, path: &str, shape: &[usize], quantum: bool) -> WeightId {
    graph.add_weight(Weight {
        path: path.into(),
        shape: shape.to_vec(),
        init: Init::Uniform(-0.5, 0.5),
        trainable: true,
        quantum,
        span: Span::default(),
    })
}

/// Adds a node whose span is empty.
pub fn add(graph: &mut Graph, op: Op, inputs: &[NodeId], shape: &[usize], path: &str) -> NodeId {
    graph.add(op, inputs, shape.to_vec(), path, Span::default())
}

/// Adds a model input and its node.
pub fn add_input(graph: &mut Graph, name: &str, shape: &[usize]) -> NodeId {
    let index = graph.inputs.len();
    graph.inputs.push(InputId { name: name.into(), shape: shape.to_vec() });
    add(graph, Op::Input { index }, &[], shape, name)
}

/// Adds `linear` with bias.
pub fn add_linear(graph: &mut Graph, from: NodeId, out: usize, path: &str) -> NodeId {
    let width = *graph.node(from).shape.last().expect("a vector");
    let w = weight(graph, &format!("{path}.weight"), &[out, width], false);
    let bias = weight(graph, &format!("{path}.bias"), &[out], false);
    let shape = [&graph.node(from).shape[..graph.node(from).shape.len() - 1], &[out]].concat();
    add(graph, Op::Linear { weight: w, bias: Some(bias) }, &[from], &shape, path)
}

/// Makes a node the only output.
pub fn finish(graph: &mut Graph, node: NodeId) {
    graph.outputs = vec![Output { name: String::new(), node }];
}

/// FAQNAS: linear, `ry(2 x)`, `depth` layers of a rotation and a ring or line, `<Z>`, linear.
pub fn faqnas(features: usize, n: u32, depth: usize, rotation: &str, two: &str, ring: bool, classes: usize) -> Graph {
    let mut graph = Graph::new("hqnn");
    let x = add_input(&mut graph, "x", &[features]);
    let hidden = add_linear(&mut graph, x, n as usize, "linear");
    let mut ops: Vec<QuantumOp> = (0..n).map(|q| gate("ry", &[input(q).scaled(2.0)], &[q], "vqc.embed")).collect();
    for layer in 0..depth {
        let path = format!("vqc.layer.{layer}.{rotation}");
        let id = weight(&mut graph, &path, &[n as usize], true);
        ops.extend((0..n).map(|q| gate(rotation, &[element(id, q)], &[q], &path)));
        let pairs = if ring { n } else { n - 1 };
        ops.extend((0..pairs).map(|q| gate(two, &[], &[q, (q + 1) % n], &format!("vqc.layer.{layer}.{two}"))));
    }
    let circuit = region("vqc", n, n, ops, expect_z(n));
    let vqc = add(&mut graph, Op::Region(Box::new(circuit)), &[hidden], &[n as usize], "vqc");
    let out = add_linear(&mut graph, vqc, classes, "linear#2");
    finish(&mut graph, out);
    graph
}

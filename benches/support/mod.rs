//! Models that benches run, built straight as graphs.

#![allow(dead_code, unreachable_pub)] // Every bench uses a part of it.

use qnas::ir::{
    Angle, GateOp, Graph, Init, InputId, NodeId, Op, Operation, Output, QuantumOp, Readout, Region, Variable, Weight,
    WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

/// A gate of the catalogue.
pub fn gate(name: &str, params: Vec<Angle>, qubits: Vec<u32>) -> QuantumOp {
    let operation = Operation::Gate { gate: qnas::gates::find(name).expect("in the catalogue"), params };
    QuantumOp::Gate(GateOp {
        operation,
        extra_controls: Vec::new(),
        qubits,
        path: Arc::from("c"),
        span: Span::default(),
    })
}

/// `<Z>` of a qubit.
pub fn z(qubit: u32) -> Readout {
    Readout::Expectation(PauliSum::string(PauliString::single(qubit, Pauli::Z)))
}

/// A weight, uniform on `[-1, 1)`.
pub fn weight(graph: &mut Graph, path: &str, shape: &[usize]) -> WeightId {
    graph.add_weight(Weight {
        path: path.into(),
        shape: shape.to_vec(),
        init: Init::Uniform(-1.0, 1.0),
        trainable: true,
        quantum: path.starts_with("angles"),
        span: Span::default(),
    })
}

/// `x Wᵀ + b`.
pub fn linear(graph: &mut Graph, x: NodeId, name: &str, n_in: usize, n_out: usize) -> NodeId {
    let op = Op::Linear {
        weight: weight(graph, &format!("{name}.weight"), &[n_out, n_in]),
        bias: Some(weight(graph, &format!("{name}.bias"), &[n_out])),
    };
    graph.add(op, &[x], vec![n_out], name, Span::default())
}

/// RY embedding (if `data`), then `layers` of `rotations` on every qubit and a CNOT ring, then every `<Z>`.
pub fn ansatz(n: u32, layers: u32, rotations: &[&str], data: bool, angles: WeightId) -> Region {
    let mut ops = Vec::new();
    if data {
        ops.extend((0..n).map(|q| gate("ry", vec![Angle::variable(Variable::Input(q))], vec![q])));
    }
    let mut index = 0;
    for _ in 0..layers {
        for q in 0..n {
            for name in rotations {
                ops.push(gate(name, vec![Angle::variable(Variable::Weight { weight: angles, index })], vec![q]));
                index += 1;
            }
        }
        ops.extend((0..n).map(|q| gate("cx", Vec::new(), vec![q, (q + 1) % n])));
    }
    let n_inputs = if data { n } else { 0 };
    Region { path: "c".into(), n_qubits: n, registers: Vec::new(), n_inputs, ops, readouts: (0..n).map(z).collect() }
}

/// The hybrid classifier of the comparison with other simulators: linear(64 -> n), the ansatz with RX, RY, RZ, linear(n -> 10).
pub fn classifier(n: u32, layers: u32) -> Graph {
    let mut graph = Graph::new("classifier");
    graph.inputs.push(InputId { name: "x".into(), shape: vec![64] });
    let x = graph.add(Op::Input { index: 0 }, &[], vec![64], "x", Span::default());
    let first = linear(&mut graph, x, "first", 64, n as usize);
    let angles = weight(&mut graph, "angles", &[layers as usize, n as usize, 3]);
    let region = ansatz(n, layers, &["rx", "ry", "rz"], true, angles);
    let circuit = graph.add(Op::Region(Box::new(region)), &[first], vec![n as usize], "c", Span::default());
    let last = linear(&mut graph, circuit, "last", n as usize, 10);
    graph.outputs.push(Output { name: String::new(), node: last });
    graph
}

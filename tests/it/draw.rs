//! Drawings: snapshots of typical circuits, and what holds for any circuit.

use crate::support::arbitrary::{Limits, cases, config};
use crate::support::build::{
    add, add_input, add_linear, controlled, element, expect_z, faqnas, finish, gate, input, number, prepare, region,
    weight,
};
use proptest::prelude::*;
use qnas::draw::{Options, draw};
use qnas::ir::{Activation, BinaryFn, Graph, Op, QuantumOp, Readout, Register, validate};
use qnas::math::{Pauli, PauliString, PauliSum};
use std::f64::consts::PI;

const WIDE: Options = Options { width: 100, ascii: false };

fn show(graph: &Graph, options: &Options) -> String {
    assert_eq!(validate(graph), Ok(()));
    draw(graph, options)
}

#[test]
fn faqnas_model() {
    insta::assert_snapshot!(show(&faqnas(4, 3, 2, "rx", "cx", true, 3), &WIDE));
}

#[test]
fn faqnas_model_in_ascii() {
    insta::assert_snapshot!(show(&faqnas(4, 3, 2, "ry", "cz", false, 3), &Options { width: 100, ascii: true }));
}

#[test]
fn folded() {
    insta::assert_snapshot!(show(&faqnas(4, 3, 3, "rx", "cx", true, 3), &Options { width: 60, ascii: false }));
}

/// One of everything that looks different.
fn zoo() -> Graph {
    let mut graph = Graph::new("zoo");
    let x = add_input(&mut graph, "x", &[8]);
    let w = weight(&mut graph, "zoo.block.0.angles", &[2, 3], true);
    let t = weight(&mut graph, "theta", &[], true);
    let mixed = element(w, 4).scaled(2.0).add_scaled(&input(1), -0.5).plus(&number(PI / 4.0));
    let ops = vec![
        prepare(&(4..8).map(input).collect::<Vec<_>>(), &[3, 2], "p"),
        gate("h", &[], &[0], "h"),
        gate("u", &[element(t, 0), number(PI / 2.0), mixed], &[1], "u"),
        gate("swap", &[], &[0, 2], "swap"),
        gate("rxx", &[element(w, 5)], &[3, 1], "rxx"),
        controlled(&[false], "rzz", &[number(0.123_456_7)], &[2, 1, 3], "czz"),
        QuantumOp::Barrier { qubits: vec![0, 1, 2] },
        gate("ccx", &[], &[0, 3, 1], "ccx"),
        controlled(&[false], "cp", &[element(t, 0)], &[0, 1, 2], "cp"),
        gate("gphase", &[element(t, 0).scaled(0.5)], &[], "phase"),
        controlled(&[true, false], "gphase", &[number(-PI)], &[1, 2], "phase"),
        gate("cswap", &[], &[3, 0, 1], "cswap"),
    ];
    let string = |factors: &[(u32, Pauli)]| PauliString::from_factors(factors.to_vec());
    let readouts = vec![
        Readout::Expectation(PauliSum::string(string(&[(0, Pauli::Z)]))),
        Readout::Expectation(PauliSum::from_terms([
            (0.5, string(&[(0, Pauli::Z), (1, Pauli::X)])),
            (-1.0, string(&[(2, Pauli::Y)])),
        ])),
        Readout::Probabilities(vec![3, 1]),
        Readout::Expectation(PauliSum::string(string(&[(0, Pauli::X)]))),
    ];
    let mut circuit = region("zoo", 4, 8, ops, readouts);
    circuit.registers =
        vec![Register { name: "data".into(), start: 0, len: 3 }, Register { name: "a".into(), start: 3, len: 1 }];
    let node = add(&mut graph, Op::Region(Box::new(circuit)), &[x], &[7], "zoo");
    finish(&mut graph, node);
    graph
}

#[test]
fn everything_that_looks_different() {
    insta::assert_snapshot!(show(&zoo(), &Options { width: 120, ascii: false }));
}

#[test]
fn everything_in_ascii() {
    insta::assert_snapshot!(show(&zoo(), &Options { width: 120, ascii: true }));
}

#[test]
fn branching_pipeline() {
    let mut graph = Graph::new("branches");
    let x = add_input(&mut graph, "x", &[4]);
    let a = add_linear(&mut graph, x, 3, "a");
    let a = add(&mut graph, Op::Activation(Activation::Relu), &[a], &[3], "relu");
    let b = add_linear(&mut graph, x, 3, "b");
    let sum = add(&mut graph, Op::Binary(BinaryFn::Add), &[a, b], &[3], "");
    let circuit = region("vqc", 3, 3, (0..3).map(|q| gate("ry", &[input(q)], &[q], "e")).collect(), expect_z(3));
    let vqc = add(&mut graph, Op::Region(Box::new(circuit)), &[sum], &[3], "vqc");
    let policy = add_linear(&mut graph, vqc, 7, "policy");
    let value = add_linear(&mut graph, vqc, 1, "value");
    graph.outputs =
        [("policy", policy), ("value", value)].map(|(name, node)| qnas::ir::Output { name: name.into(), node }).into();
    insta::assert_snapshot!(show(&graph, &WIDE));
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn any_circuit_is_drawn_in_straight_lines(case in cases(Limits::default()), width in 20usize..140, ascii: bool) {
        let text = draw(&case.graph(), &Options { width, ascii });
        prop_assert_eq!(&text, &draw(&case.graph(), &Options { width, ascii }));
        prop_assert!(text.ends_with('\n') && text.lines().all(|line| line.trim_end() == line));
        prop_assert!(!ascii || text.is_ascii());
        let wires = |prefix: &str| text.lines().filter(|line| line.starts_with(prefix)).count();
        let blocks = wires("q[0]");
        prop_assert!(blocks >= 1);
        for qubit in 1..case.region.n_qubits {
            prop_assert_eq!(wires(&format!("q[{qubit}]")), blocks);
        }
        // All wires of a block that go on to the next one are cut at the same column.
        let more = if ascii { "->" } else { "─»" };
        let cut: Vec<usize> = text.lines().filter(|line| line.ends_with(more)).map(|line| line.chars().count()).collect();
        for block in cut.chunks(case.region.n_qubits as usize) {
            prop_assert!(block.iter().all(|length| *length == block[0]));
        }
    }
}

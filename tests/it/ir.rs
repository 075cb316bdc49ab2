//! The IR: what the validator lets through and what it does not, listings, depth, inverses.

use crate::support::arbitrary::{Limits, cases, config, gate as any_gate};
use crate::support::build::{self, element, faqnas, gate, input, number, prepare, region};
use crate::support::dense;
use proptest::prelude::*;
use qnas::ir::{Angle, Graph, NodeId, Op, QuantumOp, Readout, Region, Variable, WeightId, validate};
use qnas::math::Matrix;

fn region_of(graph: &mut Graph) -> &mut Region {
    let (id, _) = graph.regions().next().expect("a region");
    match &mut graph.node_mut(id).op {
        Op::Region(region) => region,
        _ => unreachable!("found as a region"),
    }
}

/// Breaks a valid graph and expects a message with `words`.
fn broken(words: &str, damage: impl FnOnce(&mut Graph)) {
    let mut graph = faqnas(4, 3, 2, "rx", "cx", true, 2);
    assert_eq!(validate(&graph), Ok(()));
    damage(&mut graph);
    let errors = validate(&graph).expect_err(words);
    assert!(errors.iter().any(|error| error.contains(words)), "{words}: {errors:?}");
}

#[test]
fn every_broken_invariant_is_found() {
    broken("two weights have the path", |g| g.weights[1].path = g.weights[0].path.clone());
    broken("which does not exist", |g| g.outputs[0].node = NodeId(99));
    broken("no output", |g| g.outputs.clear());
    broken("a cycle", |g| g.set_inputs(NodeId(1), &[NodeId(3)]));
    broken("takes 1 operands but has 2", |g| g.set_inputs(NodeId(1), &[NodeId(0), NodeId(0)]));
    broken("takes 0 operands but has 1", |g| g.set_inputs(NodeId(0), &[NodeId(1)]));
    broken("but input `x` has", |g| g.inputs[0].shape = vec![5]);
    broken("reads input 7", |g| g.node_mut(NodeId(0)).op = Op::Input { index: 7 });
    broken("reads weight 40", |g| g.node_mut(NodeId(1)).op = Op::Linear { weight: WeightId(40), bias: None });
    broken("has shape [3, 4], not [4, 4]", |g| g.node_mut(NodeId(1)).shape = vec![4]);
    broken("is given 3 numbers but reads 4", |g| region_of(g).n_inputs = 4);
    broken("gives [2]", |g| {
        region_of(g).readouts.pop();
    });
    broken("has no read-out", |g| region_of(g).readouts.clear());
    broken("read-out 0: qubit 5", |g| region_of(g).readouts[0] = Readout::Probabilities(vec![5]));
    broken("read-out 0: qubit 1 stands twice", |g| region_of(g).readouts[0] = Readout::Probabilities(vec![1, 1]));
    broken("register `q` reaches past", |g| region_of(g).registers[0].len = 4);
    broken("shares qubit 2", |g| {
        let r = region_of(g);
        r.registers.push(qnas::ir::Register { name: "p".into(), start: 2, len: 1 });
    });
    broken("step 0: qubit 3 of 3", |g| region_of(g).ops[0] = gate("x", &[], &[3], "p"));
    broken("qubit 1 stands twice", |g| region_of(g).ops[0] = gate("cx", &[], &[1, 1], "p"));
    broken("takes 2 qubits but has 1", |g| region_of(g).ops[0] = gate("cx", &[], &[1], "p"));
    broken("takes 1 angles but has 0", |g| region_of(g).ops[0] = gate("rx", &[], &[1], "p"));
    broken("reads input 3 of 3", |g| region_of(g).ops[0] = gate("rx", &[input(3)], &[1], "p"));
    broken("reads number 3 of", |g| region_of(g).ops[0] = gate("rx", &[element(WeightId(2), 3)], &[1], "p"));
    broken("not marked as quantum", |g| region_of(g).ops[0] = gate("rx", &[element(WeightId(0), 0)], &[1], "p"));
    broken("not finite", |g| region_of(g).ops[0] = gate("rx", &[number(f64::NAN)], &[1], "p"));
    broken("is not untouched", |g| region_of(g).ops.push(prepare(&[number(1.0), number(0.0)], &[0], "p")));
    broken("3 amplitudes on 1 qubits", |g| {
        region_of(g).ops.insert(0, prepare(&[number(1.0), number(0.0), number(0.0)], &[0], "p"))
    });
    broken("is not unitary", |g| match &mut region_of(g).ops[0] {
        QuantumOp::Gate(gate) => gate.operation = qnas::ir::Operation::Unitary(std::sync::Arc::new(Matrix::zeros(2))),
        _ => unreachable!("a gate"),
    });
}

#[test]
fn classical_shapes_are_checked() {
    let check = |op: Op, shape: &[usize], good: bool| {
        let mut graph = Graph::new("m");
        let x = build::add_input(&mut graph, "x", &[2, 6, 6]);
        build::weight(&mut graph, "w", &[3, 2, 3, 3], false);
        build::weight(&mut graph, "b", &[3], false);
        let node = build::add(&mut graph, op, &[x], shape, "op");
        build::finish(&mut graph, node);
        assert_eq!(validate(&graph).is_ok(), good, "{:?}", validate(&graph));
    };
    let conv = |stride, padding| Op::Conv2d { weight: WeightId(0), bias: Some(WeightId(1)), stride, padding };
    check(conv(1, 0), &[3, 4, 4], true);
    check(conv(2, 1), &[3, 3, 3], true);
    check(conv(2, 1), &[3, 4, 4], false);
    check(conv(0, 1), &[3, 3, 3], false);
    let pool = |kernel, stride| Op::Pool2d { pooling: qnas::ir::Pooling::Max, kernel, stride };
    check(pool(2, 2), &[2, 3, 3], true);
    check(pool(7, 2), &[2, 1, 1], false);
    check(Op::Reshape, &[72], true);
    check(Op::Reshape, &[71], false);
    check(Op::Gather { indices: vec![0, 71] }, &[2], true);
    check(Op::Gather { indices: vec![0, 72] }, &[2], false);
    check(Op::Dropout { p: 1.0 }, &[2, 6, 6], false);
    check(Op::Sum, &[], true);
    check(Op::Pad, &[3, 6, 6], false);
}

#[test]
fn text_form() {
    let mut graph = faqnas(4, 2, 1, "rx", "cz", false, 3);
    let region = region_of(&mut graph);
    region.ops.push(build::controlled(&[true], "rz", &[number(0.5)], &[1, 0], "vqc.extra"));
    region.ops.push(QuantumOp::Barrier { qubits: vec![0, 1] });
    assert_eq!(validate(&graph), Ok(()));
    insta::assert_snapshot!(qnas::ir::print(&graph));
}

#[test]
fn dot_form() {
    insta::assert_snapshot!(qnas::ir::dot(&faqnas(4, 2, 1, "rx", "cz", false, 3)));
}

#[test]
fn json_form() {
    let graph = faqnas(1, 2, 1, "rx", "cx", false, 1);
    insta::assert_snapshot!(serde_json::to_string_pretty(&qnas::ir::json(&graph)).expect("json"));
}

#[test]
fn depth_of_known_circuits() {
    let chain = |n: u32| (0..n - 1).map(|q| gate("cx", &[], &[q, q + 1], "p")).collect::<Vec<_>>();
    let circuit = |ops: Vec<QuantumOp>| region("c", 4, 0, ops, build::expect_z(4));
    assert_eq!((circuit(chain(4)).depth(), circuit(chain(4)).two_qubit_depth()), (3, 3));
    let mut mixed = vec![
        gate("h", &[], &[0], "p"),
        gate("h", &[], &[0], "p"),
        gate("cx", &[], &[2, 3], "p"),
        gate("cx", &[], &[0, 1], "p"),
    ];
    assert_eq!((circuit(mixed.clone()).depth(), circuit(mixed.clone()).two_qubit_depth()), (3, 1));
    mixed.insert(2, QuantumOp::Barrier { qubits: vec![0, 2] });
    assert_eq!(circuit(mixed.clone()).layers(), [Some(0), Some(1), None, Some(2), Some(2)]);
    mixed.push(gate("gphase", &[number(1.0)], &[], "p"));
    assert_eq!(circuit(mixed.clone()).depth(), 3);
    let counts = circuit(mixed).gate_counts();
    assert_eq!((counts.total, counts.one_qubit, counts.two_qubit, counts.multi_qubit), (4, 2, 2, 0));
    assert_eq!(counts.by_name["gphase"], 1);
}

/// Depth by its definition: the longest chain of steps in which each shares a qubit with the next.
fn longest_chain(region: &Region, counted: impl Fn(&QuantumOp) -> bool) -> usize {
    let mut longest: Vec<usize> = Vec::new();
    for (at, op) in region.ops.iter().enumerate() {
        let shares = |other: &QuantumOp| other.qubits().iter().any(|qubit| op.qubits().contains(qubit));
        let before = (0..at).filter(|&other| shares(&region.ops[other])).map(|other| longest[other]).max().unwrap_or(0);
        let barrier = matches!(op, QuantumOp::Barrier { .. });
        longest.push(before + usize::from(!barrier && counted(op)));
    }
    longest.into_iter().max().unwrap_or(0)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn random_graphs_are_valid_and_listed_the_same_twice(case in cases(Limits::default())) {
        let graph = case.graph();
        prop_assert_eq!(validate(&graph), Ok(()));
        prop_assert_eq!(qnas::ir::print(&graph), qnas::ir::print(&case.graph()));
        let json = qnas::ir::json(&graph);
        prop_assert_eq!(json["nodes"].as_array().map(Vec::len), Some(graph.nodes().count()));
        prop_assert!(qnas::ir::dot(&graph).matches("->").count() >= graph.nodes().count());
    }

    #[test]
    fn depth_is_the_longest_chain(case in cases(Limits { max_ops: 20, ..Limits::default() })) {
        prop_assert_eq!(case.region.depth(), longest_chain(&case.region, |op| !op.qubits().is_empty()));
        prop_assert_eq!(case.region.two_qubit_depth(), {
            // A barrier still orders steps; steps on one qubit drop out of the chain together with their waiting.
            let mut kept = case.region.clone();
            kept.ops.retain(|op| matches!(op, QuantumOp::Barrier { .. }) || op.qubits().len() >= 2);
            longest_chain(&kept, |_| true)
        });
    }

    #[test]
    fn inverses_undo(op in any_gate(4, Limits::default()), values in proptest::collection::vec(-3.0..3.0f64, 12)) {
        let value = |variable: Variable| match variable {
            Variable::Weight { weight, index } => values[(weight.0 * 3 + index) as usize % 12],
            Variable::Input(index) => values[index as usize + 8],
        };
        let matrix = |op: &qnas::ir::GateOp| {
            let params: Vec<f64> = op.params().iter().map(|angle: &Angle| angle.evaluate(value)).collect();
            dense::full_matrix(op, &params, 4)
        };
        let inverse = op.inverse();
        prop_assert_eq!(&inverse.qubits, &op.qubits);
        prop_assert!(matrix(&inverse).matmul(&matrix(&op)).distance(&Matrix::identity(16)) < 1e-10);
    }
}

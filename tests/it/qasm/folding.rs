//! `.qnas` programs made of OpenQASM: they compile, and to the same unitary.

use super::{apart, columns, read, region};
use crate::support::arbitrary::{Limits, cases, config};
use crate::support::program;
use proptest::prelude::*;
use qnas::backends::qasm::{Binding, find};
use qnas::ir::{Graph, Op};
use qnas::qasm::{WriteOptions, write};

/// The graph of a program made of another.
fn compiled(graph: &Graph, options: &WriteOptions) -> (String, Graph) {
    let text = write(graph, "a test", options);
    let text = qnas::fmt::format(&text).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0].message));
    let compiled = program::compile("test.qnas", &text);
    let errors: Vec<&str> = compiled.checked.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert!(!compiled.checked.has_errors(), "{text}\n{errors:?}");
    let graph = program::graph(&compiled.checked.models[0], 0);
    (text, graph)
}

/// What reaches the circuit, which takes its operands in the order in which it uses them.
fn reaching(graph: &Graph, inputs: &[f64]) -> Vec<f64> {
    let node = graph.regions().next().expect("a circuit").0;
    let operand = |id| match graph.node(id).op {
        Op::Input { index } => inputs[index],
        ref op => panic!("{} before the circuit", op.name()),
    };
    graph.inputs_of(node).into_iter().map(operand).collect()
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn the_unitary_stays(case in cases(Limits { max_qubits: 4, prepare: false, ..Limits::default() }), turns in 1..4_usize) {
        let mut repeated = case.clone();
        repeated.region.ops = (0..turns).flat_map(|_| case.region.ops.clone()).collect();
        let binding = Binding { weights: Some(&case.weights), inputs: None };
        let file = super::emitting::written(&repeated.graph(), find("qasm3").unwrap(), binding, true).unwrap();
        let graph = read(&file);
        let inputs: Vec<f64> = (0..graph.inputs.len()).map(|k| 0.3 + 0.2 * k as f64).collect();
        let wanted = columns(region(&graph), &[], &reaching(&graph, &inputs));
        for flat in [true, false] {
            let (text, found) = compiled(&graph, &WriteOptions { flat, weights: false });
            prop_assert_eq!(found.inputs.len(), graph.inputs.len());
            let distance = apart(&wanted, &columns(region(&found), &[], &reaching(&found, &inputs)));
            prop_assert!(distance < 1e-9, "{}\n{}", distance, text);
            prop_assert_eq!(region(&found).n_outputs(), region(&graph).n_outputs());
        }
    }
}

#[test]
fn layers_become_loops_and_angles_weights() {
    let layer = "ry(0.1) q[0];ry(0.2) q[1];ry(0.3) q[2];ry(0.4) q[3];cx q[0],q[1];cx q[1],q[2];cx q[2],q[3];\n";
    let text =
        format!("OPENQASM 2.0;include \"qelib1.inc\";qreg q[4];h q[0];h q[1];h q[2];h q[3];\n{}", layer.repeat(5));
    let (plain, _) = compiled(&read(&text), &WriteOptions::default());
    assert!(plain.contains("    h q;\n    for layer in 0..5 {\n"), "{plain}");
    assert!(plain.contains("cx q[k], q[k + 1];"), "{plain}");
    let (weighted, graph) = compiled(&read(&text), &WriteOptions { weights: true, flat: false });
    assert!(weighted.contains("ry(weight[4]) q;"), "{weighted}");
    assert_eq!(graph.weights.iter().map(qnas::ir::Weight::len).sum::<usize>(), 20);
}

#[test]
fn single_angles_keep_their_value_as_the_start_of_a_weight() {
    let text = "OPENQASM 3.0;include \"stdgates.inc\";input float[64] a;qubit q;rx(0.3) q;rz(pi/2) q;ry(2*a) q;";
    let (written, graph) = compiled(&read(text), &WriteOptions { weights: true, flat: false });
    assert!(written.contains("rx(weight ~ constant(0.3))"), "{written}");
    assert!(written.contains("rz(pi / 2)"), "{written}");
    assert!(graph.inputs.is_empty());
    assert_eq!(graph.weights.len(), 2);
}

#[test]
fn names_of_the_language_are_free_for_programs() {
    let text = "OPENQASM 3.0;include \"stdgates.inc\";input float[64] weight;input float[64] choose;qubit[2] model;qubit let_;\
                rx(weight+choose) model;cx model[0],let_;";
    let (written, graph) = compiled(&read(text), &WriteOptions::default());
    assert_eq!(graph.inputs.len(), 2, "{written}");
}

//! What is written means what was to be written, for every profile, and looks as every reader wants it.

use super::{apart, columns, read_as, region};
use crate::support::arbitrary::{Case, Limits, cases, config};
use crate::support::{dense, program};
use proptest::prelude::*;
use qnas::backends::qasm::{Binding, EmitOptions, PROFILES, Profile, emit, find};
use qnas::diag::Diagnostic;
use qnas::ir::{Angle, Graph, NodeId};
use qnas::math::{C64, c};
use qnas::qasm::{Mode, Version};

/// Writes the only circuit of a graph.
pub(super) fn written(
    graph: &Graph,
    profile: &'static Profile,
    binding: Binding<'_>,
    measure: bool,
) -> Result<String, Diagnostic> {
    let node: NodeId = graph.regions().next().expect("a circuit").0;
    let options = EmitOptions { binding, source: "a test".to_owned(), measure, notes: Vec::new() };
    emit(graph, node, profile, &options)
}

fn bound(case: &Case) -> Binding<'_> {
    Binding { weights: Some(&case.weights), inputs: Some(&case.inputs) }
}

const SMALL: Limits = Limits {
    min_qubits: 1,
    max_qubits: 5,
    max_ops: 12,
    prepare: false,
    extra_controls: true,
    inputs: true,
    gates: &[],
};

/// Does a file, read again, have the unitary of the case? The wires beyond those it names are left alone.
fn same_unitary(case: &Case, file: &str, inputs: &[f64]) {
    if !file.lines().any(|line| !line.starts_with("//") && (line.contains("[") || line.contains('$'))) {
        // Programs of physical qubits name those they use, and this one uses none.
        let found = columns(&case.region, &case.weights, &case.inputs);
        let dim = found.len().isqrt();
        let identity: Vec<C64> = (0..dim * dim).map(|at| c(f64::from(u8::from(at % (dim + 1) == 0)), 0.0)).collect();
        assert!(apart(&found, &identity) < 1e-9);
        return;
    }
    let graph = read_as(file, Mode::Lenient).unwrap_or_else(|errors| panic!("{file}\n{}", errors[0].message));
    let mut found = region(&graph).clone();
    found.n_qubits = case.region.n_qubits;
    let distance = apart(&columns(&case.region, &case.weights, &case.inputs), &columns(&found, &[], inputs));
    assert!(distance < 1e-9, "{distance}\n{file}");
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn numbers_for_every_profile(case in cases(SMALL)) {
        for profile in PROFILES {
            let file = written(&case.graph(), profile, bound(&case), false).unwrap_or_else(|e| panic!("{}", e.message));
            same_unitary(&case, &file, &[]);
        }
    }

    #[test]
    fn open_angles_for_every_profile_that_has_them(case in cases(SMALL)) {
        for profile in PROFILES.iter().filter(|profile| profile.version == Version::Three) {
            let binding = Binding { weights: Some(&case.weights), inputs: None };
            let file = written(&case.graph(), profile, binding, false).unwrap_or_else(|e| panic!("{}", e.message));
            // A file of physical qubits that uses none has no inputs either.
            let Ok(graph) = read_as(&file, Mode::Lenient) else { same_unitary(&case, &file, &[]); continue };
            let number = |name: &str| case.inputs[name.trim_start_matches("x_").parse::<usize>().expect("x_0, x_1, ..")];
            let inputs: Vec<f64> = graph.inputs.iter().map(|input| number(&input.name)).collect();
            same_unitary(&case, &file, &inputs);
        }
    }

    #[test]
    fn prepared_states(case in cases(Limits { prepare: true, ..SMALL })) {
        for profile in [find("qasm2").unwrap(), find("ionq").unwrap()] {
            let Ok(file) = written(&case.graph(), profile, bound(&case), false) else { continue };
            let graph = read_as(&file, Mode::Normal).expect("it is read");
            let wanted = dense::final_state(&case.region, &case.weights, &case.inputs);
            let distance = apart(&wanted, &dense::final_state(region(&graph), &[], &[]));
            prop_assert!(distance < 1e-9, "{distance}\n{file}");
        }
    }

    #[test]
    fn large_circuits_are_compared_gate_by_gate(case in cases(Limits { min_qubits: 15, max_qubits: 18, ..SMALL })) {
        for profile in PROFILES {
            prop_assert!(written(&case.graph(), profile, bound(&case), true).is_ok(), "{}", profile.meta.name);
        }
    }

    #[test]
    fn machines_get_their_own_gates_only(case in cases(SMALL)) {
        let native = [
            ("ibm", "rz sx x cz"),
            ("ibm_eagle", "rz sx x ecr"),
            ("ionq", "gpi gpi2 ms"),
            ("ionq_forte", "gpi gpi2 zz"),
            ("quantinuum", "U1q rz RZZ"),
            ("iqm", "prx cz"),
            ("rigetti", "rx rz iswap"),
        ];
        for (name, words) in native {
            let file = written(&case.graph(), find(name).unwrap(), bound(&case), false).unwrap();
            let steps = file.lines().filter(|line| {
                !["//", "OPENQASM", "include", "gate ", "qubit", "qreg", "barrier"].iter().any(|start| line.starts_with(start))
            });
            for line in steps {
                let word = line.split(['(', ' ']).next().unwrap_or("");
                prop_assert!(words.split(' ').any(|native| native == word), "{name}: {line}");
                if name == "rigetti" && word == "rx" {
                    prop_assert!(line.starts_with("rx(pi/2)") || line.starts_with("rx(pi)"), "{line}");
                }
                if name == "ionq" && word == "ms" {
                    let theta: f64 = line.split([',', ')']).nth(2).and_then(|text| text.trim().parse().ok()).unwrap();
                    prop_assert!((0.0..=0.25 + 1e-12).contains(&theta), "{line}");
                }
            }
        }
    }
}

fn graph_of(text: &str) -> Graph {
    let compiled = program::compile("test.qnas", text);
    assert!(!compiled.checked.has_errors(), "{text}");
    program::graph(&compiled.checked.models[0], 0)
}

fn file_of(text: &str, profile: &str) -> String {
    let graph = graph_of(text);
    let weights: Vec<Vec<f64>> = graph.weights.iter().map(|weight| vec![0.3; weight.len()]).collect();
    let inputs = vec![0.7; 64];
    let binding = Binding { weights: Some(&weights), inputs: Some(&inputs) };
    let profile = find(profile).expect("a profile");
    written(&graph, profile, binding, true).unwrap_or_else(|error| panic!("{}", error.message))
}

#[test]
fn numbers_have_points_and_all_their_digits() {
    let file = file_of(
        "circuit c() -> real[1] { qubit[1] q; rx(1e-5) q; ry(0.1234567890123456) q; rz(pi / 4) q; expect(Z(q)) }",
        "qasm2",
    );
    assert!(file.contains("rx(1.0e-5) q[0];"), "{file}");
    assert!(file.contains("ry(0.1234567890123456) q[0];"), "{file}");
    assert!(file.contains("rz(pi/4) q[0];"), "{file}");
}

#[test]
fn what_a_library_lacks_is_defined_once_before_its_use() {
    let text = "circuit c() -> real[3] { qubit[3] q; ryy(0.3) q[0], q[1]; ryy(0.4) q[1], q[2]; ecr q[0], q[1]; csx q[0], q[2]; \
                pow(0.3) @ swap q[0], q[1]; ctrl(2) @ ry(0.2) q[0], q[1], q[2]; expect(Z(q)) }";
    for profile in ["qasm2", "qasm2_wide", "qasm3", "braket"] {
        let file = file_of(text, profile);
        assert_eq!(file.matches("gate ryy(").count(), usize::from(profile != "braket"), "{file}");
        if let Some(at) = file.find("gate ryy(") {
            assert!(at < file.find("\nryy(").expect("its use"), "{file}");
        }
        assert!(!file.contains("gate measure") && !file.contains("gphase(0.25) q"), "{file}");
        if profile.starts_with("qasm2") {
            assert!(!file.contains("ctrl @") && !file.contains("gphase"), "{file}");
        }
    }
}

#[test]
fn names_are_plain_and_told() {
    let text = "circuit c(θ: real[2]) -> real[4] { qubit[2] Q; qubit[2] measure; ry(θ) Q; \
                rx(weight) measure; expect([Z(Q[0]), Z(Q[1]), Z(measure[0]), Z(measure[1])]) }";
    let graph = graph_of(text);
    let file = written(&graph, find("qasm3").unwrap(), Binding::default(), true).unwrap();
    for (name, wanted) in [("v_Q", "Q"), ("measure_2", "measure"), ("u3b8_0", "θ[0]"), ("rx_2", "rx")] {
        assert!(file.contains(&format!("// name: {name} = {wanted}\n")), "{name}\n{file}");
    }
    assert!(file.contains("qubit[2] v_Q;\nqubit[2] measure_2;\n"), "{file}");
    assert!(file.contains("wires: 4 qubits, v_Q[0] the least significant, measure_2[1] the most"), "{file}");
    let names: Vec<String> =
        read_as(&file, Mode::Strict).expect("strictly right").inputs.into_iter().map(|i| i.name).collect();
    assert_eq!(names, ["rx_2", "u3b8_0", "u3b8_1"]);
}

#[test]
fn a_name_cannot_leave_its_comment() {
    let graph = graph_of("circuit c() -> real[1] { qubit[1] q; h q; expect(Z(q)) }");
    let node = graph.regions().next().unwrap().0;
    let options = EmitOptions {
        binding: Binding::default(),
        source: "a\nx q[0];\r\u{2028}".to_owned(),
        measure: false,
        notes: Vec::new(),
    };
    let file = emit(&graph, node, find("qasm3").unwrap(), &options).unwrap();
    assert!(!file.contains("\nx q[0];"), "{file}");
}

#[test]
fn open_angles_are_refused_where_there_are_no_parameters() {
    let graph = graph_of("circuit c(x: real[1]) -> real[1] { qubit[1] q; ry(x) q; rx(weight) q; expect(Z(q)) }");
    for profile in ["qasm2", "qasm2_wide", "quantinuum"] {
        let error = written(&graph, find(profile).unwrap(), Binding::default(), true).unwrap_err();
        assert_eq!(error.code.meta.code, "QN0712");
        assert!(error.helps[0].contains("--weights FILE") && error.helps[0].contains("--input FILE"));
    }
    let infinite = [vec![f64::INFINITY]];
    let binding = Binding { weights: Some(&infinite), inputs: Some(&[0.0]) };
    assert_eq!(written(&graph, find("qasm2").unwrap(), binding, true).unwrap_err().code.meta.code, "QN0712");
}

#[test]
fn the_self_test_is_what_the_model_gives() {
    let text = "circuit c() -> real[2] { qubit[2] q; ry(0.4) q[0]; cx q[0], q[1]; rx(1.1) q[1]; expect([X(q[0]) * Y(q[1]), Z(q[1])]) }";
    let graph = graph_of(text);
    let state = dense::final_state(region(&graph), &[], &[]);
    let wanted: Vec<String> = region(&graph)
        .readouts
        .iter()
        .map(|readout| match readout {
            qnas::ir::Readout::Expectation(sum) => {
                let image = dense::apply_sum(sum, &state);
                let value: f64 = state.iter().zip(&image).map(|(a, b)| (a.conj() * b).re).sum();
                format!("{:.12}", value + 0.0)
            }
            qnas::ir::Readout::Probabilities(_) => String::new(),
        })
        .collect();
    let file = written(&graph, find("qasm3").unwrap(), Binding::default(), true).unwrap();
    assert!(file.contains(&format!("// self-test: read-outs {}\n", wanted.join(" "))), "{wanted:?}\n{file}");
    // The first read-out is not diagonal, so measuring z would mislead.
    assert!(!file.contains("measure"), "{file}");
}

#[test]
fn every_gate_of_the_catalogue_in_every_profile() {
    for gate in qnas::gates::GATES.iter().filter(|gate| gate.targets > 0) {
        let qubits: Vec<u32> = (0..u32::try_from(gate.n_qubits()).unwrap()).rev().collect();
        let params = (0..gate.params.len()).map(|k| Angle::constant(0.3 + 0.4 * k as f64)).collect();
        let operation = qnas::ir::Operation::Gate { gate, params };
        let op = qnas::ir::GateOp {
            operation,
            extra_controls: Vec::new(),
            qubits,
            path: "".into(),
            span: qnas::source::Span::default(),
        };
        let mut region = region(&graph_of("circuit c() -> real[3] { qubit[3] q; h q; expect(Z(q)) }")).clone();
        region.ops.push(qnas::ir::QuantumOp::Gate(op));
        let case = Case { region, weights: Vec::new(), inputs: Vec::new() };
        for profile in PROFILES {
            let file = written(&case.graph(), profile, Binding::default(), false);
            let file =
                file.unwrap_or_else(|error| panic!("{} {}: {}", gate.meta.name, profile.meta.name, error.message));
            same_unitary(&case, &file, &[]);
        }
    }
}

#[test]
fn an_unknown_profile_names_the_nearest() {
    let error = find("qasm").unwrap_err();
    assert_eq!(error.code.meta.code, "QN0711");
    assert!(error.helps[0].contains("qasm"));
}

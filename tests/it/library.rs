//! The library: every file is formatted, checks alone without a word, says where it comes from, and its examples compile.
//!
//! Templates are compared with the formulas and circuits of the papers and tools they name.

use crate::support::program::{compiled, graph, only_region};
use crate::support::{build, dense};
use num_bigint::BigUint;
use qnas::backends::hybrid::{Mode, Model};
use qnas::hir::space::TemplateSpace;
use qnas::ir::{Angle, QuantumOp, Variable, WeightId};
use qnas::math::Matrix;
use qnas::source::FileId;
use qnas::stdlib::LIBRARY;
use qnas::syntax::ast::ItemKind;
use qnas::syntax::parse;

#[test]
fn every_file_is_formatted() {
    for file in LIBRARY {
        let formatted = qnas::fmt::format(file.text).expect("a program");
        assert_eq!(formatted, file.text, "{}", file.name);
        let wide: Vec<&str> = file.text.lines().filter(|line| line.chars().count() > 120).collect();
        assert!(wide.is_empty(), "{}: {wide:?}", file.name);
    }
}

#[test]
fn every_file_checks_alone() {
    for file in LIBRARY {
        compiled(file.name, file.text);
    }
}

#[test]
fn every_folder_is_listed_whole() {
    let mut found: Vec<String> = Vec::new();
    for folder in std::fs::read_dir("stdlib").expect("the library") {
        let folder = folder.expect("a folder").path();
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            let name = path.strip_prefix("stdlib").expect("inside").display().to_string();
            found.push(format!("<std>/{name}"));
        }
    }
    found.sort();
    let mut listed: Vec<String> = LIBRARY.iter().map(|file| file.name.to_owned()).collect();
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn every_item_is_explained_by_an_example_that_compiles() {
    for file in LIBRARY {
        for item in parse(FileId(0), file.text).file.items {
            if matches!(item.kind, ItemKind::Use(_)) {
                continue;
            }
            let name = item.kind.name().map_or("", |name| &name.text);
            let place = format!("{} {name}", file.name);
            assert!(item.docs.iter().any(|line| line.starts_with("Source: ")), "{place} names its source");
            let start = item.docs.iter().position(|line| line == "```qnas").expect(&place);
            assert_eq!(item.docs[start - 1], "Example:", "{place}");
            let length = item.docs[start + 1..].iter().position(|line| line == "```").expect(&place);
            let example = item.docs[start + 1..start + 1 + length].join("\n") + "\n";
            assert!(example.contains(name), "the example of {place} uses it");
            compiled(&place, &example);
            assert_eq!(qnas::fmt::format(&example).expect("a program"), example, "the example of {place}");
        }
    }
}

/// Trainable numbers of a template on `n` qubits.
fn weights(import: &str, gate: &str, n: usize) -> usize {
    let text = format!("use std::{import};\ncircuit c() -> real[{n}] {{ qubit[{n}] q; {gate} q; expect(Z(q)) }}\n");
    let compiled = compiled(gate, &text);
    graph(&compiled.checked.models[0], 0).weights.iter().map(|weight| weight.shape.iter().product::<usize>()).sum()
}

#[test]
fn circuits_of_sim_et_al_have_the_weights_of_their_table() {
    let table = [8, 8, 11, 11, 28, 28, 19, 19, 4, 8, 12, 12, 16, 16, 8, 11, 11, 12, 12];
    for (k, expected) in (1..).zip(table) {
        let (import, one, three) =
            (format!("ansatz::sim_{k:02}"), format!("sim_{k:02}"), format!("sim_{k:02}[layers: 3]"));
        assert_eq!(weights(&import, &one, 4), expected, "circuit {k}");
        assert_eq!(weights(&import, &three, 4), 3 * expected, "circuit {k}, three layers");
    }
    // The formulas of their documentation on other sizes.
    for n in 2..7 {
        for (k, expected) in
            [(3, 3 * n - 1), (5, n * (n + 3)), (7, 5 * n - 1), (11, 4 * (n - 1)), (13, 4 * n), (18, 3 * n)]
        {
            assert_eq!(weights(&format!("ansatz::sim_{k:02}"), &format!("sim_{k:02}"), n), expected, "{k} on {n}");
        }
    }
}

#[test]
fn circuits_of_sim_et_al_have_the_gates_of_their_table() {
    let pairs = |k: usize, layers: usize| {
        let text = format!(
            "use std::ansatz::sim_{k:02};\ncircuit c() -> real[4] {{ qubit[4] q; sim_{k:02}[layers: {layers}] q; expect(Z(q)) }}\n"
        );
        let compiled = compiled("sim", &text);
        let graph = graph(&compiled.checked.models[0], 0);
        let two = only_region(&graph).gates().filter(|gate| gate.qubits.len() == 2);
        two.map(|gate| format!("{}{}", gate.qubits[0], gate.qubits[1])).collect::<Vec<_>>().join(",")
    };
    let all = "32,31,30,23,21,20,13,12,10,03,02,01";
    let table = [
        (1, ""),
        (2, "32,21,10"),
        (3, "32,21,10"),
        (4, "32,21,10"),
        (5, all),
        (6, all),
        (7, "10,32,21"),
        (8, "10,32,21"),
        (9, "32,21,10"),
        (10, "32,21,10,30"),
        (11, "10,32,21"),
        (12, "10,32,21"),
        (13, "30,23,12,01,32,03,10,21"),
        (14, "30,23,12,01,32,03,10,21"),
        (15, "30,23,12,01,32,03,10,21"),
        (16, "10,32,21"),
        (17, "10,32,21"),
        (18, "30,23,12,01"),
        (19, "30,23,12,01"),
    ];
    for (k, expected) in table {
        assert_eq!(pairs(k, 1), expected, "circuit {k}");
    }
}

#[test]
fn templates_have_the_weights_of_their_formulas() {
    for n in 1..6 {
        for reps in 0..4 {
            let count = |import: &str, gate: String| weights(import, &gate, n);
            assert_eq!(count("ansatz::real_amplitudes", format!("real_amplitudes[reps: {reps}]")), n * (reps + 1));
            assert_eq!(count("ansatz::efficient_su2", format!("efficient_su2[reps: {reps}]")), 2 * n * (reps + 1));
            assert_eq!(count("ansatz::two_local", format!("two_local[reps: {reps}]")), n * (reps + 1));
            assert_eq!(
                count("ansatz::hardware_efficient", format!("hardware_efficient[layers: {reps}]")),
                2 * n * (reps + 1)
            );
            assert_eq!(
                count("ansatz::strongly_entangling", format!("strongly_entangling[layers: {reps}]")),
                3 * n * reps
            );
            assert_eq!(count("ansatz::basic_entangler", format!("basic_entangler[layers: {reps}]")), n * reps);
        }
    }
}

/// The unitary of a circuit of the library and of one written by hand, with the same angles in order of appearance.
fn same_unitary(text: &str, n: u32, inputs: &[f64], by_hand: &[(&str, Vec<Angle>, Vec<u32>)]) {
    let compiled = compiled("same.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    let region = only_region(&graph);
    let numbers: Vec<Vec<f64>> = graph
        .weights
        .iter()
        .enumerate()
        .map(|(w, weight)| {
            (0..weight.shape.iter().product::<usize>()).map(|k| 0.3 + 0.71 * w as f64 - 0.37 * k as f64).collect()
        })
        .collect();
    // By hand, every angle is one number of the flat list in order of first use.
    let mut order: Vec<f64> = Vec::new();
    for gate in region.gates() {
        for angle in gate.params() {
            order.push(dense::angle_value(angle, &numbers, inputs));
        }
    }
    let ops: Vec<QuantumOp> =
        by_hand.iter().map(|(name, angles, qubits)| build::gate(name, angles, qubits, "p")).collect();
    let reference = build::region("reference", n, 0, ops, build::expect_z(n));
    let flat = vec![order];
    let (a, b): (Matrix, Matrix) = (dense::unitary(region, &numbers, inputs), dense::unitary(&reference, &flat, &[]));
    assert!(a.distance(&b) < 1e-12, "{text}");
}

/// Element `k` of the flat list of angles.
fn angle(k: u32) -> Vec<Angle> {
    vec![Angle::variable(Variable::Weight { weight: WeightId(0), index: k })]
}

#[test]
fn real_amplitudes_is_qiskits() {
    // Qiskit 1.x, RealAmplitudes(3, reps=2): ry, cx(1, 2), cx(0, 1), ry, cx(1, 2), cx(0, 1), ry.
    let text = "use std::ansatz::real_amplitudes;\ncircuit c() -> real[3] { qubit[3] q; real_amplitudes[reps: 2] q; expect(Z(q)) }\n";
    let mut ops = Vec::new();
    for row in 0..3 {
        ops.extend((0..3).map(|q| ("ry", angle(3 * row + q), vec![q])));
        if row < 2 {
            ops.push(("cx", vec![], vec![1, 2]));
            ops.push(("cx", vec![], vec![0, 1]));
        }
    }
    same_unitary(text, 3, &[], &ops);
}

#[test]
fn efficient_su2_is_qiskits() {
    let text = "use std::ansatz::efficient_su2;\ncircuit c() -> real[3] { qubit[3] q; efficient_su2[reps: 1] q; expect(Z(q)) }\n";
    let mut ops = Vec::new();
    for row in 0..2 {
        ops.extend((0..3).map(|q| ("ry", angle(6 * row + q), vec![q])));
        ops.extend((0..3).map(|q| ("rz", angle(6 * row + 3 + q), vec![q])));
        if row == 0 {
            ops.push(("cx", vec![], vec![1, 2]));
            ops.push(("cx", vec![], vec![0, 1]));
        }
    }
    same_unitary(text, 3, &[], &ops);
}

#[test]
fn strongly_entangling_layers_are_pennylanes() {
    // StronglyEntanglingLayers on 4 wires, 4 layers: ranges 1, 2, 3, 1; Rot is rz, ry, rz.
    let text = "use std::ansatz::strongly_entangling;\ncircuit c() -> real[4] { qubit[4] q; strongly_entangling[layers: 4] q; expect(Z(q)) }\n";
    let mut ops = Vec::new();
    for (layer, range) in (0..).zip([1, 2, 3, 1]) {
        for (k, name) in (0..).zip(["rz", "ry", "rz"]) {
            ops.extend((0..4).map(|q| (name, angle(12 * layer + 4 * k + q), vec![q])));
        }
        ops.extend((0..4).map(|q| ("cx", vec![], vec![q, (q + range) % 4])));
    }
    same_unitary(text, 4, &[], &ops);
}

/// The final state of a circuit of the library on given data.
fn state(text: &str, inputs: &[f64]) -> Vec<qnas::math::C64> {
    let compiled = compiled("state.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    dense::final_state(only_region(&graph), &[], inputs)
}

#[test]
fn diagonal_embeddings_are_what_their_papers_say() {
    let x = [0.4, -1.1, 0.9];
    let products = |i: usize, j: usize| x[i] * x[j];
    // One repeat of IQP: h on all, then exp(-i/2 (Σ x_i Z_i + Σ x_i x_j Z_i Z_j)).
    let text = "use std::embed::iqp;\ncircuit c(x: real[3]) -> real[3] { qubit[3] q; iqp(x) q; expect(Z(q)) }\n";
    let compiled = compiled("iqp.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    // The products are computed before the circuit: it takes three numbers and three products, in order of use.
    let region = only_region(&graph);
    assert_eq!(region.n_inputs, 6);
    let inputs = [x[0], x[1], x[2], products(0, 1), products(0, 2), products(1, 2)];
    let state = dense::final_state(region, &[], &inputs);
    for (index, amplitude) in state.iter().enumerate() {
        let z = |q: usize| 1.0 - 2.0 * (index >> q & 1) as f64;
        let linear: f64 = (0..3).map(|q| x[q] * z(q)).sum();
        let pairs: f64 = [(0, 1), (0, 2), (1, 2)].iter().map(|&(i, j)| products(i, j) * z(i) * z(j)).sum();
        let expected = qnas::math::C64::from_polar(8f64.sqrt().recip(), -(linear + pairs) / 2.0);
        assert!((amplitude - expected).norm() < 1e-12, "{index}");
    }
}

#[test]
fn the_zz_feature_map_is_qiskits() {
    let pi = std::f64::consts::PI;
    let x = [0.3f64, 1.2];
    let text = "use std::embed::zz_feature_map;\ncircuit c(x: real[2]) -> real[2] { qubit[2] q; zz_feature_map[reps: 1](x) q; expect(X(q)) }\n";
    let compiled = compiled("zz.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    let mut model = Model::<f64>::compile(&graph).expect("compiles");
    let out = model.forward(&mut [], &[&x], 1, Mode::Evaluate).expect("runs").to_vec();
    // h on both, then only phases: 2 x_i for every one, 2 (pi - x_0)(pi - x_1) for odd parity.
    let pair = 2.0 * (pi - x[0]) * (pi - x[1]);
    let phase = |index: usize| {
        let (a, b) = (index & 1, index >> 1);
        2.0 * x[0] * a as f64 + 2.0 * x[1] * b as f64 + pair * (a ^ b) as f64
    };
    let expected: Vec<f64> =
        (0..2).map(|q| (0..4).map(|index| (phase(index) - phase(index ^ 1 << q)).cos() / 4.0).sum()).collect();
    assert!(dense::distance(&out, &expected) < 1e-12, "{out:?} {expected:?}");
}

#[test]
fn angle_embeddings_turn_by_the_data() {
    for (name, expected) in [("angle_x", 0.4f64.cos()), ("angle_y", 0.4f64.cos()), ("angle_z", 0.4f64.cos())] {
        let text = format!(
            "use std::embed::{name};\ncircuit c(x: real[1]) -> real[1] {{ qubit[1] q; {name}(x) q; expect(Z(q)) }}\n"
        );
        let state = state(&text, &[0.4]);
        assert!((state[0].norm_sqr() - state[1].norm_sqr() - expected).abs() < 1e-12, "{name}");
    }
}

#[test]
fn entanglers_hit_the_pairs_they_name() {
    let pairs = |gate: &str, n: usize| {
        let name = gate.split('[').next().expect("a name");
        let text = format!(
            "use std::entangle::{name};\ncircuit c() -> real[{n}] {{ qubit[{n}] q; {gate} q; expect(Z(q)) }}\n"
        );
        let compiled = compiled(gate, &text);
        let graph = graph(&compiled.checked.models[0], 0);
        let gates = only_region(&graph).gates();
        gates.map(|gate| format!("{}{}", gate.qubits[0], gate.qubits[1])).collect::<Vec<_>>().join(",")
    };
    for (gate, n, expected) in [
        ("line[cx]", 4, "01,12,23"),
        ("reverse_line[cx]", 4, "23,12,01"),
        ("ring[cx]", 4, "01,12,23,30"),
        ("ring[cx, range: 3]", 5, "03,14,20,31,42"),
        ("brick[cx]", 5, "01,23,12,34"),
        ("brick[cx]", 4, "01,23,12"),
        ("full[cx]", 4, "01,02,03,12,13,23"),
        ("star[cx]", 4, "01,02,03"),
        ("pairs[cx]", 5, "01,23"),
        ("pairs[cx, offset: 1]", 5, "12,34"),
        ("line[cx]", 1, ""),
        ("full[cx]", 1, ""),
        ("star[cx]", 1, ""),
    ] {
        assert_eq!(pairs(gate, n), expected, "{gate} on {n}");
    }
}

/// Raw genotypes and reachable assignments of the first model.
fn counts(text: &str) -> (BigUint, BigUint) {
    let compiled = compiled("counts.qnas", text);
    let template = compiled.checked.searches.first().map_or_else(|| &compiled.checked.models[0], |s| &s.template);
    let space = TemplateSpace::new(template);
    (space.genotypes().raw, space.reachable())
}

#[test]
fn faqnas_has_as_many_architectures_as_its_paper() {
    let text = "use std::space::faqnas;\nmodel m(x: real[4]) -> real[3] = x |> faqnas[classes: 3];\n";
    assert_eq!(counts(text), (23_328u32.into(), 8_640u32.into()));
}

#[test]
fn spaces_of_quantumnas_count_front_gates_and_blocks() {
    // A block of L layers on n wires has n^L choices of fronts; b blocks have (n^L)^b.
    for (name, layers) in [("u3cu3", 2), ("zzry", 2), ("zxxx", 2), ("ibm_basis", 6)] {
        let text = format!(
            "use std::space::{name};\ncircuit c() -> real[3] {{ qubit[3] q; {name}[blocks: choose 1..=2] q; expect(Z(q)) }}\n"
        );
        let block = 3u64.pow(layers);
        let (raw, reachable) = counts(&text);
        assert_eq!(reachable, BigUint::from(block + block * block), "{name}");
        assert_eq!(raw, BigUint::from(2 * block * block), "{name}");
    }
    let text = "use std::space::rxyz;\ncircuit c() -> real[3] { qubit[3] q; rxyz[blocks: 1] q; expect(Z(q)) }\n";
    assert_eq!(counts(text).1, BigUint::from(27u32 * 2));
    let text =
        "use std::space::rxyzu1cu3;\ncircuit c() -> real[2] { qubit[2] q; rxyzu1cu3[blocks: 1] q; expect(Z(q)) }\n";
    assert_eq!(counts(text).1, BigUint::from(2u32.pow(11)));
}

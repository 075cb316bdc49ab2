//! The identity of an architecture: what it must not see, and what it must.

use crate::support::build::{
    self, add, add_input, add_linear, controlled, element, finish, gate, input, number, weight,
};
use crate::support::dense;
use crate::support::templates::{TEMPLATES, circuit};
use qnas::ir::{Graph, Init, InputId, Op, Output, QuantumOp, Readout, Region, Variable, Weight, WeightId};
use qnas::math::{Matrix, Pauli, PauliString, PauliSum};
use qnas::passes::canonical::{canonical_region, classify, identity};
use qnas::source::Span;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

fn numbers(count: u32, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-3.1..3.1)).collect()
}

/// A graph of a region over one weight vector, or over as many single weights in the order given.
fn graph_of(region: &Region, n_weights: u32, split: Option<&[u32]>) -> Graph {
    let mut graph = Graph::new("random");
    let declare = |graph: &mut Graph, path: String, shape: Vec<usize>| {
        graph.add_weight(Weight {
            path,
            shape,
            init: Init::Normal(0.0, 1.0),
            trainable: true,
            quantum: true,
            span: Span::default(),
        })
    };
    let mut region = region.clone();
    match split {
        None => {
            declare(&mut graph, "w".into(), vec![n_weights as usize]);
        }
        Some(order) => {
            let mut ids = vec![WeightId(0); n_weights as usize];
            for &index in order {
                ids[index as usize] = declare(&mut graph, format!("other.{index}"), Vec::new());
            }
            for op in &mut region.ops {
                if let QuantumOp::Gate(gate) = op
                    && let qnas::ir::Operation::Gate { params, .. } = &mut gate.operation
                {
                    for angle in params {
                        let renamed = angle.rename(|v| {
                            Some(match v {
                                Variable::Weight { index, .. } => {
                                    Variable::Weight { weight: ids[index as usize], index: 0 }
                                }
                                v => v,
                            })
                        });
                        *angle = renamed.expect("every variable has a new name");
                    }
                    gate.path = "other".into();
                }
            }
        }
    }
    let shape = vec![region.n_inputs as usize];
    graph.inputs.push(InputId { name: "x".into(), shape: shape.clone() });
    let x = graph.add(Op::Input { index: 0 }, &[], shape, "x", Span::default());
    let shape = vec![region.n_outputs()];
    let node = graph.add(Op::Region(Box::new(region)), &[x], shape, "c", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    graph
}

/// Do two steps commute at two random places?
fn commute(region: &Region, at: usize, n_weights: u32, rng: &mut ChaCha8Rng) -> bool {
    (0..2).all(|_| {
        let (weights, inputs) = (vec![numbers(n_weights, rng)], numbers(region.n_inputs, rng));
        let matrix = |op: &QuantumOp| -> Matrix {
            let alone = Region { ops: vec![op.clone()], ..region.clone() };
            dense::unitary(&alone, &weights, &inputs)
        };
        let (a, b) = (matrix(&region.ops[at]), matrix(&region.ops[at + 1]));
        a.matmul(&b).distance(&b.matmul(&a)) < 1e-9
    })
}

fn shuffled(region: &Region, n_weights: u32, rng: &mut ChaCha8Rng) -> Region {
    let mut out = region.clone();
    for _ in 0..4 * out.ops.len() {
        if out.ops.len() < 2 {
            break;
        }
        let at = rng.random_range(0..out.ops.len() - 1);
        if commute(&out, at, n_weights, rng) {
            out.ops.swap(at, at + 1);
        }
    }
    out
}

#[test]
fn canonical_regions_compute_the_same() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for round in 0..60 {
        for template in TEMPLATES {
            let (region, n_weights) = circuit(template, 2 + round % 3, &mut rng);
            let canonical = canonical_region(&region);
            let (weights, inputs) = (vec![numbers(n_weights, &mut rng)], numbers(region.n_inputs, &mut rng));
            let [a, b] = [&region, &canonical].map(|region| dense::run_region(region, &weights, &inputs));
            assert!(dense::distance(&a, &b) < 1e-9, "{template}: {region:#?}");
            assert_eq!(canonical_region(&canonical).ops.len(), canonical.ops.len());
        }
    }
}

#[test]
fn the_order_of_commuting_gates_does_not_show() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut same, mut total) = (0, 0);
    for round in 0..100 {
        for template in TEMPLATES {
            let (region, n_weights) = circuit(template, 2 + round % 3, &mut rng);
            let other = shuffled(&region, n_weights, &mut rng);
            total += 1;
            let equal = identity(&graph_of(&region, n_weights, None)) == identity(&graph_of(&other, n_weights, None));
            same += u32::from(equal);
            if !equal && std::env::var_os("SHOW_MISSED").is_some() {
                println!("{template}\n  {}\n  {}", show(&region), show(&other));
                println!("  {}\n  {}", show(&canonical_region(&region)), show(&canonical_region(&other)));
            }
        }
    }
    println!("{same} of {total} reorderings have the same identity");
    assert_eq!(same, total);
}

fn show(region: &Region) -> String {
    let spell = |v| match v {
        Variable::Weight { index, .. } => format!("w{index}"),
        Variable::Input(i) => format!("x{i}"),
    };
    let line = |gate: &qnas::ir::GateOp| {
        let angles: Vec<String> = gate.params().iter().map(|a| qnas::ir::names::angle(a, spell)).collect();
        format!("{}({}){:?}", gate.full_name(), angles.join(","), gate.qubits)
    };
    let gates: Vec<String> = region.gates().map(line).collect();
    format!("{} read {:?}", gates.join(" "), region.readouts)
}

#[test]
fn names_and_declarations_do_not_show() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for round in 0..20 {
        for template in TEMPLATES {
            let (region, n_weights) = circuit(template, 2 + round % 3, &mut rng);
            let mut order: Vec<u32> = (0..n_weights).collect();
            order.shuffle(&mut rng);
            let [a, b] = [None, Some(&*order)].map(|split| identity(&graph_of(&region, n_weights, split)));
            assert_eq!(a, b, "{template}: {}", show(&region));
        }
    }
}

#[test]
fn dead_gates_do_not_show() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for round in 0..20 {
        for template in TEMPLATES {
            let n = 2 + round % 3;
            let (mut region, n_weights) = circuit(template, n, &mut rng);
            region.readouts = build::expect_z(n);
            let mut more = region.clone();
            // Nothing on |0>, a pair that cancels somewhere, a turn by nothing, a phase before <Z>, a barrier, an unread qubit.
            more.ops.insert(0, gate("rz", &[element(WeightId(0), n_weights)], &[0], ""));
            let at = rng.random_range(0..=more.ops.len());
            more.ops.insert(at, gate("cx", &[], &[0, 1], ""));
            more.ops.insert(at, gate("cx", &[], &[0, 1], ""));
            more.ops.insert(at, gate("ry", &[number(0.0)], &[1], ""));
            more.ops.push(gate("cp", &[element(WeightId(0), n_weights + 1)], &[1, 0], ""));
            more.ops.push(QuantumOp::Barrier { qubits: vec![0, 1] });
            more.n_qubits += 1;
            more.registers[0].len += 1;
            more.ops.push(gate("ry", &[element(WeightId(0), n_weights + 2)], &[n], ""));
            let a = identity(&graph_of(&region, n_weights, None));
            let b = identity(&graph_of(&more, n_weights + 3, None));
            assert_eq!(a, b, "{template}: {}", show(&region));
        }
    }
}

/// A small circuit whose angles are inputs and numbers: what it computes is a function without weights, so it can be compared.
fn function(rng: &mut ChaCha8Rng) -> Region {
    let mut ops = Vec::new();
    for _ in 0..rng.random_range(1..=4) {
        let q = rng.random_range(0..2u32);
        ops.push(match rng.random_range(0..5) {
            0 => gate("h", &[], &[q], ""),
            1 => gate(["cx", "cz"].choose(rng).expect("two"), &[], &[q, 1 - q], ""),
            2 => gate(["rx", "ry", "rz"].choose(rng).expect("three"), &[input(rng.random_range(0..2))], &[q], ""),
            3 => controlled(&[true], "rz", &[input(0)], &[q, 1 - q], ""),
            _ => gate(["s", "t", "x"].choose(rng).expect("three"), &[], &[q], ""),
        });
    }
    let readout = match rng.random_range(0..3) {
        0 => Readout::Probabilities(vec![0, 1]),
        1 => Readout::Expectation(PauliSum::string(PauliString::single(0, Pauli::Z))),
        _ => Readout::Expectation(PauliSum::string(PauliString::single(1, Pauli::X))),
    };
    build::region("c", 2, 2, ops, vec![readout])
}

#[test]
fn different_outputs_have_different_identities() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let probes: Vec<Vec<f64>> = (0..3).map(|_| numbers(2, &mut rng)).collect();
    let mut by_identity: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    let mut by_outputs: BTreeMap<Vec<i64>, std::collections::BTreeSet<_>> = BTreeMap::new();
    for _ in 0..6000 {
        let region = function(&mut rng);
        let outputs: Vec<f64> = probes.iter().flat_map(|x| dense::run_region(&region, &[], x)).collect();
        let id = identity(&graph_of(&region, 0, Some(&[])));
        let known = by_identity.entry(id).or_insert_with(|| outputs.clone());
        assert!(dense::distance(known, &outputs) < 1e-9, "{}", show(&region));
        #[allow(clippy::cast_possible_truncation)] // Below 1 in size.
        let rounded = outputs.iter().map(|x| (x * 1e6).round() as i64).collect();
        by_outputs.entry(rounded).or_default().insert(id);
    }
    println!("{} functions, {} identities", by_outputs.len(), by_identity.len());
    assert!(by_outputs.len() > 150);
    assert!(by_identity.len() < 2 * by_outputs.len(), "most equal functions have one identity");
}

#[test]
fn classical_parts_count() {
    let model = |width: usize, extra: &str| {
        let mut graph = Graph::new("m");
        let x = add_input(&mut graph, "x", &[4]);
        let mut h = add_linear(&mut graph, x, width, "a");
        match extra {
            "dead" => {
                add_linear(&mut graph, x, 7, "nobody");
            }
            "reshape" => h = add(&mut graph, Op::Reshape, &[h], &[width], "same"),
            "relu" => h = add(&mut graph, Op::Activation(qnas::ir::Activation::Relu), &[h], &[width], "relu"),
            _ => {}
        }
        let out = add_linear(&mut graph, h, 2, "b");
        finish(&mut graph, out);
        identity(&graph)
    };
    let plain = model(8, "");
    assert_eq!(plain, model(8, "dead"));
    assert_eq!(plain, model(8, "reshape"));
    assert_ne!(plain, model(9, ""));
    assert_ne!(plain, model(8, "relu"));
}

#[test]
fn sharing_shows() {
    let model = |shared: bool| {
        let mut graph = Graph::new("m");
        let w = weight(&mut graph, "w", &[2], true);
        let second = u32::from(!shared);
        let ops = vec![
            gate("ry", &[element(w, 0)], &[0], ""),
            gate("cx", &[], &[0, 1], ""),
            gate("rx", &[element(w, second)], &[1], ""),
        ];
        let region = build::region("c", 2, 0, ops, build::expect_z(2));
        let node = add(&mut graph, Op::Region(Box::new(region)), &[], &[2], "c");
        finish(&mut graph, node);
        identity(&graph)
    };
    assert_ne!(model(true), model(false));
    assert_eq!(model(true), model(true));
}

/// The space of FAQNAS on two to four qubits: how many genotypes, written circuits and distinct architectures.
#[test]
fn faqnas_collapses() {
    let rotations = ["rx", "ry", "rz"];
    let mut counts = Vec::new();
    for n in 2..=3u32 {
        let mut identities = std::collections::BTreeSet::new();
        let (mut circuits, mut dead, mut constant) = (0, 0, 0);
        for (two, ring) in [("cx", false), ("cx", true), ("cz", false), ("cz", true)] {
            for depth in 1..=2u32 {
                for genes in 0..3usize.pow(depth) {
                    let layers: Vec<&str> = (0..depth).map(|k| rotations[genes / 3usize.pow(k) % 3]).collect();
                    let graph = mixed_faqnas(n, &layers, two, ring);
                    circuits += 1;
                    identities.insert(identity(&graph));
                    let class = classify(&graph);
                    dead += u32::from(class.live_quantum_weights == 0);
                    constant += u32::from(class.constant);
                    assert!(class.reads_input || class.live_quantum_weights > 0);
                }
            }
        }
        assert_eq!(constant, 0, "a linear layer follows");
        counts.push((n, circuits, identities.len(), dead));
        println!("n = {n}: {circuits} circuits, {} architectures, {dead} without a live angle", identities.len());
    }
    assert!(counts.iter().all(|&(_, circuits, distinct, dead)| distinct < circuits && dead >= 8));
}

fn mixed_faqnas(n: u32, layers: &[&str], two: &str, ring: bool) -> Graph {
    let mut graph = Graph::new("hqnn");
    let x = add_input(&mut graph, "x", &[4]);
    let hidden = add_linear(&mut graph, x, n as usize, "linear");
    let mut ops: Vec<QuantumOp> = (0..n).map(|q| gate("ry", &[input(q).scaled(2.0)], &[q], "embed")).collect();
    for (layer, rotation) in layers.iter().enumerate() {
        let w = weight(&mut graph, &format!("layer.{layer}"), &[n as usize], true);
        ops.extend((0..n).map(|q| gate(rotation, &[element(w, q)], &[q], "")));
        ops.extend((0..if ring { n } else { n - 1 }).map(|q| gate(two, &[], &[q, (q + 1) % n], "")));
    }
    let region = build::region("vqc", n, n, ops, build::expect_z(n));
    let vqc = add(&mut graph, Op::Region(Box::new(region)), &[hidden], &[n as usize], "vqc");
    let out = add_linear(&mut graph, vqc, 3, "out");
    finish(&mut graph, out);
    graph
}

#[test]
fn classes_of_models() {
    let class = classify(&build::faqnas(4, 3, 2, "rz", "cz", true, 3));
    assert_eq!(
        (class.quantum_weights, class.live_quantum_weights, class.reads_input, class.constant),
        (6, 0, true, false)
    );
    let class = classify(&build::faqnas(4, 3, 2, "rx", "cx", false, 3));
    assert!(class.live_quantum_weights > 0 && class.reads_input);
    // An input that only turns |0> about Z reaches nothing; with the linear layers around it the model is constant in its data.
    let mut graph = Graph::new("blind");
    let x = add_input(&mut graph, "x", &[2]);
    let ops = vec![gate("rz", &[input(0)], &[0], ""), gate("rz", &[input(1)], &[1], ""), gate("h", &[], &[0], "")];
    let region = build::region("c", 2, 2, ops, build::expect_z(2));
    let node = add(&mut graph, Op::Region(Box::new(region)), &[x], &[2], "c");
    finish(&mut graph, node);
    let class = classify(&graph);
    assert!(!class.reads_input && class.constant && class.quantum_weights == 0);
}

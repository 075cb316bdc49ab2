//! Training-free proxies as metrics: in `qnas cost`, in objectives and requirements, on the rung before training.

use crate::cli::{Folder, qnas};
use crate::support::build::faqnas;
use qnas::cost::{METRICS, find};
use qnas::ir::{GateOp, Readout, Region, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::probe::{Noise, clifford_noise_resilience, jacobian_rank, representational_capacity, same_effect, trainable};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::Value;

/// A space of circuits on four features, searched as given.
fn program(minimize: &str, require: &str, strategy: &str) -> String {
    format!(
        "circuit c(x: real[4]) -> real[3] {{
    qubit[4] q;
    ry(x) q;
    let depth = choose 1..=4;
    for k in 0..depth {{
        let turn = choose {{ rx, ry, rz }};
        let pairs = choose 0..=3;
        turn(weight[4]) q;
        for i in 0..pairs {{ cx q[i], q[i + 1]; }}
    }}
    expect(Z(q[0..3]))
}}
search s {{
    model: c,
    data: iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train: fit(adam(lr: 5e-2), loss: cross_entropy, epochs: 4, batch: 16),
    minimize: [{minimize}],
    require: [{require}],
    strategy: {strategy},
    seed: 3,
}}
"
    )
}

/// The records of a search, and its exit code.
fn searched(text: &str, more: &[&str]) -> (i32, Vec<Value>, String) {
    let folder = Folder::new();
    let file = folder.file("a.qnas", text);
    let out = folder.path("run").display().to_string();
    let ran = qnas(&[&["search", &file, "--out", &out][..], more].concat());
    let journal = std::fs::read_to_string(folder.path("run").join("journal.jsonl")).unwrap_or_default();
    let lines = journal.lines().skip(1).map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (ran.code, lines, ran.err)
}

#[test]
fn proxies_are_measured_when_they_are_named() {
    let folder = Folder::new();
    let file = folder.file("a.qnas", program("loss", "weights <= 99", "random(evaluations: 4)"));
    let picked = ["--sample", "2", "--format", "json"];
    let all: Value = serde_json::from_str(&qnas(&[&["cost", &file][..], &picked].concat()).out).expect("JSON");
    for metric in METRICS.iter().filter(|metric| metric.proxy) {
        let name = metric.meta.name;
        assert!(all["metrics"][name].is_null(), "{name} takes long");
        assert!(!metric.meta.source.is_empty() && !metric.unit.is_empty(), "{name}");
        let ran = qnas(&[&["cost", &file, "--metric", name][..], &picked].concat());
        let again = qnas(&[&["cost", &file, "--metric", name][..], &picked].concat());
        assert_eq!((ran.code, &ran.out), (0, &again.out), "{name}: {}", ran.err);
        let one: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert!(one["metrics"][name].as_f64().is_some_and(f64::is_finite), "{name}: {one}");
        let author = metric.meta.source.split([' ', ',', ':']).next().unwrap_or_default();
        assert!(qnas(&["explain", name]).out.contains(author), "{name}");
    }
    assert!(all["metrics"]["path_count"].as_f64().is_some_and(|paths| paths >= 4.0), "{all}");
}

#[test]
fn proxies_do_not_see_names_and_say_what_they_cannot() {
    let value = |name: &str, graph| find(name).expect("a metric").evaluate(graph);
    let graph = faqnas(3, 4, 2, "rx", "cx", true, 3);
    let mut renamed = graph.clone();
    renamed.name = "other".into();
    for weight in &mut renamed.weights {
        weight.path = format!("other.{}", weight.path);
    }
    let wide = faqnas(12, 12, 1, "rx", "cx", true, 3);
    let none = qnas::ir::Graph::new("nothing");
    for metric in METRICS.iter().filter(|metric| metric.proxy) {
        let name = metric.meta.name;
        assert_eq!(value(name, &graph).to_bits(), value(name, &renamed).to_bits(), "{name}");
        assert!(value(name, &none).is_finite(), "{name} of a model without a circuit");
        let counted = name == "clifford_noise_resilience";
        assert_eq!(value(name, &wide).is_nan(), !counted, "{name}");
    }
}

#[test]
fn paths_are_counted_as_by_hand() {
    use crate::support::build::{expect_z, gate, region};
    let count = |ops| {
        let mut graph = qnas::ir::Graph::new("c");
        let region = region("c", 3, 0, ops, expect_z(3));
        let shape = vec![3];
        graph.add(qnas::ir::Op::Region(Box::new(region)), &[], shape, "c", qnas::source::Span::default());
        find("path_count").expect("a metric").evaluate(&graph)
    };
    assert_eq!(count(Vec::new()), 3.0, "three wires");
    assert_eq!(count(vec![gate("h", &[], &[0], "")]), 3.0);
    // Two enter the gate and leave on both wires; the third passes by.
    assert_eq!(count(vec![gate("cx", &[], &[0, 1], "")]), 5.0);
    assert_eq!(count(vec![gate("cx", &[], &[0, 1], ""), gate("cx", &[], &[1, 2], "")]), 2.0 + 3.0 + 3.0);
}

#[test]
fn proxies_are_objectives_and_requirements() {
    let text = program(
        "expressibility, two_qubit_count",
        "gradient_variance >= 1e-4, entangling_capability >= 0.2",
        "nsga2(population: 6, generations: 3)",
    );
    let (code, records, err) = searched(&text, &["--jobs", "2"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(records.len(), 18);
    let (mut held, mut broken) = (0, 0);
    for record in &records {
        let constraints =
            record["violations"].as_object().map(|all| all.values().filter_map(Value::as_f64).sum::<f64>());
        if constraints.unwrap_or(0.0) > 0.0 {
            broken += 1;
        } else if record["metrics"]["entangling_capability"].as_f64().is_some_and(|value| value >= 0.2) {
            held += 1;
        }
    }
    assert!(held > 0 && broken > 0, "{held} {broken}");
}

#[test]
fn the_search_for_capacity_needs_classes_and_measures_it() {
    let text = program("1 - representational_capacity, weights", "qubits <= 4", "random(evaluations: 5)");
    let (code, records, err) = searched(&text, &[]);
    assert_eq!((code, records.len()), (0, 5), "{err}");
    let capacities: Vec<f64> =
        records.iter().filter_map(|record| record["metrics"]["representational_capacity"].as_f64()).collect();
    assert!(!capacities.is_empty() && capacities.iter().all(|value| (0.0..=1.0).contains(value)), "{capacities:?}");
    let without = "circuit c() -> real { qubit q; let g = choose { rx, ry }; g(weight) q; expect(Z(q)) }\n\
                   search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 5), minimize: [-representational_capacity], strategy: exhaustive }\n";
    let (code, _, err) = searched(without, &[]);
    assert!(code == 2 && err.contains("needs data with classes"), "{code} {err}");
}

#[test]
fn halving_counts_then_looks_then_trains_a_little_then_in_full() {
    let text = program(
        "1 - accuracy, two_qubit_count",
        "two_qubit_count <= 9",
        "halving(candidates: 18, reduction: 3, trained: 2, survivors: 2)",
    );
    let run = |jobs: &str| {
        let (code, records, err) = searched(&text, &["--jobs", jobs]);
        assert_eq!(code, 0, "{err}");
        records
    };
    let (one, two) = (run("1"), run("2"));
    assert_eq!(one, two, "any number of workers");
    let rung =
        |record: &Value| record["fidelity"].as_str().map_or_else(|| record["fidelity"].to_string(), str::to_owned);
    let mut rungs: Vec<String> = one.iter().map(rung).collect();
    rungs.dedup();
    assert_eq!(rungs.len(), 4, "{rungs:?}");
    assert_eq!(&rungs[..2], ["static", "proxy"]);
    for record in &one {
        let known = record["objectives"][0].as_f64().is_some();
        let repeated = !record["same_as"].is_null();
        let broken = record["violations"].as_object().is_some_and(|all| all.values().any(|by| by.as_f64() > Some(0.0)));
        assert!(repeated || broken || known != (rung(record) == "static"), "{record}");
        if rung(record) == "proxy" {
            assert!(record["metrics"]["accuracy"].is_null(), "a stand-in is no accuracy: {record}");
        }
    }
}

#[test]
fn measured_seconds_are_an_objective_where_they_are_asked_for() {
    let (code, records, err) =
        searched(&program("loss, seconds", "qubits <= 4", "random(evaluations: 3)"), &["--jobs", "2"]);
    assert_eq!(code, 0, "{err}");
    assert!(records.iter().all(|record| record["objectives"][1].as_f64().is_some_and(|seconds| seconds > 0.0)));
    let (_, records, _) = searched(&program("loss", "qubits <= 4", "random(evaluations: 3)"), &[]);
    assert!(records.iter().all(|record| record["metrics"]["seconds"].is_null()), "no clock unless asked for");
}

/// A region from gates: name, angle's weight (or input, below zero), qubits; Z is read on the first qubit.
fn circuit(n: u32, gates: &[(&str, Option<i32>, &[u32])]) -> Region {
    use crate::support::build::{element, gate, input, region};
    let angle = |v: i32| match u32::try_from(v) {
        Ok(index) => element(WeightId(0), index),
        Err(_) => input(v.unsigned_abs() - 1),
    };
    let ops = gates.iter().map(|&(name, v, qubits)| {
        let angles: Vec<_> = v.map(angle).into_iter().collect();
        gate(name, &angles, qubits, "g")
    });
    let z = |qubit| Readout::Expectation(PauliSum::string(PauliString::single(qubit, Pauli::Z)));
    region("c", n, 4, ops.collect(), vec![z(0)])
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

#[test]
fn weights_with_one_effect_are_found() {
    // A swap brings the second turn to where the first was; the others are about other axes.
    let gates: &[(&str, Option<i32>, &[u32])] = &[
        ("ry", Some(-1), &[1]),
        ("rx", Some(0), &[1]),
        ("swap", None, &[0, 1]),
        ("rx", Some(1), &[0]),
        ("rz", Some(2), &[0]),
        ("ry", Some(3), &[0]),
    ];
    let region = circuit(2, gates);
    let weights = trainable(&region);
    let pairs = same_effect(&region, 3, &mut rng()).expect("a small circuit");
    assert_eq!(pairs, [(weights[0], weights[1])]);
    // The read-out is a sine and a cosine of the input, whatever the weights: two directions at most.
    assert_eq!(jacobian_rank(&region, 3, &mut rng()), Some(2));
}

/// Every gate fails so often, and every read-out.
struct Even(f64, f64);

impl Noise for Even {
    fn gate(&self, _: &GateOp) -> f64 {
        self.0
    }

    fn readout(&self, _: u32) -> f64 {
        self.1
    }
}

#[test]
fn noise_shrinks_what_replicas_give() {
    let (bad, none) = (Even(0.02, 0.05), Even(0.0, 0.0));
    let of = |circuit: &Region, replicas| clifford_noise_resilience(circuit, replicas, &bad, &mut rng());
    // |1⟩ after one gate: ⟨Z⟩ = -1 shrinks by (1 - 2 · 0.05) (1 - 0.02 · 2).
    let flipped = circuit(1, &[("x", None, &[0])]);
    assert!((of(&flipped, 5) - (1.0 - (1.0 - 0.9 * 0.96) / 2.0)).abs() < 1e-12, "{}", of(&flipped, 5));
    // A Bell pair: only ZZ has a value, and only the cx stands before it.
    let mut bell = circuit(2, &[("h", None, &[0]), ("cx", None, &[0, 1])]);
    bell.readouts = vec![Readout::Probabilities(vec![0, 1])];
    let shrunk = 0.9 * 0.9 * (1.0 - 0.02 * 4.0 / 3.0);
    assert!((of(&bell, 5) - (1.0 - (1.0 - shrunk) / 2.0)).abs() < 1e-12, "{}", of(&bell, 5));
    // Turns by 0 and half a turn have a value, those by a quarter have none: about half of the replicas lose.
    let turned = circuit(1, &[("rx", Some(0), &[0])]);
    let about = 1.0 - 0.5 * (1.0 - 0.9 * 0.96) / 2.0;
    assert!((of(&turned, 2000) - about).abs() < 0.003, "{}", of(&turned, 2000));
    for circuit in [&flipped, &bell, &turned] {
        assert!((clifford_noise_resilience(circuit, 20, &none, &mut rng()) - 1.0).abs() < 1e-15);
    }
    // More gates, less left; a controlled turn is a Clifford gate at half turns, ccx at none.
    let gates: &[(&str, Option<i32>, &[u32])] =
        &[("crx", Some(0), &[0, 1]), ("ccx", None, &[0, 1, 2]), ("rzz", Some(1), &[0, 2]), ("rz", Some(2), &[0])];
    let (once, thrice) = (of(&circuit(3, gates), 500), of(&circuit(3, &[gates, gates, gates].concat()), 500));
    assert!(0.5 < thrice && thrice < once && once < 1.0, "{once} {thrice}");
}

#[test]
fn capacity_is_one_where_states_tell_classes_apart() {
    let embedded = circuit(1, &[("ry", Some(-1), &[0]), ("rx", Some(0), &[0])]);
    let of = |angles: [f64; 4]| {
        let rows: Vec<Vec<f64>> = angles.iter().map(|&angle| vec![angle]).collect();
        representational_capacity(&embedded, (&rows, &[0, 0, 1, 1]), 3, &mut rng()).expect("a small circuit")
    };
    let pi = std::f64::consts::PI;
    assert!((of([0.0, 0.0, pi, pi]) - 1.0).abs() < 1e-12, "opposite states, whatever turn follows");
    // Nothing is told apart: the two pairs within are right, the four across are wrong.
    assert!((of([0.4; 4]) - (1.0 - 4.0 / 6.0)).abs() < 1e-12);
    // The wrong way round: pairs within are opposite, half of those across are the same.
    assert!((of([0.0, pi, 0.0, pi]) - (1.0 - 4.0 / 6.0)).abs() < 1e-12);
    let rows = vec![vec![0.0]; 2];
    assert_eq!(representational_capacity(&embedded, (&rows, &[1, 1]), 3, &mut rng()), None, "one class");
}

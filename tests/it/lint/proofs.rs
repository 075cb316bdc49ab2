//! What is proved, confirmed by simulation: numbers without effect are moved, gates without effect are left out, and outputs stay.

use super::{everything, linted};
use crate::support::arbitrary::Case;
use crate::support::{arbitrary, dense};
use proptest::prelude::*;
use qnas::driver::lint::Request;
use qnas::driver::random::stream;
use qnas::hir::Space;
use qnas::hir::space::TemplateSpace;
use qnas::ir::{Graph, QuantumOp, Readout, Region, Variable, WeightId, build::build};
use qnas::lint::{Facts, GraphView, Group, Proofs, RULES};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::passes::{PassContext, pipeline, run_region};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

const ZERO: f64 = 1e-9;

/// The programs of all fixtures of proved rules.
fn programs() -> Vec<(String, String)> {
    let proved = RULES.iter().filter(|rule| rule.group == Group::Proved);
    proved
        .flat_map(|rule| {
            let name = rule.code.meta.name;
            let text = std::fs::read_to_string(format!("tests/lint/{name}.qnas")).expect("a fixture");
            let cases: Vec<String> =
                text.split("//# ").skip(1).map(|case| case.split_once('\n').expect("a case").1.to_owned()).collect();
            cases.into_iter().map(move |text| (name.to_owned(), text))
        })
        .collect()
}

/// Architectures of every model of the program.
fn graphs(name: &str, text: &str) -> Vec<Graph> {
    let (compiled, _) = linted(name, text, &Request { samples: 1, ..Request::default() });
    let checked = &compiled.checked;
    let templates = checked.searches.iter().map(|search| &search.template).chain(&checked.models);
    let mut out = Vec::new();
    for template in templates {
        let space = TemplateSpace::new(template);
        for seed in 0..4 {
            let assignment = space.sample(&mut stream(seed, "proofs")).expect("an architecture");
            out.push(build(&space, &assignment).expect("it can be built"));
        }
    }
    out
}

fn numbers(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-3.1..3.1)).collect()
}

fn weights(graph: &Graph, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    graph.weights.iter().map(|weight| numbers(weight.len(), rng)).collect()
}

#[test]
fn dead_numbers_move_nothing_and_dead_gates_can_go() {
    let mut rng = stream(11, "proofs");
    let (mut moved, mut removed) = (0, 0);
    for (name, text) in programs() {
        for graph in graphs(&name, &text) {
            let facts = Facts::default();
            let view = GraphView::new(&graph, &facts);
            for region in view.regions.iter().filter(|region| region.region.n_qubits <= 8) {
                let (w, x) = (weights(&graph, &mut rng), numbers(region.region.n_inputs as usize, &mut rng));
                let before = dense::run_region(region.region, &w, &x);
                let (mut w2, mut x2) = (w.clone(), x.clone());
                for certificate in region.effects.dead_variables() {
                    moved += 1;
                    let qnas::passes::effect::Subject::Variable(variable) = certificate.subject else { continue };
                    match variable {
                        Variable::Weight { weight, index } => w2[weight.0 as usize][index as usize] += 1.3,
                        Variable::Input(index) => x2[index as usize] += 1.3,
                    }
                }
                assert!(dense::distance(&before, &dense::run_region(region.region, &w2, &x2)) < ZERO, "{name}\n{text}");
                let mut smaller: Region = region.region.clone();
                let mut gone = region.effects.ops.iter().map(|op| op.removable.is_some());
                smaller.ops.retain(|_| !gone.next().unwrap_or(false));
                removed += region.region.ops.len() - smaller.ops.len();
                assert!(dense::distance(&before, &dense::run_region(&smaller, &w, &x)) < ZERO, "{name}\n{text}");
            }
        }
    }
    assert!(moved > 20 && removed > 20, "{moved} numbers, {removed} gates");
}

#[test]
fn constant_readouts_and_blind_models_are() {
    let mut rng = stream(12, "proofs");
    let mut constant = 0;
    for (name, text) in programs() {
        for graph in graphs(&name, &text) {
            let facts = Facts::default();
            let view = GraphView::new(&graph, &facts);
            for region in view.regions.iter().filter(|region| region.region.n_qubits <= 8) {
                let mut run = || {
                    let (w, x) = (weights(&graph, &mut rng), numbers(region.region.n_inputs as usize, &mut rng));
                    dense::run_region(region.region, &w, &x)
                };
                let (a, b) = (run(), run());
                let mut at = 0;
                for (readout, effect) in region.region.readouts.iter().zip(&region.effects.readouts) {
                    if !effect.weights && !effect.inputs {
                        constant += 1;
                        let range = at..at + readout.len();
                        assert!(dense::distance(&a[range.clone()], &b[range]) < ZERO, "{name}\n{text}");
                    }
                    at += readout.len();
                }
            }
        }
    }
    assert!(constant > 3, "{constant}");
}

#[test]
fn cancelled_entanglers_are_the_identity_together() {
    let text = "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; for i in 0..2 { cz q[i], q[(i + 1) % 2]; } rx(weight[2]) q; expect(Z(q)) }\n";
    let (_, found) = linted("ring.qnas", text, &everything());
    assert!(super::codes(&found).contains(&"QL0112"));
    let graph = &graphs("ring.qnas", text)[0];
    let (_, region) = graph.regions().next().expect("a circuit");
    let mut without = region.clone();
    without.ops.retain(|op| op.qubits().len() < 2 || matches!(op, QuantumOp::Barrier { .. }));
    let mut rng = stream(13, "proofs");
    let (w, x) = (weights(graph, &mut rng), numbers(2, &mut rng));
    assert!(dense::distance(&dense::run_region(region, &w, &x), &dense::run_region(&without, &w, &x)) < ZERO);
}

#[test]
fn redundant_weights_turn_one_way() {
    let text = "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight) q[0]; rx(weight) q[0]; expect(Z(q)) }\n";
    let (_, found) = linted("twice.qnas", text, &everything());
    assert!(super::codes(&found).contains(&"QL0105"), "{:?}", found.reports);
    let graph = &graphs("twice.qnas", text)[0];
    let (_, region) = graph.regions().next().expect("a circuit");
    let mut rng = stream(14, "proofs");
    let (w, x) = (weights(graph, &mut rng), numbers(2, &mut rng));
    let mut other = w.clone();
    (other[0][0], other[1][0]) = (w[0][0] + 0.7, w[1][0] - 0.7);
    assert!(dense::distance(&dense::run_region(region, &w, &x), &dense::run_region(region, &other, &x)) < ZERO);
}

#[test]
fn aliased_values_give_equal_outputs() {
    let text = "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(2 * x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }\nmodel m(x: real[4]) -> real[2] { 8 * tanh(x |> linear[2]) |> c |> linear[2] }\n";
    let (_, found) = linted("alias.qnas", text, &everything());
    let report = found.reports.iter().find(|report| report.lint.code.meta.code == "QL0116").expect("it aliases");
    assert!(report.diagnostic.notes[0].contains("5.09 periods"), "{:?}", report.diagnostic.notes);
    let graph = graphs("alias.qnas", text).into_iter().find(|graph| graph.name == "m").expect("a graph");
    let (_, region) = graph.regions().next().expect("a circuit");
    let mut rng = stream(15, "proofs");
    let (w, x) = (weights(&graph, &mut rng), numbers(region.n_inputs as usize, &mut rng));
    // 16 tanh turns the qubits: the tanh aliases with a sixteenth of a turn, and with no part of that.
    let period = 2.0 * std::f64::consts::PI / 16.0;
    let moved: Vec<f64> = x.iter().map(|value| value + period).collect();
    assert!(dense::distance(&dense::run_region(region, &w, &x), &dense::run_region(region, &w, &moved)) < ZERO);
    let half: Vec<f64> = x.iter().map(|value| value + period / 2.0).collect();
    assert!(dense::distance(&dense::run_region(region, &w, &x), &dense::run_region(region, &w, &half)) > 1e-3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_known_of_a_circuit_is_known_under_other_weights(region in arbitrary::regions(arbitrary::Limits::default())) {
        let known = Proofs::default();
        let first = known.of(&region);
        first.reduced(&region);
        let later = |WeightId(id): WeightId| WeightId(2 * id + 3);
        let turned = |WeightId(id): WeightId| WeightId(20 - id);
        let as_it_is = |id: WeightId| id;
        for mut names in [Box::new(later) as Box<dyn FnMut(WeightId) -> WeightId>, Box::new(turned), Box::new(as_it_is)] {
            let renamed = region.with_weights(&mut *names);
            let (told, proved) = (known.of(&renamed), Proofs::default().of(&renamed));
            prop_assert_eq!(&told.effects, &proved.effects);
            prop_assert_eq!(told.reduced(&renamed), proved.reduced(&renamed));
            prop_assert_eq!(told.undone(&renamed), proved.undone(&renamed));
        }
    }

    #[test]
    fn what_is_idle_where_outcomes_are_counted_moves_no_count(case in arbitrary::cases(arbitrary::Limits::default())) {
        let z = |qubit| Readout::Expectation(PauliSum::string(PauliString::single(qubit, Pauli::Z)));
        let case = Case { region: Region { readouts: (0..case.region.n_qubits).map(z).collect(), ..case.region }, ..case };
        let facts = Facts { counts: true, ..Facts::default() };
        let graph = case.graph();
        let view = GraphView::new(&graph, &facts);
        let judged = view.regions[0].judged();
        prop_assert_eq!(judged.readouts.len(), 1);
        let mut smaller = judged.clone();
        let mut gone = view.regions[0].effects.ops.iter().map(|op| op.removable.is_some());
        smaller.ops.retain(|_| !gone.next().unwrap_or(false));
        let counts = |region: &Region| dense::run_region(region, &case.weights, &case.inputs);
        prop_assert!(dense::distance(&counts(judged), &counts(&smaller)) < ZERO);
        // What the default passes do for the sake of single read-outs leaves joint outcomes alone, too.
        let mut reduced = case.region.clone();
        let default = pipeline::find("default").expect("in the catalogue");
        run_region(&mut reduced, default.passes, &PassContext::default());
        let reduced = Region { readouts: judged.readouts.clone(), ..reduced };
        prop_assert!(dense::distance(&counts(judged), &counts(&reduced)) < ZERO);
    }
}

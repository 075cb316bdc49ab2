//! `docs/findings.md`, confirmed by simulation on architectures drawn from the published spaces.

use crate::support::dense;
use crate::support::program::compile;
use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::random::stream;
use qnas::hir::space::TemplateSpace;
use qnas::hir::{Assignment, Space, Value};
use qnas::ir::{Graph, build::build};
use qnas::lint::{Facts, GraphView};
use qnas::passes::canonical::identity;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// The programs the table is about.
fn programs() -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = std::fs::read_dir("docs/findings")
        .expect("the programs")
        .map(|entry| {
            let path = entry.expect("a program").path();
            (path.display().to_string(), std::fs::read_to_string(&path).expect("a program"))
        })
        .collect();
    out.sort();
    out
}

fn numbers(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-3.1..3.1)).collect()
}

/// The model's outputs for one sample.
fn outputs(graph: &Graph, weights: &[f64], inputs: &[f64]) -> Vec<f64> {
    let mut model = Model::<f64>::compile(graph).expect("it compiles");
    let mut weights = weights.to_vec();
    model.forward(&mut weights, &[inputs], 1, Mode::Evaluate).expect("it runs").to_vec()
}

#[test]
fn what_is_said_of_published_spaces_is_true_of_what_is_drawn() {
    let mut rng = stream(21, "findings");
    let (mut dead, mut blind, mut untrained, mut total) = (0, 0, 0, 0);
    for (name, text) in programs() {
        let compiled = compile(&name, &text);
        assert!(!compiled.checked.has_errors(), "{name}: {:?}", compiled.checked.diagnostics);
        let template = &compiled.checked.searches.first().expect("a search").template;
        let space = TemplateSpace::new(template);
        for _ in 0..25 {
            let assignment = space.sample(&mut rng).expect("an architecture");
            let graph = build(&space, &assignment).expect("it can be built");
            if graph.regions().any(|(_, region)| region.n_qubits > 6) {
                continue;
            }
            total += 1;
            let facts = Facts::default();
            let view = GraphView::new(&graph, &facts);
            for region in &view.regions {
                let weights: Vec<Vec<f64>> = graph.weights.iter().map(|w| numbers(w.len(), &mut rng)).collect();
                let inputs = numbers(region.region.n_inputs as usize, &mut rng);
                let mut smaller = region.region.clone();
                let mut gone = region.effects.ops.iter().map(|op| op.removable.is_some());
                smaller.ops.retain(|_| !gone.next().unwrap_or(false));
                dead += region.region.ops.len() - smaller.ops.len();
                let [a, b] = [region.region, &smaller].map(|region| dense::run_region(region, &weights, &inputs));
                assert!(dense::distance(&a, &b) < 1e-9, "{name} {assignment:?}");
            }
            let count: usize = graph.weights.iter().map(qnas::ir::Weight::len).sum();
            let width: usize = graph.inputs[0].shape.iter().product();
            let (weights, input) = (numbers(count, &mut rng), numbers(width, &mut rng));
            let before = outputs(&graph, &weights, &input);
            if !view.class.reads_input {
                blind += 1;
                let other = outputs(&graph, &weights, &numbers(width, &mut rng));
                assert!(dense::distance(&before, &other) < 1e-9, "{name} {assignment:?} ignores its input");
            }
            if view.class.quantum_weights > 0 && view.class.live_quantum_weights == 0 {
                untrained += 1;
                let mut moved = weights.clone();
                let mut at = 0;
                for weight in &graph.weights {
                    let range = at..at + weight.len();
                    if weight.quantum {
                        moved[range].iter_mut().for_each(|number| *number += 0.9);
                    }
                    at += weight.len();
                }
                assert!(dense::distance(&before, &outputs(&graph, &moved, &input)) < 1e-9, "{name} {assignment:?}");
            }
        }
    }
    println!("{total} architectures: {dead} gates left out, {blind} blind, {untrained} without live quantum weight");
    assert!(total > 100 && dead > 100 && untrained > 0, "{total} {dead} {blind} {untrained}");
}

#[test]
fn duplicates_of_faqnas_compute_the_same() {
    let text = std::fs::read_to_string("examples/faqnas.qnas").expect("the example");
    let compiled = compile("faqnas.qnas", &text);
    let space = TemplateSpace::new(&compiled.checked.searches[0].template);
    let with = |pairs: &[(&str, &str)]| {
        let mut assignment = Assignment::default();
        assignment.0.insert("n".into(), Value::Int(3));
        assignment.0.insert("kind".into(), Value::Name("angle_y".into()));
        for (path, value) in pairs {
            let value = value.parse().map_or_else(|_| Value::Name((*value).into()), Value::Int);
            assignment.0.insert((*path).into(), value);
        }
        build(&space, &assignment).expect("it can be built")
    };
    // One layer before Z is read: cz does nothing, so neither does its topology.
    let base = [("vqc.two", "cz"), ("vqc.depth", "1"), ("vqc.layer.0.rot", "rx")];
    let a = with(&[&base[..], &[("vqc.topology", "line")]].concat());
    let b = with(&[&base[..], &[("vqc.topology", "ring")]].concat());
    assert_eq!(identity(&a), identity(&b));
    let mut rng = stream(22, "findings");
    let count: usize = a.weights.iter().map(qnas::ir::Weight::len).sum();
    let (weights, input) = (numbers(count, &mut rng), numbers(4, &mut rng));
    assert!(dense::distance(&outputs(&a, &weights, &input), &outputs(&b, &weights, &input)) < 1e-12);
}

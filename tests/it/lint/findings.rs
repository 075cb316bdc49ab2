//! `docs/findings.md`, confirmed by simulation on architectures drawn from the published spaces.

use super::linted;
use crate::support::dense;
use crate::support::program::compile;
use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::distinct::{Distinct, distinct};
use qnas::driver::lint::Request;
use qnas::driver::random::stream;
use qnas::driver::space::FilteredSpace;
use qnas::hir::space::TemplateSpace;
use qnas::hir::{Assignment, Space, Value};
use qnas::ir::{Graph, Region, Variable, WeightId, build::build};
use qnas::lint::{Facts, GraphView, RegionView};
use qnas::passes::canonical::{Identity, canonical_region, identity};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

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
    let mut confirmed = Confirmed::default();
    // Few circuits of FAQNAS are small enough to be simulated and hold nothing to train.
    for (name, text) in programs() {
        let draws = if name.contains("faqnas") { 150 } else { 30 };
        let compiled = compile(&name, &text);
        assert!(!compiled.checked.has_errors(), "{name}: {:?}", compiled.checked.diagnostics);
        let template = &compiled.checked.searches.first().expect("a search").template;
        let space = TemplateSpace::new(template);
        for _ in 0..draws {
            let assignment = space.sample(&mut rng).expect("an architecture");
            let graph = build(&space, &assignment).expect("it can be built");
            if graph.regions().any(|(_, region)| region.n_qubits > 6) {
                continue;
            }
            total += 1;
            let facts = Facts::default();
            let view = GraphView::new(&graph, &facts);
            for region in &view.regions {
                confirmed.weights += dead_variables_change_nothing(&graph, region, &mut rng);
                confirmed.redundant += one_combination_is_enough(&graph, &view, region, &mut rng);
                confirmed.constant += constants_are_constant(&graph, region, &mut rng);
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
    let all =
        format!("{total} architectures, {dead} gates left out, {blind} blind, {untrained} untrained, {confirmed:?}");
    assert!(total > 100 && dead > 100 && untrained > 0 && blind > 0, "{all}");
    assert!(confirmed.weights > 100 && confirmed.redundant > 10 && confirmed.constant > 3, "{all}");
}

/// What was confirmed, one by one.
#[derive(Debug, Default)]
struct Confirmed {
    weights: usize,
    redundant: usize,
    constant: usize,
}

/// Random values for the weights of a graph and the inputs of a region.
fn values(graph: &Graph, region: &Region, rng: &mut ChaCha8Rng) -> (Vec<Vec<f64>>, Vec<f64>) {
    let weights = graph.weights.iter().map(|w| numbers(w.len(), rng)).collect();
    (weights, numbers(region.n_inputs as usize, rng))
}

/// Moves each weight of a region that is said to be dead, by itself; returns how many there are.
fn dead_variables_change_nothing(graph: &Graph, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> usize {
    let mut count = 0;
    for (&variable, proof) in &region.effects.variables {
        let (Variable::Weight { weight, index }, Some(_)) = (variable, proof) else { continue };
        let (mut weights, inputs) = values(graph, region.region, rng);
        let before = dense::run_region(region.region, &weights, &inputs);
        weights[weight.0 as usize][index as usize] += 1.3;
        let after = dense::run_region(region.region, &weights, &inputs);
        assert!(dense::distance(&before, &after) < 1e-9, "{variable:?} is not dead in {}", region.region.path);
        count += 1;
    }
    count
}

/// Of weights said to act through one combination, moves two against each other.
fn one_combination_is_enough(
    graph: &Graph,
    view: &GraphView<'_>,
    region: &RegionView<'_>,
    rng: &mut ChaCha8Rng,
) -> usize {
    let mut count = 0;
    for group in view.redundant_weights(region) {
        for pair in group.windows(2) {
            let [(a, x), (b, y)] = [pair[0], pair[1]];
            let (mut weights, inputs) = values(graph, region.region, rng);
            let before = dense::run_region(region.region, &weights, &inputs);
            for (variable, by) in [(a, 0.7 / x), (b, -0.7 / y)] {
                let Variable::Weight { weight, index } = variable else { panic!("a weight") };
                weights[weight.0 as usize][index as usize] += by;
            }
            let after = dense::run_region(region.region, &weights, &inputs);
            assert!(dense::distance(&before, &after) < 1e-9, "{a:?} and {b:?} in {}", region.region.path);
            count += 1;
        }
    }
    count
}

/// Evaluates read-outs that are said to be constant at random points.
fn constants_are_constant(graph: &Graph, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> usize {
    let effects = (0..).zip(&region.effects.readouts);
    let constant: Vec<usize> = effects.filter(|(_, on)| !on.weights && !on.inputs).map(|(at, _)| at).collect();
    let points: Vec<Vec<f64>> = (0..3)
        .map(|_| {
            let (weights, inputs) = values(graph, region.region, rng);
            dense::run_region(region.region, &weights, &inputs)
        })
        .collect();
    for &at in &constant {
        let same = points.iter().all(|outputs| (outputs[at] - points[0][at]).abs() < 1e-9);
        assert!(same, "read-out {at} of {}", region.region.path);
    }
    constant.len()
}

/// The circuit of an architecture.
fn circuit(graph: &Graph) -> &Region {
    graph.regions().next().expect("a circuit").1
}

/// Values for the variables of `b` under which its canonical form has the angles that the canonical form of `a` has under `known`.
fn matched(a: &Region, b: &Region, known: &BTreeMap<Variable, f64>) -> BTreeMap<Variable, f64> {
    let mut out: BTreeMap<Variable, f64> = BTreeMap::new();
    let (from, to) = (canonical_region(a), canonical_region(b));
    assert_eq!((from.ops.len(), &from.readouts), (to.ops.len(), &to.readouts));
    for (x, y) in from.ops.iter().zip(&to.ops) {
        for (wanted, angle) in x.angles().iter().zip(y.angles()) {
            let mut missing = wanted.evaluate(|v| known[&v]) - angle.constant;
            let mut free = None;
            for &(variable, factor) in angle.terms() {
                match out.get(&variable) {
                    Some(value) => missing -= factor * value,
                    None if free.is_none() => free = Some((variable, factor)),
                    None => {
                        out.insert(variable, 0.4);
                        missing -= factor * 0.4;
                    }
                }
            }
            if let Some((variable, factor)) = free {
                out.insert(variable, missing / factor);
            }
        }
    }
    out
}

/// What a circuit gives when its variables have these values; those without one are 0.3.
fn given(graph: &Graph, values: &BTreeMap<Variable, f64>) -> Vec<f64> {
    let region = circuit(graph);
    let value = |variable| values.get(&variable).copied().unwrap_or(0.3);
    let weight = |id: usize, len: usize| -> Vec<f64> {
        let id = WeightId(u32::try_from(id).expect("few weights"));
        (0..u32::try_from(len).expect("small")).map(|index| value(Variable::Weight { weight: id, index })).collect()
    };
    let weights: Vec<Vec<f64>> = graph.weights.iter().enumerate().map(|(id, w)| weight(id, w.len())).collect();
    let inputs: Vec<f64> = (0..region.n_inputs).map(|at| value(Variable::Input(at))).collect();
    dense::run_region(region, &weights, &inputs)
}

#[test]
fn architectures_counted_as_repeats_compute_the_same() {
    let mut rng = stream(23, "findings");
    for (name, least) in [("u3cu3", 8), ("zxxx", 8), ("zzry", 30), ("rxyz", 30), ("ibm_basis", 30)] {
        let path = format!("docs/findings/quantumnas_{name}.qnas");
        let text = std::fs::read_to_string(&path).expect("a program");
        let compiled = compile(&path, &text);
        let space = TemplateSpace::new(&compiled.checked.searches[0].template);
        let mut seen: BTreeMap<Identity, Graph> = BTreeMap::new();
        let mut repeats = 0;
        let mut look = |assignment: &Assignment| {
            let graph = build(&space, assignment).expect("it can be built");
            let Some(first) = seen.insert(identity(&graph), graph.clone()) else { return true };
            let variables = circuit(&first).ops.iter().flat_map(qnas::ir::QuantumOp::angles).flat_map(|a| a.terms());
            let known: BTreeMap<Variable, f64> = variables.map(|term| (term.0, rng.random_range(-3.1..3.1))).collect();
            let other = matched(circuit(&first), circuit(&graph), &known);
            let distance = dense::distance(&given(&first, &known), &given(&graph, &other));
            assert!(distance < 1e-9, "{path} {assignment:?} {distance}");
            repeats += 1;
            repeats < 30
        };
        if space.reachable() < 1000u32.into() {
            space.each(&mut look);
        } else {
            let mut rng = stream(24, name);
            // Architectures of one block are met again soon.
            while look(&space.sample(&mut rng).expect("an architecture")) {}
        }
        assert!(repeats >= least, "{path}: {repeats}");
    }
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

/// The rules behind the columns of the table, from the fifth on.
const COLUMNS: [&str; 8] = ["QL0101", "QL0102", "QL0104", "QL0105", "QL0112", "QL0109", "QL0111", "QL0110"];

/// The rows of the table: their cells.
fn rows() -> Vec<Vec<String>> {
    let page = std::fs::read_to_string("docs/findings.md").expect("the page");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    page.lines().filter(|line| line.starts_with("| [")).map(cells).collect()
}

#[test]
fn the_table_is_what_is_counted() {
    let rows = rows();
    assert_eq!(rows.len(), programs().len());
    for row in rows {
        let path = format!("docs/{}", row[0].rsplit_once('(').expect("a link").1.trim_end_matches(')'));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}"));
        let compiled = compile(&path, &text);
        let space = FilteredSpace::new(&compiled.checked.searches[0].template);
        let all = space.choices().reachable();
        let number = |cell: &str| cell.replace(',', "");
        assert_eq!(number(&row[1]), all.to_string(), "{path}");
        // The large ones take minutes: their commands stand below the table.
        if all > 1000u32.into() {
            continue;
        }
        let distinct = distinct(&space, (1000, 0), 0, &mut |_, _| {}).expect("it can be walked");
        let Distinct::Exact { kinds, .. } = distinct else { panic!("a small space is walked") };
        assert_eq!(number(&row[2]), kinds.all.to_string(), "{path}");
        let (_, found) = linted(&path, &text, &Request { exact: true, ..Request::default() });
        let scope = found.looked[0].1;
        assert_eq!(scope.share(scope.seen - usize::try_from(kinds.all).expect("few")), row[3], "{path}");
        for (code, cell) in COLUMNS.iter().zip(&row[5..]) {
            let hits = found.hits[0].get(code).copied().unwrap_or(0);
            assert_eq!(scope.share(hits), *cell, "{path} {code}");
        }
    }
}

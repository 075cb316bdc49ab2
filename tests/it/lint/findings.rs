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
use qnas::ir::{Graph, QuantumOp, Region, Variable, WeightId, build::build};
use qnas::lint::{Facts, GraphView, RegionView, Settings, lint_graph};
use qnas::passes::cancel_inverses::CancelInverses;
use qnas::passes::canonical::{Identity, canonical_region, identity};
use qnas::passes::effect::Reason;
use qnas::passes::{Pass, PassContext};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

fn numbers(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-3.1..3.1)).collect()
}

/// The model's outputs for one sample.
fn outputs(graph: &Graph, weights: &[f64], inputs: &[f64]) -> Vec<f64> {
    let mut model = Model::<f64>::compile(graph).expect("it compiles");
    let mut weights = weights.to_vec();
    model.forward(&mut weights, &[inputs], 1, Mode::Evaluate).expect("it runs").to_vec()
}

/// Architectures of a space that are all confirmed, and most that are drawn until every cell that is not zero was.
const ALL: usize = 16;
const MOST: usize = 600;

/// Every verdict behind every row, on the architectures that the row's own command draws first: whatever the linter finds in one
/// of them is simulated, and every kind of finding that the row counts is met.
#[test]
fn what_is_said_of_published_spaces_is_true_of_what_is_drawn() {
    let mut rng = stream(21, "findings");
    for row in rows() {
        let (path, text) = program_of(&row);
        let compiled = compile(&path, &text);
        assert!(!compiled.checked.has_errors(), "{path}: {:?}", compiled.checked.diagnostics);
        let space = FilteredSpace::new(&compiled.checked.searches[0].template);
        let mut drawn = stream(0, "lint");
        let wanted: Vec<bool> = row[5..].iter().map(|cell| !cell.starts_with("0 %")).collect();
        let mut confirmed = [0; COLUMNS.len()];
        for at in 0..MOST {
            let missing = wanted.iter().zip(confirmed).any(|(wanted, confirmed)| *wanted && confirmed == 0);
            if at >= ALL && !missing {
                break;
            }
            let assignment = space.draw(&mut drawn).expect("an architecture");
            let graph = build(space.choices(), &assignment).expect("it can be built");
            let facts = Facts::default();
            let hits = lint_graph(&graph, &facts, &Settings::default()).hits;
            let found: Vec<bool> = COLUMNS.iter().map(|code| hits.contains_key(code)).collect();
            let new = found.iter().zip(confirmed).any(|(found, confirmed)| *found && confirmed == 0);
            if at >= ALL && !new {
                continue;
            }
            let here = confirm(&graph, &facts, &mut rng);
            for ((code, found), (total, here)) in COLUMNS.iter().zip(found).zip(confirmed.iter_mut().zip(here)) {
                assert!(!found || here > 0, "{path} {code} {assignment:?}");
                *total += if found { here } else { 0 };
            }
        }
        let all = wanted.iter().zip(confirmed).all(|(wanted, confirmed)| *wanted == (confirmed > 0));
        assert!(all, "{path}: {wanted:?} {confirmed:?}");
    }
}

/// Simulates what is proved about an architecture; per column of the table how many of its facts were confirmed.
fn confirm(graph: &Graph, facts: &Facts<'_>, rng: &mut ChaCha8Rng) -> [usize; COLUMNS.len()] {
    let view = GraphView::new(graph, facts);
    let mut out = [0; COLUMNS.len()];
    for region in &view.regions {
        let [inputs, weights] = dead_variables_change_nothing(graph, region, rng);
        out[0] += inputs;
        out[1] += weights;
        out[2] += dead_gates_can_go(graph, region, rng);
        out[3] += one_combination_is_enough(graph, &view, region, rng);
        out[4] += entanglers_undo_each_other(graph, region, rng);
        out[5] += constants_are_constant(graph, region, rng);
    }
    let count: usize = graph.weights.iter().map(qnas::ir::Weight::len).sum();
    let width: usize = graph.inputs[0].shape.iter().product();
    let (weights, input) = (numbers(count, rng), numbers(width, rng));
    if view.class.quantum_weights > 0 && view.class.live_quantum_weights == 0 {
        let mut moved = weights.clone();
        let mut at = 0;
        for weight in &graph.weights {
            let range = at..at + weight.len();
            if weight.quantum {
                moved[range].iter_mut().for_each(|number| *number += 0.9);
            }
            at += weight.len();
        }
        let [a, b] = [&weights, &moved].map(|weights| outputs(graph, weights, &input));
        assert!(dense::distance(&a, &b) < 1e-9, "no quantum weight is live");
        out[6] += 1;
    }
    if !view.class.reads_input {
        let [a, b] = [input, numbers(width, rng)].map(|input| outputs(graph, &weights, &input));
        assert!(dense::distance(&a, &b) < 1e-9, "the input is ignored");
        out[7] += 1;
    }
    out
}

/// Leaves out all gates that are said to change nothing; returns how many of them the rule `dead-gate` names.
fn dead_gates_can_go(graph: &Graph, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> usize {
    let (weights, inputs) = values(graph, region.region, rng);
    let mut smaller = region.region.clone();
    let mut gone = region.effects.ops.iter().map(|op| op.removable.is_some());
    smaller.ops.retain(|_| !gone.next().unwrap_or(false));
    let [a, b] = [region.region, &smaller].map(|region| dense::run_region(region, &weights, &inputs));
    assert!(dense::distance(&a, &b) < 1e-9, "gates can go from {}", region.region.path);
    // Those out of every light cone are another rule's, and so are those whose weights or data are dead altogether.
    let named = |op: &QuantumOp, reason: &Reason| {
        let live = op.angles().iter().flat_map(|angle| angle.terms()).all(|term| !region.effects.is_dead(term.0));
        live && !matches!(reason, Reason::OutsideLightCone)
            && matches!(op, QuantumOp::Gate(gate) if gate.name() != "id")
    };
    let ops = region.region.ops.iter().zip(&region.effects.ops);
    ops.filter(|(op, effect)| effect.removable.as_ref().is_some_and(|reason| named(op, reason))).count()
}

/// Takes gates that meet their inverses out, in pairs; returns how many of those act on several qubits.
fn entanglers_undo_each_other(graph: &Graph, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> usize {
    let mut left = region.region.clone();
    CancelInverses.run(&mut left, &PassContext::default());
    let (weights, inputs) = values(graph, region.region, rng);
    let [a, b] = [region.region, &left].map(|region| dense::run_region(region, &weights, &inputs));
    assert!(dense::distance(&a, &b) < 1e-9, "entanglers cancel in {}", region.region.path);
    let several = |region: &Region| region.gates().filter(|gate| gate.qubits.len() > 1).count();
    several(region.region) - several(&left)
}

/// Random values for the weights of a graph and the inputs of a region.
fn values(graph: &Graph, region: &Region, rng: &mut ChaCha8Rng) -> (Vec<Vec<f64>>, Vec<f64>) {
    let weights = graph.weights.iter().map(|w| numbers(w.len(), rng)).collect();
    (weights, numbers(region.n_inputs as usize, rng))
}

/// Moves each number of a region that is said to be dead, by itself; returns how many inputs and weights there are.
fn dead_variables_change_nothing(graph: &Graph, region: &RegionView<'_>, rng: &mut ChaCha8Rng) -> [usize; 2] {
    let mut counts = [0; 2];
    let dead: Vec<Variable> = region.effects.variables.iter().filter(|one| one.1.is_some()).map(|one| *one.0).collect();
    if dead.is_empty() {
        return counts;
    }
    let (weights, inputs) = values(graph, region.region, rng);
    let before = dense::run_region(region.region, &weights, &inputs);
    for variable in dead {
        let (mut weights, mut inputs) = (weights.clone(), inputs.clone());
        match variable {
            Variable::Weight { weight, index } => weights[weight.0 as usize][index as usize] += 1.3,
            Variable::Input(index) => inputs[index as usize] += 1.3,
        }
        counts[usize::from(matches!(variable, Variable::Weight { .. }))] += 1;
        let after = dense::run_region(region.region, &weights, &inputs);
        assert!(dense::distance(&before, &after) < 1e-9, "{variable:?} is not dead in {}", region.region.path);
    }
    counts
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

/// The program of a row: its path and its text.
fn program_of(row: &[String]) -> (String, String) {
    let path = format!("docs/{}", row[0].rsplit_once('(').expect("a link").1.trim_end_matches(')'));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}"));
    (path, text)
}

#[test]
fn the_table_is_what_is_counted() {
    let rows = rows();
    assert_eq!(rows.len(), std::fs::read_dir("docs/findings").expect("the programs").count());
    for row in rows {
        let (path, text) = program_of(&row);
        let compiled = compile(&path, &text);
        let space = FilteredSpace::new(&compiled.checked.searches[0].template);
        let all = space.choices().reachable();
        let number = |cell: &str| cell.replace(',', "");
        assert_eq!(number(&row[1]), all.to_string(), "{path}");
        let small = all <= 1000u32.into();
        let samples = if small { Request::default().samples } else { 1000 };
        let (_, found) = linted(&path, &text, &Request { exact: small, samples, ..Request::default() });
        let scope = found.looked[0].1;
        // Distinct ones among very many take longer to count: their commands stand below the table.
        if small {
            let distinct = distinct(&space, (1000, 0), 0, &mut |_, _| {}).expect("it can be walked");
            let Distinct::Exact { kinds, .. } = distinct else { panic!("a small space is walked") };
            assert_eq!(number(&row[2]), kinds.all.to_string(), "{path}");
            assert_eq!(scope.share(scope.seen - usize::try_from(kinds.all).expect("few")), row[3], "{path}");
        }
        for (code, cell) in COLUMNS.iter().zip(&row[5..]) {
            let hits = found.hits[0].get(code).copied().unwrap_or(0);
            assert_eq!(scope.share(hits), *cell, "{path} {code}");
        }
    }
}

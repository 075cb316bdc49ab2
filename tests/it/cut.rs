//! Circuit cutting end to end: pieces add up to the uncut circuit, figures do not depend on how a circuit is written.

use crate::cli::{ok, qnas};
use crate::support::arbitrary::{Case, Limits, cases, config};
use crate::support::build::{element, gate, number};
use crate::support::dense;
use proptest::prelude::*;
use qnas::cut::experiment::{Experiments, advance, standard_error};
use qnas::cut::{Plan, Scope, plans, summary};
use qnas::driver::data::DataDirs;
use qnas::ir::{GateOp, Graph, Op, Output, QuantumOp, Readout, Region, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Effort that ends every search of these tests.
const EFFORT: u64 = 300_000;

fn small() -> Limits {
    Limits { min_qubits: 2, max_qubits: 5, max_ops: 9, ..Limits::default() }
}

/// What every circuit gives, from the slow reference.
fn values(experiments: &Experiments) -> Vec<Vec<Vec<f64>>> {
    let one = |region: &Region| dense::run_region(region, &[], &[]);
    experiments.fragments.iter().map(|fragment| fragment.circuits.iter().map(one).collect()).collect()
}

fn check(case: &Case, budget: usize, scope: Scope) -> Result<(), TestCaseError> {
    let planned = match plans(&case.region, budget, scope, EFFORT) {
        Ok(planned) => planned,
        Err(error) => {
            prop_assert!(["QN0601", "QN0602"].contains(&error.code.meta.code), "{error:?}");
            return Ok(());
        }
    };
    for one in &planned {
        let plan = &one.plan;
        prop_assert!(plan.fragments.iter().all(|fragment| fragment.qubits.len() <= budget));
        prop_assert!(plan.overhead.low <= plan.overhead.high * (1.0 + 1e-12));
        prop_assert!(plan.joint.high <= plan.overhead.high * (1.0 + 1e-9));
        let mut variable = |variable| dense::variable_value(variable, &case.weights, &case.inputs);
        let at = plan.overhead_at(&mut variable);
        prop_assert!(plan.overhead.low * (1.0 - 1e-9) <= at && at <= plan.overhead.high * (1.0 + 1e-9));
        if plan.summation_terms() > 3000.0 || plan.fragment_variants() > 600.0 {
            continue;
        }
        let experiments = Experiments::new(plan, &mut variable).expect("few circuits");
        let pieces = experiments.reconstruct(&values(&experiments));
        let whole = Region {
            readouts: one.readouts.iter().map(|&at| case.region.readouts[at].clone()).collect(),
            ..case.region.clone()
        };
        let uncut = dense::run_region(&whole, &case.weights, &case.inputs);
        prop_assert_eq!(pieces.len(), uncut.len());
        for (a, b) in pieces.iter().zip(&uncut) {
            prop_assert!((a - b).abs() < 1e-9, "{} {}\n{:#?}", a, b, plan.division);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(120))]
    #[test]
    fn pieces_add_up_to_the_uncut_circuit(case in cases(small()), budget in 1usize..5) {
        check(&case, budget, Scope::Observable)?;
        check(&case, budget, Scope::Whole)?;
    }
}

/// Two-qubit gates that commute with some and not with others, rotations between them.
fn commuting() -> impl Strategy<Value = (Region, Vec<usize>, Vec<u32>)> {
    let step = (0u32..6, 1u32..6, 0usize..7);
    let steps = prop::collection::vec(step, 3..14);
    (steps, prop::collection::vec(0usize..12, 0..40), Just((0u32..6).collect::<Vec<_>>()).prop_shuffle()).prop_map(
        |(steps, swaps, names)| {
            let mut ops = Vec::new();
            for (k, (a, d, kind)) in steps.into_iter().enumerate() {
                let (b, w) = ((a + d) % 6, element(WeightId(0), u32::try_from(k).expect("few")));
                ops.push(match kind {
                    0 | 1 => gate("cz", &[], &[a, b], ""),
                    2 => gate("rzz", &[w], &[a, b], ""),
                    3 => gate("cx", &[], &[a, b], ""),
                    4 => gate("rzz", &[number(0.4)], &[a, b], ""),
                    5 => gate("rx", &[w], &[a], ""),
                    _ => gate("rz", &[w], &[a], ""),
                });
            }
            let readouts = vec![Readout::Expectation(PauliSum::string(PauliString::from_factors(
                (0..6).map(|q| (q, Pauli::Z)).collect(),
            )))];
            let region = Region { n_qubits: 6, ops, readouts, ..Region::default() };
            (region, swaps, names)
        },
    )
}

fn commute(a: &GateOp, b: &GateOp) -> bool {
    let matrix = |gate: &GateOp, shift: f64| {
        let params: Vec<f64> = gate.params().iter().map(|p| p.as_constant().unwrap_or(0.7 + shift)).collect();
        dense::full_matrix(gate, &params, 6)
    };
    let (x, y) = (matrix(a, 0.0), matrix(b, 0.4));
    x.matmul(&y).distance(&y.matmul(&x)) < 1e-12
}

/// The region with neighbours exchanged that commute.
fn shuffled(region: &Region, swaps: &[usize]) -> Region {
    let mut out = region.clone();
    for &at in swaps.iter().filter(|&&at| at + 1 < region.ops.len()) {
        let (QuantumOp::Gate(a), QuantumOp::Gate(b)) = (&out.ops[at], &out.ops[at + 1]) else { continue };
        let disjoint = a.qubits.iter().all(|q| !b.qubits.contains(q));
        if disjoint || commute(a, b) {
            out.ops.swap(at, at + 1);
        }
    }
    out
}

fn renamed(region: &Region, names: &[u32]) -> Region {
    let mut out = region.clone();
    for op in &mut out.ops {
        if let QuantumOp::Gate(gate) = op {
            gate.qubits.iter_mut().for_each(|q| *q = names[*q as usize]);
        }
    }
    out
}

fn figures(plan: &Plan) -> [f64; 7] {
    let [low, high] = [plan.overhead.low, plan.overhead.high];
    let [cuts, pieces] = [plan.cuts(), plan.fragments.len()].map(|n| n as f64);
    [low, high, plan.joint.high, cuts, pieces, plan.fragment_variants(), plan.subexperiments()]
}

proptest! {
    #![proptest_config(config(60))]
    #[test]
    fn the_order_of_commuting_gates_changes_no_figure((region, swaps, names) in commuting(), budget in 2usize..5) {
        let plan = |region: &Region| plans(region, budget, Scope::Whole, EFFORT).expect("a plan").remove(0).plan;
        let (first, other) = (plan(&region), plan(&shuffled(&region, &swaps)));
        prop_assert!(first.optimal && other.optimal);
        prop_assert_eq!(figures(&first), figures(&other));
        let named = plan(&renamed(&region, &names));
        prop_assert!(named.optimal && (named.overhead.high / first.overhead.high - 1.0).abs() < 1e-9);
        prop_assert_eq!(named.cuts(), first.cuts());
    }
}

/// The ring of QNAS: rotations, then `cx` between qubits `range` apart.
fn ring(n: u32, range: u32, layers: u32) -> Region {
    let mut ops = Vec::new();
    for layer in 0..layers {
        for q in 0..n {
            for (k, name) in (0..).zip(["rx", "ry", "rz"]) {
                ops.push(gate(name, &[element(WeightId(0), (layer * n + q) * 3 + k)], &[q], ""));
            }
        }
        (0..n).for_each(|q| ops.push(gate("cx", &[], &[q, (q + range) % n], "")));
    }
    let readouts = (0..n).map(|q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::Z)))).collect();
    Region { n_qubits: n, ops, readouts, ..Region::default() }
}

fn graph(region: Region) -> Graph {
    let mut graph = Graph::new("m");
    let shape = vec![region.n_outputs()];
    let node = graph.add(Op::Region(Box::new(region)), &[], shape, "c", Default::default());
    graph.outputs.push(Output { name: String::new(), node });
    graph
}

#[test]
fn an_even_ring_of_range_two_costs_nothing() {
    let numbers = summary(&graph(ring(8, 2, 4)), 4);
    assert_eq!((numbers.overhead, numbers.cuts, numbers.segments_qnas), (1.0, 0.0, 24.0));
    for plan in plans(&ring(8, 2, 4), 4, Scope::Whole, EFFORT).unwrap() {
        assert_eq!((plan.plan.overhead.high, plan.plan.fragments.len(), plan.plan.optimal), (1.0, 2, true));
    }
}

#[test]
fn a_read_out_pays_only_for_what_it_depends_on() {
    let whole = plans(&ring(8, 1, 2), 4, Scope::Whole, EFFORT).unwrap().remove(0).plan;
    assert_eq!((whole.overhead.high, whole.cuts(), whole.optimal), (6561.0, 4, true));
    assert!((whole.joint.high - 961.0).abs() < 1e-9);
    for one in plans(&ring(8, 1, 2), 4, Scope::Observable, EFFORT).unwrap() {
        assert!(one.plan.optimal && one.plan.overhead.high <= whole.overhead.high / 81.0);
    }
}

#[test]
fn a_star_of_commuting_gates_cuts_its_centre_once_in_any_order() {
    let build = |order: [u32; 4]| {
        let mut ops: Vec<QuantumOp> = (0..5).map(|q| gate("h", &[], &[q], "")).collect();
        ops.extend(order.map(|q| gate("cz", &[], &[0, q], "")));
        let readouts = vec![Readout::Probabilities(vec![0, 1, 2, 3, 4])];
        Region { n_qubits: 5, ops, readouts, ..Region::default() }
    };
    for order in [[1, 2, 3, 4], [1, 3, 2, 4], [4, 1, 2, 3]] {
        let plan = plans(&build(order), 3, Scope::Whole, EFFORT).unwrap().remove(0).plan;
        assert_eq!((plan.overhead.high, plan.wires.len(), plan.gates.len()), (16.0, 1, 0), "{order:?}");
        let experiments = Experiments::new(&plan, &mut |_| 0.0).unwrap();
        let pieces = experiments.reconstruct(&values(&experiments));
        let uncut = dense::run_region(&build(order), &[], &[]);
        assert!(pieces.iter().zip(&uncut).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

/// The mean of so many shots of one string: terms by the magnitudes of their coefficients, every piece one outcome of 1 or -1.
fn sampled(
    experiments: &Experiments,
    results: &[Vec<Vec<f64>>],
    string: usize,
    shots: usize,
    rng: &mut ChaCha8Rng,
) -> f64 {
    let mut terms = Vec::new();
    let mut gates = vec![0; experiments.gates.len()];
    loop {
        let mut wires = vec![0; experiments.cut_wires()];
        loop {
            terms.push((experiments.coefficient(&gates, &wires), gates.clone(), wires.clone()));
            if !advance(&mut wires, |_| 8) {
                break;
            }
        }
        if !advance(&mut gates, |k| experiments.gates[k].terms.len()) {
            break;
        }
    }
    let gamma: f64 = terms.iter().map(|term| term.0.abs()).sum();
    assert!((gamma - experiments.gamma()).abs() < 1e-9);
    let mut sum = 0.0;
    for _ in 0..shots {
        let mut left = rng.random::<f64>() * gamma;
        let drawn = terms.iter().find(|term| {
            left -= term.0.abs();
            left < 0.0
        });
        let (coefficient, gates, wires) = drawn.unwrap_or(&terms[0]);
        let mut outcome = gamma * coefficient.signum();
        for mean in experiments.factors(results, string, gates, wires) {
            if rng.random::<f64>() >= f64::midpoint(1.0, mean) {
                outcome = -outcome;
            }
        }
        sum += outcome;
    }
    sum / shots as f64
}

#[test]
fn sampled_pieces_scatter_as_stated() {
    let mut ops: Vec<QuantumOp> = (0..4).map(|q| gate("ry", &[number(0.4 + 0.5 * f64::from(q))], &[q], "")).collect();
    ops.extend([gate("cx", &[], &[0, 1], ""), gate("rzz", &[number(0.8)], &[1, 2], ""), gate("cx", &[], &[2, 3], "")]);
    ops.extend((0..4).map(|q| gate("rx", &[number(0.3 + 0.2 * f64::from(q))], &[q], "")));
    ops.push(gate("cz", &[], &[1, 2], ""));
    ops.extend((0..4).map(|q| gate("ry", &[number(0.9)], &[q], "")));
    let string = PauliString::from_factors(vec![(0, Pauli::Z), (3, Pauli::Z)]);
    let readouts = vec![Readout::Expectation(PauliSum::string(string))];
    let region = Region { n_qubits: 4, ops, readouts, ..Region::default() };
    for budget in [2, 3] {
        let plan = plans(&region, budget, Scope::Whole, EFFORT).unwrap().remove(0).plan;
        assert!(plan.cuts() > 0);
        let experiments = Experiments::new(&plan, &mut |_| 0.0).unwrap();
        assert!((experiments.gamma().powi(2) / plan.overhead.high - 1.0).abs() < 1e-9);
        let results = values(&experiments);
        let value = experiments.reconstruct(&results)[0];
        let (shots, runs) = (200, 400);
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let errors: Vec<f64> = (0..runs).map(|_| sampled(&experiments, &results, 0, shots, &mut rng) - value).collect();
        let variance = errors.iter().map(|e| e * e).sum::<f64>() / f64::from(runs);
        let stated = standard_error(experiments.gamma(), value, shots as f64);
        // The deviation of a variance over 400 runs is a fourteenth of it.
        assert!((variance.sqrt() / stated - 1.0).abs() < 0.15, "{} {stated}", variance.sqrt());
        let mean = errors.iter().sum::<f64>() / f64::from(runs);
        assert!(mean.abs() < 5.0 * stated / f64::from(runs).sqrt());
    }
}

const SEARCH: &str = "
circuit c() -> real[4] {
    qubit[4] q;
    let range = choose 1..=2;
    ry(weight[4]) q;
    for i in 0..4 { rzz(weight) q[i], q[(i + range) % 4]; }
    rx(weight[4]) q;
    for i in 0..4 { cz q[i], q[(i + range) % 4]; }
    ry(weight[4]) q;
    expect(Z(q))
}
search s { model: c, minimize: [OBJECTIVE, gates], strategy: exhaustive }
";

fn codes(objective: &str) -> Vec<&'static str> {
    let text = SEARCH.replace("OBJECTIVE", objective);
    let dirs = DataDirs::from_environment(None, std::path::Path::new(""));
    let compiled = qnas::driver::compiler::compile_text("s.qnas", &text, None, &dirs);
    compiled.checked.diagnostics.iter().map(|d| d.code.meta.code).collect()
}

#[test]
fn metrics_take_their_budget_in_programs() {
    for good in
        ["overhead(budget: 2)", "cuts(2) + partitions(budget: 3)", "fragment_variants(budget: 2)", "segments_qnas(2)"]
    {
        assert!(codes(good).is_empty(), "{good} {:?}", codes(good));
    }
    for bad in
        ["overhead", "overhead()", "overhead(budget: 0.5)", "overhead(width: 2)", "overhead(1, 2)", "depth(budget: 2)"]
    {
        assert_eq!(codes(bad).len(), 1, "{bad} {:?}", codes(bad));
    }
}

#[test]
fn a_search_minimises_the_overhead() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.qnas");
    std::fs::write(&file, SEARCH.replace("OBJECTIVE", "overhead(budget: 2)")).unwrap();
    let path = file.to_str().unwrap();
    let shown = ok(&["cost", path, "--set", "range=2", "--budget", "2", "--metric", "overhead"]);
    assert!(shown.contains("overhead      1"), "{shown}");
    let out = folder.path().join("out");
    let found = ok(&["search", path, "--out", out.to_str().unwrap()]);
    assert!(found.contains("range=2"), "{found}");
    let refused = qnas(&["cost", path, "--set", "range=2", "--metric", "overhead"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--budget"), "{}", refused.err);
}

#[test]
fn the_command_plans_verifies_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.qnas");
    std::fs::write(&file, SEARCH.replace("OBJECTIVE", "overhead(budget: 2)")).unwrap();
    let (path, out) = (file.to_str().unwrap(), folder.path().join("pieces"));
    let args = [
        "cut",
        path,
        "--set",
        "range=1",
        "--budget",
        "2",
        "--verify",
        "--format",
        "json",
        "--emit",
        out.to_str().unwrap(),
    ];
    let plan: serde_json::Value = serde_json::from_str(&ok(&args)).unwrap();
    for one in plan["plans"].as_array().unwrap() {
        assert!(one["proven_optimal"].as_bool().unwrap());
        assert!(one["verified"]["largest_difference"].as_f64().unwrap() < 1e-9);
    }
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("plan.json")).unwrap()).unwrap();
    let mut files = 0;
    for piece in written["plans"].as_array().unwrap().iter().flat_map(|plan| plan["pieces"].as_array().unwrap()) {
        for name in piece["files"].as_array().unwrap() {
            let text = std::fs::read_to_string(out.join(name.as_str().unwrap())).unwrap();
            assert!(text.starts_with("OPENQASM 3.0;\n") && text.ends_with("c = measure q;\n"));
            files += 1;
        }
    }
    assert_eq!(files + 1, std::fs::read_dir(&out).unwrap().count());
    assert_eq!(qnas(&["cut", path, "--set", "range=1", "--budget", "0"]).code, 2);
    let human = ok(&["cut", path, "--set", "range=1", "--budget", "3"]);
    assert!(human.contains("proved to be the best"), "{human}");
}

/// What is no gate of the catalogue: a power, a state, a gate with three controls.
const UNUSUAL: &str = "circuit c() -> real[4] {
    qubit[4] q;
    prepare([0.6, 0.0, 0.0, 0.8]) q[0], q[1];
    pow(0.3) @ x q[2];
    ry(0.4) q[3];
    pow(0.5) @ cx q[1], q[2];
    cz q[2], q[3];
    rx(0.7) q;
    expect(Z(q))
}
";

#[test]
fn pieces_with_states_and_powers_are_written_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("c.qnas"), folder.path().join("pieces"));
    std::fs::write(&file, UNUSUAL).unwrap();
    let args = ["cut", file.to_str().unwrap(), "--budget", "2", "--whole", "--verify", "--emit", out.to_str().unwrap()];
    assert!(ok(&args).contains("equal to the uncut circuit"));
    let names: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut measured = 0;
    for path in names.iter().filter(|path| path.extension().is_some_and(|extension| extension == "qasm")) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(!text.contains("pow(") && !text.contains("prepare"), "{text}");
        let read = qnas(&["import", path.to_str().unwrap()]);
        assert_eq!(read.code, 0, "{text}{}", read.err);
        measured += usize::from(text.contains("sign[0] = measure"));
    }
    assert!(measured > 0 && names.len() > measured + 1);
}

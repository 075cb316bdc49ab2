//! Every pass against what it says it preserves, on random regions with random weights.

use crate::support::arbitrary::{Case, Limits, cases, config};
use crate::support::{build, dense};
use proptest::prelude::*;
use qnas::ir::{Angle, QuantumOp, Region, validate};
use qnas::math::{C64, Matrix};
use qnas::passes::pipeline::PIPELINES;
use qnas::passes::{Changed, PASSES, Pass, PassContext, Preserves, Size, run, run_region};

/// Products of up to a few dozen matrices of rounding error 1e-16 each.
const TOLERANCE: f64 = 1e-9;

/// Makes partners likely: repeats steps, some of them inverted, and rounds some angles to multiples of a quarter turn.
fn sociable(limits: Limits) -> impl Strategy<Value = Case> {
    let moves = proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8), 0..8);
    (cases(limits), moves).prop_map(|(mut case, moves)| {
        for (from, to, kind) in moves {
            let n = case.region.ops.len();
            if n == 0 {
                break;
            }
            let QuantumOp::Gate(mut gate) = case.region.ops[from.index(n)].clone() else { continue };
            match kind {
                0 => gate = gate.inverse(),
                1 => {
                    if let qnas::ir::Operation::Gate { params, .. } = &mut gate.operation {
                        let quarter = std::f64::consts::FRAC_PI_2;
                        params.iter_mut().for_each(|p| *p = Angle::constant((p.constant / quarter).round() * quarter));
                    }
                }
                _ => {}
            }
            let first = case.region.ops.iter().rposition(|op| matches!(op, QuantumOp::Prepare { .. }));
            let low = first.map_or(0, |at| at + 1);
            case.region.ops.insert(low + to.index(n - low + 1), QuantumOp::Gate(gate));
        }
        case
    })
}

fn limits(pass_preserves: Preserves) -> Limits {
    let prepare = pass_preserves == Preserves::Observables;
    Limits { max_qubits: 4, max_ops: 14, prepare, ..Limits::default() }
}

fn phase_distance(a: &Matrix, b: &Matrix) -> f64 {
    let overlap: C64 = a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| b.conj() * a).sum();
    if overlap.norm() == 0.0 { f64::INFINITY } else { a.distance(&b.scale(overlap / overlap.norm())) }
}

fn check(preserves: Preserves, case: &Case, after: &Region) -> Result<(), TestCaseError> {
    let distance = match preserves {
        Preserves::Observables => {
            let run = |region: &Region| dense::run_region(region, &case.weights, &case.inputs);
            dense::distance(&run(&case.region), &run(after))
        }
        _ => {
            let unitary = |region: &Region| dense::unitary(region, &case.weights, &case.inputs);
            let (a, b) = (unitary(&case.region), unitary(after));
            if preserves == Preserves::Unitary { a.distance(&b) } else { phase_distance(&a, &b) }
        }
    };
    prop_assert!(distance < TOLERANCE, "distance {distance}\n{:#?}\n{:#?}", case.region.ops, after.ops);
    Ok(())
}

fn grows(before: Size, after: Size) -> bool {
    after.gates > before.gates
        || after.two_qubit > before.two_qubit
        || after.depth > before.depth
        || after.weights > before.weights
}

fn property(pass: &'static dyn Pass, count: u32) {
    let changed = std::cell::Cell::new(0);
    proptest!(config(count), |(case in sociable(limits(pass.preserves())))| {
        let cx = PassContext::default();
        let mut graph = case.graph();
        let mut after = case.region.clone();
        let said = pass.run(&mut after, &cx);
        prop_assert_eq!(said == Changed::Yes, after != case.region, "{:?} does not say what it did", pass.meta().name);
        changed.set(changed.get() + u32::from(said == Changed::Yes));
        check(pass.preserves(), &case, &after)?;
        prop_assert!(!grows(Size::of(&case.region), Size::of(&after)));
        prop_assert!(after.two_qubit_depth() <= case.region.two_qubit_depth());
        let id = graph.regions().next().expect("one region").0;
        graph.node_mut(id).op = qnas::ir::Op::Region(Box::new(after.clone()));
        prop_assert_eq!(validate(&graph), Ok(()));
        if pass.idempotent() {
            let mut again = after.clone();
            prop_assert_eq!(pass.run(&mut again, &cx), Changed::No, "{:#?}\n{:#?}", after.ops, again.ops);
        }
    });
    let changed = changed.get();
    assert!(changed > count / 50, "{} changed only {changed} of {count} circuits", pass.meta().name);
}

macro_rules! properties {
    ($($test:ident: $name:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            property(qnas::passes::find($name).expect("a pass"), 300);
        })+

        #[test]
        fn every_pass_is_tested() {
            let tested = [$($name),+];
            assert!(PASSES.iter().all(|pass| tested.contains(&pass.meta().name)));
            assert!(PASSES.iter().all(|pass| !pass.meta().doc.is_empty() && !pass.meta().summary.ends_with('.')));
        }
    };
}

properties! {
    remove_identities: "remove-identities",
    fold_constants: "fold-constants",
    cancel_inverses: "cancel-inverses",
    merge_rotations: "merge-rotations",
    fuse_single_qubit: "fuse-single-qubit",
    simplify_zero_state: "simplify-zero-state",
    product_prefix: "product-prefix",
    drop_unread: "drop-unread",
    light_cone: "light-cone",
    drop_no_effect: "drop-no-effect",
    fold_clifford_suffix: "fold-clifford-suffix",
    reduce_depth: "reduce-depth",
}

#[test]
fn pipelines_preserve_read_outs_and_never_grow() {
    for pipeline in PIPELINES {
        proptest!(config(300), |(case in sociable(Limits { max_qubits: 5, ..limits(Preserves::Observables) }))| {
            let mut after = case.region.clone();
            run_region(&mut after, pipeline.passes, &PassContext::default());
            check(Preserves::Observables, &case, &after)?;
            prop_assert!(!grows(Size::of(&case.region), Size::of(&after)));
            prop_assert!(after.two_qubit_depth() <= case.region.two_qubit_depth());
        });
    }
}

#[test]
fn passes_do_not_see_names() {
    proptest!(config(100), |(case in sociable(limits(Preserves::Observables)))| {
        let mut renamed = case.region.clone();
        for op in &mut renamed.ops {
            if let QuantumOp::Gate(gate) = op {
                gate.path = "a.much.longer.name".into();
            }
        }
        let mut plain = case.region.clone();
        let thorough = qnas::passes::pipeline::find("thorough").expect("a pipeline").passes;
        run_region(&mut plain, thorough, &PassContext::default());
        run_region(&mut renamed, thorough, &PassContext::default());
        let skeleton = |region: &Region| -> Vec<_> {
            region.gates().map(|gate| (gate.operation.clone(), gate.qubits.clone(), gate.extra_controls.clone())).collect()
        };
        prop_assert_eq!(skeleton(&plain), skeleton(&renamed));
    });
}

#[test]
fn passes_do_not_see_threads_or_what_ran_before() {
    use proptest::strategy::ValueTree;
    use rayon::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drawn = sociable(limits(Preserves::Observables));
    let cases: Vec<Case> = (0..64).map(|_| drawn.new_tree(&mut runner).expect("a case").current()).collect();
    let thorough = qnas::passes::pipeline::find("thorough").expect("a pipeline").passes;
    let one = |case: &Case| {
        let mut region = case.region.clone();
        run_region(&mut region, thorough, &PassContext::default());
        region
    };
    let alone: Vec<Region> = cases.iter().map(one).collect();
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        // The other way round, so that nothing that is kept from one region helps or harms another.
        let mut together: Vec<Region> = pool.install(|| cases.par_iter().rev().map(one).collect());
        together.reverse();
        assert!(alone == together, "{threads} threads");
    }
}

/// Tables of the standard library are shuffled anew in every process; passes keep theirs in order, or in tables without a seed.
#[test]
fn passes_have_no_table_with_a_random_order() {
    let mut folders = vec![std::path::PathBuf::from("src/passes")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a file");
            let seeded = ["collections::HashMap", "collections::HashSet", "RandomState", "DefaultHasher"];
            assert!(seeded.iter().all(|name| !text.contains(name)), "{}", path.display());
            assert!(!text.contains("collections::{Hash"), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 20, "{files}");
}

fn optimised(pipeline: &str, ops: Vec<QuantumOp>, n: u32) -> Vec<String> {
    let mut region = build::region("c", n, 4, ops, build::expect_z(n));
    run_region(
        &mut region,
        qnas::passes::pipeline::find(pipeline).expect("a pipeline").passes,
        &PassContext::default(),
    );
    let spell = |v| match v {
        qnas::ir::Variable::Input(i) => format!("x{i}"),
        qnas::ir::Variable::Weight { index, .. } => format!("w{index}"),
    };
    let line = |gate: &qnas::ir::GateOp| {
        let angles: Vec<String> = gate.params().iter().map(|a| qnas::ir::names::angle(a, spell)).collect();
        format!("{}({}) {:?}", gate.full_name(), angles.join(", "), gate.qubits)
    };
    region.gates().map(line).collect()
}

/// Cases from the issue trackers of other compilers, where angles with names defeat them.
#[test]
fn named_angles_survive() {
    let w = |i| build::input(i);
    // Qiskit #13442: rx(a) rx(b) stays two gates there.
    let ops = vec![build::gate("rx", &[w(0)], &[0], "a"), build::gate("rx", &[w(1)], &[0], "b")];
    assert_eq!(optimised("default", ops, 1), ["rx(x0 + x1) [0]"]);
    // Qiskit #12476: rz through the control of a cx, merged and cancelled.
    let ops = vec![
        build::gate("h", &[], &[0], ""),
        build::gate("h", &[], &[1], ""),
        build::gate("rz", &[w(0)], &[0], ""),
        build::gate("cz", &[], &[0, 1], ""),
        build::gate("rz", &[w(0).scaled(-1.0)], &[0], ""),
        build::gate("rx", &[w(2)], &[0], ""),
        build::gate("ry", &[w(3)], &[1], ""),
    ];
    assert_eq!(optimised("default", ops, 2), ["h() [0]", "h() [1]", "cz() [0, 1]", "rx(x2) [0]", "ry(x3) [1]"]);
    // Qiskit #13428: consecutive rzz.
    let ops = vec![
        build::gate("h", &[], &[0], ""),
        build::gate("h", &[], &[1], ""),
        build::gate("rzz", &[w(0)], &[0, 1], ""),
        build::gate("rzz", &[w(1)], &[1, 0], ""),
        build::gate("rx", &[w(2)], &[0], ""),
        build::gate("rx", &[w(2)], &[1], ""),
    ];
    assert_eq!(optimised("default", ops, 2), ["h() [0]", "h() [1]", "rzz(x0 + x1) [0, 1]", "rx(x2) [0]", "rx(x2) [1]"]);
}

#[test]
fn full_turns_under_controls_are_phases() {
    let turn = |turns: f64| {
        let turned = build::gate("crx", &[build::number(2.0 * std::f64::consts::PI * turns)], &[0, 1], "");
        let ops = vec![build::gate("ry", &[build::input(0)], &[0], ""), turned, build::gate("h", &[], &[0], "")];
        optimised("default", ops, 2)
    };
    assert_eq!(turn(1.0), ["ry(x0) [0]", "z() [0]", "h() [0]"]);
    assert_eq!(turn(2.0), ["ry(x0) [0]", "h() [0]"]);
}

#[test]
fn clifford_suffixes_become_observables() {
    let ops = vec![
        build::gate("ry", &[build::input(0)], &[0], ""),
        build::gate("ry", &[build::input(1)], &[1], ""),
        build::gate("cx", &[], &[0, 1], ""),
        build::gate("h", &[], &[0], ""),
    ];
    let mut region = build::region("c", 2, 2, ops, build::expect_z(2));
    run_region(&mut region, qnas::passes::pipeline::find("thorough").expect("listed").passes, &PassContext::default());
    let readouts: Vec<String> = region
        .readouts
        .iter()
        .map(|r| match r {
            qnas::ir::Readout::Expectation(sum) => sum.to_string(),
            qnas::ir::Readout::Probabilities(_) => String::new(),
        })
        .collect();
    assert_eq!(region.ops.len(), 2);
    assert_eq!(readouts, ["X0*X1", "Z0*Z1"]);
}

#[test]
fn the_report_says_who_saved_what() {
    let mut graph = build::faqnas(4, 4, 3, "rz", "cz", true, 3);
    let pipeline = qnas::passes::pipeline::find("default").expect("listed");
    let mut seen = Vec::new();
    let report = run(&mut graph, pipeline.passes, &PassContext::default(), |name, graph| {
        seen.push(name);
        assert_eq!(validate(graph), Ok(()));
    });
    assert_eq!(report.before, Size { gates: 28, two_qubit: 12, depth: 16, weights: 12 }, "as written");
    assert_eq!(report.after.gates, 4, "only the embedding is left of rz and cz before <Z>");
    assert_eq!(report.after.weights, 0);
    let saved: usize = report.passes.iter().map(|pass| pass.saved.gates).sum();
    assert_eq!(saved, report.before.gates - report.after.gates);
    assert!(!seen.is_empty());
}

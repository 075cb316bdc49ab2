//! The zero-effect engine against exact gradients: no false alarm on many random circuits, and how much of the dead it finds.

use crate::support::arbitrary::{Limits, cases, config};
use crate::support::build;
use crate::support::dense;
use crate::support::templates::{TEMPLATES, circuit};
use proptest::prelude::*;
use qnas::ir::{QuantumOp, Readout, Region, Variable, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::passes::effect::{Reason, analyse, prove};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A gradient that is not identically zero exceeds this at a random point but for a set of tiny measure; rounding stays below.
const ZERO: f64 = 1e-10;

fn numbers(count: u32, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-3.1..3.1)).collect()
}

/// Largest derivative of any output at a random point.
fn slope(region: &Region, n_weights: u32, variable: Variable, rng: &mut ChaCha8Rng) -> f64 {
    let (weights, inputs) = (vec![numbers(n_weights, rng)], numbers(region.n_inputs, rng));
    dense::differentiate(region, &weights, &inputs, variable).iter().fold(0.0, |m: f64, d| m.max(d.abs()))
}

fn variables(region: &Region, n_weights: u32) -> Vec<Variable> {
    let weights = (0..n_weights).map(|index| Variable::Weight { weight: WeightId(0), index });
    weights.chain((0..region.n_inputs).map(Variable::Input)).collect()
}

/// The region without the steps that are proved removable.
fn without_removable(region: &Region, effects: &qnas::passes::effect::Effects) -> Region {
    let mut out = region.clone();
    let mut removable = effects.ops.iter().map(|op| op.removable.is_some());
    out.ops.retain(|_| !removable.next().unwrap_or(false));
    out
}

#[test]
fn no_false_alarm_on_ten_thousand_circuits() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (mut circuits, mut proofs, mut removed) = (0, 0, 0);
    for round in 0..1300 {
        for template in TEMPLATES {
            let n = 2 + round % 3;
            let (region, n_weights) = circuit(template, n, &mut rng);
            let effects = prove(&region);
            circuits += 1;
            for variable in variables(&region, n_weights).into_iter().filter(|&v| effects.is_dead(v)) {
                proofs += 1;
                let worst = slope(&region, n_weights, variable, &mut rng);
                assert!(worst < ZERO, "{template}: {variable:?} moves an output by {worst}: {region:#?}");
            }
            let smaller = without_removable(&region, &effects);
            removed += region.ops.len() - smaller.ops.len();
            let (weights, inputs) = (vec![numbers(n_weights, &mut rng)], numbers(n, &mut rng));
            let [a, b] = [&region, &smaller].map(|region| dense::run_region(region, &weights, &inputs));
            assert!(dense::distance(&a, &b) < ZERO, "{template}: {region:#?}");
        }
    }
    println!("{circuits} circuits, {proofs} proofs of no effect, {removed} steps removed, no false alarm");
    assert!(circuits >= 10_000 && proofs > 1000 && removed > 1000);
}

#[test]
fn nearly_everything_dead_is_proved() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut all_dead, mut all_proved) = (0, 0);
    for template in TEMPLATES {
        let (mut dead, mut proved, mut total) = (0, 0, 0);
        for round in 0..60 {
            let n = 2 + round % 4;
            let (region, n_weights) = circuit(template, n, &mut rng);
            let effects = prove(&region);
            for variable in variables(&region, n_weights) {
                total += 1;
                let truly = (0..3).all(|_| slope(&region, n_weights, variable, &mut rng) < ZERO);
                dead += u32::from(truly);
                proved += u32::from(truly && effects.is_dead(variable));
                if truly && !effects.is_dead(variable) && std::env::var_os("SHOW_MISSED").is_some() {
                    println!("{template}: missed {variable:?} in {}", show(&region));
                }
            }
        }
        println!("{template:>20}: {total} numbers, {dead} dead, {proved} proved");
        all_dead += dead;
        all_proved += proved;
    }
    let recall = f64::from(all_proved) / f64::from(all_dead);
    println!("{:>20}: {all_dead} dead, {all_proved} proved, recall {recall:.4}", "all");
    assert!(recall > 0.98, "recall {recall}");
}

fn show(region: &Region) -> String {
    let gates: Vec<String> = region
        .gates()
        .map(|gate| {
            let angles: Vec<String> = gate
                .params()
                .iter()
                .map(|a| {
                    qnas::ir::names::angle(a, |v| match v {
                        Variable::Weight { index, .. } => format!("w{index}"),
                        Variable::Input(i) => format!("x{i}"),
                    })
                })
                .collect();
            format!("{}({}){:?}", gate.full_name(), angles.join(","), gate.qubits)
        })
        .collect();
    format!("{} read {:?}", gates.join(" "), region.readouts)
}

#[test]
fn anything_a_region_may_hold_is_judged_soundly() {
    let limits = Limits { max_qubits: 5, max_ops: 12, ..Limits::default() };
    proptest!(config(400), |(case in cases(limits))| {
        let effects = prove(&case.region);
        let elements = case.weights.iter().enumerate().flat_map(|(w, numbers)| {
            (0..numbers.len()).map(move |index| Variable::Weight { weight: WeightId(w as u32), index: index as u32 })
        });
        for variable in elements.chain((0..case.region.n_inputs).map(Variable::Input)).filter(|&v| effects.is_dead(v)) {
            let slopes = dense::differentiate(&case.region, &case.weights, &case.inputs, variable);
            prop_assert!(slopes.iter().all(|d| d.abs() < ZERO), "{variable:?} {slopes:?} {} {:?} {}", show(&case.region), case.region.ops.iter().find(|op| matches!(op, QuantumOp::Prepare { .. })), effects.variables[&variable].as_ref().map_or(String::new(), |c| c.explain(&case.region)));
        }
        let smaller = without_removable(&case.region, &effects);
        let run = |region: &Region| dense::run_region(region, &case.weights, &case.inputs);
        prop_assert!(dense::distance(&run(&case.region), &run(&smaller)) < 1e-9);
        for (at, effect) in effects.readouts.iter().enumerate().filter(|(_, e)| !e.weights && !e.inputs) {
            let mut alone = case.region.clone();
            alone.readouts = vec![case.region.readouts[at].clone()];
            let other = (case.weights.iter().map(|w| w.iter().map(|x| 0.7 - x).collect()).collect::<Vec<Vec<f64>>>(), vec![0.3, -1.0, 2.0, 0.9]);
            let a = dense::run_region(&alone, &case.weights, &case.inputs);
            let b = dense::run_region(&alone, &other.0, &other.1);
            prop_assert!(dense::distance(&a, &b) < 1e-9, "{effect:?} {:#?}", alone);
        }
    });
}

/// The same answers when the exact half may spend nothing: the types and the stabilisers alone are sound, too.
#[test]
fn the_coarse_half_is_sound_alone() {
    let starved = qnas::passes::effect::Limits { strings: 6, scans: 60, work: 40 };
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut proofs = 0;
    for round in 0..250 {
        for template in TEMPLATES {
            let (region, n_weights) = circuit(template, 2 + round % 3, &mut rng);
            let effects = analyse(&region, &starved);
            for variable in variables(&region, n_weights).into_iter().filter(|&v| effects.is_dead(v)) {
                proofs += 1;
                assert!(slope(&region, n_weights, variable, &mut rng) < ZERO, "{template}: {variable:?} {region:#?}");
            }
            let (weights, inputs) = (vec![numbers(n_weights, &mut rng)], numbers(region.n_inputs, &mut rng));
            let smaller = without_removable(&region, &effects);
            let [a, b] = [&region, &smaller].map(|region| dense::run_region(region, &weights, &inputs));
            assert!(dense::distance(&a, &b) < ZERO, "{template}: {}", show(&region));
        }
    }
    assert!(proofs > 300, "{proofs}");
}

fn region_of(graph: &qnas::ir::Graph) -> &Region {
    graph.regions().next().expect("one region").1
}

fn live_weights(region: &Region) -> usize {
    let effects = prove(region);
    effects.variables.iter().filter(|(v, proof)| matches!(v, Variable::Weight { .. }) && proof.is_none()).count()
}

/// What is known of the space of FAQNAS: trailing RZ layers and the last block of CZ do nothing before <Z>, circuits of RZ alone have no live
/// angle, and two CZ in a ring of two cancel.
#[test]
fn facts_about_faqnas() {
    for n in 2..=6 {
        for (two, ring) in [("cx", true), ("cx", false), ("cz", true), ("cz", false)] {
            for depth in 1..=3 {
                let graph = build::faqnas(4, n, depth, "rz", two, ring, 3);
                let effects = prove(region_of(&graph));
                let last = format!("vqc.layer.{}.rz", depth - 1);
                let last = graph.find_weight(&last).expect("the last layer");
                // Behind the last rotations the entangler keeps Z strings Z strings, whichever it is.
                assert!((0..n).all(|index| effects.is_dead(Variable::Weight { weight: last, index })));
                assert_eq!(live_weights(region_of(&graph)), 0, "{n} {two} {ring} {depth}");
                assert!((0..n).all(|index| !effects.is_dead(Variable::Input(index))) || n == 2 && two == "cx" && ring);
            }
        }
        let graph = build::faqnas(4, n, 2, "rx", "cz", true, 3);
        let effects = prove(region_of(&graph));
        let last_block = &effects.ops[effects.ops.len() - n as usize..];
        assert!(last_block.iter().all(|op| matches!(op.removable, Some(Reason::Commutes { .. }))));
    }
    let twice = |pairs: &[(u32, u32)], n| {
        let ops = pairs.iter().map(|&(a, b)| build::gate("cz", &[], &[a, b], "c")).collect();
        let mut region = build::region(
            "c",
            n,
            0,
            ops,
            vec![Readout::Expectation(PauliSum::string(PauliString::single(0, Pauli::X)))],
        );
        let cancel = qnas::passes::find("cancel-inverses").expect("listed");
        cancel.run(&mut region, &qnas::passes::PassContext::default());
        region.ops.len()
    };
    assert_eq!(twice(&[(0, 1), (1, 0)], 2), 0, "a ring of two");
    assert_eq!(twice(&[(0, 2), (1, 3), (2, 0), (3, 1)], 4), 0, "a ring of four with range two lists each pair twice");
}

/// QNAS: embedding `angle_z` is `rz` on |0>, then `h`, read by <X>: no input reaches anything.
#[test]
fn the_angle_z_embedding_is_blind() {
    let n = 4;
    let mut ops: Vec<QuantumOp> = (0..n).map(|q| build::gate("rz", &[build::input(q)], &[q], "vqc.embed")).collect();
    ops.extend((0..n).map(|q| build::gate("h", &[], &[q], "vqc.embed")));
    for layer in 0..2 {
        for (k, name) in ["rx", "ry", "rz"].into_iter().enumerate() {
            let angle = |q| build::element(WeightId(0), (layer * 3 + u32::try_from(k).expect("small")) * n + q);
            ops.extend((0..n).map(|q| build::gate(name, &[angle(q)], &[q], "vqc.layer")));
        }
        ops.extend((0..n).map(|q| build::gate("cx", &[], &[q, (q + 1) % n], "vqc.layer")));
    }
    let readouts = (0..n).map(|q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::X)))).collect();
    let region = build::region("vqc", n, n, ops, readouts);
    let effects = prove(&region);
    assert!((0..n).all(|index| effects.is_dead(Variable::Input(index))));
    assert!(effects.readouts.iter().all(|readout| !readout.inputs && readout.weights));
    let certificate = effects.variables[&Variable::Input(0)].as_ref().expect("a proof");
    let words = certificate.explain(&region);
    assert!(words.starts_with("step 0, rz on q[0] (vqc.embed) with input[0]: "), "{words}");
    assert!(words.contains("an eigenstate of Z0, so it only changes a global phase"), "{words}");
}

#[test]
fn large_circuits_take_the_coarse_path() {
    let n = 12;
    let mut ops = Vec::new();
    let mut weights = 0;
    for _ in 0..40 {
        for name in ["rx", "rz"] {
            ops.extend((0..n).map(|q| {
                weights += 1;
                build::gate(name, &[build::element(WeightId(0), weights - 1)], &[q], "c")
            }));
        }
        ops.extend((0..n).map(|q| build::gate("cz", &[], &[q, (q + 1) % n], "c")));
    }
    let region = build::region("c", n, 0, ops, build::expect_z(n));
    let effects = prove(&region);
    let dead: Vec<u32> =
        (0..weights).filter(|&index| effects.is_dead(Variable::Weight { weight: WeightId(0), index })).collect();
    // The last layer of rz commutes with what is read; nothing else is dead.
    assert_eq!(dead, (weights - n..weights).collect::<Vec<u32>>());
}

#[test]
fn regions_of_many_qubits_are_judged() {
    for n in [70, 140, 300] {
        let mut ops: Vec<QuantumOp> =
            (0..n).map(|q| build::gate("ry", &[build::element(WeightId(0), q)], &[q], "c")).collect();
        ops.extend((0..n - 1).map(|q| build::gate("cx", &[], &[q, q + 1], "c")));
        ops.extend((0..n).map(|q| build::gate("rz", &[build::element(WeightId(0), n + q)], &[q], "c")));
        let region = build::region("c", n, 0, ops, build::expect_z(n));
        assert_eq!(live_weights(&region), n as usize);
    }
}

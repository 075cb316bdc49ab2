//! Requirements over additive metrics: counted exactly, against building every architecture, and against a formula where
//! there are too many to build.

use num_bigint::BigUint;
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::driver::requirement::missed;
use qnas::driver::space::{Count, FilteredSpace};
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::hir::{Assignment, Space};
use qnas::ir::build::build_with;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

/// The template of a circuit's search with requirements.
pub(crate) fn template(circuit: &str, requirements: &str) -> Template {
    let text = format!("{circuit} search s {{ model: c, minimize: [gates], {requirements} }}");
    let compiled = compile_text("test.qnas", &text, None, &DataDirs::default());
    let shown = qnas::diag::render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(!compiled.checked.has_errors(), "{shown}");
    compiled.checked.searches.into_iter().next().expect("a search").template
}

/// Enumerated without the requirements over cost, built one by one, and kept if nothing is missed.
pub(crate) fn built(template: &Template) -> Vec<Assignment> {
    let space = TemplateSpace::new(template);
    let all = space.enumerate(20_000).expect("few enough");
    let kept = |assignment: &Assignment| {
        let (bindings, _) = space.bindings(assignment);
        let graph = build_with(template, bindings.clone()).expect("builds");
        missed(template, &bindings, Some(&graph)).is_empty()
    };
    all.into_iter().filter(kept).collect()
}

pub(crate) fn text(assignment: &Assignment) -> String {
    serde_json::to_string(assignment).expect("prints")
}

const LAYERS: &str = "circuit c() -> real[4] { qubit[4] q; let d = choose 1..=4; for k in 0..d { \
    let g = choose { rx(0.3), ry(0.1), h }; g q; let e = choose bool; if e { for i in 0..3 { cx q[i], q[i + 1]; } } } expect(Z(q)) }";

const CASES: &[(&str, &str, &str)] = &[
    (
        "independent slots",
        "circuit c() -> real[3] { qubit[3] q; for s in 0..5 { op: choose { one => { h q[0]; } two => { cz q[1], q[2]; } nothing => {} } } expect(Z(q)) }",
        "require: gates <= 3",
    ),
    (
        "two metrics at once",
        "circuit c() -> real[3] { qubit[3] q; for s in 0..5 { op: choose { one => { h q[0]; } two => { cz q[1], q[2]; } nothing => {} } } expect(Z(q)) }",
        "require: gates <= 4 && two_qubit_count >= 2",
    ),
    (
        "a sum and an inequality the other way",
        "circuit c() -> real[3] { qubit[3] q; for s in 0..4 { op: choose { one => { h q[0]; } two => { cz q[1], q[2]; } three => { cx q[0], q[1]; x q[0]; } } } expect(Z(q)) }",
        "require: 2 * gates.cx + gates.cz - gates.h > 1.5",
    ),
    (
        "equal or not",
        "circuit c() -> real[2] { qubit[2] q; let n = choose 0..=6; for k in 0..n { h q[0]; } let m = choose 0..=6; for k in 0..m { cx q[0], q[1]; } expect(Z(q)) }",
        "require: gates == 6 || gates.h != 3 && !(gates > 9)",
    ),
    ("conditionals in loops", LAYERS, "require: two_qubit_count <= 6"),
    ("a bound by choices", LAYERS, "require: gates <= 4 * (choose 1..=3) + 1"),
    (
        "loops over pairs",
        "circuit c() -> real[1] { let n = choose 2..=5; qubit[n] q; let full = choose bool; for i in 0..n { for j in i + 1..n where full || j == i + 1 { rzz(0.2) q[i], q[j]; } } [expect(Z(q[0]))] }",
        "require: gates.rzz <= 6",
    ),
    (
        "choices of gates and qubits",
        "circuit c() -> real[3] { qubit[3] q; for s in 0..3 { let g = choose { cx, cz, swap }; let (a, b) = choose 2 of q; g a, b; } expect(Z(q)) }",
        "require: gates.cx <= 1 && gates.swap >= 1",
    ),
    (
        "subsets",
        "circuit c() -> real[4] { qubit[4] q; let pairs = choose 0..=4 of [(0, 1), (1, 2), (2, 3), (0, 3)]; for (a, b) in pairs { cz q[a], q[b]; } let some = choose bool; if some { h q; } expect(Z(q)) }",
        "require: gates >= 3 && gates <= 6",
    ),
    (
        "modifiers",
        "circuit c() -> real[3] { qubit[3] q; let a = choose bool; if a { inv @ s q[0]; ctrl @ x q[0], q[1]; } else { s q[0]; pow(3) @ h q[1]; } let b = choose bool; if b { ctrl @ ctrl @ h q[0], q[1], q[2]; pow(-2) @ t q[0]; } expect(Z(q)) }",
        "require: gates.sdg + gates.h + 2 * gates.tdg <= 3",
    ),
    (
        "one choice in several places",
        "circuit c() -> real[3] { qubit[3] q; let wide = choose bool; let n = choose 1..=3; for k in 0..n { if wide { rx(0.1) q; } else { rzz(0.1) q[0], q[1]; } } if wide { cx q[0], q[1]; } h q[0]; expect(Z(q)) }",
        "require: gates <= 7",
    ),
    (
        "powers of two by the width",
        "circuit c() -> real[1] { let n = choose 1..=5; qubit[n] q; let d = choose 1..=3; for k in 0..d { let g = choose { z, h, x }; g q; } [expect(Z(q[0]))] }",
        "require: flops.profiler.quantum <= 700",
    ),
    (
        "a model of two circuits",
        "circuit a[n](x: real[n]) -> real[n] { qubit[n] q; rx(x) q; let deep = choose 0..=2; for k in 0..deep { ry(weight[n]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let n = choose 1..=3; x |> linear[n] |> a[n] |> a[n] |> linear[3] }",
        "data: iris, require: gates <= 9",
    ),
    ("flops of a circuit and its read-outs", LAYERS, "require: flops.quantum <= 1200"),
    ("bytes", LAYERS, "require: bytes > 3000 && bytes <= 5000"),
    (
        "read-outs by choice",
        "circuit c() -> real[1] { let n = choose 1..=4; qubit[n] q; let d = choose 0..=3; for k in 0..d { let g = choose { h, x, rx(0.3) }; g q; } \
         let all = choose bool; [expect(if all { sum(Z(q)) } else { X(q[0]) })] }",
        "require: flops.total <= 300 && flops.total != 46",
    ),
    (
        "layers by choice around circuits",
        "circuit a[n](x: real[n]) -> real[n] { qubit[n] q; rx(x) q; let d = choose 1..=2; for k in 0..d { let r = choose { rx(x), ry(weight[n]), h }; r q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let n = choose 1..=3; let wide = choose { 2, 8, 16 }; \
         x |> linear[wide] |> relu |> linear[n] |> tanh |> a[n] |> linear[3] }",
        "data: iris, require: flops.total <= 400",
    ),
    (
        "layers that enter in some steps only",
        "circuit a(x: real[4]) -> real[2] { qubit[2] q; let again = choose 0..=2; h q; \
         for k in 0..again { let deep = choose bool; if deep { ry(weight[2]) q; } } \
         let late = choose bool; if late { rx(tanh(x[0..2])) q; rz(x[2..4]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { x |> linear[4] |> a |> linear[3] }",
        "data: iris, require: flops.classical + flops.quantum <= 220",
    ),
    (
        "steps that read data",
        "circuit a(x: real[4]) -> real[1] { let n = choose 2..=4; qubit[n] q; for k in 0..3 { op: choose { data => { for i in 0..n { rx(x[i]) q[i]; } } turn => { rx(weight[n]) q; } none => {} } } [expect(Z(q[0]))] } \
         model c(x: real[4]) -> real[3] { x |> a |> linear[3] }",
        "data: iris, require: 2 * flops.embedding <= flops.quantum",
    ),
    (
        "prepared states",
        "circuit c() -> real[3] { qubit[3] q; let ready = choose bool; if ready { prepare([1.0, 2.0, 3.0, 4.0]) q[0], q[1]; } for s in 0..3 { let g = choose { h, z, x }; g q; } expect(Z(q)) }",
        "require: flops.quantum <= 260",
    ),
    (
        "choices tied by a requirement",
        "circuit c() -> real[1] { let d = choose 0..=3; let n = choose 1..=4; require d != n; qubit[n] q; for k in 0..d { h q; } [expect(Z(q[0]))] }",
        "require: flops.quantum <= 150",
    ),
    (
        "the profiler's count",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; for k in 0..3 { let e = choose { cx, cz }; e q[0], q[1]; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let wide = choose 2..=6; x |> linear[wide] |> linear[2] |> a |> linear[3] }",
        "data: iris, require: flops.profiler <= 150 && flops.profiler.classical >= 50",
    ),
];

#[test]
fn counts_and_lists_are_those_of_building_everything() {
    for (name, circuit, requirements) in CASES {
        let template = template(circuit, requirements);
        let expected: Vec<String> = built(&template).iter().map(text).collect();
        let all = TemplateSpace::new(&template).reachable();
        assert!(
            !expected.is_empty() && BigUint::from(expected.len()) < all,
            "{name} removes something, not everything"
        );
        let space = FilteredSpace::new(&template);
        assert!(!space.needs_building(), "{name} is decided by counting");
        assert_eq!(space.count(0), Count::Exact(expected.len().into()), "{name}");
        let listed = space.enumerate(100_000).expect("few enough");
        assert_eq!(listed.iter().map(text).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn samples_are_uniform_over_what_meets_the_bounds() {
    for (name, circuit, requirements) in CASES {
        let template = template(circuit, requirements);
        let space = FilteredSpace::new(&template);
        let Count::Exact(count) = space.count(0) else { panic!("{name} is counted") };
        let count = usize::try_from(count).expect("small");
        if count > 200 {
            continue;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..40 * count {
            *seen.entry(text(&space.draw(&mut rng).expect("not empty"))).or_default() += 1;
        }
        let expected: Vec<String> = space.enumerate(1000).expect("few").iter().map(text).collect();
        assert!(seen.keys().all(|one| expected.contains(one)), "{name} leaves the space");
        assert_eq!(seen.len(), count, "{name} reaches everything");
        let chi2: f64 = seen.values().map(|n| (*n as f64 - 40.0).powi(2) / 40.0).sum();
        let freedom = (count - 1) as f64;
        assert!(chi2 < freedom + 6.0 * (2.0 * freedom).sqrt() + 6.0, "{name}: chi2 {chi2} of {freedom}");
    }
}

pub(crate) fn binomial(n: u32, k: u32) -> BigUint {
    (0..k).fold(BigUint::from(1u32), |product, i| product * (n - i) / (i + 1))
}

#[test]
fn huge_spaces_are_counted_by_the_key() {
    // 3^40 assignments: five slots of two qubits, at most fifteen of the others with a gate.
    let circuit = "circuit c() -> real[3] { qubit[3] q; for s in 0..40 { op: choose { one => { h q[0]; } two => { cz q[1], q[2]; } nothing => {} } } expect(Z(q)) }";
    let template = template(circuit, "require: two_qubit_count == 5 && gates <= 20");
    let space = FilteredSpace::new(&template);
    assert_eq!(TemplateSpace::new(&template).reachable(), BigUint::from(3u32).pow(40));
    let expected: BigUint = (0..=15).map(|ones| binomial(40, 5) * binomial(35, ones)).sum();
    assert!(expected > BigUint::from(10u32).pow(12));
    assert_eq!(space.count(0), Count::Exact(expected));
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..20 {
        let assignment = space.draw(&mut rng).expect("not empty");
        let (bindings, _) = space.choices().bindings(&assignment);
        let graph = build_with(&template, bindings.clone()).expect("builds");
        assert!(missed(&template, &bindings, Some(&graph)).is_empty(), "{}", text(&assignment));
    }
    // A child of a crossover that breaks a bound is known to be invalid without building it.
    let none = space.choices().decode(&Assignment::default(), &mut |gene| match &gene.domain {
        qnas::hir::Domain::Values(values) => values[0].clone(),
        other => panic!("{other:?}"),
    });
    assert!(!none.valid);
}

#[test]
fn huge_spaces_are_counted_by_what_they_cost() {
    // 3^40 times three hidden sizes: layers cost 14 w + 12, a slot of h on one of two qubits 24, of cx nothing.
    let circuit = "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; for s in 0..40 { op: choose { one => { h q[0]; } two => { cx q[0], q[1]; } nothing => {} } } expect(Z(q)) } \
        model c(x: real[4]) -> real[3] { let wide = choose { 10, 20, 30 }; x |> linear[wide] |> relu |> linear[2] |> a |> linear[3] }";
    let cost = |wide: u64, ones: u64| {
        let circuit = format!(
            "circuit a(x: real[2]) -> real[2] {{ qubit[2] q; rx(x) q; for s in 0..{ones} {{ h q[0]; }} expect(Z(q)) }} \
            model c(x: real[4]) -> real[3] {{ x |> linear[{wide}] |> relu |> linear[2] |> a |> linear[3] }}"
        );
        let template = template(&circuit, "data: iris");
        let (bindings, _) = TemplateSpace::new(&template).bindings(&Assignment::default());
        let graph = build_with(&template, bindings).expect("builds");
        qnas::cost::find("flops.total").expect("a metric").evaluate(&graph)
    };
    let limit = cost(20, 9);
    let template = template(circuit, &format!("data: iris, require: flops.total <= {limit}"));
    let space = FilteredSpace::new(&template);
    let ways = |ones: u32| binomial(40, ones) * BigUint::from(2u32).pow(40 - ones);
    let expected: BigUint = [10, 20, 30]
        .into_iter()
        .flat_map(|wide| (0..=40).filter(move |&ones| cost(wide, ones.into()) <= limit).map(ways))
        .sum();
    assert!(expected > BigUint::from(10u32).pow(12));
    assert_eq!(space.count(0), Count::Exact(expected));
}

#[test]
fn what_does_not_add_up_is_built() {
    for requirement in ["depth <= 3", "gates <= 6 || depth <= 3", "gates / 2 <= 3", "gates <= 6 && weights <= 3"] {
        let template = template(LAYERS, &format!("require: {requirement}"));
        let space = FilteredSpace::new(&template);
        assert!(space.needs_building(), "{requirement}");
        assert_eq!(space.count(0), Count::Exact(built(&template).len().into()), "{requirement}");
    }
}

//! Distinct architectures: against a plain loop over everything, against simulation, and what the search makes of them.

use crate::support::program::compile;
use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::distinct::{Distinct, Kinds, distinct, in_parts, one_by_one};
use qnas::driver::requirement::missed;
use qnas::driver::run::{Task, source_digest};
use qnas::driver::space::FilteredSpace;
use qnas::hir::Space;
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::ir::Graph;
use qnas::ir::build::build_with;
use qnas::passes::canonical::{classify, identity};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

const CASES: &[(&str, &str)] = &[
    (
        "dead gates and commuting orders",
        "circuit c(x: real[3]) -> real[2] { qubit[3] q; let a = weight; let b = weight; let before = choose { rz(0.7), s, id }; before q; rx(x) q; \
         let first = choose bool; if first { rz(a) q[0]; rx(b) q[1]; } else { rx(b) q[1]; rz(a) q[0]; } \
         let more = choose bool; if more { cx q[0], q[1]; } let off = choose { y, z, h }; off q[2]; [expect(X(q[0])), expect(Z(q[1]))] }",
    ),
    (
        "nothing trained, nothing read, nothing at all",
        "circuit c(x: real[2]) -> real[2] { qubit[2] q; let kind = choose 0..=3; let w = weight; \
         if kind == 1 { rx(x) q; } if kind == 2 { ry(w) q; } if kind == 3 { rz(x) q; rz(w) q; } \
         let tail = choose { rz(0.4), z, id }; tail q; expect(Z(q)) }",
    ),
    (
        "two circuits and layers",
        "circuit a[n](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; let g = choose { rx, rz, p }; let w = weight[n]; g(w) q; expect(Z(q)) } \
         model m(x: real[2]) -> real[2] { let n = choose 1..=2; let wide = choose bool; let h = if wide { x |> linear[n] } else { x |> linear[n] |> relu }; h |> a[n] |> linear[2] }",
    ),
];

fn template(text: &str) -> Template {
    let compiled = compile("test.qnas", text);
    let shown = qnas::diag::render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(!compiled.checked.has_errors(), "{shown}");
    let checked = compiled.checked;
    let models = checked.models.into_iter().rev();
    checked.searches.into_iter().map(|s| s.template).chain(models).next().expect("a template")
}

/// Outputs with every weight set by its path alone.
fn outputs(graph: &Graph) -> Vec<f64> {
    let mut model = Model::<f64>::compile(graph).expect("compiles");
    let mut params = model.initial(1);
    for weight in &graph.weights {
        let range = model.layout().find(&weight.path).expect("has numbers").range();
        let start = weight.path.bytes().fold(0.3, |sum, byte| sum * 1.7 % 3.0 + f64::from(byte) / 100.0);
        params[range].iter_mut().enumerate().for_each(|(at, value)| *value = start + 0.37 * at as f64);
    }
    let inputs: Vec<Vec<f64>> = graph
        .inputs
        .iter()
        .map(|input| (0..input.shape.iter().product()).map(|k| 0.4 + 0.9 * k as f64).collect())
        .collect();
    let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    model.forward(&mut params, &inputs, 1, Mode::Evaluate).expect("runs").to_vec()
}

#[test]
fn counts_are_those_of_a_plain_loop() {
    for (name, text) in CASES {
        let template = template(text);
        let space = FilteredSpace::new(&template);
        let plain = TemplateSpace::new(&template);
        let mut seen = BTreeMap::new();
        let mut built = 0;
        for assignment in plain.enumerate(10_000).expect("few") {
            let (bindings, _) = plain.bindings(&assignment);
            let graph = build_with(&template, bindings.clone()).expect("builds");
            assert!(missed(&template, &bindings, Some(&graph)).is_empty());
            let (values, class) = (outputs(&graph), classify(&graph));
            let known = seen.entry(identity(&graph)).or_insert((values.clone(), class));
            let far = known.0.iter().zip(&values).any(|(a, b)| (a - b).abs() > 1e-9);
            assert!(!far, "{name}: {assignment:?} is said to be equal to another: {values:?} and {:?}", known.0);
            built += 1;
        }
        let kinds = Kinds {
            all: seen.len() as u64,
            untrained: seen.values().filter(|(_, class)| class.live_quantum_weights == 0).count() as u64,
            blind: seen.values().filter(|(_, class)| !class.reads_input).count() as u64,
            constant: seen.values().filter(|(_, class)| class.constant).count() as u64,
            broken: 0,
        };
        assert!(kinds.all < built, "{name} has repeats");
        let mut last = (0, 0);
        let found = distinct(&space, (10_000, 0), 0, &mut |done, of| last = (done, of)).expect("counts");
        assert_eq!(found, Distinct::Exact { kinds, built, parts: Vec::new() }, "{name}");
        assert_eq!(last, (built, built));
    }
}

#[test]
fn what_kind_they_are_is_told() {
    let template = template(CASES[1].1);
    let found = distinct(&FilteredSpace::new(&template), (100, 0), 0, &mut |_, _| {}).expect("counts");
    // Nothing, x, w, and z and w where Z does not see them, which is nothing again.
    let kinds = Kinds { all: 3, untrained: 2, blind: 2, constant: 1, broken: 0 };
    assert_eq!(found, Distinct::Exact { kinds, built: 12, parts: Vec::new() });
}

const SEARCH: &str = "circuit c(x: real[4]) -> real[3] { qubit[3] q; let before = choose { rz(0.7), s, id }; before q; rx(x[0]) q[0]; ry(x[1]) q[1]; rx(x[2]) q[2]; \
    ry(weight[3]) q; cx q[0], q[1]; let two = choose bool; if two { cx q[1], q[2]; } expect(Z(q)) } \
    search hunt { model: c, data: iris, train: fit(adam(lr: choose { 0.1, 0.01 }), loss: cross_entropy, epochs: 1), minimize: [loss], \
    strategy: exhaustive, seed: 3, REQUIRE }";

#[test]
fn settings_of_training_make_no_architectures() {
    let template = template(&SEARCH.replace(", REQUIRE", ""));
    let space = FilteredSpace::new(&template);
    assert_eq!(space.choices().reachable(), 12u32.into());
    let found = distinct(&space, (100, 0), 0, &mut |_, _| {}).expect("counts");
    let Distinct::Exact { kinds, built, .. } = found else { panic!("{found:?}") };
    assert_eq!((kinds.all, built), (2, 6));
}

#[test]
fn requirements_hold_of_what_is_counted() {
    let template = template(&SEARCH.replace("REQUIRE", "require: [two_qubit_count <= 1]"));
    let found = distinct(&FilteredSpace::new(&template), (100, 0), 0, &mut |_, _| {}).expect("counts");
    assert!(matches!(found, Distinct::Exact { kinds: Kinds { all: 1, .. }, built: 3, .. }), "{found:?}");
    let template = self::template(&SEARCH.replace("REQUIRE", "require: [depth <= 4]"));
    let found = distinct(&FilteredSpace::new(&template), (100, 0), 0, &mut |_, _| {}).expect("counts");
    assert!(matches!(found, Distinct::Exact { kinds: Kinds { all: 1, .. }, built: 6, .. }), "{found:?}");
}

#[test]
fn a_sample_says_what_it_knows() {
    let template = template(CASES[0].1);
    let space = FilteredSpace::new(&template);
    let exact = distinct(&space, (10_000, 0), 0, &mut |_, _| {}).expect("counts");
    let Distinct::Exact { kinds: all, .. } = exact else { panic!("{exact:?}") };
    let sampled = distinct(&space, (0, 400), 7, &mut |_, _| {}).expect("counts");
    let Distinct::Sampled { drawn, kinds, architectures: Some(guess), shares } = &sampled else {
        panic!("{sampled:?}")
    };
    assert_eq!((*drawn, kinds.all), (400, all.all), "a sample this large meets all of them");
    assert!(guess.low <= all.all as f64 && all.all as f64 <= guess.high, "{guess:?}");
    assert!(shares.iter().all(|share| share.low <= share.about && share.about <= share.high));
    assert_eq!(sampled, distinct(&space, (0, 400), 7, &mut |_, _| {}).expect("counts"), "the seed decides");
}

#[test]
fn a_search_evaluates_each_architecture_once() {
    // The gate before changes nothing; the learning rate does, and so does the number of gates once it is an objective.
    for (objectives, expected) in [("[loss]", 4), ("[loss, gates.s]", 8)] {
        let text = SEARCH.replace(", REQUIRE", "").replace("[loss]", objectives);
        let compiled = compile("test.qnas", &text);
        let spec = &compiled.checked.searches[0];
        let dirs = qnas::driver::data::DataDirs::default();
        let task = Task::new(&compiled, spec, &dirs, None).expect("loads");
        assert_eq!(task.source, source_digest(&compiled.sources));
        let folder = tempfile::tempdir().expect("a folder");
        let store = qnas::driver::run::WeightStore::new(folder.path()).expect("a store");
        let evaluator = qnas::driver::run::Evaluator::new(&task, store);
        let keys: std::collections::BTreeSet<Option<u128>> = task
            .space
            .enumerate(100)
            .expect("few")
            .iter()
            .map(|assignment| qnas::driver::search::Evaluate::key(&evaluator, assignment))
            .collect();
        assert_eq!((keys.len(), keys.contains(&None)), (expected, false), "{objectives}");
    }
}

/// A circuit of random pieces: gates that are dead, that commute, that ignore the input, loops, sizes.
fn random_circuit(name: &str, rng: &mut ChaCha8Rng) -> String {
    let embed = [
        "ry(x) q;",
        "rz(x) q;",
        "if choose bool { rx(x) q; }",
        "let e = choose { rx, ry, rz }; e(x) q;",
        "",
        "rx(2 * x) q; ry(x) q;",
    ];
    let body = [
        "let g = choose { rx, ry, rz }; g(weight[n]) q;",
        "let s = choose { z, s, id }; s q;",
        "let depth = choose 1..=2; for k in 0..depth { let r = choose { rx, rz }; r(weight[n]) q; }",
        "if n > 1 { let c = choose { cx, cz }; c q[0], q[1]; }",
        "if choose bool { ry(weight) q[0]; } else { h q[0]; }",
        "rx(weight * choose { 1.0, 2.0 }) q[0];",
    ];
    let read = ["expect(Z(q))", "expect([Z(q[k]) for k in 0..n])", "expect(choose { X, Z }(q))", "expect(Z(q))"];
    let mut text =
        format!("circuit {name}[n](x: real[n]) -> real[n] {{ qubit[n] q; {} ", embed[rng.random_range(0..embed.len())]);
    for _ in 0..rng.random_range(1..=3) {
        text += body[rng.random_range(0..body.len())];
        text += " ";
    }
    let read = match read[rng.random_range(0..read.len())] {
        "expect(choose { X, Z }(q))" => "let axis = choose { X, Z }; expect(axis(q))",
        other => other,
    };
    format!("{text}{read} }} ")
}

/// A model of random pieces around one or two circuits.
fn random_model(rng: &mut ChaCha8Rng) -> String {
    let two = rng.random_range(0..3) == 0;
    let mut text = random_circuit("a", rng);
    if two {
        text += &random_circuit("b", rng);
    }
    let size =
        ["let n = 2;", "let n = choose 1..=2;", "let n = choose 2..=3; require(n != 3);"][rng.random_range(0..3)];
    let front = [
        "x |> linear[n]",
        "x |> linear[choose 2..=4] |> relu |> linear[n]",
        "(if choose bool { x |> linear[n] } else { x |> linear[3] |> tanh |> linear[n] })",
        "x |> for k in 0..(choose 0..=2) { linear[3] |> relu } |> linear[n]",
        "tanh(x |> linear[choose 2..=3] |> linear[n])",
    ];
    let back = [
        "",
        " |> linear[2]",
        " |> linear[choose 1..=3] |> relu |> linear[2]",
        " |> dropout[choose { 0.1, 0.2 }] |> linear[2]",
    ];
    let middle = if two { " |> a[n] |> linear[n] |> b[n]" } else { " |> a[n]" };
    let tie = ["", "", "let k = choose 1..=3; require(k + n <= 4);"][rng.random_range(0..3)];
    let last = if rng.random_range(0..4) == 0 { " |> a[n]" } else { "" };
    format!(
        "{text} model m(x: real[2]) {{ {size} {tie} {}{middle}{}{last} }}",
        front[rng.random_range(0..front.len())],
        if last.is_empty() { back[rng.random_range(0..back.len())] } else { "|> linear[n]" },
    )
}

#[test]
fn a_product_counts_as_a_walk_does() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut products, mut saved) = (0, 0);
    for _ in 0..400 {
        let text = random_model(&mut rng);
        let compiled = compile("test.qnas", &text);
        if compiled.checked.has_errors() {
            continue;
        }
        let template = compiled.checked.models.into_iter().next_back().expect("a model");
        let space = FilteredSpace::new(&template);
        if space.choices().models() > 600u32.into() {
            continue;
        }
        let whole = one_by_one(&space, (10_000, 0), 0, &mut |_, _| {}).expect("counts");
        let Distinct::Exact { kinds, built, .. } = whole else { panic!("{whole:?}") };
        let Some(found) = in_parts(&space, 10_000, &mut |_, _| {}) else { continue };
        let Distinct::Exact { kinds: again, built: fewer, parts } = found else { panic!("{found:?}") };
        assert_eq!(again, kinds, "{parts:?} {text}");
        products += 1;
        saved += u32::from(fewer < built);
    }
    assert!(products > 30 && saved > 10, "{products} products, {saved} of less work");
}

//! Bounds on what layers cost and on circuits that nobody reads, counted piece by piece and held to building every architecture.

use super::totals::{binomial, built, template, text};
use num_bigint::BigUint;
use qnas::driver::requirement::missed;
use qnas::driver::space::{Count, FilteredSpace};
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::hir::{Assignment, Space};
use qnas::ir::build::build_with;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

const METRICS: &[&str] =
    &["flops.total", "flops.classical", "flops.quantum", "bytes", "gates", "flops.profiler", "flops.embedding"];

/// Programs, each with what is particular about it.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "a circuit that a later choice leaves unread",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=3; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let h = x |> linear[2]; let y = h |> a; let used = choose bool; \
         let z = if used { y } else { h }; z |> linear[3] }",
    ),
    (
        "one of two circuits",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=3; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         circuit b(x: real[2]) -> real[2] { qubit[3] q; rx(x) q[0..2]; for k in 0..2 { let g = choose { h, rx(weight) }; g q[k]; } expect(Z(q[0..2])) } \
         model c(x: real[4]) -> real[3] { let h = x |> linear[2]; let y = h |> a; let z = h |> b; \
         let which = choose bool; let o = if which { y } else { z }; o |> linear[3] }",
    ),
    (
        "a circuit that feeds an unread one",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=2; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let h = x |> linear[2]; let y = h |> a; let z = y |> a; \
         let which = choose 0..=2; let o = if which == 0 { h } else if which == 1 { y } else { z }; o |> linear[3] }",
    ),
    (
        "layers before gates of a loop's choices",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; for k in 0..3 { let r = choose { rx(x), ry(weight[2]), h }; r q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let w = choose { 2, 5 }; x |> linear[w] |> linear[2] |> tanh |> a |> linear[3] }",
    ),
    (
        "two layers, each by a loop's choices",
        "circuit a(x: real[2], y: real[2]) -> real[2] { qubit[2] q; for k in 0..3 { op: choose { left => { rx(x) q; } right => { ry(y) q; } both => { rx(x + y) q; } none => { h q; } } } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let l = x |> linear[2] |> tanh; let r = x |> linear[3] |> relu |> linear[2]; a(l, r) |> linear[3] }",
    ),
    (
        "products of data in one of a loop's choices",
        "circuit a(x: real[3]) -> real[3] { qubit[3] q; for k in 0..2 { op: choose { iqp => { h q; rz(x) q; for i in 0..2 { rzz(x[i] * x[i + 1]) q[i], q[i + 1]; } } turn => { rx(weight[3]) q; } none => {} } } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let w = choose { 2, 6 }; x |> linear[w] |> linear[3] |> a |> linear[3] }",
    ),
    (
        "a circuit read by gates of a loop's choices",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=2; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         circuit b(x: real[2]) -> real[2] { qubit[2] q; h q; for k in 0..2 { let r = choose { rx(x), ry(weight[2]), z }; r q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { x |> linear[2] |> a |> b |> linear[3] }",
    ),
    (
        "widths in a row",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 1..=2; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let u = choose 1..=3; let v = choose 1..=3; let w = choose 1..=3; \
         x |> linear[u] |> relu |> linear[v] |> gelu |> linear[w] |> tanh |> linear[2] |> a |> linear[3] }",
    ),
    (
        "widths that requirements tie",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let u = choose 1..=4; let v = choose 1..=4; let w = choose 1..=4; require u >= v; require v != w; \
         x |> linear[u] |> relu |> linear[v] |> linear[w] |> linear[2] |> a |> linear[3] }",
    ),
    (
        "layers that are there or not",
        "circuit a[n](x: real[n]) -> real[n] { qubit[n] q; rx(x) q; let d = choose 1..=2; for k in 0..d { let r = choose { rx(x), h }; r q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let u = choose 2..=3; let deep = choose bool; let h = x |> linear[u] |> relu; \
         let g = if deep { let v = choose { 3, 7 }; h |> linear[v] |> tanh |> linear[u] } else { h }; \
         g |> a[u] |> linear[3] }",
    ),
    (
        "values joined from several layers",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let s = choose bool; if s { swap q[0], q[1]; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let u = choose 1..=3; let v = choose 1..=3; let l = x |> linear[u]; let r = x |> linear[v] |> tanh; \
         concat(l, r) |> linear[2] |> a |> linear[3] }",
    ),
    (
        "several read-outs of one circuit",
        "circuit a(x: real[4]) -> (z: real[2], p: real[4]) { qubit[2] q; rx(x[0..2]) q; let d = choose 0..=2; for k in 0..d { ry(weight[2]) q; } (z: expect(Z(q)), p: probabilities(q)) } \
         model c(x: real[4]) -> real[3] { let both = x |> a; let which = choose bool; let w = choose { 2, 4 }; \
         let o = if which { both.z |> linear[w] } else { both.p |> linear[w] }; o |> linear[3] }",
    ),
    (
        "a layer for each turn",
        "circuit a(x: real[3]) -> real[3] { qubit[3] q; for i in 0..3 { let on = choose bool; if on { rx(tanh(x[i])) q[i]; } } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let w = choose 1..=3; x |> linear[w] |> linear[3] |> a |> linear[3] }",
    ),
    (
        "a number of layers by choice",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=2; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let depth = choose 1..=3; x |> for k in 0..depth { linear[choose 2..=3] |> relu } |> linear[2] |> a |> linear[3] }",
    ),
    (
        "every turn of a circuit in a list",
        "circuit a(x: real[2]) -> real[2] { qubit[2] q; rx(x) q; let d = choose 0..=2; for k in 0..d { ry(weight[2]) q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let all = [for k in 0..2 { x[2 * k..2 * k + 2] |> a }]; let on = choose bool; \
         let z = if on { all[0] + all[1] } else { x[0..2] }; z |> linear[3] }",
    ),
    (
        "weights that a vector gives",
        "model c(x: real[4]) -> real[3] { let w = choose 1..=3; let net: model(real[4]) -> real[2] = linear[w] |> linear[2]; let v = weight[23]; \
         let on = choose bool; let y = if on { x |> net with weights v[0..7 * w + 2] } else { x |> linear[2] }; y |> linear[3] }",
    ),
    (
        "amplitudes after widths",
        "circuit a(x: real[4]) -> real[2] { qubit[2] q; prepare(x) q; let d = choose 0..=2; for k in 0..d { let r = choose { h, z }; r q; } expect(Z(q)) } \
         model c(x: real[4]) -> real[3] { let u = choose 2..=5; let v = choose 2..=5; x |> linear[u] |> linear[v] |> linear[4] |> a |> linear[3] }",
    ),
];

/// Bounds that remove something, not everything: around the middle of what the architectures cost.
pub(crate) fn bounded(program: &str, metric: &str) -> Option<Template> {
    let free = template(program, "data: iris");
    let mut costs: Vec<f64> = built(&free)
        .iter()
        .map(|assignment| {
            let (bindings, _) = TemplateSpace::new(&free).bindings(assignment);
            let graph = build_with(&free, bindings).expect("builds");
            qnas::cost::find(metric).expect("a metric").evaluate(&graph)
        })
        .collect();
    costs.sort_by(f64::total_cmp);
    let (low, high) = (costs[costs.len() / 5], costs[costs.len() * 3 / 5]);
    (low < *costs.last()?).then(|| {
        template(program, &format!("data: iris, require: {metric} > {low} && {metric} <= {high} || {metric} == {low}"))
    })
}

pub(crate) fn sorted(list: &[Assignment]) -> Vec<String> {
    let mut out: Vec<String> = list.iter().map(text).collect();
    out.sort();
    out
}

#[test]
fn counts_and_lists_are_those_of_building_everything() {
    let mut decided = 0;
    for (name, program) in PROGRAMS {
        for metric in METRICS {
            let Some(template) = bounded(program, metric) else { continue };
            let expected = built(&template);
            let space = FilteredSpace::new(&template);
            // Whether an angle reads data at all is not always known of a step by itself.
            assert!(!space.needs_building() || *metric == "flops.embedding", "{name}: {metric} is decided by counting");
            assert_eq!(space.count(0), Count::Exact(expected.len().into()), "{name}: {metric}");
            let mut listed = Vec::new();
            space.each(&mut |assignment| {
                listed.push(assignment.clone());
                true
            });
            assert_eq!(sorted(&listed), sorted(&expected), "{name}: {metric}");
            // Decoding knows which assignments meet the bounds, whatever it is later known of circuits.
            for assignment in TemplateSpace::new(&template).enumerate(20_000).expect("few enough") {
                let decoded = space.decode(&assignment, &mut |gene| panic!("{} has a value", gene.path));
                assert_eq!(decoded.valid, expected.contains(&assignment), "{name}: {metric}: {}", text(&assignment));
            }
            decided += 1;
        }
    }
    assert!(decided > 60, "{decided}");
}

#[test]
fn samples_are_uniform_over_what_meets_the_bounds() {
    for (name, program) in PROGRAMS {
        let Some(template) = bounded(program, "flops.total") else { continue };
        let space = FilteredSpace::new(&template);
        let expected = sorted(&built(&template));
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..40 * expected.len() {
            *seen.entry(text(&space.draw(&mut rng).expect("not empty"))).or_default() += 1;
        }
        assert_eq!(seen.keys().cloned().collect::<Vec<_>>(), expected, "{name} reaches everything and nothing else");
        let chi2: f64 = seen.values().map(|n| (*n as f64 - 40.0).powi(2) / 40.0).sum();
        let freedom = (expected.len() - 1) as f64;
        assert!(chi2 < freedom + 6.0 * (2.0 * freedom).sqrt() + 6.0, "{name}: chi2 {chi2} of {freedom}");
    }
}

/// The space of a large template: counted, and what is drawn from it meets its bounds when it is built.
fn counted(template: &Template) -> BigUint {
    let space = FilteredSpace::new(template);
    assert!(!space.needs_building());
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..20 {
        let assignment = space.draw(&mut rng).expect("not empty");
        let (bindings, open) = space.choices().bindings(&assignment);
        assert!(open.is_empty());
        let graph = build_with(template, bindings.clone()).expect("builds");
        assert!(missed(template, &bindings, Some(&graph)).is_empty(), "{}", text(&assignment));
    }
    let Count::Exact(count) = space.count(0) else { panic!("counted") };
    assert!(count > BigUint::from(10u32).pow(12), "{count}");
    count
}

#[test]
fn many_widths_are_counted_by_layers() {
    // Sixteen layers of eight widths, 8^16 forms. A linear layer costs 2 in out, the circuit always the same.
    let widths: Vec<u64> = (1..=8).collect();
    let layers: Vec<String> = (0..16).map(|at| format!("let w{at} = choose 1..=8;")).collect();
    let chain: Vec<String> = (0..16).map(|at| format!("linear[w{at}]")).collect();
    let program =
        format!("model c(x: real[4]) -> real[3] {{ {} x |> {} |> linear[3] }}", layers.join(" "), chain.join(" |> "));
    let limit = 500;
    let template = template(&program, &format!("data: iris, require: flops.total <= {limit}"));
    // By width of the last layer and cost so far.
    let mut ways: BTreeMap<(u64, u64), BigUint> = BTreeMap::from([((4, 0), 1u32.into())]);
    for _ in 0..16 {
        let mut next = BTreeMap::new();
        for ((before, cost), count) in &ways {
            for width in &widths {
                *next.entry((*width, cost + 2 * before * width)).or_insert(BigUint::ZERO) += count;
            }
        }
        ways = next;
    }
    let expected: BigUint =
        ways.iter().filter(|((last, cost), _)| cost + 6 * last <= limit).map(|(_, count)| count).sum();
    assert_eq!(counted(&template), expected);
}

#[test]
fn many_turns_that_may_leave_a_layer_unread_are_counted() {
    // 3^40: the layers cost 2*4*2 + 2 if some slot reads them, and a slot with a gate of two qubits 2 gates.
    let program = "circuit a(x: real[2]) -> real[2] { qubit[2] q; for k in 0..40 { op: choose { data => { rx(x) q; } turn => { ry(weight[2]) q; } nothing => {} } } expect(Z(q)) } \
        model c(x: real[4]) -> real[3] { x |> linear[2] |> tanh |> a |> linear[3] }";
    let template = template(
        program,
        "data: iris, require: flops.classical <= 12 && gates <= 50 || flops.classical > 12 && gates == 70",
    );
    let two = |n: u32| BigUint::from(2u32).pow(n);
    // Without data at most 25 slots turn; with data 35 slots have gates, and not all of them turn.
    let without: BigUint = (0..=25).map(|turns| binomial(40, turns)).sum();
    let with = binomial(40, 35) * (two(35) - 1u32);
    assert_eq!(counted(&template), without + with);
}

#[test]
fn circuits_that_may_be_unread_are_counted_among_many() {
    // Two circuits of 2^30 each, of which one is read.
    let circuit = |name: &str, gate: &str| {
        format!(
            "circuit {name}(x: real[2]) -> real[2] {{ qubit[2] q; rx(x) q; for k in 0..30 {{ let on = choose bool; if on {{ {gate} }} }} expect(Z(q)) }}"
        )
    };
    let program = format!(
        "{} {} model c(x: real[4]) -> real[3] {{ let h = x |> linear[2]; let y = h |> a; let z = h |> b; let first = choose bool; \
        let o = if first {{ y }} else {{ z }}; o |> linear[3] }}",
        circuit("a", "h q[0];"),
        circuit("b", "cx q[0], q[1]; x q[0];")
    );
    let template = template(&program, "data: iris, require: gates <= 12");
    let all = BigUint::from(2u32).pow(30);
    let up_to = |most: u32| -> BigUint { (0..=most).map(|on| binomial(30, on)).sum() };
    assert_eq!(counted(&template), all.clone() * up_to(10) + all * up_to(5));
}

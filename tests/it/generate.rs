//! Weights from an expression, and mixtures of candidates: values against what they mean, gradients against differences.

use qnas::backends::hybrid::{Layout, Mode, Model};
use qnas::diag::render;
use qnas::driver::compiler::{Compiled, compile_text};
use qnas::driver::data::DataDirs;
use qnas::driver::relaxed::Relaxed;
use qnas::driver::run::{RelaxedSizes, relaxed_sizes};
use qnas::driver::search::{Settings, StrategyOptions, find};
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::hir::{Assignment, Space, Value};
use qnas::ir::build::build;
use qnas::ir::{Graph, MixRule, Op};
use std::collections::BTreeMap;

const GENERATE: &str = "
circuit state[n]() -> real[2 ** n] {
    qubit[n] q;
    let rot = choose { rx, ry };
    for layer in 0..2 { rot(weight[n] ~ normal(0, 0.6)) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } }
    probabilities(q)
}
model generate[net: model(real[a]) -> real[b], a, b](x: real[a]) -> real[b] {
    let p = count(net);
    let n = ceil(log2(p));
    let prob = state[n]();
    let map = linear[1];
    x |> net with weights [for i in 0..p { map(concat(2 * bits(i, n) - 1, 2 ** n * prob[i]))[0] }]
}
";

fn compiled(text: &str) -> Compiled {
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let shown = render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(!compiled.checked.has_errors(), "{shown}");
    compiled
}

fn template(compiled: &Compiled, name: &str) -> Template {
    compiled.checked.models.iter().find(|model| model.name == name).expect("a model").clone()
}

fn graph(template: &Template, choices: &[(&str, &str)]) -> Graph {
    let named = |(path, value): &(&str, &str)| ((*path).to_owned(), Value::Name((*value).to_owned()));
    let partial = Assignment(choices.iter().map(named).collect());
    let space = TemplateSpace::new(template);
    let full = space.decode(&partial, &mut |gene| match &gene.domain {
        qnas::hir::Domain::Values(values) => values[0].clone(),
        _ => Value::Int(4),
    });
    let graph = build(&space, &full.assignment).expect("builds");
    assert_eq!(qnas::ir::validate(&graph), Ok(()));
    graph
}

/// A loss with a gradient that is different for every output.
fn loss(outputs: &[f64]) -> (f64, Vec<f64>) {
    let weight = |at: usize| 0.3 + at as f64 * 0.7;
    let value = outputs.iter().enumerate().map(|(at, y)| weight(at) * y * y).sum();
    (value, outputs.iter().enumerate().map(|(at, y)| 2.0 * weight(at) * y).collect())
}

/// Compares the gradient of every trainable number with a central difference.
fn check_gradient(graph: &Graph, input: &[f64], rows: usize) {
    let mut model = Model::<f64>::compile(graph).expect("compiles");
    let layout = Layout::new(graph);
    let mut params: Vec<f64> = layout.initial(5);
    let inputs: Vec<&[f64]> = if graph.inputs.is_empty() { Vec::new() } else { vec![input] };
    let mode = Mode::Train { seed: 1, step: 2 };
    let outputs = model.forward(&mut params, &inputs, rows, mode).expect("runs").to_vec();
    let (_, slopes) = loss(&outputs);
    let mut gradient = vec![0.0; params.len()];
    model.backward(&params, &slopes, &mut gradient, None).expect("runs");
    let mut seen = 0.0f64;
    for entry in &layout.entries {
        for at in entry.range() {
            if !entry.trainable {
                assert_eq!(gradient[at], 0.0, "the buffer `{}` has a gradient", entry.path);
                continue;
            }
            let mut at_shift = |shift: f64| {
                let mut moved = params.clone();
                moved[at] += shift;
                loss(model.forward(&mut moved, &inputs, rows, mode).expect("runs")).0
            };
            let difference = (at_shift(1e-5) - at_shift(-1e-5)) / 2e-5;
            let error = (difference - gradient[at]).abs();
            assert!(error < 1e-6 * (1.0 + difference.abs()), "`{}`: {difference} and {}", entry.path, gradient[at]);
            seen = seen.max(difference.abs());
        }
    }
    assert!(seen > 1e-3, "the gradient is not all zero");
}

#[test]
fn gradients_go_through_generated_weights_into_the_circuit() {
    let text = format!(
        "{GENERATE} model m(x: real[3]) -> real[2] = x |> generate[linear[4] |> tanh |> linear[2]];
        model w(x: real[3, 2]) -> real[2] = x |> windows[lstm[3, biases: 1] |> last |> linear[2]];
        model windows[net: model(real[t, a]) -> real[b], t, a, b](x: real[t, a]) -> real[b] {{
            let p = count(net);
            let n = ceil(log2(p));
            let prob = state[n]();
            x |> net with weights [for i in 0..p {{ 4 * prob[i] - 0.3 }}]
        }}"
    );
    let compiled = compiled(&text);
    for rot in ["rx", "ry"] {
        let graph = graph(&template(&compiled, "m"), &[("generate.prob.state.rot", rot)]);
        check_gradient(&graph, &[0.3, -0.8, 0.5, 1.1, 0.2, -0.4], 2);
    }
    let graph = graph(&template(&compiled, "w"), &[]);
    check_gradient(&graph, &[0.3, -0.8, 0.5, 1.1, 0.2, -0.4], 1);
}

#[test]
fn a_generated_network_computes_what_the_network_with_these_weights_does() {
    let text = "model generated(x: real[3]) -> real[2] {
            let net: model(real[3]) -> real[2] = linear[4] |> relu |> linear[2];
            x |> net with weights weight[26] ~ normal(0, 1)
        }
        model plain(x: real[3]) -> real[2] = x |> linear[4] |> relu |> linear[2];";
    let compiled = compiled(text);
    let (generated, plain) = (graph(&template(&compiled, "generated"), &[]), graph(&template(&compiled, "plain"), &[]));
    let layout = Layout::new(&generated);
    let mut params: Vec<f64> = layout.initial(3);
    let source = layout.entries.iter().find(|entry| entry.trainable).expect("the vector").range();
    let mut same = params[source].to_vec();
    assert_eq!(same.len(), Layout::new(&plain).len);
    let x = [0.5, -1.0, 2.0, 0.1, 0.7, -0.2];
    let mut ours = Model::<f64>::compile(&generated).expect("compiles");
    let mut theirs = Model::<f64>::compile(&plain).expect("compiles");
    let ours = ours.forward(&mut params, &[&x], 2, Mode::Evaluate).expect("runs");
    let theirs = theirs.forward(&mut same, &[&x], 2, Mode::Evaluate).expect("runs");
    assert_eq!(ours, theirs);
}

#[test]
fn a_list_at_once_is_the_list_element_by_element() {
    let element = |i: usize| format!("map(concat(2 * bits({i}, 3) - 1, y, [8 * x[{i}], exp(x[{i}]) * y[1]]))[0]");
    let written: Vec<String> = (0..6).map(element).collect();
    let at_once = "[for i in 0..6 { map(concat(2 * bits(i, 3) - 1, y, [8 * x[i], exp(x[i]) * y[1]]))[0] }]";
    let model = |list: &str| {
        format!(
            "model m(x: real[6]) -> real[6] {{ let map = linear[1]; let y = x[1..3]; [0.0, 1.0, 2.0, 3.0, 4.0, 5.0] * {list} }}"
        )
    };
    let x = [0.4, -0.9, 0.3, 1.2, 0.8, -0.1, 0.2, 0.6, -0.5, 0.9, -1.3, 0.0];
    let run = |list: &str| {
        let graph = graph(&template(&compiled(&model(list)), "m"), &[]);
        let mut params: Vec<f64> = Layout::new(&graph).initial(11);
        let outputs = Model::<f64>::compile(&graph)
            .expect("compiles")
            .forward(&mut params, &[&x], 2, Mode::Evaluate)
            .expect("runs")
            .to_vec();
        (outputs, graph.nodes().filter(|node| matches!(node.op, Op::Linear { .. })).count())
    };
    let (once, maps) = run(at_once);
    let (one_by_one, many) = run(&format!("[{}]", written.join(", ")));
    assert_eq!((maps, many), (1, 6), "one product instead of six");
    once.iter().zip(&one_by_one).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} and {b}"));
}

const SEARCHES: &str = "
use std::space::{diffqas, diffqas_window};
model mlp[out, d](x: real[d]) -> real[out] { x |> linear[32] |> tanh |> linear[32] |> tanh |> linear[out] }
model pair(x: real[784]) -> real[2] = x |> diffqas[linear[128] |> relu |> linear[64] |> relu |> linear[2], depth: 15];
model series(x: real[4, 1]) -> real[1] = x |> diffqas_window[lstm[20, biases: 1] |> last |> linear[1], depth: 10];
model policy(x: real[147]) -> real[7] = x |> diffqas[mlp[7], depth: 10];
model value(x: real[147]) -> real[1] = x |> diffqas[mlp[1], depth: 10];
";

fn sizes(model: &str) -> RelaxedSizes {
    let inputs = if model == "series" { "data: bessel," } else { "" };
    let text = match model {
        "series" => format!(
            "{SEARCHES} search s {{ model: series, {inputs} train: fit(adam(lr: 1e-3), loss: mse, epochs: 1), minimize: [loss],
             strategy: differentiable(relax: diffqas_circuit) }}"
        ),
        // Without data the input stands in the model, as a vector of numbers.
        other => {
            let width = if other == "pair" { 784 } else { 147 };
            format!(
                "{SEARCHES} model alone() -> real = sum((weight[{width}] ~ zeros()) |> {other});
                 search s {{ model: alone, train: fit(adam(lr: 1e-3), loss: output, steps: 1), minimize: [loss],
                 strategy: differentiable(relax: diffqas_circuit) }}"
            )
        }
    };
    let compiled = compiled(&text);
    let mut sizes = relaxed_sizes(&compiled.checked.searches[0]).expect("sizes").expect("relaxed");
    if model != "series" {
        sizes.classical -= if model == "pair" { 784 } else { 147 };
    }
    sizes
}

#[test]
fn the_published_models_have_the_published_numbers_of_weights() {
    for (model, published, angles) in
        [("pair", 286, 255), ("series", 135, 110), ("policy", 157, 130), ("value", 157, 130)]
    {
        let sizes = sizes(model);
        assert_eq!(sizes.quantum + sizes.structural + sizes.classical, published, "{model}");
        assert_eq!((sizes.quantum, sizes.structural, sizes.candidates), (angles, 12, 12), "{model}");
        assert_eq!(sizes.constant, 6, "{model}: candidates that cannot depend on their angles");
    }
}

const MIXED: &str = "
circuit c[n](x: real[n]) -> (z: real[n], p: real[2 ** n]) {
    qubit[n] q;
    ry(x) q;
    let first = choose { rx, ry, rz };
    let two = choose { cx, cz };
    for layer in 0..2 { first(weight[n] ~ normal(0, 0.5)) q; for i in 0..n - 1 { two q[i], q[i + 1]; } ry(weight[n]) q; }
    (z: expect(Z(q)), p: probabilities(q))
}
model m(x: real[2]) -> real[6] {
    let read = x |> linear[2] |> c;
    concat(read.z, read.p)
}
";

fn settings(options: &[(&str, &str)]) -> Settings {
    let mut given: BTreeMap<String, Value> =
        options.iter().map(|(name, value)| ((*name).to_owned(), Value::Name((*value).to_owned()))).collect();
    given.entry("relax".to_owned()).or_insert_with(|| Value::Name("c".to_owned()));
    find("differentiable").expect("listed").settings(&StrategyOptions(given)).expect("options")
}

#[test]
fn mixtures_have_exact_gradients() {
    let template = template(&compiled(MIXED), "m");
    let space = TemplateSpace::new(&template);
    for (mix, angles) in [("raw", "shared"), ("softmax", "separate"), ("gumbel_softmax", "shared")] {
        let relaxed = Relaxed::new(&space, &settings(&[("mix", mix), ("angles", angles)])).expect("relaxes");
        assert_eq!(relaxed.sites.len(), 1);
        assert_eq!(relaxed.sites[0].candidates.len(), 6);
        let graph = relaxed.graph(&space, &relaxed.everything(), relaxed.rule, false).expect("builds");
        assert_eq!(qnas::ir::validate(&graph), Ok(()));
        let linears = graph.nodes().filter(|node| matches!(node.op, Op::Linear { .. })).count();
        assert_eq!(linears, 1, "what stands before the candidates is computed once");
        let quantum: usize = graph.weights.iter().filter(|weight| weight.quantum).map(|weight| weight.len()).sum();
        assert_eq!(quantum, if angles == "shared" { 8 } else { 48 });
        check_gradient(&graph, &[0.3, -0.8, 0.5, 1.1], 2);
    }
}

#[test]
fn a_mixture_is_the_sum_of_its_candidates() {
    let template = template(&compiled(MIXED), "m");
    let space = TemplateSpace::new(&template);
    let relaxed = Relaxed::new(&space, &settings(&[])).expect("relaxes");
    let graph = relaxed.graph(&space, &relaxed.everything(), MixRule::RAW, false).expect("builds");
    let layout = Layout::new(&graph);
    let mut params: Vec<f64> = layout.initial(4);
    let coefficients = [0.5, -1.0, 2.0, 0.25, 0.0, 1.5];
    params[layout.find("read.c.mix").expect("structural weights").range()].copy_from_slice(&coefficients);
    let x = [0.3, -0.8];
    let mixed = Model::<f64>::compile(&graph)
        .expect("compiles")
        .forward(&mut params, &[&x], 1, Mode::Evaluate)
        .expect("runs")
        .to_vec();
    let mut sum = vec![0.0; mixed.len()];
    for (at, coefficient) in coefficients.iter().enumerate() {
        let one = build(&space, &relaxed.discrete(&space, &[at])).expect("builds");
        let own = Layout::new(&one);
        let mut numbers: Vec<f64> = own.initial(4);
        for entry in &own.entries {
            let same = layout.find(&entry.path).expect("a shared path");
            numbers[entry.range()].copy_from_slice(&params[same.range()]);
        }
        let outputs = Model::<f64>::compile(&one)
            .expect("compiles")
            .forward(&mut numbers, &[&x], 1, Mode::Evaluate)
            .expect("runs")
            .to_vec();
        sum.iter_mut().zip(outputs).for_each(|(sum, y)| *sum += coefficient * y);
    }
    mixed.iter().zip(&sum).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} and {b}"));
}

#[test]
fn one_choice_can_be_relaxed_alone() {
    let text = MIXED.replace("choose { cx, cz }", "cx");
    let template = template(&compiled(&text), "m");
    let space = TemplateSpace::new(&template);
    let relaxed = Relaxed::new(&space, &settings(&[("relax", "first")])).expect("relaxes");
    assert_eq!(relaxed.sites[0].candidates.len(), 3);
    let open = compiled(MIXED);
    let wide = open.checked.models.iter().find(|model| model.name == "m").expect("a model");
    let error = Relaxed::new(&TemplateSpace::new(wide), &settings(&[("relax", "first")])).expect_err("`two` is open");
    assert_eq!(error.code.meta.code, "QN0836");
    let error = Relaxed::new(&space, &settings(&[("relax", "nothing")])).expect_err("no such circuit");
    assert_eq!(error.code.meta.code, "QN0836");
}

#[test]
fn weights_of_what_goes_in_stay_its_own() {
    let text = "model m(x: real[3]) -> real[2] {
            let net: model(real[4]) -> real[2] = linear[2];
            let before = linear[4];
            x |> before |> net with weights weight[10]
        }";
    let graph = graph(&template(&compiled(text), "m"), &[]);
    let trainable: Vec<(&str, usize)> =
        graph.weights.iter().filter(|weight| weight.trainable).map(|weight| (&*weight.path, weight.len())).collect();
    assert_eq!(trainable.iter().map(|(_, len)| len).sum::<usize>(), 3 * 4 + 4 + 10, "{trainable:?}");
    check_gradient(&graph, &[0.3, -0.8, 0.5], 1);
}

#[test]
fn mistakes_around_generated_weights_say_what_is_wrong() {
    let cases = [
        (
            "QN0302",
            "let net: model(real[4]) -> real[2] = linear[2]; x |> net with weights weight[11]",
            "these are 11 numbers, but the model has 10 weights",
        ),
        (
            "QN0302",
            "let net: model(real[4]) -> real[3] = linear[2]; x |> net with weights weight[10]",
            "the result of this model",
        ),
        (
            "QN0302",
            "let net: model(real[4]) -> real[2] = linear[2]; x |> net with weights weight[2, 5]",
            "one vector of all weights",
        ),
        (
            "QN0307",
            "let net: model(real[4]) -> real[2] = linear[2]; x |> net with weights (x |> linear[10])",
            "depend on the data",
        ),
        ("QN0309", "let net = linear[2]; x |> net with weights weight[count(net)]", "depends on what goes in"),
        ("QN0301", "let p = count(3); x |> linear[p]", "counts the weights of a model"),
        (
            "QN0316",
            "let net: model(real[4]) -> real[2] = linear[2] |> turned; x |> net with weights weight[12]",
            "whose weights are its own",
        ),
        ("QN0318", "x |> lstm[3] |> linear[2]", "needs a window"),
        ("QN0318", "[x] |> gru[3, biases: 3] |> last |> linear[2]", "is 0, 1 or 2"),
        ("QN0311", "bits(-1, 2)", "takes ints from 0 on"),
    ];
    for (code, body, sentence) in cases {
        let text = format!(
            "circuit turned(x: real[2]) -> real[2] {{ qubit[2] q; ry(x) q; rx(weight[2]) q; expect(Z(q)) }}
             model m(x: real[4]) -> real[2] {{ {body} }}"
        );
        let compiled = compile_text("test.qnas", &text, None, &DataDirs::default());
        let found = compiled.checked.diagnostics.iter().find(|diagnostic| diagnostic.code.meta.code == code);
        let shown = render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
        assert!(found.is_some_and(|found| found.message.contains(sentence)), "{code} {sentence}:\n{shown}");
    }
}

#[test]
fn a_wrong_number_of_weights_names_the_choice_that_breaks_it() {
    let text = "model m(x: real[4]) -> real[2] {
            let width = choose 2..=3;
            let net: model(real[4]) -> real[2] = linear[width] |> linear[2];
            x |> net with weights weight[16]
        }";
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let shown = render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(shown.contains("width = 3") && shown.contains("the model has 23 weights"), "{shown}");
}

#[test]
fn frozen_angles_get_no_gradient_and_everything_else_keeps_its_own() {
    let compiled = compiled(&format!(
        "{GENERATE} model m(x: real[3]) -> real[2] = x |> generate[linear[4] |> tanh |> linear[2]];"
    ));
    let mut graph = graph(&template(&compiled, "m"), &[("generate.prob.state.rot", "ry")]);
    graph.freeze_quantum();
    assert_eq!(graph.weights.iter().filter(|weight| weight.trainable).map(|weight| weight.len()).sum::<usize>(), 7);
    check_gradient(&graph, &[0.3, -0.8, 0.5], 1);
}

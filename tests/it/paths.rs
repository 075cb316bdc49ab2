//! Paths of choices and weights: what the language promises about names.

use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::hir::{Assignment, Space, Value};
use qnas::ir::{Graph, build};

fn template(text: &str) -> Template {
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let shown = qnas::diag::render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(!compiled.checked.has_errors(), "{shown}");
    let checked = compiled.checked;
    checked.searches.into_iter().map(|s| s.template).chain(checked.models).next().expect("a template")
}

/// The graph with some choices given; the others take their last value.
fn graph(template: &Template, given: &[(&str, Value)]) -> (Graph, Vec<String>) {
    let space = TemplateSpace::new(template);
    let given = Assignment(given.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect());
    let decoded = space.decode(&given, &mut |gene| match &gene.domain {
        qnas::hir::Domain::Ints { start, step, count } => Value::Int(start + (*count as i64 - 1) * step),
        qnas::hir::Domain::Values(values) => values[values.len() - 1].clone(),
        qnas::hir::Domain::Real { high, .. } => Value::Real(*high),
        qnas::hir::Domain::Subset { max, .. } => Value::Subset((0..*max).collect()),
    });
    for (path, value) in &given.0 {
        assert_eq!(decoded.assignment.0.get(path), Some(value), "{path} exists");
    }
    let paths = decoded.genes.iter().map(|gene| gene.path.clone()).collect();
    let graph = build::build(&space, &decoded.assignment).expect("builds");
    qnas::ir::validate(&graph).expect("valid");
    (graph, paths)
}

fn weights(graph: &Graph) -> Vec<(&str, &[usize])> {
    graph.weights.iter().map(|w| (w.path.as_str(), w.shape.as_slice())).collect()
}

const EVOLVED: &str = "circuit evolved(x: real[4]) -> real[4] {
    qubit[4] q;
    ry(x) q;
    for layer in 0..2 {
        for i in 0..4 { let g = choose { id, h, rx(weight), ry(weight), rz(weight) }; g q[i]; }
        let cnots = choose 0..=6;
        for k in 0..cnots { let (a, b) = choose 2 of q ordered; cx a, b; }
    }
    expect(Z(q))
}
model autoencoder(x: real[784]) -> real[784] {
    pi * tanh(x |> linear[64] |> relu |> linear[4]) |> evolved |> linear[64] |> relu |> linear[784] |> sigmoid
}";

#[test]
fn alternatives_layers_and_loops_name_their_weights() {
    let template = template(&EVOLVED.replace("model", "/// x\nmodel"));
    let name = |n: &str| Value::Name(n.to_owned());
    let given = [
        ("evolved.layer.0.i.3.g", name("rx")),
        ("evolved.layer.1.i.0.g", name("h")),
        ("evolved.layer.0.cnots", Value::Int(2)),
    ];
    // The circuit itself is closed too; the autoencoder is the model that has `linear` in front.
    let compiled = compile_text("t.qnas", EVOLVED, None, &DataDirs::default());
    let model = compiled.checked.models.iter().find(|m| m.name == "autoencoder").expect("there");
    let (graph, paths) = graph(model, &given);
    let found = weights(&graph);
    assert!(found.contains(&("evolved.layer.0.i.3.g.rx", &[])), "{found:?}");
    assert!(found.iter().all(|(path, _)| !path.starts_with("evolved.layer.1.i.0")), "h has no weight");
    assert!(found.contains(&("linear.weight", &[64, 784])) && found.contains(&("linear#4.bias", &[784])), "{found:?}");
    assert!(paths.contains(&"evolved.layer.0.k.1.a".to_owned()), "{paths:?}");
    assert!(!paths.contains(&"evolved.layer.0.k.2.a".to_owned()));
    drop(template);
}

#[test]
fn labels_and_gates_stand_in_paths() {
    let text = "gate soup[n] q[n] {
        let length = choose 1..=6;
        for slot in 0..length {
            op: choose {
                one => { let g = choose { x, sx, rx(weight), rz(weight) }; let a = choose q; g a; }
                two => { let g = choose { cz, rzz(weight) }; let (a, b) = choose 2 of q; g a, b; }
            }
        }
    }
    circuit c() -> real[3] { qubit[3] q; soup q; expect(Z(q)) }";
    let template = template(text);
    let name = |n: &str| Value::Name(n.to_owned());
    let (graph, paths) = graph(&template, &[("soup.slot.4.op", name("two")), ("soup.slot.4.op.two.g", name("rzz"))]);
    assert!(weights(&graph).contains(&("soup.slot.4.op.two.g.rzz", &[])), "{:?}", weights(&graph));
    assert!(paths.contains(&"soup.length".to_owned()));
}

#[test]
fn repeats_in_a_block_are_numbered_and_blocks_do_not_disturb_each_other() {
    let text = "circuit c() -> real[2] { qubit[2] q; rx(weight[2]) q; rx(weight[2]) q; \
                for i in 0..2 { ry(weight) q[i]; } for i in 0..2 { ry(weight) q[i]; } expect(Z(q)) }";
    let (graph, _) = graph(&template(text), &[]);
    let found: Vec<&str> = weights(&graph).into_iter().map(|w| w.0).collect();
    assert_eq!(found, ["rx", "rx#2", "i.0.ry", "i.1.ry", "i#2.0.ry", "i#2.1.ry"]);
    let longer = text.replace("{ ry(weight) q[i]; } for", "{ ry(weight) q[i]; rx(weight) q[i]; } for");
    let (more, _) = self::graph(&template(&longer), &[]);
    for path in found {
        assert!(more.find_weight(path).is_some(), "{path} keeps its name");
    }
}

#[test]
fn sharing_is_scope() {
    let text = "circuit c() -> real[4] { qubit[4] q; let w = weight; rx(w) q; ry(weight[4]) q; rz(weight) q; \
                let g = rx(weight); g q[0]; g q[1]; for i in 0..2 { let h = weight; rx(h) q[i]; } expect(Z(q)) }";
    let (graph, _) = graph(&template(text), &[]);
    let count: Vec<(&str, usize)> = graph.weights.iter().map(|w| (w.path.as_str(), w.len())).collect();
    assert_eq!(count, [("w", 1), ("ry", 4), ("rz", 1), ("g.rx", 1), ("i.0.h", 1), ("i.1.h", 1)]);
    let region = graph.regions().next().expect("a region").1;
    // One shared angle on four qubits, four independent ones, one shared again, one gate value twice.
    assert_eq!(region.gates().count(), 4 + 4 + 4 + 2 + 2);
}

#[test]
fn an_instance_has_one_set_of_weights() {
    let text = "model m(x: real[3]) -> real[3] { let map = linear[3]; map(map(x)) |> linear[3] }";
    let (graph, _) = graph(&template(text), &[]);
    let found: Vec<&str> = weights(&graph).into_iter().map(|w| w.0).collect();
    assert_eq!(found, ["map.linear.weight", "map.linear.bias", "linear.weight", "linear.bias"]);
    let linears = graph.nodes().filter(|node| node.op.name() == "linear").count();
    assert_eq!(linears, 3);
}

#[test]
fn weights_of_one_path_share_their_leading_block() {
    let text = "circuit c() -> real[1] { qubit[8] q; let n = choose { 4, 8 }; rx(weight[n]) q[0..n]; expect(Z(q[0])) }";
    let text = text.replace("-> real[1]", "-> real");
    let template = template(&text);
    let initial = |n: i64| {
        let (graph, _) = graph(&template, &[("n", Value::Int(n))]);
        assert_eq!(weights(&graph), [("rx", [n as usize].as_slice())]);
        qnas::backends::hybrid::Model::<f64>::compile(&graph).expect("compiles").initial(5)
    };
    let (short, long) = (initial(4), initial(8));
    assert_eq!(short[..4], long[..4], "the first four are the same numbers");
}

#[test]
fn searches_name_their_own_choices_by_field() {
    let text = "model m[features, classes](x: real[features]) -> real[classes] { x |> linear[classes] }
        search s { model: m, data: iris, minimize: [loss],
            train: fit(adam(lr: choose 1e-3..=1e-2 log), loss: cross_entropy, epochs: choose 1..=3),
            strategy: random(evaluations: 4) }";
    let template = template(text);
    let (_, paths) = graph(&template, &[]);
    assert_eq!(paths, ["train.optimizer.lr", "train.epochs"]);
}

#[test]
fn sizes_take_no_names_from_the_block() {
    // `width` matches `kind` to find the size of `x`; the arm of the body is still the first of its name.
    let text =
        "use std::embed::embed;\ncircuit c(x: real[4]) -> real[2] { qubit[2] q; embed[amplitude](x) q; expect(Z(q)) }";
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let template = &compiled.checked.models[0];
    let graph = qnas::ir::build::build(&TemplateSpace::new(template), &Assignment::default()).expect("builds");
    let printed = qnas::ir::print(&graph);
    assert!(printed.contains("embed.amplitude.prepare") && !printed.contains("amplitude#2"), "{printed}");
}

#[test]
fn a_setting_that_only_sizes_what_is_taken_is_used() {
    let text = "fn all[n](q: qubit[n]) = sum(Z(q));\ncircuit c() -> real[1] { qubit[3] q; h q; [expect(all(q))] }";
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    assert!(compiled.checked.diagnostics.is_empty(), "{:?}", compiled.checked.diagnostics);
}

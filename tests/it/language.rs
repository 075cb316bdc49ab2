//! What programs mean: forms that combine, names inside broadcasts, messages that stay with the user's text.

use crate::support::program::{compile, compiled, graph, only_region};
use qnas::diag::Diagnostic;
use qnas::driver::compiler::compile as compile_file;
use qnas::driver::data::DataDirs;
use qnas::hir::Assignment;
use qnas::hir::space::TemplateSpace;
use qnas::ir::build::build;

/// Gates of the first circuit as `name qubits`, with their paths if asked for.
fn gates(text: &str) -> Vec<String> {
    let compiled = compiled("gates.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    let show = |gate: &qnas::ir::GateOp| {
        let qubits: Vec<String> = gate.qubits.iter().map(u32::to_string).collect();
        format!("{} {}", gate.path, qubits.join(","))
    };
    only_region(&graph).gates().map(show).collect()
}

fn said(text: &str) -> Vec<(&'static str, String)> {
    let list = compile("said.qnas", text).checked.diagnostics;
    list.into_iter().map(|diagnostic: Diagnostic| (diagnostic.code.meta.code, diagnostic.message)).collect()
}

#[test]
fn gates_are_broadcast_with_their_data() {
    let text = "gate one(a: real) q { rx(a) q; h q; }\n\
                circuit c(x: real[2]) -> real[2] { qubit[2] q; one(x) q; one(x[1]) q[0]; expect(Z(q)) }\n";
    assert_eq!(gates(text), ["one.0.rx 0", "one.0.h 0", "one.1.rx 1", "one.1.h 1", "one#2.rx 0", "one#2.h 0"]);
    let text = "circuit c() -> real[4] { qubit[4] q; cx q[0], q[1..4]; cz q[0..2], q[2..4]; expect(Z(q)) }\n";
    assert_eq!(gates(text), ["cx 0,1", "cx 0,2", "cx 0,3", "cz 0,2", "cz 1,3"]);
}

#[test]
fn ranges_run_backwards_and_registers_are_sliced() {
    let text = "circuit c() -> real[3] { qubit[3] q; for i in 2..0 step -1 { cx q[i], q[i - 1]; } \
                h q[2..=1 step -1]; expect(Z(q)) }\n";
    assert_eq!(gates(text), ["i.2.cx 2,1", "i.1.cx 1,0", "h 2", "h 1"]);
}

#[test]
fn an_entangler_may_be_a_setting() {
    let text = "use std::entangle::{line, ring};\n\
                gate block[n, entangler: gate = ring, two: gate[2] = cx] q[n] { entangler[two] q; }\n\
                circuit c() -> real[3] { qubit[3] q; block q; block[entangler: line, two: cz] q; expect(Z(q)) }\n";
    let expected = [
        "block.entangler.ring.i.0.two 0,1",
        "block.entangler.ring.i.1.two 1,2",
        "block.entangler.ring.i.2.two 2,0",
        "block#2.entangler.line.i.0.two 0,1",
        "block#2.entangler.line.i.1.two 1,2",
    ];
    assert_eq!(gates(text), expected);
}

#[test]
fn functions_give_lists_of_observables() {
    let text = "fn pairs[n](q: qubit[n]) -> observable[n - 1] = [for i in 0..n - 1 { Z(q[i]) * Z(q[i + 1]) }];\n\
                circuit c() -> real[2] { qubit[3] q; h q; expect(pairs(q)) }\n";
    compiled("pairs.qnas", text);
    let single = text.replace("observable[n - 1]", "observable").replace("real[2]", "real");
    assert!(matches!(&said(&single)[..], [("QN0301", message)] if message.contains("a list of them")));
    let wrong = text.replace("observable[n - 1]", "observable[n]");
    assert!(said(&wrong).iter().any(|(code, _)| *code == "QN0302"), "{:?}", said(&wrong));
}

#[test]
fn products_of_observables_are_parities() {
    let text =
        "circuit c(x: real[3]) -> real { qubit[3] q; ry(x) q; expect(product(Z(q)) + product([2, 3]) * X(q[0])) }\n";
    let compiled = compiled("product.qnas", text);
    let graph = graph(&compiled.checked.models[0], 0);
    let x = [0.3f64, -0.7, 1.1];
    let mut model = qnas::backends::hybrid::Model::<f64>::compile(&graph).expect("compiles");
    let out = model.forward(&mut [], &[&x], 1, qnas::backends::hybrid::Mode::Evaluate).expect("runs").to_vec();
    let expected = x.iter().map(|x| x.cos()).product::<f64>() + 6.0 * x[0].sin();
    assert!((out[0] - expected).abs() < 1e-12);
}

#[test]
fn loop_variables_need_no_reader() {
    compiled("loop.qnas", "circuit c() -> real { qubit q; for layer in 0..2 { rx(weight) q; } expect(Z(q)) }\n");
    let pair = "circuit c() -> real[2] { qubit[2] q; for (a, b) in [(0, 1)] { h q[a]; } expect(Z(q)) }\n";
    assert!(matches!(&said(pair)[..], [("QN0209", message)] if message.contains("`b`")));
}

#[test]
fn what_is_wrong_in_the_library_is_shown_at_its_use() {
    let text = "use std::entangle::ring;\ncircuit c() -> real[1] { qubit[1] q; ring[cx] q; expect(Z(q)) }\n";
    let compiled = compile("use.qnas", text);
    let [diagnostic] = &compiled.checked.diagnostics[..] else { panic!("one error") };
    let place = diagnostic.primary.expect("a place");
    assert_eq!(&text[place.range()], "ring[cx] q;");
    assert!(diagnostic.notes.iter().any(|note| note.contains("comes with the library")));
}

#[test]
fn contradicting_guards_are_never_reached() {
    let text = "circuit c() -> real[2] { qubit[2] q; let n = choose 1..=3; if n == 1 { if n == 2 { cx q[0], q[0]; } } \
                h q; expect(Z(q)) }\n";
    compiled("guards.qnas", text);
}

#[test]
fn one_wrong_argument_is_one_error() {
    let text =
        "use std::embed::embed;\ncircuit c() -> real[3] { qubit[3] q; embed[amplitude](weight[3]) q; expect(Z(q)) }\n";
    assert_eq!(said(text).len(), 1, "{:?}", said(text));
}

#[test]
fn prepare_after_a_broadcast_gate_is_noticed() {
    let text = |condition: &str| {
        format!(
            "circuit c(x: real[4]) -> real[2] {{ qubit[2] q; let early = choose bool; if early {{ h q; }} \
             if {condition} {{ prepare(x) q; }} expect(Z(q)) }}\n"
        )
    };
    assert_eq!(said(&text("early")).iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["QN0314"]);
    compiled("prepare.qnas", &text("!early"));
}

#[test]
fn files_may_not_import_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("a.qnas", "use b::second;\nfn first(n: int) -> int = second(n);\n");
    write("b.qnas", "use a::first;\nfn second(n: int) -> int = first(n);\n");
    let compiled = compile_file(&folder.path().join("a.qnas"), &DataDirs::default()).expect("read");
    let codes: Vec<&str> = compiled.checked.diagnostics.iter().map(|d| d.code.meta.code).collect();
    assert!(codes.contains(&"QN0211"), "{codes:?}");
}

#[test]
fn a_graph_needs_every_choice() {
    let compiled =
        compiled("open.qnas", "model m(x: real[4]) -> real[2] { let n = choose 1..=3; x |> linear[n] |> linear[2] }\n");
    let space = TemplateSpace::new(&compiled.checked.models[0]);
    let error = build(&space, &Assignment::default()).expect_err("a choice is open");
    assert_eq!(error.code.meta.code, "QN0409");
    assert!(error.message.contains("`n`"));
}

#[test]
fn images_take_the_axes_the_model_asks_for() {
    let search = |input: &str, option: &str, rest: &str| {
        let text = format!(
            "model m(x: {input}) -> real[10] {{ x |> {rest} |> linear[10] }}\n\
             search s {{ model: m, data: mnist({option}), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 1), \
             minimize: [loss], strategy: random(evaluations: 1) }}\n"
        );
        let found = said(&text).into_iter().filter(|(code, _)| *code == "QN0302").collect::<Vec<_>>();
        found.into_iter().map(|(_, message)| message).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(search("real[784]", "train: 100", "linear[16]"), none);
    assert_eq!(search("real[1, 28, 28]", "train: 100", "conv2d[2, 5] |> flatten"), none);
    assert_eq!(search("real[1, 7, 7]", "pool: 4", "flatten"), none);
    let flat = search("real[1, 28, 28]", "flatten: true", "flatten");
    assert_eq!(flat, ["`x` should have 3 axes, but it has one axis (a vector)"]);
    assert_eq!(search("real[1, 28, 27]", "train: 100", "flatten").len(), 1);
}

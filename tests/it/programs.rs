//! The programs of the published systems: they compile without a word, and their spaces have the sizes worked out by hand.

use crate::support::program::{compile, compiled, graph};
use num_bigint::BigUint;
use qnas::driver::compiler::Compiled;
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;

fn program(name: &str) -> Compiled {
    let text = std::fs::read_to_string(format!("tests/programs/{name}.qnas")).expect("a program");
    compiled(name, &text)
}

fn main_template(compiled: &Compiled) -> &Template {
    compiled.checked.searches.first().map_or_else(|| &compiled.checked.models[0], |search| &search.template)
}

/// Raw genotypes and reachable assignments; a few architectures are built.
fn counts(name: &str) -> (BigUint, BigUint) {
    let compiled = program(name);
    let template = main_template(&compiled);
    for seed in 0..8 {
        graph(template, seed);
    }
    let space = TemplateSpace::new(template);
    let genotypes = space.genotypes();
    assert!(genotypes.exact, "{name}");
    (genotypes.raw, space.reachable())
}

/// Counts by visiting every assignment.
fn visited(name: &str) -> u64 {
    let compiled = program(name);
    let mut count = 0;
    let space = TemplateSpace::new(main_template(&compiled));
    space.each(&mut |_| {
        count += 1;
        true
    });
    count
}

fn big(value: u64) -> BigUint {
    BigUint::from(value)
}

/// `Σ base^k` for `k` in `1..=most`.
fn powers(base: u64, most: u32) -> BigUint {
    (1..=most).map(|k| big(base).pow(k)).sum()
}

#[test]
fn faqnas() {
    // Qubits, embedding, gate, topology, depth, four rotations; each depth has as many rotations as layers.
    let reachable = 9 * 2 * 2 * 2 * (3 + 9 + 27 + 81);
    assert_eq!(counts("faqnas"), (big(9 * 2 * 2 * 2 * 4 * 81), big(reachable)));
    assert_eq!(visited("faqnas"), reachable);
}

#[test]
fn qnas() {
    // A layer keeps no cx (one way) or odd, even or all of them with a range up to min(5, n - 1).
    let circuits = |n: u64| (1..=4).map(|depth| (1 + 3 * (n - 1).min(5)).pow(depth)).sum::<u64>();
    let angles: u64 = (2..=8).map(circuits).sum();
    let amplitudes: u64 = (2..=5).map(circuits).sum();
    assert_eq!(3 * angles + amplitudes, 809_896);
    assert_eq!(counts("qnas"), (big(4 * 7 * 4 * 4u64.pow(4) * 5u64.pow(4)), big(809_896)));
    assert_eq!(visited("qnas"), 809_896);
    // The learning rate is real: listed, not counted.
    let compiled = program("qnas");
    let space = TemplateSpace::new(main_template(&compiled));
    assert!(space.has_real_choices());
    assert!(space.genotypes().choices.iter().any(|choice| choice.path == "train.optimizer.lr"));
}

#[test]
fn qnas_as_its_paper_searches() {
    let text = std::fs::read_to_string("tests/programs/qnas.qnas").expect("a program");
    let whole = text.replace("flops.total]", "flops.total, overhead(budget: 4)], retrain: pareto(epochs: 12)");
    assert_ne!(text, whole);
    let said = compile("qnas", &whole).checked.diagnostics;
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn words_of_settings_stay_words_where_a_model_has_their_name() {
    let text = "use std::space::qnas;\nconst rows: int = 20;\nsearch s {\n    model: qnas, \
                data: iris(protocol: qnas, scale: standard, validation: rows),\n    \
                train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 1), minimize: [loss],\n}\n";
    let said = compile("words", text).checked.diagnostics;
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn autoencoder() {
    // Two layers of four gates out of five and up to six ordered pairs of different wires out of twelve.
    let layer = big(5u64.pow(4)) * (big(1) + powers(12, 6));
    let raw = big(5u64.pow(4) * 7) * big(12).pow(6);
    assert_eq!(counts("autoencoder"), (&raw * &raw, &layer * &layer));
}

#[test]
fn u3cu3() {
    // One or two blocks, each with two fronts of one to four gates.
    assert_eq!(counts("u3cu3"), (big(2 * 16 * 16), big(16 + 16 * 16)));
    assert_eq!(visited("u3cu3"), 272);
}

#[test]
fn vqe() {
    // One to six rounds, each on one of the 15 nonempty sets of the device's four edges.
    assert_eq!(counts("vqe"), (big(6) * big(15).pow(6), powers(15, 6)));
}

#[test]
fn soup() {
    // A slot: one of four gates on one of three wires, or one of two gates on one of three pairs.
    assert_eq!(counts("soup"), (big(30) * big(2 * 4 * 3 * 2 * 3).pow(30), powers(4 * 3 + 2 * 3, 30)));
}

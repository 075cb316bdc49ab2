//! What searches are compared with: models without their circuits, and random search of the same size.

use crate::cli::qnas;
use crate::support::program::compile;
use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::train::Weights;
use qnas::hir::Space;
use qnas::hir::space::TemplateSpace;
use qnas::ir::{Op, classical_control, validate};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::fs;
use std::path::Path;

const PROGRAM: &str = "\
use std::space::qnas;
search s {
    model:    qnas[hidden: 8],
    data:     iris(train: 0.8, validation: 0.2, scale: standard, protocol: qnas),
    train:    fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 1, batch: 16),
    minimize: [1 - accuracy, flops.total],
    strategy: nsga2(population: 4, generations: 2),
    seed:     1,
}
";

#[test]
fn controls_are_the_same_models_without_circuits() {
    let compiled = compile("control", PROGRAM);
    let space = TemplateSpace::new(&compiled.checked.searches[0].template);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut wrapped = 0;
    for _ in 0..40 {
        let assignment = space.sample(&mut rng).expect("the space is not empty");
        let graph = qnas::ir::build::build(&space, &assignment).expect("builds");
        let control = classical_control(&graph);
        validate(&control).expect("a sound graph");
        assert_eq!((graph.regions().count(), control.regions().count()), (1, 0));
        wrapped += usize::from(graph.nodes().any(|node| node.op.name() == "rem"));
        assert!(control.nodes().all(|node| node.op.name() != "rem"), "the layer reads what was not wrapped yet");
        // Every classical weight stays, in shape and beginning; the circuit's go; the layer's are new.
        for weight in &graph.weights {
            let kept = control.find_weight(&weight.path).map(|id| control.weight(id).clone());
            assert_eq!(kept, (!weight.quantum).then(|| weight.clone()), "{}", weight.path);
        }
        let new: Vec<&str> = control.weights.iter().map(|weight| weight.path.as_str()).collect();
        let added: Vec<&&str> = new.iter().filter(|path| graph.find_weight(path).is_none()).collect();
        assert_eq!(added, [&"qnas_circuit.control.bias", &"qnas_circuit.control.weight"]);
        assert!(control.nodes().all(|node| !matches!(node.op, Op::Region(_))));
        let mut model = Model::<f64>::compile(&control).expect("compiles");
        let mut params = model.initial(1);
        let outputs = model.forward(&mut params, &[&[0.1, -0.4, 0.9, 2.0]], 1, Mode::Evaluate).expect("runs");
        assert!(outputs.len() == 3 && outputs.iter().all(|x| x.is_finite()));
    }
    assert!(wrapped > 5);
}

/// A search with an option more: its header and the number of its evaluations.
fn searched(options: &[&str]) -> (serde_json::Value, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("s.qnas"), folder.path().join("run"));
    fs::write(&file, PROGRAM).expect("written");
    let paths = [file.to_str().expect("UTF-8"), "--out", out.to_str().expect("UTF-8")];
    let ran = qnas(&[&["search"], &paths[..], options].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let journal = fs::read_to_string(out.join("journal.jsonl")).expect("a journal");
    let header = journal.lines().next().expect("a header");
    (serde_json::from_str(header).expect("JSON"), journal.lines().count() - 1)
}

#[test]
fn controls_have_the_same_budget() {
    let (header, evaluations) = searched(&[]);
    assert_eq!((header["strategy"]["name"].as_str(), evaluations), (Some("nsga2"), 8));
    let (header, evaluations) = searched(&["--baseline", "random"]);
    assert_eq!((header["strategy"]["name"].as_str(), evaluations), (Some("random"), 8));
    let (header, evaluations) = searched(&["--baseline", "classical"]);
    assert_eq!((header["strategy"]["name"].as_str(), evaluations), (Some("nsga2"), 8));
    assert_eq!(header["settings"]["baseline"], "classical");
    let (header, evaluations) = searched(&["--strategy", "random(evaluations: 3)"]);
    assert_eq!((header["strategy"]["name"].as_str(), evaluations), (Some("random"), 3));
}

/// A training of the example without choices; what it tells as JSON, and its weights.
fn trained(folder: &Path, name: &str, options: &[&str]) -> (serde_json::Value, Weights) {
    let (file, weights) = (folder.join("hybrid.qnas"), folder.join(name));
    let text = include_str!("../../examples/hybrid.qnas").replace("epochs: 30", "epochs: 2");
    fs::write(&file, text).expect("written");
    let told = ["train", file.to_str().expect("UTF-8"), "--format", "json"];
    let ran = qnas(&[&told[..], &["--save", weights.to_str().expect("UTF-8")], options].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    (serde_json::from_str(&ran.out).expect("JSON"), Weights::load(&weights).expect("weights"))
}

#[test]
fn one_architecture_has_the_controls_of_a_search() {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, _) = trained(folder.path(), "whole", &[]);
    let (told, frozen) = trained(folder.path(), "frozen", &["--baseline", "frozen"]);
    assert_eq!((whole["baseline"].as_str(), told["baseline"].as_str()), (None, Some("frozen")));
    let count = |told: &serde_json::Value| told["weights"].as_f64().expect("a count");
    assert_eq!(count(&whole) - count(&told), 16.0, "2 x 2 x 4 angles are no longer trained");
    // Angles are where they begin, all other weights have moved.
    let compiled = compile("hybrid", include_str!("../../examples/hybrid.qnas"));
    let template = &compiled.checked.searches[0].template;
    let graph = crate::support::program::graph(template, 1);
    let model = Model::<f32>::compile(&graph).expect("compiles");
    let begin = Weights::of(model.layout(), &model.initial(7), frozen.origin.clone());
    for weight in &graph.weights {
        let same = begin.tensors[&weight.path] == frozen.tensors[&weight.path];
        assert_eq!(same, weight.quantum, "{}", weight.path);
    }
    let (told, classical) = trained(folder.path(), "classical", &["--baseline", "classical"]);
    assert_eq!(count(&told), 13.0 * 4.0 + 4.0 + 4.0 * 4.0 + 4.0 + 4.0 * 3.0 + 3.0, "a layer of 4 by 4 for the circuit");
    assert!(classical.tensors.keys().any(|path| path.contains(".control.")));
    let ran = qnas(&["train", "examples/hybrid.qnas", "--baseline", "random"]);
    assert!(ran.code == 2 && ran.err.contains("classical, frozen"), "{}", ran.err);
}

#[test]
fn a_mixture_of_circuits_has_no_classical_control() {
    let ran = qnas(&["search", "examples/diffqas_bessel.qnas", "--baseline", "classical"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("QN0803") && ran.err.contains("--baseline frozen"), "{}", ran.err);
}

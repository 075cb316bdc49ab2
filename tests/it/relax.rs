//! Searches that train all candidates at once: what can be relaxed, how training goes on, what is reported.

use crate::cli::{command, qnas};
use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::driver::relaxed::Relaxed;
use qnas::driver::search::{StrategyOptions, find};
use qnas::hir::Value;
use qnas::hir::space::TemplateSpace;
use qnas::ir::Region;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Choices of gates, of statements and in a loop: 3 x 2 x 2 candidates.
const PROGRAM: &str = "\
circuit c[n](x: real[n]) -> real[n] {
    qubit[n] q;
    ry(x) q;
    block: choose {
        apart => { rx(weight[n]) q; }
        tied => { for i in 0..n - 1 { cx q[i], q[i + 1]; } ry(weight[n]) q; }
        turned => { h q; rz(weight[n]) q; }
    }
    for layer in 0..2 { let g = choose { rx, ry }; g(weight[n]) q; }
    expect(Z(q))
}
model m(x: real[4]) -> real[3] = x |> linear[2] |> c |> linear[3];
search s {
    model:    m,
    data:     iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train:    fit(adam(lr: 2e-2), loss: cross_entropy, epochs: 6, batch: 16),
    minimize: [loss],
    strategy: differentiable(relax: c),
    seed:     5,
}
";

fn run(folder: &Path, strategy: &str, more: &[&str]) -> (i32, Json, String) {
    let file = folder.join("s.qnas");
    fs::write(&file, PROGRAM).expect("written");
    let out = folder.join(format!("run{}", fs::read_dir(folder).expect("a folder").count()));
    let mut args = vec!["search", file.to_str().expect("UTF-8"), "--format", "json", "--strategy", strategy];
    args.extend(["--out", out.to_str().expect("UTF-8")]);
    args.extend(more);
    let ran = qnas(&args);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_default(), ran.err)
}

fn list<'a>(report: &'a Json, key: &str) -> &'a [Json] {
    report[key].as_array().expect("a list")
}

fn coefficients(report: &Json) -> Vec<f64> {
    list(report, "standings").iter().filter_map(|one| one["coefficient"].as_f64()).collect()
}

#[test]
fn gates_and_statements_are_relaxed_and_the_best_are_measured_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, report, err) = run(folder.path(), "differentiable(relax: c)", &["--jobs", "1"]);
    assert_eq!(code, 0, "{err}");
    let standings = list(&report, "standings");
    assert_eq!(standings.len(), 12, "every joint assignment of a statement and two gates has a weight of its own");
    let words: Vec<&str> = standings.iter().filter_map(|one| one["words"].as_str()).collect();
    for part in ["block: apart", "block: tied", "block: turned", "layer.0.g: rx", "layer.1.g: ry"] {
        assert!(words.iter().any(|words| words.contains(part)), "{part}: {words:?}");
    }
    let sizes = coefficients(&report);
    assert!(sizes.windows(2).all(|pair| pair[0].abs() >= pair[1].abs()), "best first: {sizes:?}");
    assert!(sizes.iter().any(|c| (c - 1.0 / 12.0).abs() > 1e-3), "structural weights move with the angles: {sizes:?}");
    let measured = list(&report, "measured");
    let what: Vec<&str> = measured.iter().filter_map(|one| one["what"].as_str()).collect();
    assert_eq!(what, ["ensemble", "top 1", "top 3"]);
    for one in measured {
        assert!(one["validation"]["loss"].is_f64() && one["test"]["accuracy"].is_f64(), "{one}");
        assert_eq!(
            one["alone_test"]["loss"].is_f64(),
            one["what"] != "ensemble",
            "trained again from the beginning: {one}"
        );
    }
    let epochs = list(&report, "epochs");
    assert_eq!(epochs.len(), 6, "the curve of the mixture's training");
    assert!(epochs.iter().all(|epoch| epoch["train"]["loss"].is_f64() && epoch["train"]["accuracy"].is_f64()));
    let (_, again, _) = run(folder.path(), "differentiable(relax: c)", &["--jobs", "2"]);
    assert_eq!(report, again, "the number of threads changes nothing");
}

#[test]
fn pruning_narrows_and_locks() {
    let folder = tempfile::tempdir().expect("a folder");
    let strategy = "differentiable(relax: c, mix: softmax, angles: separate, prune: [4, 1], top: [1])";
    let (code, report, err) = run(folder.path(), strategy, &[]);
    assert_eq!(code, 0, "{err}");
    for line in ["stage 1 of 3: candidates 12", "stage 2 of 3: candidates 4", "stage 3 of 3: candidates 1"] {
        assert!(err.contains(line), "{err}");
    }
    assert_eq!(coefficients(&report), [1.0], "a softmax of one");
    let steps: Vec<u64> = list(&report, "epochs").iter().filter_map(|epoch| epoch["steps"].as_u64()).collect();
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "one curve over all stages: {steps:?}");
    let strategy =
        "differentiable(relax: c, mix: softmax, temperature: 0.02, floor: 0.01, prune: [9, 8], lock: 0.2, top: [1])";
    let (_, report, err) = run(folder.path(), strategy, &[]);
    assert!(err.contains("stage 3 of 3: candidates 1,") && coefficients(&report) == [1.0], "{err}");
    let rising = run(folder.path(), "differentiable(relax: c, prune: [3, 6])", &[]);
    assert!(rising.0 != 0 && rising.2.contains("must name fewer candidates"), "{}", rising.2);
}

#[test]
fn bilevel_updates_use_the_validation_part_and_gumbel_cools() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut found = Vec::new();
    for options in [
        "updates: bilevel",
        "updates: bilevel, mix: gumbel_softmax, temperature: 2.0, decay: 0.9",
        "mix: gumbel_softmax, temperature: 2.0, decay: 0.9",
        "mix: softmax, temperature: 0.5",
    ] {
        let strategy = format!("differentiable(relax: c, top: [12], {options})");
        let (code, report, err) = run(folder.path(), &strategy, &[]);
        assert_eq!(code, 0, "{options}: {err}");
        let all = coefficients(&report);
        if options.contains("softmax") {
            assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{options}: {all:?}");
        }
        assert!(found.iter().all(|other| *other != all), "{options}");
        assert_eq!(list(&report, "epochs").len(), 6, "{options}: epochs of the angles");
        found.push(all);
    }
    let text = PROGRAM.replace("train: 0.6, validation: 0.2", "train: 0.8, validation: 0");
    fs::write(folder.path().join("t.qnas"), text).expect("written");
    let file = folder.path().join("t.qnas");
    let out = folder.path().join("out");
    let args = ["search", file.to_str().expect("UTF-8"), "--out", out.to_str().expect("UTF-8"), "--strategy"];
    let ran = qnas(&[&args[..], &["differentiable(relax: c, updates: bilevel)"]].concat());
    assert!(ran.code != 0 && ran.err.contains("which has no rows"), "{}", ran.err);
}

fn relaxed_regions(text: &str, name: &str) -> (Vec<bool>, Vec<Region>) {
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    assert!(!compiled.checked.has_errors());
    let template = compiled.checked.models.iter().find(|model| model.name == "m").expect("a model");
    let space = TemplateSpace::new(template);
    let relax = ("relax".to_owned(), Value::Name(name.into()));
    let settings = find("differentiable").expect("listed").settings(&StrategyOptions([relax].into())).expect("options");
    let relaxed = Relaxed::new(&space, &settings).expect("relaxes");
    let graph = relaxed.graph(&space, &relaxed.everything(), relaxed.rule, false).expect("builds");
    let constant = relaxed.sites[0].candidates.iter().map(|candidate| candidate.constant).collect();
    let regions = graph.regions().map(|(_, region)| region.clone()).collect();
    let mut model = Model::<f64>::compile(&graph).expect("compiles");
    let mut params = model.initial(1);
    let before = model.forward(&mut params, &[], 1, Mode::Evaluate).expect("runs").to_vec();
    // Other angles: what the constant candidates give has been computed, and is right for these as well.
    let mut other: Vec<f64> = params.iter().map(|x| x + 0.7).collect();
    let kept = model.forward(&mut other, &[], 1, Mode::Evaluate).expect("runs").to_vec();
    let mut fresh = Model::<f64>::compile(&graph).expect("compiles");
    assert_eq!(kept, fresh.forward(&mut other, &[], 1, Mode::Evaluate).expect("runs"));
    assert_ne!(kept, before);
    (constant, regions)
}

#[test]
fn candidates_without_effect_of_angles_lose_them_before_training() {
    let text = "use std::space::diffqas_circuit; model m() -> real[16] = diffqas_circuit[n: 4, depth: 3]();";
    let (constant, regions) = relaxed_regions(text, "diffqas_circuit");
    assert_eq!(constant.iter().filter(|constant| **constant).count(), 6);
    for (constant, region) in constant.iter().zip(&regions) {
        assert_eq!(
            *constant,
            region.weights().is_empty(),
            "a circuit without angles is computed by the first pass alone"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.qnas");
    let text = "use std::space::diffqas_circuit;
        model m() -> real = sum(diffqas_circuit[n: 3, depth: 2]() * [0.0, 1.0, 0.5, 2.0, 1.0, 3.0, 0.1, 0.7]);
        search s { model: m, train: fit(adam(lr: 1e-2), loss: output, steps: 5), minimize: [loss],
        strategy: differentiable(relax: diffqas_circuit) }";
    fs::write(&file, text).expect("written");
    let out = folder.path().join("out");
    let ran = qnas(&["search", file.to_str().expect("UTF-8"), "--out", out.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("12 candidates, 6 proved not to depend on their angles"), "{}", ran.err);
    assert_eq!(ran.out.matches("angles without effect").count(), 6, "{}", ran.out);
}

#[test]
fn candidates_that_begin_alike_share_their_beginning() {
    let text = "circuit c() -> real[8] {
            qubit[3] q;
            for layer in 0..3 { ry(weight[3]) q; cx q[0], q[1]; cx q[1], q[2]; }
            let last = choose { rx, ry, rz };
            last(weight[3]) q;
            probabilities(q)
        }
        model m() -> real[8] = c();";
    let (_, regions) = relaxed_regions(text, "last");
    let gates = |region: &Region| region.ops[..15].to_vec();
    assert_eq!(regions.len(), 3);
    assert!(regions.iter().all(|region| gates(region) == gates(&regions[0])));
}

#[test]
fn too_many_candidates_are_refused() {
    let text = "circuit c() -> real[2] { qubit[2] q; for layer in 0..11 { let g = choose { rx, ry }; g(weight[2]) q; } expect(Z(q)) }
        model m() -> real[2] = c();";
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let template = compiled.checked.models.iter().find(|model| model.name == "m").expect("a model");
    let relax = ("relax".to_owned(), Value::Name("c".into()));
    let settings = find("differentiable").expect("listed").settings(&StrategyOptions([relax].into())).expect("options");
    let error = Relaxed::new(&TemplateSpace::new(template), &settings).expect_err("2048 candidates");
    assert_eq!(error.code.meta.code, "QN0836");
    assert!(error.message.contains("more than 1024 candidates"), "{}", error.message);
}

#[test]
fn what_chooses_by_a_part_without_rows_is_told_before_anything_is_trained() {
    let folder = tempfile::tempdir().expect("a folder");
    let bessel = |options: &[&str]| {
        let out = folder.path().join("run");
        let paths = ["search", "examples/diffqas_bessel.qnas", "--out", out.to_str().expect("UTF-8")];
        (qnas(&[&paths[..], options].concat()), out.exists())
    };
    for strategy in ["exhaustive", "random(evaluations: 2)", "nsga2", "dqas", "supernet", "halving"] {
        let (ran, begun) = bessel(&["--strategy", strategy]);
        assert!(ran.code == 2 && !begun, "{strategy}: {}", ran.err);
        for part in ["QN0833", "`loss` is measured on the validation part", "`validation: 0.2` in `data: bessel(..)`"] {
            assert!(ran.err.contains(part), "{strategy}, {part}: {}", ran.err);
        }
        assert!(ran.err.contains("diffqas_bessel.qnas:18:16"), "it stands at the objective: {}", ran.err);
    }
    let (ran, begun) = bessel(&["--strategy", "differentiable(relax: diffqas_circuit, updates: bilevel)"]);
    assert!(ran.code == 2 && !begun && ran.err.contains("`updates: bilevel`"), "{}", ran.err);

    // What is chosen by costs alone needs no rows, and neither does a mixture.
    let data = "iris(train: 0.8, validation: 0, test: 0.2, scale: standard)";
    let text = PROGRAM.replace("iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard)", data);
    let ran = |name: &str, text: &str| {
        let file = folder.path().join(format!("{name}.qnas"));
        fs::write(&file, text).expect("written");
        let out = folder.path().join(name);
        qnas(&["search", file.to_str().expect("UTF-8"), "--out", out.to_str().expect("UTF-8")])
    };
    let mixture = ran("mixture", &text.replace("epochs: 6", "epochs: 1"));
    assert_eq!(mixture.code, 0, "{}", mixture.err);
    let by_costs = text.replace("minimize: [loss]", "minimize: [weights]").replace("epochs: 6", "epochs: 1");
    let by_costs = by_costs.replace("differentiable(relax: c)", "random(evaluations: 2)");
    let costs = ran("costs", &by_costs);
    assert_eq!(costs.code, 0, "{}", costs.err);
    let required = ran("required", &by_costs.replace("minimize:", "require: accuracy > 0.5,\n    minimize:"));
    assert!(required.code == 2 && required.err.contains("`accuracy` is measured"), "{}", required.err);
}

/// What a run of a mixture leaves behind.
fn left(run: &Path) -> [Vec<u8>; 2] {
    ["relaxed.json", "mixture.safetensors"].map(|name| fs::read(run.join(name)).unwrap_or_default())
}

/// The files of states of a run, with what is in them.
fn states(run: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(run.join("state")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort_unstable();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect()
}

/// Begins or resumes a run and kills it a while after it has written where it stands; false if it ended before.
fn killed(file: &str, run: &Path, resumed: bool, wait: u64) -> bool {
    let known = states(run);
    let way = if resumed { "--resume" } else { "--out" };
    let mut child = command(&["search", file, way, run.to_str().expect("UTF-8"), "--jobs", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    while states(run) == known {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(wait));
    // SIGKILL: nothing of the process runs after it.
    let _ = child.kill();
    let _ = child.wait();
    true
}

fn finished(file: &str, run: &Path, option: &str) -> String {
    let ran = qnas(&["search", file, option, run.to_str().expect("UTF-8"), "--jobs", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(states(run).is_empty(), "nothing of the way is left at the end");
    ran.err
}

/// A mixture of some seconds, in three stages, and the best candidate alone.
fn long(strategy: &str, epochs: usize) -> String {
    let fit = "fit(adam(lr: 2e-2), loss: cross_entropy, epochs: 6, batch: 16)";
    let longer = format!("fit(adam(lr: 2e-2), loss: cross_entropy, epochs: {epochs}, batch: 4, patience: {epochs})");
    PROGRAM.replace(fit, &longer).replace("differentiable(relax: c)", strategy)
}

/// A file whose run is long enough on this machine to be worth keeping several times, and a run of it that nothing interrupts.
fn lasting(folder: &Path, name: &str, strategy: &str) -> (String, PathBuf) {
    let file = folder.join(format!("{name}.qnas"));
    for doubled in 0..6 {
        fs::write(&file, long(strategy, 450 << doubled)).expect("written");
        let whole = folder.join(format!("{name}-whole-{doubled}"));
        let began = Instant::now();
        finished(file.to_str().expect("UTF-8"), &whole, "--out");
        if began.elapsed() > Duration::from_secs(2) {
            return (file.to_str().expect("UTF-8").to_owned(), whole);
        }
    }
    panic!("{name} is over before it is worth keeping")
}

#[test]
fn a_mixture_killed_anywhere_ends_with_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, strategy) in [
        ("joint", "differentiable(relax: c, mix: gumbel_softmax, prune: [6, 3], top: [1])"),
        ("turns", "differentiable(relax: c, mix: softmax, updates: bilevel, top: [1])"),
    ] {
        let (file, whole) = lasting(folder.path(), name, strategy);
        let (file, run) = (&*file, folder.path().join(name));
        let mut kills = 0;
        for wait in [0, 210, 70, 340] {
            kills += usize::from(killed(file, &run, kills > 0, wait));
        }
        assert!(kills > 0, "{name} is over before it is kept");
        // A file that is cut off costs the work of its training, and nothing else.
        if let Some((path, bytes)) = states(&run).pop() {
            fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
            assert!(finished(file, &run, "--resume").contains("is damaged; that training begins anew"));
        }
        assert!(left(&run) == left(&whole), "{name} ended in another way");
        // A run that is complete is told again.
        finished(file, &run, "--resume");
        assert!(left(&run) == left(&whole));
    }
}

#[test]
fn states_of_other_runs_are_left_aside_and_other_searches_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, whole) = lasting(folder.path(), "s", "differentiable(relax: c, top: [1])");
    let file = &*file;
    let [run, other] = ["run", "other"].map(|name| folder.path().join(name));
    assert!(killed(file, &run, false, 0));
    let seeded = ["search", file, "--seed", "8", "--resume", run.to_str().expect("UTF-8")];
    let ran = qnas(&seeded);
    assert!(ran.code == 2 && ran.err.contains("QN0812"), "{}", ran.err);
    let ran = qnas(&["search", file, "--baseline", "frozen", "--resume", run.to_str().expect("UTF-8")]);
    assert!(ran.code == 2 && ran.err.contains("QN0812"), "{}", ran.err);
    // The state of this run in the folder of another.
    let ended = qnas(&["search", file, "--seed", "8", "--out", other.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let expected = left(&other);
    fs::remove_file(other.join("relaxed.json")).expect("removed");
    fs::create_dir(other.join("state")).expect("made");
    let (path, bytes) = states(&run).pop().expect("a state");
    fs::write(other.join("state").join(path.file_name().expect("a name")), bytes).expect("written");
    let ran = qnas(&["search", file, "--seed", "8", "--resume", other.to_str().expect("UTF-8")]);
    assert!(ran.code == 0 && ran.err.contains("belongs to another run"), "{}", ran.err);
    assert!(left(&other) == expected);
    finished(file, &run, "--resume");
    assert!(left(&run) == left(&whole));
}

/// A choice between circuits, one of which has a choice of its own; and a gate that a circuit is given.
const AROUND: &str = "\
circuit turned[n](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; let g = choose { rx, ry }; g(weight[n]) q; expect(Z(q)) }
circuit tied[n](x: real[n]) -> real[n] {
    qubit[n] q;
    ry(x) q;
    ry(weight[n]) q;
    for i in 0..n - 1 { cx q[i], q[i + 1]; }
    expect(Z(q))
}
circuit given[n, g: gate](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; g(weight[n]) q; expect(Z(q)) }
model circuits(x: real[4]) -> real[3] {
    let c = choose { turned, tied };
    x |> linear[2] |> tanh |> c |> linear[3]
}
model gates(x: real[4]) -> real[3] {
    let g = choose { rx, ry, rz };
    x |> linear[2] |> given[g: g] |> given[g: g] |> linear[3]
}
model layers(x: real[4]) -> real[3] {
    let width = choose { 2, 3 };
    x |> linear[width] |> tied |> linear[3]
}
search s {
    model:    circuits,
    data:     iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train:    fit(adam(lr: 2e-2), loss: cross_entropy, epochs: 4, batch: 16),
    minimize: [loss],
    strategy: differentiable(relax: c, top: [1, 2]),
    seed:     5,
}
";

#[test]
fn choices_around_circuits_are_relaxed() {
    let folder = tempfile::tempdir().expect("a folder");
    let searched = |name: &str, text: &str| {
        let file = folder.path().join(format!("{name}.qnas"));
        fs::write(&file, text).expect("written");
        let out = folder.path().join(name);
        let ran =
            qnas(&["search", file.to_str().expect("UTF-8"), "--format", "json", "--out", out.to_str().expect("UTF-8")]);
        (ran.code, serde_json::from_str::<Json>(&ran.out).unwrap_or_default(), ran.err)
    };
    let words = |report: &Json| {
        let mut words: Vec<String> =
            list(report, "standings").iter().filter_map(|one| one["words"].as_str()).map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let weights = |report: &Json| -> Vec<u64> {
        list(report, "measured").iter().filter_map(|one| one["weights"].as_u64()).collect()
    };
    // Layers of 4 x 2 + 2 and 2 x 3 + 3; two angles for each of the three candidates but `turned`'s two share theirs.
    let (code, report, err) = searched("circuits", AROUND);
    assert_eq!(code, 0, "{err}");
    assert_eq!(list(&report, "standings").len(), 3, "{}", report["standings"]);
    assert_eq!(weights(&report)[0], 19 + 2 + 2 + 3);
    assert!(list(&report, "measured").iter().all(|one| one["test"]["loss"].is_f64()));
    assert!(coefficients(&report).iter().any(|c| (c - 1.0 / 3.0).abs() > 1e-3), "they move: {report}");
    let separate = AROUND.replace("top: [1, 2]", "angles: separate, mix: softmax, top: [1]");
    let (code, report, err) = searched("separate", &separate);
    assert_eq!((code, weights(&report)[0]), (0, 19 + 3 * 2 + 3), "{err}");
    // Two circuits with one gate: two angles each, one structural weight a gate.
    let gates = AROUND.replace("model:    circuits", "model:    gates").replace("relax: c,", "relax: g,");
    let (code, report, err) = searched("gates", &gates);
    assert_eq!((code, weights(&report)[0]), (0, 19 + 2 + 2 + 3), "{err}");
    assert_eq!(words(&report), ["g: rx", "g: ry", "g: rz"]);
    let layers = AROUND.replace("model:    circuits", "model:    layers").replace("relax: c,", "relax: width,");
    let (code, _, err) = searched("layers", &layers);
    assert!(code == 2 && err.contains("differ in more than their circuits"), "{err}");
}

/// The sites of a model with two numbers in and two out.
fn relaxed<R>(text: &str, name: &str, look: impl FnOnce(&Relaxed, &TemplateSpace<'_>) -> R) -> R {
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    assert!(!compiled.checked.has_errors(), "{:?}", compiled.checked.diagnostics);
    let template = compiled.checked.models.iter().find(|model| model.name == "m").expect("a model");
    let space = TemplateSpace::new(template);
    let relax = ("relax".to_owned(), Value::Name(name.into()));
    let settings = find("differentiable").expect("listed").settings(&StrategyOptions([relax].into())).expect("options");
    look(&Relaxed::new(&space, &settings).expect("relaxes"), &space)
}

#[test]
fn a_mixture_around_circuits_is_the_mean_of_its_candidates_at_first() {
    let head = &AROUND[..AROUND.find("model circuits").expect("models")];
    let text =
        format!("{head}model m(x: real[2]) -> real[2] {{ let c = choose {{ turned, tied }}; tanh(x) |> c |> tanh }}");
    relaxed(&text, "c", |relaxed, space| {
        let graph = relaxed.graph(space, &relaxed.everything(), relaxed.rule, false).expect("builds");
        qnas::ir::validate(&graph).expect("a sound graph");
        assert_eq!(graph.regions().count(), 3);
        let x = [0.4, -1.3];
        let mut mixture = Model::<f64>::compile(&graph).expect("compiles");
        let mut params = mixture.initial(3);
        let mixed = mixture.forward(&mut params, &[&x], 1, Mode::Evaluate).expect("runs").to_vec();
        let mut mean = [0.0; 2];
        for candidate in 0..3 {
            let alone = relaxed.graph(space, &[vec![candidate]], relaxed.rule, true).expect("builds");
            assert!(alone.nodes().all(|node| node.op.name() != "mix"));
            let mut model = Model::<f64>::compile(&alone).expect("compiles");
            let mut own = model.initial(3);
            for entry in &model.layout().entries {
                let known = mixture.layout().entries.iter().find(|other| other.path == entry.path).expect("one path");
                own[entry.range()].copy_from_slice(&params[known.range()]);
            }
            let out = model.forward(&mut own, &[&x], 1, Mode::Evaluate).expect("runs");
            mean.iter_mut().zip(out).for_each(|(mean, out)| *mean += out.atanh() / 3.0);
        }
        for (mixed, mean) in mixed.iter().zip(mean) {
            assert!((mixed.atanh() - mean).abs() < 1e-12, "{mixed} {mean}");
        }
        // One that is left of them keeps its coefficient.
        let one = relaxed.graph(space, &[vec![1]], relaxed.rule, false).expect("builds");
        assert_eq!((one.regions().count(), one.nodes().filter(|node| node.op.name() == "mix").count()), (1, 1));
    });
}

#[test]
fn two_instances_of_a_circuit_keep_what_was_chosen_for_each() {
    let text = "circuit c() -> real[2] { qubit[2] q; let g = choose { rx, ry, rz }; g(weight[2]) q; expect(Z(q)) }
        model m() -> (a: real[2], b: real[2]) = (a: c(), b: c());";
    relaxed(text, "c", |relaxed, space| {
        assert_eq!(relaxed.sites.len(), 2);
        let graph = relaxed.graph(space, &[vec![2], vec![1]], relaxed.rule, true).expect("builds");
        let names: Vec<&str> =
            graph.regions().map(|(_, region)| region.gates().next().map_or("", |gate| gate.name())).collect();
        assert_eq!(names, ["rz", "ry"]);
    });
}

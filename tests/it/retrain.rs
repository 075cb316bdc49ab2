//! Retraining the front: the same bytes at any number of workers and after any interruption, apart from the search.

use crate::cli::qnas;
use std::fs;
use std::path::Path;

const PROGRAM: &str = "\
model m[features, classes](x: real[features]) -> real[classes] {
    let width = choose [2, 4, 8];
    x |> linear[width] |> tanh |> linear[classes]
}
search s {
    model:    m,
    data:     iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train:    fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 1, batch: 16),
    minimize: [1 - accuracy, weights],
    strategy: exhaustive,
    retrain:  pareto(epochs: 20, repeats: 3),
    seed:     3,
}
";

/// Runs the search into `out` and gives what it prints as JSON.
fn run(folder: &Path, out: &str, more: &[&str]) -> serde_json::Value {
    let (file, out) = (folder.join("s.qnas"), folder.join(out));
    let mut args = vec!["search", file.to_str().expect("UTF-8"), "--format", "json"];
    args.extend(more);
    args.push(out.to_str().expect("UTF-8"));
    let ran = qnas(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn text(folder: &Path, run: &str, name: &str) -> String {
    fs::read_to_string(folder.join(run).join(name)).expect("a file of the run")
}

#[test]
fn the_front_is_trained_again_and_the_search_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("s.qnas"), PROGRAM).expect("written");
    let one = run(folder, "one", &["--jobs", "1", "--out"]);
    let retrained = one["retrained"].as_array().expect("a list").clone();
    assert_eq!(retrained.len(), 3 * one["front"].as_array().expect("a front").len());
    let seeds: std::collections::BTreeSet<u64> = retrained.iter().filter_map(|each| each["seed"].as_u64()).collect();
    assert_eq!(seeds.len(), retrained.len(), "every training has its own seed");
    let best = |of: &str| {
        let accuracies = retrained.iter().filter(|each| each["id"] == retrained[0]["id"]);
        accuracies.filter_map(|each| each[of]["accuracy"].as_f64()).fold(0.0, f64::max)
    };
    let searched = 1.0 - one["front"][0]["objectives"]["1 - accuracy"].as_f64().expect("a number");
    assert!(best("validation") > searched, "twenty epochs do better than one: {} and {searched}", best("validation"));
    assert!(best("test") > 0.5);
    run(folder, "two", &["--jobs", "2", "--out"]);
    let whole = text(folder, "one", "retrain.jsonl");
    assert_eq!(whole, text(folder, "two", "retrain.jsonl"));

    // The journal of the search is the one of a search without.
    let without = PROGRAM.lines().filter(|line| !line.contains("retrain")).collect::<Vec<_>>().join("\n");
    fs::write(folder.join("s.qnas"), without).expect("written");
    assert!(run(folder, "three", &["--out"]).get("retrained").is_none());
    let lines = |run: &str| text(folder, run, "journal.jsonl").lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines("one"), lines("three"));
    assert!(!folder.join("three").join("retrain.jsonl").exists());

    // Killed while writing a line.
    fs::write(folder.join("s.qnas"), PROGRAM).expect("written");
    fs::write(folder.join("two").join("retrain.jsonl"), &whole[..whole.len() / 2]).expect("written");
    let resumed = run(folder, "two", &["--resume"]);
    assert_eq!(resumed["retrained"], one["retrained"]);
    assert_eq!(whole, text(folder, "two", "retrain.jsonl"));
}

#[test]
fn settings_without_sense_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.qnas");
    for (instead, code) in [
        ("pareto(epochs: 0)", "QN0850"),
        ("pareto(epochs: 2, steps: 3)", "QN0850"),
        ("pareto(repeats: choose 1..=3)", "QN0307"),
        ("parto(epochs: 2)", "QN0201"),
    ] {
        fs::write(&file, PROGRAM.replace("pareto(epochs: 20, repeats: 3)", instead)).expect("written");
        let ran = qnas(&["search", file.to_str().expect("UTF-8"), "--out", folder.path().to_str().expect("UTF-8")]);
        assert!(ran.code == 2 || ran.code == 1, "{instead}: {}", ran.code);
        assert!(ran.err.contains(code), "{instead}: {}", ran.err);
    }
}

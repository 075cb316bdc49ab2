//! Shared weights: trained fairly, the same at any number of workers and after any interruption, and honest about themselves.

use crate::cli::qnas;
use qnas::driver::search::{Fidelity, Inherit, Record};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PROGRAM: &str = "\
model m[features, classes](x: real[features]) -> real[classes] {
    let width = choose [2, 4, 8];
    let deep = choose [true, false];
    let h = x |> linear[width] |> tanh;
    if deep { h |> linear[6] |> relu |> linear[classes] } else { h |> linear[classes] }
}
search s {
    model:    m,
    data:     iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train:    fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 10, batch: 16),
    minimize: [loss, weights],
    strategy: supernet(sweeps: 6, models: 6, check: 5, keep: 2, then: random(evaluations: 5)),
    seed:     3,
}
";

fn run(folder: &Path, out: &str, more: &[&str]) -> serde_json::Value {
    let (file, out) = (folder.join("s.qnas"), folder.join(out));
    let mut args = vec!["search", file.to_str().expect("UTF-8"), "--format", "json"];
    args.extend(more);
    args.push(out.to_str().expect("UTF-8"));
    let ran = qnas(&args);
    // An end without any front is a finding.
    let early = more.contains(&"--evaluations");
    assert!(ran.code == 0 || early && ran.code == 1, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn journal(folder: &Path, run: &str) -> String {
    fs::read_to_string(folder.join(run).join("journal.jsonl")).expect("a journal")
}

fn records(text: &str) -> Vec<Record> {
    text.lines().skip(1).map(|line| serde_json::from_str(line).expect("a record")).collect()
}

#[test]
fn every_option_trains_equally_often_and_only_models_trained_alone_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("s.qnas"), PROGRAM).expect("written");
    let found = run(folder, "one", &["--jobs", "1", "--out"]);
    let all = records(&journal(folder, "one"));
    let swept: Vec<&Record> = all.iter().filter(|record| matches!(record.fidelity, Fidelity::Share(_))).collect();
    assert_eq!(swept.len(), 36);
    for sweep in swept.chunks(6) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (path, value) in sweep.iter().flat_map(|record| &record.assignment.0) {
            *counts.entry(format!("{path}={value}")).or_default() += 1;
        }
        let expected = [("deep=false", 3), ("deep=true", 3), ("width=2", 2), ("width=4", 2), ("width=8", 2)];
        assert_eq!(counts.iter().map(|(name, count)| (name.as_str(), *count)).collect::<Vec<_>>(), expected);
    }
    // Every sweep starts from what the one before it learnt.
    for (at, record) in swept.iter().enumerate() {
        let expected = (at >= 6).then(|| {
            let before = &swept[at / 6 * 6 - 6..][..6];
            let of = before.iter().map(|one| one.same_as.unwrap_or(one.id)).collect();
            Inherit::Shared { shared: at as u64 / 6, of }
        });
        assert_eq!(record.inherit, expected);
    }
    let measured = all.iter().filter(|record| record.fidelity == Fidelity::Inherited);
    assert!(measured.clone().count() == 10, "five for the correlation, five of the search");
    let front: Vec<u64> = found["front"].as_array().expect("a front").iter().filter_map(|m| m["id"].as_u64()).collect();
    assert!(!front.is_empty() && front.iter().all(|id| all[*id as usize].fidelity == Fidelity::Full));
    // Weights differ by what they count, so the second objective is the same both ways and only the first is reported.
    let agreement = found["agreement"].as_array().expect("a list");
    assert_eq!((agreement.len(), &agreement[0]["objective"], &agreement[0]["pairs"]), (1, &0.into(), &5.into()));
    let text = qnas(&["report", folder.join("one").to_str().expect("UTF-8")]);
    assert!(text.out.contains("rank correlation over 5 architectures drawn uniformly"), "{}", text.out);
}

#[test]
fn shared_weights_have_learnt_something() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("s.qnas"), PROGRAM.replace("sweeps: 6", "sweeps: 30")).expect("written");
    run(folder, "one", &["--out"]);
    let all = records(&journal(folder, "one"));
    let losses = |records: &[&Record]| -> f64 {
        let found: Vec<f64> =
            records.iter().filter_map(|record| record.metrics.get("loss").copied().flatten()).collect();
        assert!(!found.is_empty());
        found.iter().sum::<f64>() / found.len() as f64
    };
    let first: Vec<&Record> = all.iter().take(6).collect();
    let inherited: Vec<&Record> = all.iter().filter(|record| record.fidelity == Fidelity::Inherited).collect();
    let (before, after) = (losses(&first), losses(&inherited));
    assert!(after < 0.6 * before, "one epoch alone {before}, shared weights as they are {after}");
}

#[test]
fn workers_and_interruptions_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("s.qnas"), PROGRAM).expect("written");
    run(folder, "one", &["--jobs", "1", "--out"]);
    run(folder, "two", &["--jobs", "2", "--out"]);
    let whole = journal(folder, "one");
    assert_eq!(whole, journal(folder, "two"));
    // In the first sweep, between two, in a later one, in the correlation, in the search, among the last.
    let last = (whole.lines().count() - 2).to_string();
    for stop in ["4", "6", "21", "39", "47", &last] {
        let name = format!("cut{stop}");
        run(folder, &name, &["--jobs", "2", "--evaluations", stop, "--out"]);
        assert!(journal(folder, &name).lines().count() < whole.lines().count());
        run(folder, &name, &["--resume"]);
        assert_eq!(journal(folder, &name), whole, "stopped after {stop}");
    }
}

//! Runs looked at afterwards: candidates picked from them, in every command that picks.

use super::{Folder, SMALL, ok, ok_json, qnas, refused};
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

/// The small search, run once for all tests of this file; nobody writes into it.
fn run() -> &'static str {
    static RUN: OnceLock<(Folder, String)> = OnceLock::new();
    &RUN.get_or_init(|| {
        let folder = Folder::new();
        let file = folder.file("small.qnas", SMALL.replace("evaluations: 2", "evaluations: 12"));
        let run = folder.path("run").display().to_string();
        ok(&["search", &file, "--out", &run, "--seed", "3"]);
        (folder, run)
    })
    .1
}

/// The lines of a run's journal after the first.
fn journal(run: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new(run).join("journal.jsonl")).expect("a journal");
    text.lines().skip(1).map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The front that the run left.
fn front(run: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new(run).join("front.json")).expect("a front");
    serde_json::from_str(&text).expect("JSON")
}

fn id(member: &Value) -> String {
    member["id"].to_string()
}

#[test]
fn a_candidate_is_an_architecture_everywhere() {
    let run = run();
    for record in journal(run) {
        let number = id(&record);
        let picked = ok_json(&["cost", "--run", run, "--id", &number, "--format", "json"]);
        assert_eq!(picked["choices"], record["assignment"]);
        if let Some(flops) = record["metrics"]["flops.quantum"].as_f64() {
            assert_eq!(picked["metrics"]["flops.quantum"], flops);
        }
    }
    let folder = Folder::new();
    let one = &front(run)[0];
    let (number, arch) = (id(one), folder.file("a.json", one["assignment"].to_string()));
    let source = Path::new(run).join("source.qnas").display().to_string();
    for command in ["draw", "ir"] {
        let picked = ok(&[command, "--run", run, "--id", &number]);
        assert_eq!(picked, ok(&[command, &source, "--arch", &arch]));
        assert_eq!(picked, ok(&[command, &source, "--run", run, "--id", &number]), "its own program may be named");
    }
    // What is set goes before what the candidate has.
    let other = ok_json(&["cost", "--run", run, "--id", &number, "--set", "vqc.marked=[1]", "--format", "json"]);
    assert_eq!(other["choices"]["vqc.marked"], serde_json::json!([1]));
}

#[test]
fn trained_weights_come_along() {
    let run = run();
    let one = &front(run)[0];
    let number = id(one);
    let measured = ok_json(&["train", "--run", run, "--id", &number, "--evaluate", "--format", "json"]);
    assert_eq!(measured["parts"]["validation"]["accuracy"], one["metrics"]["accuracy"]);
    assert_eq!(measured["parts"]["test"]["loss"], one["test"]["loss"], "the same rows are the test part");
    // Trained again from the beginning they are the same; so `--fresh` is a replay.
    let folder = Folder::new();
    let saved = folder.path("again.safetensors");
    let args = ["train", "--run", run, "--id", &number, "--fresh", "--save", &saved.display().to_string()];
    let ran = qnas(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let kept = std::fs::read(Path::new(run).join(format!("weights/{number}.safetensors"))).expect("kept");
    assert_eq!(std::fs::read(&saved).expect("saved"), kept);
    // Simulating uses them, unless others are named.
    let rows = folder.file("rows.csv", "0.1,0.2,0.3,0.4\n");
    let with = |more: &[&str]| {
        let args = ["simulate", "--run", run, "--id", &number, "--input", &rows, "--format", "json"];
        ok_json(&[&args, more].concat())["outputs"].clone()
    };
    assert_eq!(with(&[]), with(&["--weights", &saved.display().to_string()]));
    assert_ne!(with(&[]), with(&["--init", "5"]));
}

#[test]
fn mistakes_with_runs_are_named() {
    let run = run();
    let folder = Folder::new();
    let error = refused(&["draw", "--run", run, "--id", "12"]);
    assert!(error.contains("QN0870") && error.contains("it has 12, from 0 to 11"), "{error}");
    assert!(error.contains("the nearest on its front"), "{error}");
    let nowhere = folder.path("").display().to_string();
    assert!(refused(&["draw", "--run", &nowhere, "--id", "0"]).contains("holds no run"));
    assert!(refused(&["draw", "--run", run]).contains("--id"));
    assert!(refused(&["draw", "--id", "3", "a.qnas"]).contains("--run"));
    assert!(refused(&["draw"]).contains("FILE"));
    let other = folder.file("small.qnas", SMALL);
    let error = refused(&["draw", &other, "--run", run, "--id", "0"]);
    assert!(error.contains("QN0871") && error.contains("leave FILE out"), "{error}");
    // A candidate off the front has no weights.
    let members = front(run);
    let off = journal(run).into_iter().find(|record| members.iter().all(|member| member["id"] != record["id"]));
    let off = id(&off.expect("twelve candidates are not all on the front"));
    let error = refused(&["train", "--run", run, "--id", &off, "--evaluate"]);
    assert!(error.contains("QN0872") && error.contains("trains it again"), "{error}");
    assert!(refused(&["train", &other, "--sample", "1", "--evaluate"]).contains("no weights to evaluate"));
}

#[test]
fn damaged_runs_are_refused_with_the_reason() {
    let whole = run();
    let folder = Folder::new();
    let copy = folder.path("copy");
    std::fs::create_dir(&copy).expect("made");
    let text = std::fs::read_to_string(Path::new(whole).join("journal.jsonl")).expect("read");
    std::fs::copy(Path::new(whole).join("source.qnas"), copy.join("source.qnas")).expect("copied");
    let shown = copy.display().to_string();
    let with = |journal: &str| {
        std::fs::write(copy.join("journal.jsonl"), journal).expect("written");
        qnas(&["cost", "--run", &shown, "--id", "2", "--format", "json"])
    };
    assert_eq!(with(&text).code, 0);
    // A torn last line ends the journal where it was still whole.
    let torn: String = text.lines().take(4).map(|line| format!("{line}\n")).collect();
    assert_eq!(with(&format!("{torn}{{\"id\":3,\"assi")).code, 0);
    let ran = with(&text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>());
    assert!(ran.code == 2 && ran.err.contains("it has one, number 0"), "{}", ran.err);
    let ran = with(&text.replacen("\"id\":1,", "\"id\":?,", 1));
    assert!(ran.code == 2 && ran.err.contains("QN0813"), "{}", ran.err);
    let ran = with(&text.replacen("\"qnas_journal\":1", "\"qnas_journal\":7", 1));
    assert!(ran.code == 2 && ran.err.contains("QN0811"), "{}", ran.err);
    let ran = with("dear diary,\n");
    assert!(ran.code == 2 && ran.err.contains("QN0810"), "{}", ran.err);
    with(&text);
    std::fs::write(copy.join("source.qnas"), SMALL).expect("written");
    let error = refused(&["draw", "--run", &shown, "--id", "0"]);
    assert!(error.contains("QN0871"), "{error}");
}

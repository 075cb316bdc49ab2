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

#[test]
fn a_report_tells_what_the_search_told() {
    let run = run();
    let told = ok_json(&["report", run, "--format", "json"]);
    assert_eq!((&told["ended"], &told["evaluations"], &told["seed"]), (&"finished".into(), &12.into(), &3.into()));
    let ids = |members: &[Value]| members.iter().map(id).collect::<Vec<_>>();
    let members = front(run);
    let reported = told["front"].as_array().expect("a front").clone();
    assert_eq!(ids(&reported), ids(&members));
    for (reported, left) in reported.iter().zip(&members) {
        assert_eq!((&reported["architecture"], &reported["test"]), (&left["assignment"], &left["test"]));
    }
    let last = told["history"].as_array().expect("a history").last().expect("generations").clone();
    assert_eq!((&last["evaluations"], last["front"].as_u64()), (&12.into(), Some(members.len() as u64)));
    assert_eq!(told["importance"].as_array().expect("two objectives").len(), 2);
    let infeasible = journal(run).iter().filter(|record| record["violations"].is_object()).count();
    assert_eq!(told["infeasible"].as_u64(), Some(infeasible as u64));
    assert!(told["time"]["evaluating"].as_f64().expect("timed") > 0.0);
    assert_eq!(told["time"]["sessions"][0]["evaluations"], 12);
    let text = ok(&["report", run]);
    for said in ["Search `cheap` on iris, random, seed 3", "Front", "hypervolume", "Variance that each choice", "Time:"]
    {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let lines = ok(&["report", run, "--format", "csv"]);
    assert_eq!(lines.lines().count(), 13);
    assert!(lines.starts_with("id,same_as,front,feasible,failed,seconds,objective 1 - accuracy"), "{lines}");
}

#[test]
fn an_unfinished_run_and_one_with_another_program_are_reported_as_far_as_they_go() {
    let whole = run();
    let folder = Folder::new();
    let copy = folder.path("copy");
    std::fs::create_dir(&copy).expect("made");
    let text = std::fs::read_to_string(Path::new(whole).join("journal.jsonl")).expect("read");
    let source = std::fs::read_to_string(Path::new(whole).join("source.qnas")).expect("read");
    std::fs::write(copy.join("source.qnas"), &source).expect("written");
    let begun: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    std::fs::write(copy.join("journal.jsonl"), begun + "{\"id\":5,").expect("written");
    let shown = copy.display().to_string();
    let told = ok_json(&["report", &shown, "--format", "json"]);
    assert_eq!((&told["ended"], &told["evaluations"]), (&"unfinished".into(), &5.into()));
    std::fs::write(copy.join("source.qnas"), source + "\n// changed\n").expect("written");
    let ran = qnas(&["report", &shown, "--format", "json"]);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&told["ended"], &told["history"]), (&"unknown".into(), &serde_json::json!([])));
    assert!(ran.err.contains("is not the program"), "{}", ran.err);
    assert!(!std::fs::read_to_string(copy.join("journal.jsonl")).expect("read").ends_with('\n'), "a report only reads");
}

#[test]
fn the_page_is_one_file_whatever_names_say() {
    let folder = Folder::new();
    // The folder's name is shown, and may be anything.
    let run = folder.path("</style></script><script>alert(1)</script> & run").display().to_string();
    let page = folder.path("page.html").display().to_string();
    let file = folder.file("small.qnas", SMALL.replace("evaluations: 2", "evaluations: 6"));
    assert_eq!(qnas(&["search", &file, "--out", &run]).code, 0);
    assert_eq!(ok(&["report", &run, "--html", &page]), "", "the page is the report");
    let html = std::fs::read_to_string(&page).expect("written");
    assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (2, 2));
    assert_eq!((html.matches("<style").count(), html.matches("</style").count()), (1, 1));
    for outside in ["http://", "https://", "src=", "href=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let data = html.split("id=\"data\">").nth(1).and_then(|rest| rest.split("</script>").next()).expect("data");
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["run"], Value::String(run));
    let records = data["records"].as_array().expect("candidates");
    assert_eq!(records.len(), 6);
    for record in records.iter().filter(|record| record["same_as"].is_null()) {
        assert!(record["diagram"].as_str().expect("a drawing").contains("vqc"), "{record}");
    }
    assert!(records.iter().any(|record| record["curve"].is_array()), "trainings leave curves");
    assert!(refused(&["report", &data["run"].as_str().expect("a path").replace("run", "ran")]).contains("QN0817"));
    assert!(
        refused(&["report", data["run"].as_str().expect("a path"), "--html", "/nowhere/page.html"]).contains("QN0906")
    );
}

#[test]
fn two_architectures_are_compared_in_terms_of_their_source() {
    let run = run();
    let folder = Folder::new();
    let first = journal(run).remove(0);
    let source = Path::new(run).join("source.qnas").display().to_string();
    let with = |sets: &[&str]| {
        let args: Vec<&str> = sets.iter().flat_map(|set| ["--set", *set]).collect();
        let picked = ok_json(&[&["cost", &source, "--sample", "2", "--format", "json"], &args[..]].concat());
        picked["choices"].to_string()
    };
    let common =
        ["n=3", "vqc.depth=2", "vqc.layer.0.rot=rx", "vqc.layer.0.entangled=false", "vqc.layer.1.entangled=false"];
    let a = folder.file("a.json", with(&[&common[..], &["vqc.layer.1.rot=rx", "vqc.marked=[0]"]].concat()));
    let b = folder.file("b.json", with(&[&common[..], &["vqc.layer.1.rot=ry", "vqc.marked=[2]"]].concat()));
    let ran = qnas(&["diff", &a, &b, "--program", &source, "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let names = |what: &str| -> Vec<String> {
        let all = told["differences"][what].as_array().expect("a list");
        all.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert!(
        names("choices").contains(&"vqc.layer.1.rot".to_owned()) && names("choices").contains(&"vqc.marked".to_owned())
    );
    assert!(!names("choices").contains(&"vqc.layer.0.rot".to_owned()));
    assert!(names("costs").contains(&"gates.rx".to_owned()) && !names("costs").contains(&"qubits".to_owned()));
    let places = told["differences"]["places"].as_array().expect("a list");
    let place =
        |name: &str| places.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} in {places:?}"));
    assert_eq!((&place("vqc.layer.1.rot")["a"], &place("vqc.layer.1.rot")["b"]), (&"3 × rx".into(), &"3 × ry".into()));
    let (only_a, only_b) = (place("vqc.i.0.z"), place("vqc.i.2.z"));
    assert_eq!((&only_a["a"], &only_a["b"]), (&"z".into(), &Value::Null), "what one does not have is told");
    assert_eq!((&only_b["a"], &only_b["b"]), (&Value::Null, &"z".into()));
    // Text, a candidate beside a file, and one beside itself.
    let ran = qnas(&["diff", &a, &b, "--program", &source]);
    assert!(ran.out.contains("vqc.layer.1.rot") && ran.out.contains("place"), "{}", ran.out);
    let same = folder.file("same.json", first["assignment"].to_string());
    let ran = qnas(&["diff", &format!("{run}:0"), &format!("{run}:0")]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "the same architecture\n"), "{}", ran.err);
    if first["violations"].is_null() {
        assert_eq!(qnas(&["diff", &same, &format!("{run}:0")]).code, 0);
    }
    for (args, said) in [
        (vec!["diff", &a, &b], "--program"),
        (vec!["diff", run, &a], "is a run, and not one of its candidates"),
        (vec!["diff", "nowhere.json", &a], "there is no file `nowhere.json`"),
        (vec!["diff", "runs/x:one", &a], "`one`"),
    ] {
        let error = refused(&args);
        assert!(error.contains("QN0873") && error.contains(said), "{error}");
    }
    assert!(refused(&["diff", &format!("{run}:99"), &a]).contains("QN0870"));
}

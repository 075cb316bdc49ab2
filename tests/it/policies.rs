//! Searches for policies, from the command line: the same bytes however they are run, and what their runs tell.

use crate::cli::qnas;
use crate::support::program::{compile, graph};
use qnas::backends::hybrid::{Mode, Model};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PROGRAM: &str = "\
use std::space::diffqas;
model actor_critic(x: real[147]) -> (policy: real[7], value: real[1]) = (
    policy: x / 8 |> diffqas[linear[choose 2..=4] |> tanh |> linear[7], depth: 1],
    value:  x / 8 |> linear[1],
);
model mixed(x: real[147]) -> (policy: real[7], value: real[1]) = (
    policy: x / 8 |> diffqas[linear[2] |> tanh |> linear[7], depth: 1],
    value:  x / 8 |> linear[1],
);
#[allow(proved, \"the published candidates\")]
search drawn {
    model:    actor_critic,
    env:      minigrid_simple_crossing(size: 5, max_steps: 20),
    train:    a2c(adam(lr: choose 1e-3..=1e-2 log), episodes: 20, workers: 3, evaluate: 10),
    minimize: [-reward, weights],
    strategy: random(evaluations: 6),
    seed:     3,
}
#[allow(proved, \"the published candidates\")]
search relaxed {
    model:    mixed,
    env:      minigrid_empty(size: 4, max_steps: 20),
    train:    a3c(adam(lr: 1e-2), episodes: 150, workers: 2, evaluate: 10),
    minimize: [-reward],
    strategy: differentiable(relax: diffqas_circuit, prune: [3], top: [1]),
    seed:     3,
}
";

fn program(folder: &Path) -> String {
    let file = folder.join("s.qnas");
    fs::write(&file, PROGRAM).expect("written");
    file.to_str().expect("UTF-8").to_owned()
}

/// A run of a search; its folder.
fn searched(folder: &Path, name: &str, options: &[&str]) -> std::path::PathBuf {
    let out = folder.join(name);
    let ran = qnas(&[&["search", &program(folder), "--out", out.to_str().expect("UTF-8")], options].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    out
}

#[test]
fn journals_are_the_same_with_any_workers_and_after_an_interruption() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = searched(folder.path(), "one", &["--search", "drawn", "--jobs", "1"]);
    let two = searched(folder.path(), "two", &["--search", "drawn", "--jobs", "2"]);
    let journal = |run: &Path| fs::read(run.join("journal.jsonl")).expect("a journal");
    assert_eq!(journal(&one), journal(&two));
    // Killed in the middle of the fourth line.
    let whole = journal(&one);
    let ends: Vec<usize> = (0..whole.len()).filter(|&at| whole[at] == b'\n').collect();
    fs::write(two.join("journal.jsonl"), &whole[..ends[2] + 9]).expect("written");
    let resumed = ["search", &program(folder.path()), "--search", "drawn", "--resume", two.to_str().expect("UTF-8")];
    let ran = qnas(&resumed);
    assert_eq!((ran.code, journal(&two)), (0, whole), "{}", ran.err);
    let last: Value =
        serde_json::from_str(String::from_utf8(journal(&two)).expect("text").lines().last().expect("a line"))
            .expect("JSON");
    let reward = last["metrics"]["reward"].as_f64().expect("a reward");
    assert!((0.0..=1.0).contains(&reward) && last["objectives"][0].as_f64() == Some(-reward), "{last}");
    let curves = fs::read_to_string(one.join("curves.jsonl")).expect("curves");
    assert!(curves.lines().count() == 6 && curves.lines().all(|line| line.contains("\"reward\"")), "{curves}");
}

#[test]
fn a_mixture_of_policies_tells_its_rewards() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |run: &Path| fs::read_to_string(run.join("relaxed.json")).expect("a report");
    let one = searched(folder.path(), "one", &["--search", "relaxed", "--jobs", "1"]);
    let two = searched(folder.path(), "two", &["--search", "relaxed", "--jobs", "2"]);
    assert_eq!(told(&one), told(&two));
    let frozen = searched(folder.path(), "frozen", &["--search", "relaxed", "--baseline", "frozen"]);
    assert_ne!(told(&one), told(&frozen));
    let report: Value = serde_json::from_str(&told(&one)).expect("JSON");
    // Two stages of 75 episodes each.
    let epochs = report["epochs"].as_array().expect("epochs");
    assert_eq!(epochs.iter().map(|epoch| epoch["train"]["rows"].as_u64().unwrap_or(0)).sum::<u64>(), 150);
    let reward = |part: &Value| part["reward"].as_f64().is_some_and(|reward| (0.0..=1.0).contains(&reward));
    assert!(epochs.iter().all(|epoch| reward(&epoch["train"])));
    let measured = report["measured"].as_array().expect("measurements");
    assert_eq!(measured.len(), 2);
    assert!(reward(&measured[0]["validation"]) && reward(&measured[1]["alone_validation"]));
    assert!(!measured[1]["alone_epochs"].as_array().expect("epochs").is_empty());
    let page = folder.path().join("page.html");
    let shown = qnas(&["report", one.to_str().expect("UTF-8")]);
    assert!(shown.code == 0 && shown.out.contains("Mean reward while training"), "{}{}", shown.out, shown.err);
    assert!(
        shown.out.contains("top 1, alone") && shown.out.contains("minigrid_empty(size: 4, max_steps: 20)"),
        "{}",
        shown.out
    );
    let written = qnas(&["report", one.to_str().expect("UTF-8"), "--html", page.to_str().expect("UTF-8")]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert!(fs::read_to_string(page).expect("a page").contains("\"relaxed\":{"));
}

#[test]
fn one_policy_is_trained_and_measured_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, weights) = (program(folder.path()), folder.path().join("w.safetensors"));
    let weights = weights.to_str().expect("UTF-8");
    let one = ["train", &file, "--search", "drawn", "--sample", "4", "--format", "json"];
    let trained = qnas(&[&one[..], &["--save", weights]].concat());
    assert_eq!(trained.code, 0, "{}", trained.err);
    let measured = qnas(&[&one[..], &["--load", weights, "--evaluate"]].concat());
    let part = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["parts"]["reward"].clone();
    assert_eq!((part(&trained.out), measured.code), (part(&measured.out), 0));
    assert_eq!(part(&trained.out)["rows"], 10);
}

#[test]
fn a_second_look_with_the_same_weights_changes_nothing() {
    let compiled = compile("policies", PROGRAM);
    let spec = compiled.checked.searches.iter().find(|spec| spec.name == "relaxed").expect("the search");
    let graph = graph(&spec.template, 1);
    let batch = |rows: usize, at: usize| -> Vec<f64> {
        (0..rows * 147).map(|k| f64::from(u32::try_from((k * 7 + at) % 9).expect("small"))).collect()
    };
    let mode = Mode::Train { seed: 1, step: 0 };
    let (mut seen, mut fresh) =
        (Model::<f64>::compile(&graph).expect("a model"), Model::<f64>::compile(&graph).expect("a model"));
    let mut params = seen.initial(5);
    let mut same = params.clone();
    for (at, rows) in [3, 1, 8].into_iter().enumerate() {
        let x = batch(rows, at);
        let wanted = fresh.forward(&mut same, &[&x], rows, mode).expect("runs").to_vec();
        let found = match at {
            0 => seen.forward(&mut params, &[&x], rows, mode),
            _ => seen.forward_again(&mut params, &[&x], rows, mode),
        };
        assert_eq!(found.expect("runs"), wanted);
    }
    let d_outputs: Vec<f64> = (0..8 * seen.output_len()).map(|k| 0.1 * k as f64 - 2.0).collect();
    let mut gradients = [vec![0.0; params.len()], vec![0.0; params.len()]];
    let [found, wanted] = &mut gradients;
    seen.backward(&params, &d_outputs, found, None).expect("runs");
    fresh.backward(&same, &d_outputs, wanted, None).expect("runs");
    assert!(found == wanted && found.iter().any(|d| *d != 0.0));
    // New weights want a whole pass again.
    params.iter_mut().for_each(|w| *w += 0.1);
    let x = batch(2, 4);
    let again = seen.forward(&mut params, &[&x], 2, mode).expect("runs").to_vec();
    let mut anew = Model::<f64>::compile(&graph).expect("a model");
    assert_eq!(anew.forward(&mut params.clone(), &[&x], 2, mode).expect("runs"), again);
}

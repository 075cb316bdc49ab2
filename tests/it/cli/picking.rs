//! Picking one architecture: the same everywhere, and clear about what is missing or wrong.

use super::{FAQNAS, Folder, SMALL, ok, ok_json, refused};
use serde_json::Value;

const TWO: &str = "model a(x: real[2]) -> real[1] { let n = choose 1..=3; x |> linear[n] |> linear[1] }
model b(x: real[2]) -> real[1] { x |> linear[1] }
";

#[test]
fn what_is_sampled_is_accepted_back() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    for (program, seeds) in [(FAQNAS, 0..6), (file.as_str(), 0..12)] {
        for seed in seeds {
            let seed = seed.to_string();
            let line = ok(&["space", program, "--sample", "1", "--seed", &seed]);
            let arch = folder.file("arch.json", &line);
            let again = ok_json(&["cost", program, "--arch", &arch, "--format", "json"]);
            let choices: Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(again["choices"], choices);
            // The first of a sample is what `--sample SEED` picks, and an IR is an IR however its architecture was named.
            let drawn = ok_json(&["cost", program, "--sample", &seed, "--format", "json"]);
            assert_eq!(drawn, again);
            assert_eq!(ok(&["ir", program, "--sample", &seed]), ok(&["ir", program, "--arch", &arch]));
        }
    }
}

#[test]
fn settings_win_and_the_rest_is_drawn_around_them() {
    let cost = |args: &[&str]| ok_json(&[&["cost", FAQNAS, "--format", "json"], args].concat());
    for seed in ["1", "2", "3"] {
        let picked = cost(&["--sample", seed, "--set", "n=4", "--set", "vqc.layer.3.rot=rz"]);
        assert_eq!(picked["choices"]["n"], 4);
        assert_eq!(picked["choices"]["vqc.layer.3.rot"], "rz", "a setting that needs depth 4 finds it");
        assert_eq!(picked["metrics"]["qubits"], 4.0);
    }
    let folder = Folder::new();
    let arch = folder.file("arch.json", ok(&["space", FAQNAS, "--sample", "1", "--seed", "5"]));
    let one = cost(&["--arch", &arch, "--set", "vqc.depth=1"]);
    assert_eq!(one["choices"]["vqc.depth"], 1);
    assert_eq!(one["choices"]["vqc.layer.1.rot"], Value::Null, "what the setting pushes out is gone");
}

#[test]
fn every_kind_of_value_can_be_set() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let sets = [
        "n=3",
        "vqc.depth=1",
        "vqc.layer.0.rot=ry",
        "vqc.layer.0.entangled=false",
        "vqc.marked=[2, 0]",
        "train.optimizer.lr=5e-3",
    ];
    let mut args = vec!["cost", &file, "--format", "json"];
    sets.iter().for_each(|set| args.extend(["--set", set]));
    let picked = ok_json(&args);
    assert_eq!(picked["choices"]["vqc.marked"], serde_json::json!([0, 2]));
    assert_eq!(picked["choices"]["vqc.layer.0.entangled"], false);
    assert_eq!(picked["metrics"]["gates.z"], 2.0);
}

#[test]
fn mistakes_are_named() {
    let folder = Folder::new();
    let small = folder.file("small.qnas", SMALL);
    let wrong = |file: &str, args: &[&str]| refused(&[&["draw", file], args].concat());
    for (args, said) in [
        (["--set", "n=11", "--sample", "1"].as_slice(), "`n` cannot be `11`: it is 2..=10"),
        (&["--set", "kind=iqp"], "`kind` cannot be `iqp`: it is {angle_y, amplitude}"),
        (&["--set", "vqc.dept=1", "--sample", "1"], "did you mean `vqc.depth`?"),
        (&["--set", "vqc.layer.3.rot=rx", "--set", "vqc.depth=2", "--sample", "1"], "it exists only if `depth >= 4`"),
        (&["--set", "n"], "`--set n` is not `path=value`"),
        (&["--set", "n=2", "--set", "n=3"], "`n` is set twice"),
        (&["--set", "n=2"], "choices are still open: `kind`, `vqc.two`, `vqc.topology`, `vqc.depth`"),
        (&[], "--sample SEED"),
        (&["--arch", "nowhere.json"], "QN0901"),
    ] {
        let error = wrong(FAQNAS, args);
        assert!(error.contains(said), "{args:?}\n{error}");
    }
    let empty = folder.file("empty.json", "[]");
    assert!(wrong(FAQNAS, &["--arch", &empty]).contains("QN0907"));
    let strange = folder.file("strange.json", "{\"n\": 2, \"m\": 3}");
    assert!(wrong(FAQNAS, &["--arch", &strange]).contains("`m`"));
    let outside = folder.file("outside.json", "{\"n\": 1}");
    assert!(wrong(FAQNAS, &["--arch", &outside, "--sample", "1"]).contains("`n` cannot be `1`"));
    // The requirement over cost, with its place in the program.
    let deep = [
        "--sample",
        "1",
        "--set",
        "vqc.depth=3",
        "--set",
        "vqc.layer.0.entangled=true",
        "--set",
        "vqc.layer.1.entangled=true",
        "--set",
        "vqc.layer.2.entangled=true",
    ];
    let error = wrong(&small, &deep);
    assert!(error.contains("QN0406"), "{error}");
    let mut fixed = vec!["--set", "n=3", "--set", "vqc.marked=[]", "--set", "train.optimizer.lr=0.001"];
    fixed.extend(&deep[2..]);
    for layer in ["vqc.layer.0.rot=rx", "vqc.layer.1.rot=rx", "vqc.layer.2.rot=rx"] {
        fixed.extend(["--set", layer]);
    }
    let error = wrong(&small, &fixed);
    assert!(error.contains("QN0408") && error.contains("require: [depth <= 4]"), "{error}");
}

#[test]
fn which_model_is_meant_is_asked_for() {
    let folder = Folder::new();
    let file = folder.file("two.qnas", TWO);
    let error = refused(&["space", &file]);
    assert!(error.contains("several models: `a`, `b`") && error.contains("--model a"), "{error}");
    assert!(ok(&["space", &file, "--model", "a"]).contains("1..=3"));
    assert!(refused(&["space", &file, "--model", "c"]).contains("no model `c`"));
    assert!(refused(&["space", &file, "--search", "a"]).contains("no search `a`"));
    let gates = folder.file("gates.qnas", "gate g a { h a; }\n");
    assert!(refused(&["space", &gates]).contains("QN0930"));
}

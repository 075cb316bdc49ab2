//! `qnas space` and `qnas cost`: the counts, the conditions, the extremes.

use super::{FAQNAS, Folder, SMALL, ok, ok_json, refused};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn faqnas_has_its_published_size() {
    let text = ok(&["space", FAQNAS, "--draw", "0"]);
    insta::assert_snapshot!(text);
    assert!(text.contains("23,328") && text.contains("8,640"), "{text}");
    let json = ok_json(&["space", FAQNAS, "--draw", "0", "--format", "json"]);
    assert_eq!(json["raw_genotypes"], json!({"count": 23328, "exact": true}));
    assert_eq!(json["reachable"], json!({"count": 8640, "exact": true}));
    assert_eq!(json["choices"][0]["domain"], json!({"kind": "ints", "start": 2, "step": 1, "count": 9}));
    let csv = ok(&["space", FAQNAS, "--format", "csv"]);
    assert_eq!(csv.lines().count(), 1 + 9);
    assert!(csv.contains("kind,\"{angle_y, amplitude}\",2,"), "{csv}");
}

#[test]
fn every_kind_of_choice_is_told() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    insta::assert_snapshot!(ok(&["space", &file]));
}

#[test]
fn distinct_architectures_are_counted_or_estimated() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let json = ok_json(&["space", &file, "--format", "json"]);
    let distinct = &json["distinct"];
    assert_eq!(distinct["exact"], json!(true));
    assert!(distinct["count"].as_u64() <= json["reachable"]["count"].as_u64(), "{json}");
    let args = ["space", &file, "--walk", "0", "--draw", "60", "--seed", "4"];
    let text = ok(&args);
    assert!(text.contains("60 drawn"), "{text}");
    assert_eq!(text, ok(&args), "the seed decides");
    let json = ok_json(&[&args[..], &["--format", "json"]].concat());
    assert_eq!((&json["distinct"]["exact"], &json["distinct"]["drawn"]), (&json!(false), &json!(60)));
    assert!(ok_json(&["space", &file, "--draw", "0", "--walk", "0", "--format", "json"])["distinct"].is_null());
}

/// 2 by 16 circuits with 63 layers in front of them, counted in parts.
const PRODUCT: &str = "circuit c(x: real[2]) -> real[2] { qubit[2] q; let e = choose { rx, ry }; e(x) q; \
    for k in 0..2 { let g = choose { rx, ry, rz, p }; g(weight[2]) q; cx q[0], q[1]; } expect(Z(q)) } \
    model m(x: real[2]) -> real[2] { x |> linear[choose 2..=64] |> relu |> linear[2] |> c |> linear[2] }";

#[test]
fn threads_change_nothing() {
    let folder = Folder::new();
    let file = folder.file("product.qnas", PRODUCT);
    let counted = |jobs: &str| ok(&["space", &file, "--model", "m", "--jobs", jobs]);
    let text = counted("1");
    assert!(text.contains("counted as a product: 32 of a circuit by 63 of what is around"), "{text}");
    assert_eq!(text, counted("3"));
    let drawn = |jobs: &str| ok(&["space", FAQNAS, "--walk", "0", "--draw", "100", "--jobs", jobs]);
    assert_eq!(drawn("1"), drawn("3"));
}

/// Assignments, one per line.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn what_is_enumerated_is_what_is_counted() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let all = lines(&ok(&["space", &file, "--enumerate"]));
    let distinct: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), all.len(), "each once");
    let counted = ok_json(&["space", &file, "--format", "json"]);
    assert_eq!(counted["reachable"], json!({"count": all.len(), "exact": true}));
    assert_eq!(lines(&ok(&["space", &file, "--enumerate", "--limit", "5"])), all[..5]);
    assert!(ok(&["space", &file, "--enumerate", "--limit", "0"]).is_empty());
    // Every one that is left out misses the requirement over cost, and none that is listed does.
    let open = folder.file("open.qnas", SMALL.replace("depth <= 4", "depth <= 1000"));
    let depth = |choices: &Value| {
        let arch = folder.file("arch.json", choices.to_string());
        let set = "train.optimizer.lr=0.001";
        ok_json(&["cost", &open, "--arch", &arch, "--set", set, "--metric", "depth", "--format", "json"])
            ["metrics"]["depth"]
            .as_f64()
            .expect("a number")
    };
    let without = lines(&ok(&["space", &open, "--enumerate"]));
    assert!(without.len() > all.len());
    for choices in without.iter().step_by(17) {
        assert_eq!(all.contains(choices), depth(choices) <= 4.0, "{choices}");
    }
}

#[test]
fn samples_follow_their_seed_and_the_requirements() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let all: BTreeSet<String> = ok(&["space", &file, "--enumerate"]).lines().map(str::to_owned).collect();
    let sampled = ok(&["space", &file, "--sample", "40", "--seed", "7"]);
    assert_eq!(sampled, ok(&["space", &file, "--sample", "40", "--seed", "7"]));
    assert_ne!(sampled, ok(&["space", &file, "--sample", "40", "--seed", "8"]));
    assert_eq!(sampled.lines().count(), 40);
    for mut choices in lines(&sampled) {
        let rate = choices.as_object_mut().and_then(|map| map.remove("train.optimizer.lr"));
        let rate = rate.and_then(|rate| rate.as_f64()).expect("a learning rate");
        assert!((1e-3..=1e-2).contains(&rate));
        assert!(all.contains(&choices.to_string()), "{choices}");
    }
}

#[test]
fn a_space_that_requirements_empty_says_so() {
    let folder = Folder::new();
    let file = folder.file("none.qnas", SMALL.replace("depth <= 4", "depth <= 0"));
    let error = refused(&["space", &file, "--sample", "1"]);
    assert!(error.contains("QN0406") && error.contains("drawn"), "{error}");
    assert_eq!(ok_json(&["space", &file, "--format", "json"])["reachable"]["count"], 0);
}

#[test]
fn extremes_are_those_of_walking_the_space() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let found = ok_json(&["cost", &file, "--format", "json"]);
    assert_eq!(found["exact"], true);
    let wanted = ["flops.quantum", "depth", "gates", "weights"];
    let mut low = [f64::INFINITY; 4];
    let mut high = [f64::NEG_INFINITY; 4];
    let all = ok(&["space", &file, "--enumerate"]);
    for line in all.lines().step_by(5) {
        let arch = folder.file("arch.json", line);
        let set = "train.optimizer.lr=0.001";
        let one = ok_json(&["cost", &file, "--arch", &arch, "--set", set, "--format", "json"]);
        for (at, name) in wanted.iter().enumerate() {
            let value = one["metrics"][name].as_f64().expect("a number");
            low[at] = low[at].min(value);
            high[at] = high[at].max(value);
        }
    }
    for (at, name) in wanted.iter().enumerate() {
        let (min, max) = (&found["metrics"][name]["min"], &found["metrics"][name]["max"]);
        // A fifth of the space was looked at: the extremes lie around what was seen, and are attained where they say.
        assert!(min["value"].as_f64() <= Some(low[at]) && Some(high[at]) <= max["value"].as_f64(), "{name}");
        for end in [min, max] {
            let arch = folder.file("arch.json", end["choices"].to_string());
            let set = "train.optimizer.lr=0.001";
            let one = ok_json(&["cost", &file, "--arch", &arch, "--set", set, "--format", "json"]);
            assert_eq!(one["metrics"][name], end["value"], "{name}");
        }
    }
}

#[test]
fn a_sampled_range_says_that_it_is_an_estimate() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    let args = ["cost", &file, "--walk", "10", "--draw", "50", "--metric", "depth"];
    let text = ok(&args);
    assert!(text.contains("an estimate from 50"), "{text}");
    let exact = ok_json(&["cost", &file, "--metric", "depth", "--format", "json"]);
    let rough = ok_json(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(rough["exact"], false);
    assert!(rough["metrics"]["depth"]["max"]["value"].as_f64() <= exact["metrics"]["depth"]["max"]["value"].as_f64());
    let csv = ok(&[&args[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("metric,min,max,unit,exact\ndepth,") && csv.trim_end().ends_with("false"), "{csv}");
    let error = refused(&["cost", &file, "--metric", "dept"]);
    assert!(error.contains("did you mean `depth`"), "{error}");
}

#[test]
fn a_model_without_choices_has_one_architecture() {
    let folder = Folder::new();
    let file = folder.file("fixed.qnas", "circuit c() -> real[2] { qubit[2] q; h q; expect(Z(q)) }\n");
    assert!(ok(&["space", &file]).contains("nothing is left open"));
    assert_eq!(ok(&["space", &file, "--enumerate"]), "{}\n");
    assert!(ok(&["cost", &file]).contains("gates.h"));
    assert!(ok(&["draw", &file]).contains("h"));
}

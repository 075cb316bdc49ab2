//! One trained classifier on three kinds of machine: what each is sent, read again, predicts the same.

use crate::cli::{Folder, ok, ok_json, refused};

/// Iris by a circuit alone: the class is the qubit with the largest expectation.
const CLASSIFIER: &str = include_str!("../../examples/iris_hardware.qnas");
const FILE: &str = "examples/iris_hardware.qnas";

/// The outputs of a program for rows, all in one list.
fn outputs(args: &[&str]) -> Vec<f64> {
    let all = ok_json(&[&["simulate", "--format", "json"], args].concat());
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        let rows = value.as_array().expect("rows").iter();
        rows.flat_map(|row| row.as_array().expect("a row").iter().map(|number| number.as_f64().expect("a number")))
            .collect()
    };
    numbers(&all["outputs"]["output"])
}

fn classes(outputs: &[f64]) -> Vec<usize> {
    let best = |row: &[f64]| (0..3).max_by(|&a, &b| row[a].total_cmp(&row[b])).expect("three classes");
    outputs.chunks(3).map(best).collect()
}

#[test]
fn a_trained_classifier_predicts_the_same_on_three_machines() {
    assert!(CLASSIFIER.contains("data:"));
    let folder = Folder::new();
    let weights = folder.path("iris.safetensors").display().to_string();
    let trained = ok(&["train", FILE, "--save", &weights]);
    assert!(trained.contains("accuracy"), "{trained}");
    let options = ["train=0.6", "validation=0.2", "test=0.2", "scale=minmax(0, 3)"];
    let csv = ok(&[&["data", "rows", "iris", "--part", "test", "--seed", "1", "--labels"], &options[..]].concat());
    let labels: Vec<usize> =
        csv.lines().map(|line| line.rsplit(',').next().expect("a label").parse().expect("a class")).collect();
    let rows: String = csv.lines().map(|line| format!("{}\n", line.rsplit_once(',').expect("features").0)).collect();
    assert_eq!(labels.len(), 30);
    let test = folder.file("test.csv", rows);
    let wanted = outputs(&[FILE, "--weights", &weights, "--input", &test]);
    let predicted = classes(&wanted);
    let right = predicted.iter().zip(&labels).filter(|(a, b)| a == b).count();
    assert!(right >= 24, "{right} of 30");
    for (device, profile, word) in
        [("ibm_heron_156", "ibm", "sx $"), ("ionq_aria_25", "ionq", "ms("), ("iqm_crystal_20", "iqm", "prx(")]
    {
        let out = folder.path(&format!("{device}.qasm")).display().to_string();
        ok(&["emit", "qasm3", FILE, "--device", device, "--weights", &weights, "--out", &out]);
        let text = std::fs::read_to_string(&out).expect("a file");
        assert!(text.contains(&format!("as `{profile}`")) && text.contains(word), "{text}");
        assert!(text.contains(&format!("placed on `{device}`")), "{text}");
        let found = outputs(&[&out, "--input", &test]);
        assert_eq!(found.len(), wanted.len());
        let apart = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-9, "{device}: {apart}");
        assert_eq!(classes(&found), predicted, "{device}");
    }
}

#[test]
fn gates_of_another_maker_and_data_in_amplitudes_are_refused_with_what_to_type() {
    let error = refused(&["emit", "qasm3", FILE, "--device", "iqm_crystal_20", "--profile", "ionq"]);
    assert!(error.contains("leave `--profile` out"), "{error}");
    let folder = Folder::new();
    let amplitudes = folder.file(
        "amplitudes.qnas",
        "circuit c(x: real[4]) -> real[2] { qubit[2] q; prepare(x) q; ry(weight[2]) q; cx q[0], q[1]; expect(Z(q)) }",
    );
    let error = refused(&["transpile", &amplitudes, "--device", "ibm_falcon_7"]);
    assert!(error.contains("--input"), "{error}");
    let sample = folder.file("x.csv", "0.1,0.7,0.2,0.4\n");
    let text = ok(&["emit", "qasm3", &amplitudes, "--device", "ibm_heron_133", "--init", "1", "--input", &sample]);
    let placed = folder.file("placed.qasm", text);
    let run =
        |args: &[&str]| ok_json(&[&["simulate", "--format", "json"], args].concat())["outputs"]["output"].to_string();
    let parse = |text: String| -> Vec<f64> {
        text.trim_matches(['[', ']'])
            .split(',')
            .map(|number| number.trim_matches(['[', ']']).parse().expect("a number"))
            .collect()
    };
    let wanted = parse(run(&[&amplitudes, "--init", "1", "--input", &sample]));
    let found = parse(run(&[&placed]));
    assert!(wanted.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-9), "{wanted:?} and {found:?}");
}

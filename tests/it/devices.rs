//! Devices: those of the library, those of programs, those from calibration files; what is wrong with one is said.

use crate::support::program::{compile, compiled};
use qnas::driver::{calibration, device};
use qnas::target::{Options, transpile};
use std::path::Path;

#[test]
fn every_device_of_the_library_is_whole_and_takes_a_circuit() {
    let text = "circuit c() -> real { qubit[5] q; h q; for i in 0..5 { cx q[i], q[(i + 1) % 5]; } expect(Z(q[0])) }";
    let compiled = compiled("c.qnas", text);
    let graph = crate::support::program::graph(&compiled.checked.models[0], 0);
    let region = crate::support::program::only_region(&graph);
    let mut names = Vec::new();
    for device in device::library() {
        let digits: String = device.name.chars().rev().take_while(char::is_ascii_digit).collect();
        let count: String = digits.chars().rev().collect();
        assert!(count.is_empty() || count == device.n_qubits.to_string(), "{}", device.name);
        // Two of the 84 qubits of Ankaa-3 have no working coupler in its published list.
        let alone = if device.name == "rigetti_ankaa_84" { 2 } else { 0 };
        assert_eq!(device.coupling().parts().len(), 1 + alone, "{} hangs together", device.name);
        assert!(!device.native.is_empty() && !device.source.is_empty() && !device.date.is_empty(), "{}", device.name);
        let out = transpile(region, &device, &Options::default())
            .unwrap_or_else(|error| panic!("{}: {}", device.name, error.message));
        assert!(out.two_qubit >= 5, "{}", device.name);
        names.push(device.name);
    }
    assert!(names.len() >= 17);
    assert!(names.iter().any(|name| name == "ibm_heron_156"));
}

#[test]
fn the_list_of_sherbrooke_is_the_rule_of_eagle() {
    let sorted = |name: &str| {
        let device = device::find(name, None).expect("in the library");
        let mut edges: Vec<(u32, u32)> = device.edges.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        edges.sort_unstable();
        edges
    };
    let (listed, made) = (sorted("ibm_sherbrooke"), sorted("ibm_eagle_127"));
    assert_eq!(listed.len(), 144);
    assert_eq!(listed, made);
}

#[test]
fn falcons_are_parts_of_each_other() {
    let large = device::find("ibm_falcon_27", None).expect("in the library");
    let small = device::find("ibm_falcon_16", None).expect("in the library");
    let inside: Vec<(u32, u32)> = large.edges.iter().copied().filter(|&(a, b)| a < 16 && b < 16).collect();
    assert_eq!((large.edges.len(), small.edges.len()), (28, 16));
    assert_eq!(inside, small.edges);
}

#[test]
fn a_misspelt_device_finds_its_neighbours() {
    let error = device::find("ibm_heron_165", None).expect_err("it is not there");
    assert_eq!(error.code.meta.code, "QN0623");
    assert!(error.helps[0].contains("`ibm_heron_156`"), "{:?}", error.helps);
    let error = device::find("falcon", None).expect_err("it is not there");
    assert!(error.helps[0].contains("ibm_falcon"), "{:?}", error.helps);
}

/// The first error of a program.
fn error(text: &str) -> (String, String) {
    let compiled = compile("d.qnas", text);
    let first = compiled.checked.diagnostics.iter().find(|diagnostic| diagnostic.is_error()).expect("an error");
    (first.code.meta.code.to_owned(), first.message.clone())
}

#[test]
fn wrong_devices_are_refused_where_they_are_wrong() {
    for (fields, part) in [
        ("edges: [(0, 1)]", "how many qubits"),
        ("qubits: 0", "from 1 to 4096"),
        ("qubits: 3, edges: [(0, 3)]", "not among the 3"),
        ("qubits: 3, edges: [(1, 1)]", "joins a qubit with itself"),
        ("qubits: 3, edges: 4", "list of pairs"),
        ("qubits: 3, edges: grit(1, 3)", "no rule `grit`"),
        ("qubits: 3, edges: grid(1)", "takes 2 numbers"),
        ("qubits: 3, edges: cycle(2)", "no graph"),
        ("qubits: 2, native: [rz, 3]", "list of gates"),
        ("qubits: 2, error: (sx: 1.5)", "a chance from 0 to 1"),
        ("qubits: 2, error: (sq: 0.5)", "no gate on one or two qubits"),
        ("qubits: 2, error: (sx: [0.1])", "1 numbers for 2 places"),
        ("qubits: 2, duration: (sx: -1.0)", "not negative"),
        ("qubits: 2, t1: \"long\"", "seconds"),
        ("qubits: 2, directed: 1", "`true` or `false`"),
        ("qubits: 2, date: 5", "text in double quotes"),
    ] {
        let (code, message) = error(&format!("device d {{ {fields} }}\n"));
        assert_eq!(code, "QN0320", "{fields}: {message}");
        assert!(message.contains(part), "{fields}: {message}");
    }
}

#[test]
fn circuits_that_do_not_fit_are_refused() {
    let run = |n: u32, fields: &str| {
        let text = format!(
            "device d {{ {fields} }}\ncircuit c() -> real {{ qubit[{n}] q; h q; cx q[0], q[{}]; expect(Z(q[0])) }}\n",
            n - 1
        );
        let compiled = compiled("c.qnas", &text);
        let graph = crate::support::program::graph(&compiled.checked.models[0], 0);
        transpile(crate::support::program::only_region(&graph), &compiled.checked.devices[0], &Options::default())
            .map(|_| ())
            .map_err(|error| error.code.meta.code)
    };
    let native = "native: [rz, sx, cx]";
    assert_eq!(run(3, &format!("qubits: 3, edges: path(3), {native}")), Ok(()));
    assert_eq!(run(4, &format!("qubits: 3, edges: path(3), {native}")), Err("QN0620"));
    assert_eq!(run(3, &format!("qubits: 4, edges: [(0, 1), (2, 3)], {native}")), Err("QN0621"));
    assert_eq!(run(2, &format!("qubits: 4, edges: [(0, 1), (2, 3)], {native}")), Ok(()));
    assert_eq!(run(2, "qubits: 2, edges: path(2), native: [sx, cx]"), Err("QN0622"));
    assert_eq!(run(2, "qubits: 2, edges: path(2), native: [rz, sx]"), Err("QN0622"));
    assert_eq!(run(2, "qubits: 2, edges: path(2)"), Err("QN0622"));
}

#[test]
fn metrics_of_a_device_want_one() {
    let text = "circuit c() -> real { qubit[2] q; ry(weight[2]) q; expect(Z(q[0])) }\n\
                search s { model: c, minimize: [device.depth], strategy: random(evaluations: 1) }\n";
    let (code, message) = error(text);
    assert_eq!(code, "QN0320");
    assert!(message.contains("needs a device"), "{message}");
}

#[test]
fn calibration_files_become_devices() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let conf = write(
        "conf.json",
        r#"{"backend_name": "tiny", "n_qubits": 3, "coupling_map": [[0, 1], [1, 2]], "basis_gates": ["id", "rz", "sx", "x", "ecr"], "default_rep_delay": 250.0}"#,
    );
    let gate = |name: &str, qubits: &str, error: f64, length: f64| {
        format!(
            r#"{{"gate": "{name}", "qubits": {qubits}, "parameters": [{{"name": "gate_error", "unit": "", "value": {error}}}, {{"name": "gate_length", "unit": "ns", "value": {length}}}]}}"#
        )
    };
    let qubit = r#"[{"name": "T1", "unit": "us", "value": 100.0}, {"name": "T2", "unit": "us", "value": 50.0}, {"name": "readout_error", "unit": "", "value": 0.01}, {"name": "readout_length", "unit": "ns", "value": 800.0}]"#;
    let props = write(
        "props.json",
        &format!(
            r#"{{"last_update_date": "2025-02-26T10:00:00", "qubits": [{qubit}, {qubit}, {qubit}], "gates": [{}, {}, {}]}}"#,
            gate("sx", "[0]", 1e-4, 32.0),
            gate("ecr", "[0, 1]", 7e-3, 500.0),
            gate("ecr", "[1, 2]", 9e-3, 660.0),
        ),
    );
    let text = calibration::import(&conf, &props, None).expect("understood");
    let compiled = compiled("tiny.qnas", &text);
    let device = &compiled.checked.devices[0];
    assert_eq!((device.name.as_str(), device.n_qubits, device.directed), ("tiny", 3, true));
    assert_eq!((device.gate_error("ecr", &[2, 1]), device.gate_time("ecr", &[0, 1])), (9e-3, 5e-7));
    assert_eq!((device.t1(1), device.t2(2), device.readout_error(0), device.rep_delay), (1e-4, 5e-5, 0.01, 2.5e-4));
    // A gate without figures at a place has the middle one of its others.
    assert_eq!(device.gate_error("sx", &[2]), 1e-4);
    for (first, second) in [(&props, &conf), (&write("no.json", "{"), &props), (&write("empty.json", "{}"), &props)] {
        let error = calibration::import(first, second, None).expect_err("refused");
        assert_eq!(error.code.meta.code, "QN0626", "{}", error.message);
    }
    assert_eq!(
        calibration::import(Path::new("nowhere.json"), &props, None).expect_err("refused").code.meta.code,
        "QN0901"
    );
}

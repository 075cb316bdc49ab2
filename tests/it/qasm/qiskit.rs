//! Files as Qiskit reads them: the same unitary, for every profile that Qiskit can read.
//!
//! Needs a Python with `qiskit` and `qiskit-qasm3-import`, named by `QNAS_PYTHON`; without one the test says so and passes.

use super::{apart, columns};
use crate::support::arbitrary::{Case, Limits, cases};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qnas::backends::qasm::{Binding, find};
use qnas::math::{C64, c};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// Reads the files of a list, and writes each unitary beside its file as little-endian doubles, column by column.
const SCRIPT: &str = r#"
import json, sys
import numpy
import qiskit, qiskit.qasm2, qiskit.qasm3
from qiskit.quantum_info import Operator

for job in json.load(open(sys.argv[1])):
    text = open(job["file"]).read()
    if job["profile"] == "qasm2":
        circuit = qiskit.qasm2.loads(text)
    elif job["profile"] == "qasm2_wide":
        circuit = qiskit.QuantumCircuit.from_qasm_str(text)
    else:
        circuit = qiskit.qasm3.loads(text)
    values = {parameter: job["inputs"][int(parameter.name[2:])] for parameter in circuit.parameters}
    unitary = Operator(circuit.assign_parameters(values)).data
    unitary.T.astype("<c16").tofile(job["file"] + ".bin")
"#;

const PROFILES: [&str; 9] =
    ["qasm2", "qasm2_wide", "qasm3", "ibm", "ibm_eagle", "ionq", "ionq_forte", "iqm", "rigetti"];

fn python() -> Option<String> {
    let python = std::env::var("QNAS_PYTHON").ok()?;
    let check = Command::new(&python).args(["-c", "import qiskit, qiskit_qasm3_import"]).output().ok()?;
    check.status.success().then_some(python)
}

/// Random circuits of 1 to 8 qubits, always the same.
fn circuits() -> Vec<Case> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let mut draw = |n: u32| {
        let limits = Limits {
            min_qubits: n,
            max_qubits: n,
            max_ops: 14,
            prepare: false,
            extra_controls: true,
            inputs: true,
            gates: &[],
        };
        cases(limits).new_tree(&mut runner).expect("a case").current()
    };
    (1..=8).flat_map(|n| [draw(n), draw(n)]).collect()
}

fn amplitudes(path: &Path) -> Vec<C64> {
    let bytes = std::fs::read(path).expect("a unitary");
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    bytes.chunks(16).map(|pair| c(number(&pair[..8]), number(&pair[8..]))).collect()
}

/// The unitary with wires on top that nothing touches: files with physical qubits name only those in use.
fn widened(unitary: &[C64], dim: usize) -> Vec<C64> {
    let small = unitary.len().isqrt();
    let mut out = vec![c(0.0, 0.0); dim * dim];
    for column in 0..dim {
        for row in (0..dim).filter(|row| row / small == column / small) {
            out[column * dim + row] = unitary[(column % small) * small + row % small];
        }
    }
    out
}

#[test]
fn qiskit_reads_the_same_unitaries() {
    let Some(python) = python() else {
        eprintln!("skipped: QNAS_PYTHON names no Python with qiskit and qiskit-qasm3-import");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut jobs, mut wanted) = (Vec::new(), Vec::new());
    for (at, case) in circuits().into_iter().enumerate() {
        for profile in PROFILES {
            for open in [false, true] {
                let target = find(profile).expect("a profile");
                if open && !target.takes_inputs() {
                    continue;
                }
                let inputs = (!open).then_some(&case.inputs[..]);
                let binding = Binding { weights: Some(&case.weights), inputs };
                let text = super::emitting::written(&case.graph(), target, binding, false);
                let text = text.unwrap_or_else(|error| panic!("{profile}: {}", error.message));
                // A file that names no qubit at all is no circuit to Qiskit.
                if target.physical && !text.contains('$') {
                    continue;
                }
                let file = folder.path().join(format!("{at}-{profile}-{open}.qasm"));
                std::fs::write(&file, text).expect("written");
                jobs.push(json!({"file": file, "profile": profile, "inputs": case.inputs}));
                wanted.push((file, case.clone()));
            }
        }
    }
    let (script, list) = (folder.path().join("read.py"), folder.path().join("jobs.json"));
    std::fs::write(&script, SCRIPT).expect("written");
    std::fs::write(&list, serde_json::to_string(&jobs).expect("JSON")).expect("written");
    let run = Command::new(python).arg(&script).arg(&list).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(jobs.len() > 200);
    for (file, case) in wanted {
        let found = widened(&amplitudes(&file.with_extension("qasm.bin")), 1 << case.region.n_qubits);
        let distance = apart(&columns(&case.region, &case.weights, &case.inputs), &found);
        assert!(distance < 1e-9, "{}: {distance}", file.display());
    }
}

/// Loads every file of a folder and says how many there are.
const LOAD: &str = r#"
import pathlib, sys
import qiskit.qasm3

files = sorted(pathlib.Path(sys.argv[1]).glob("*.qasm"))
for file in files:
    qiskit.qasm3.loads(file.read_text())
print(len(files))
"#;

#[test]
fn qiskit_reads_the_pieces_of_a_cut_circuit_and_circuits_on_devices() {
    let Some(python) = python() else {
        eprintln!("skipped: QNAS_PYTHON names no Python with qiskit and qiskit-qasm3-import");
        return;
    };
    let folder = crate::cli::Folder::new();
    let program = "circuit c() -> real[4] {\n qubit[4] q;\n ry(weight[4]) q;\n cx q[0], q[1];\n pow(0.3) @ cz q[1], q[2];\n \
                   rzz(weight) q[2], q[3];\n rx(weight[4]) q;\n expect(Z(q))\n}\n";
    let file = folder.file("c.qnas", program);
    let out = folder.path("pieces").display().to_string();
    crate::cli::ok(&["cut", &file, "--budget", "2", "--whole", "--emit", &out]);
    let mut written = std::fs::read_dir(&out).expect("a folder").count() - 1;
    for device in
        ["ibm_heron_133", "ibm_sherbrooke", "ionq_aria_25", "ionq_forte_36", "iqm_crystal_20", "rigetti_ankaa_84"]
    {
        let placed = folder.path(&format!("pieces/{device}.qasm")).display().to_string();
        crate::cli::ok(&["emit", "qasm3", &file, "--device", device, "--init", "1", "--out", &placed]);
        written += 1;
    }
    let script = folder.file("load.py", LOAD);
    let run = Command::new(python).args([&script, &out]).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), written.to_string());
}

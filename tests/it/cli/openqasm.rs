//! OpenQASM and devices on the command line: every command that takes a program takes a circuit, and refuses a bad one with its place.

use super::{Folder, ok, ok_json, qnas, refused, with_input};

const GOOD: &str = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\ncreg c[3];\nh q[0];\nrz(0.3) q[1];\n\
                    cx q[0],q[1];\nry(1.0e-5) q[2];\ncx q[1],q[2];\nmeasure q -> c;\n";

/// Every command that takes a circuit, with the arguments it needs.
const COMMANDS: [&[&str]; 10] = [
    &["import"],
    &["ir"],
    &["lint"],
    &["cost"],
    &["draw"],
    &["optimize"],
    &["simulate"],
    &["cut", "--budget", "2"],
    &["emit", "qasm3"],
    &["transpile", "--device", "ibm_falcon_7"],
];

fn with_file(command: &[&str], file: &str) -> Vec<String> {
    // `emit` takes its language first.
    let first = if command[0] == "emit" { 2 } else { 1 };
    let (head, tail) = command.split_at(first);
    head.iter().chain([&file]).chain(tail).map(|word| (*word).to_owned()).collect()
}

/// What a command says against a file; `lint` says it where it prints what it finds.
fn refused_with(command: &[&str], file: &str) -> String {
    let args = with_file(command, file);
    let ran = qnas(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, 2, "{command:?}: {}", ran.err);
    assert!(ran.out.is_empty() || command[0] == "lint", "{command:?}: {}", ran.out);
    ran.out + &ran.err
}

#[test]
fn every_command_takes_a_circuit() {
    let folder = Folder::new();
    let file = folder.file("good.qasm", GOOD);
    for command in COMMANDS {
        let args = with_file(command, &file);
        let ran = qnas(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(ran.code < 2 && !ran.out.is_empty(), "{command:?}\n{}", ran.err);
    }
    let piped = with_input(&["import", "-"], GOOD);
    assert!(piped.code == 0 && piped.out.contains("ry(1.0e-5)"), "{}{}", piped.out, piped.err);
    let ran = qnas(&["import", &file, "--as", "ir", "--time", "2"]);
    assert!(ran.code == 0 && ran.err.contains("read in"), "{}", ran.err);
}

#[test]
fn every_command_refuses_bad_circuits_with_code_and_place() {
    let folder = Folder::new();
    let gates =
        |n: usize| -> String { (1..=n).map(|k| format!("gate g{k} a {{ g{0} a; g{0} a; }}\n", k - 1)).collect() };
    let head = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q;\n";
    let cases = [
        ("truncated", format!("{head}h q[0]"), "QN1001"),
        ("open comment", format!("{head}/* h q[0];"), "QN1001"),
        ("no operands between", format!("{head}cx q[0] q[1];"), "QN1001"),
        ("version", "OPENQASM 7.0;\nqubit q;\n".to_owned(), "QN1002"),
        ("unknown include", format!("{head}include \"mine.inc\";"), "QN1003"),
        ("unknown gate", format!("{head}hadamard q[0];"), "QN1004"),
        ("out of range", format!("{head}h q[3];"), "QN1008"),
        ("huge register", "OPENQASM 3.0;\nqubit[99999999999] q;\n".to_owned(), "QN1014"),
        ("huge integer", format!("{head}rx(99999999999999999999999) q[0];"), "QN1010"),
        ("huge loop", format!("{head}for int i in [0:99999999999] {{ h q; }}"), "QN1014"),
        ("not a number", format!("{head}rx(0.0/0.0) q[0];"), "QN1010"),
        ("infinite", format!("{head}rx(1e999) q[0];"), "QN1010"),
        ("recursion", format!("{head}rx({}1{}) q[0];", "(".repeat(5000), ")".repeat(5000)), "QN1013"),
        ("cyclic gate", format!("{head}gate g a {{ g a; }}\ng q[0];"), "QN1015"),
        ("doubling gates", format!("{head}gate g0 a {{ x a; }}\n{}g40 q[0];", gates(40)), "QN1014"),
    ];
    for (name, text, code) in &cases {
        let file = folder.file("bad.qasm", text);
        for command in COMMANDS {
            let error = refused_with(command, &file);
            assert!(error.contains(code), "{name}, {command:?}: {error}");
            assert!(error.contains("bad.qasm"), "{name}, {command:?} shows no place: {error}");
            assert!(error.len() < 20_000, "{name}, {command:?}");
        }
    }
    let bytes = folder.file("bytes.qasm", [b'q', 0xff, 0xfe, 0]);
    let endless = folder.file("endless.qasm", "OPENQASM 2.0;\ninclude \"endless.qasm\";\nqreg q[1];\n");
    for command in COMMANDS {
        assert!(refused_with(command, &bytes).contains("UTF-8"), "{command:?}");
        assert!(refused_with(command, &endless).contains("includes itself"), "{command:?}");
        assert!(refused_with(command, "missing.qasm").contains("missing.qasm"), "{command:?}");
    }
}

#[test]
fn strict_and_lenient_readers_differ_as_they_say() {
    let folder = Folder::new();
    let wide = folder.file("wide.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\nrzz(0.2) q[0],q[1];\n");
    let bare = folder.file("bare.qasm", "OPENQASM 2.0;\nqreg q[1];\nh q[0];\n");
    assert!(ok(&["import", &wide]).contains("rzz"));
    assert!(refused(&["import", "--strict", &wide]).contains("without `--strict`"));
    assert!(refused(&["import", &bare]).contains("--lenient"));
    assert!(ok(&["import", "--lenient", &bare]).contains("h q"));
    // What only a lenient reader takes goes through `import` to every other command.
    let program = folder.file("bare.qnas", ok(&["import", "--lenient", &bare]));
    assert!(ok(&["cost", &program]).contains("gates"));
}

#[test]
fn machines_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let file = |name: &str, items: &str, n: u32| {
        let text = format!("circuit c() -> real[{n}] {{ qubit[{n}] q; h q; cx q[0], q[1]; expect(Z(q)) }}\n{items}");
        folder.file(name, text)
    };
    let native = "native: [rz, sx, x, cx], date: \"today\", source: \"a test\"";
    let small = file("small.qnas", &format!("device d {{ qubits: 3, edges: path(3), {native} }}\n"), 4);
    assert!(refused(&["transpile", &small, "--device", "d"]).contains("QN0620"));
    let apart = file("apart.qnas", &format!("device d {{ qubits: 4, edges: [(0, 1), (2, 3)], {native} }}\n"), 3);
    assert!(refused(&["transpile", &apart, "--device", "d"]).contains("QN0621"));
    assert!(refused(&["emit", "qasm3", &small, "--device", "d"]).contains("QN0620"));
    assert!(refused(&["transpile", &small, "--device", "ibm_heron_155"]).contains("ibm_heron_156"));
    assert!(refused(&["transpile", &small]).contains("--device"));
    assert!(refused(&["cut", &small, "--budget", "0"]).contains("--budget"));
    // A device of the same size takes it.
    let right = file("right.qnas", &format!("device d {{ qubits: 4, edges: path(4), {native} }}\n"), 4);
    let placed = ok_json(&["transpile", &right, "--device", "d", "--format", "json"]);
    assert_eq!(placed["circuits"][0]["two_qubit"], 1);
}

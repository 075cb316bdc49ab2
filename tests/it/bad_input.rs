//! Bad input of every kind: a clear error with a code, exit code 1 for findings or 2 where nothing could run, no panic.

use std::path::Path;
use std::process::{Command, Output};

fn check(path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qnas")).arg("check").arg(path).output().expect("the binary runs")
}

/// Runs `check` on bytes; returns exit code and everything printed.
fn run(name: &str, bytes: &[u8]) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    let output = check(&path);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code().expect("an exit code"), text)
}

const FINE: &str = "circuit c() -> real[2] { qubit[2] q; h q; expect(Z(q)) }\n";

#[test]
fn files_that_are_no_programs() {
    for (name, bytes, code) in [
        ("empty.qnas", b"".as_slice(), "QN0904"),
        ("blank.qnas", b"  \n\n", "QN0904"),
        ("comment.qnas", b"// nothing here\n", "QN0904"),
        ("binary.qnas", &[0u8, 159, 146, 150, 0, 1], "QN0112"),
        ("nul.qnas", b"circuit c\0", "QN0112"),
        ("latin1.qnas", b"// caf\xe9\ncircuit c() -> real { qubit q; expect(Z(q)) }", "QN0113"),
    ] {
        let (exit, text) = run(name, bytes);
        assert!(exit == 1 || exit == 2, "{name} exits {exit}: {text}");
        assert!(text.contains(code), "{name}: {text}");
    }
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    for text in [FINE.to_owned(), format!("\u{feff}{FINE}"), FINE.replace('\n', "\r\n"), FINE.replace(' ', "\t")] {
        let (exit, shown) = run("fine.qnas", text.as_bytes());
        assert_eq!(exit, 0, "{shown}");
    }
}

#[test]
fn deep_nesting_is_refused_by_name() {
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("!", ""), ("if true { ", " } else { 1 }")] {
        let text = format!("const a = {}1{};\n", open.repeat(100_000), close.repeat(100_000));
        let (exit, shown) = run("deep.qnas", text.as_bytes());
        assert_eq!(exit, 1, "{open}: {}", &shown[..shown.len().min(400)]);
    }
    let chain: String = (1..400).map(|k| format!("fn f{k}(n: int) -> int = f{}(n) + 1;\n", k - 1)).collect();
    let text = format!("fn f0(n: int) -> int = n;\n{chain}const a = f399(1);\n");
    let (exit, shown) = run("calls.qnas", text.as_bytes());
    assert!(exit == 1 && shown.contains("QN0315"), "{shown}");
}

#[test]
fn large_files_are_refused_before_they_are_read() {
    let (exit, shown) = run("large.qnas", "// filler\n".repeat(5_000_000).as_bytes());
    assert!(exit == 2 && shown.contains("QN0111") && shown.contains("4194304"), "{shown}");
}

#[test]
fn huge_numbers_and_sizes_are_errors_not_crashes() {
    for text in [
        "const a = 99999999999999999999;",
        "circuit c() -> real { qubit[9223372036854775807] q; h q; expect(Z(q[0])) }",
        "circuit c() -> real { qubit[100000] q; h q; expect(Z(q[0])) }\nsearch s { model: c, minimize: [depth] }",
        "model m(x: real[4]) -> real[2 ** 62] { x |> linear[2 ** 62] }",
        "circuit c() -> real { qubit q; for i in 0..2 ** 70 { h q; } expect(Z(q)) }",
        "model m(x: real[2]) -> real[2] { x |> for k in 0..2 ** 40 { linear[2] } }",
        "circuit c() -> real { qubit[2] q; let n = choose 1..=2 ** 62; for i in 0..n { h q; } expect(Z(q[0])) }",
        "circuit c() -> real { qubit q; rx(1e999) q; expect(Z(q)) }",
    ] {
        let (exit, shown) = run("huge.qnas", text.as_bytes());
        assert!(exit <= 2, "{text}: {shown}");
    }
}

#[test]
fn imports_that_go_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("a.qnas", "use b::two;\nfn one() -> int = two();\n");
    write("b.qnas", "use a::one;\nfn two() -> int = one();\n");
    write("missing.qnas", "use nowhere::thing;\nfn f() -> int = thing();\n");
    write("library.qnas", "use std::embeding::embed;\n");
    write("name.qnas", "use std::entangle::rings;\n");
    write(
        "good.qnas",
        "use shared::twice;\ncircuit c() -> real[2] { qubit[2] q; rx(0.1 * twice(2)) q; expect(Z(q)) }\n",
    );
    write("shared.qnas", "/// Twice a number.\nfn twice(n: int) -> int = 2 * n;\n");
    for (name, code) in
        [("a.qnas", "QN0211"), ("missing.qnas", "QN0203"), ("library.qnas", "QN0203"), ("name.qnas", "QN0204")]
    {
        let output = check(&folder.path().join(name));
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {text}");
        assert!(text.contains(code), "{name}: {text}");
    }
    let output = check(&folder.path().join("good.qnas"));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let absent = check(&folder.path().join("goood.qnas"));
    let text = String::from_utf8_lossy(&[absent.stdout, absent.stderr].concat()).into_owned();
    assert!(absent.status.code() == Some(2) && text.contains("QN0901") && text.contains("good.qnas"), "{text}");
    assert_eq!(check(folder.path()).status.code(), Some(2), "a folder is no file");
}

#[test]
fn tables_that_go_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = |table: &str| {
        format!(
            "model m[features, classes](x: real[features]) -> real[classes] {{ x |> linear[classes] }}\n\
             search s {{ model: m, data: csv(\"{}\"), train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 1),\n\
             minimize: [loss], strategy: random(evaluations: 1), seed: 1 }}\n",
            folder.path().join(table).display()
        )
    };
    for (name, table) in [
        ("nan.csv", "a,b,label\n1,nan,0\n2,3,1\n"),
        ("text.csv", "a,b,label\n1,x,0\n2,3,1\n"),
        ("ragged.csv", "a,b,label\n1,2,0\n2,3\n"),
        ("negative.csv", "a,b,label\n1,2,-1\n2,3,1\n"),
        ("fraction.csv", "a,b,label\n1,2,0.5\n2,3,1\n"),
        ("empty.csv", ""),
        ("header.csv", "a,b,label\n"),
    ] {
        std::fs::write(folder.path().join(name), table).expect("written");
        let path = folder.path().join("search.qnas");
        std::fs::write(&path, program(name)).expect("written");
        let output = check(&path);
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{name}: {text}");
        assert!(text.contains("QN09") && text.contains(name), "{name}: {text}");
    }
    let path = folder.path().join("search.qnas");
    std::fs::write(&path, program("absent.csv")).expect("written");
    let output = check(&path);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(text.contains("absent.csv"), "{text}");
}

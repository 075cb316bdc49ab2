//! The binary as people meet it: what goes where, how it ends, what it says.

mod help;
mod look;
mod openqasm;
mod picking;
mod runs;
mod spaces;
mod streams;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a run of the binary left.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// The binary, in a surrounding that changes nothing.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qnas"));
    command.args(args);
    for variable in ["COLUMNS", "NO_COLOR", "QNAS_DATA_DIR", "TERM"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the binary.
pub(crate) fn qnas(args: &[&str]) -> Ran {
    with_input(args, "")
}

/// Runs the binary with something on standard input.
pub(crate) fn with_input(args: &[&str], input: &str) -> Ran {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that does not read its input closes the pipe; that is its right.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the binary ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("panicked"), "{args:?}\n{}", ran.err);
    ran
}

/// Runs the binary, which must succeed; its standard output.
pub(crate) fn ok(args: &[&str]) -> String {
    let ran = qnas(args);
    assert_eq!(ran.code, 0, "{args:?}\n{}", ran.err);
    ran.out
}

/// The standard output of a run that must succeed, as JSON.
pub(crate) fn ok_json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(args)).expect("JSON")
}

/// Runs the binary, which must not be able to; its standard error.
pub(crate) fn refused(args: &[&str]) -> String {
    let ran = qnas(args);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}\n{}", ran.err);
    ran.err
}

/// A folder with one program in it.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    /// A new folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Writes a file; its path.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// FAQNAS.
pub(crate) const FAQNAS: &str = "examples/faqnas.qnas";

/// A small space with every kind of domain, a condition, and requirements over choices and over cost.
pub(crate) const SMALL: &str = "use std::entangle::line;
circuit vqc[n](x: real[n]) -> real[n] {
    qubit[n] q;
    ry(x) q;
    let depth = choose 1..=3;
    for layer in 0..depth {
        let rot = choose { rx, ry };
        rot(weight[n]) q;
        let entangled = choose bool;
        if entangled { line[cz] q; }
    }
    let marked = choose 0..=2 of [for i in 0..n { i }];
    for i in marked { z q[i]; }
    expect(Z(q))
}
model small[features, classes](x: real[features]) -> real[classes] {
    let n = choose { 2, 3 };
    require n == 2 || n == 3;
    x |> linear[n] |> vqc[n] |> linear[classes]
}
search cheap {
    model: small, data: iris(train: 0.6, validation: 0.2, test: 0.2),
    train: fit(adam(lr: choose 1e-3..=1e-2 log), loss: cross_entropy, epochs: 1, batch: 16),
    minimize: [1 - accuracy, flops.quantum],
    require: [depth <= 4],
    strategy: random(evaluations: 2),
}
";

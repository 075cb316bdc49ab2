//! Streams: results and remarks apart, closed pipes taken quietly, sizes bounded.

use super::{FAQNAS, Folder, command, qnas};
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let mut child = command(&["space", FAQNAS, "--enumerate"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut first = [0; 16];
    let mut out = child.stdout.take().expect("a pipe");
    out.read_exact(&mut first).expect("a beginning");
    drop(out);
    let mut err = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
    assert_eq!((child.wait().expect("an end").code(), err.as_str()), (Some(0), ""));
    // A reader that never was: help texts, too.
    let mut child = command(&["--help"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
    assert!(!err.contains("panicked"), "{err}");
    child.wait().expect("an end");
}

#[test]
fn every_command_refuses_what_is_no_program() {
    let folder = Folder::new();
    let folder_name = folder.path("").display().to_string();
    let huge = folder.file("huge.qnas", vec![b'x'; 50_000_000]);
    let binary = folder.file("binary.qnas", [0, 159, 146, 150]);
    let latin = folder.file("latin.qnas", b"// caf\xe9\n");
    let empty = folder.file("empty.qnas", "");
    let deep = folder.file("deep.qnas", format!("const a = {}1{};\n", "(".repeat(200_000), ")".repeat(200_000)));
    let broken = folder.file("broken.qnas", "model m(x: real[2] -> {\n");
    for file in [&folder_name, &huge, &binary, &latin, &empty, &deep, &broken, "/nowhere/at/all.qnas"] {
        for command in ["space", "cost", "draw", "ir"] {
            let ran = qnas(&[command, file]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{command} {file}");
            assert!(ran.err.contains("error[QN"), "{command} {file}\n{}", ran.err);
        }
        let ran = qnas(&["check", file]);
        assert!(ran.code == 1 || ran.code == 2, "{file}");
        assert!(ran.out.contains("error[QN"), "{file}\n{}", ran.out);
    }
}

#[test]
fn results_and_remarks_go_apart() {
    let folder = Folder::new();
    let program = "model m(x: real[2]) -> real[1] { let r = choose 0.0..=1.0; let n = choose 1..=2; (r * x) |> linear[n] |> linear[1] }\n";
    let file = folder.file("real.qnas", program);
    let ran = qnas(&["space", &file, "--enumerate"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"n\":1}\n{\"n\":2}\n"));
    assert!(ran.err.contains("real-valued"), "{}", ran.err);
}

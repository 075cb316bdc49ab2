//! Linting OpenQASM: what is said of a file is about what stands in it.

use qnas::driver::data::DataDirs;
use qnas::driver::lint::{Linted, Request, lint};
use qnas::driver::openqasm::compile_qasm;

fn linted(text: &str) -> Linted {
    let compiled = compile_qasm("file.qasm", text, None, &qnas::qasm::Options::default());
    assert!(!compiled.checked.has_errors(), "{text}");
    lint(&compiled, &DataDirs::default(), &Request::default()).expect("it can be linted")
}

/// Reading a file copies what was measured before a gate changes it. The copy stands at that gate, which does something.
#[test]
fn what_nobody_wrote_is_no_finding() {
    let found = linted(
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit[2] c;\nc[1] = measure q[1];\nif (c[1]) h q[0];\n\
         negctrl @ x q[0], q[1];\nc = measure q;\n",
    );
    let said: Vec<&str> = found.reports.iter().map(|report| report.diagnostic.message.as_str()).collect();
    assert!(said.iter().all(|message| !message.contains("measured")), "{said:?}");
    assert!(said.iter().all(|message| !message.contains("`cx`")), "{said:?}");
}

/// A gate that does nothing is found where it stands.
#[test]
fn dead_gates_are_found_where_they_stand() {
    let found = linted(
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit[2] c;\nry(0.3) q[0];\ncx q[0], q[1];\nry(0.4) q;\n\
         cz q[0], q[1];\nc = measure q;\n",
    );
    let dead = found.reports.iter().find(|report| report.lint.code.meta.name == "dead-gate").expect("the cz");
    assert!(dead.diagnostic.message.contains("`cz` on `q[0], q[1]`"), "{}", dead.diagnostic.message);
}

/// Single qubits of a Bell pair are as good as thrown, whatever is done to them; it is the correlations that tell.
#[test]
fn what_shows_in_correlations_alone_is_an_effect() {
    let program = |turns: &str| {
        format!(
            "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\n{turns}\nc = measure q;\n"
        )
    };
    let said = |turns: &str| -> Vec<String> {
        linted(&program(turns)).reports.iter().map(|report| report.diagnostic.message.clone()).collect()
    };
    assert_eq!(said("ry(0.5) q[0];\nry(0.3) q[1];"), [""; 0]);
    // Turns about the axis that is read change no count.
    let found = said("ry(0.5) q[0];\nrz(0.3) q[1];");
    assert!(found.iter().any(|message| message.contains("`rz` on `q[1]`")), "{found:?}");
    assert!(found.iter().all(|message| !message.contains("`ry`")), "{found:?}");
}

//! Fixes: what is applied keeps every output, what is not proved is only shown.

use super::{everything, linted};
use crate::cli::{Folder, qnas};
use crate::support::dense;
use crate::support::program::{compiled, graph};
use qnas::diag::Applicability;
use qnas::driver::random::stream;
use qnas::ir::Graph;
use qnas::lint::fix;
use rand::RngExt;

const PROGRAM: &str = "circuit c(x: real[3]) -> real[3] {
    qubit[3] q;
    rz(x) q;  // a phase
    ry(x) q;
    for i in 0..2 { cx q[i], q[i + 1]; }
    rx(weight[3]) q;
    cz q[0], q[1];
    ry(weight[3]) q;
    rz(weight[3]) q;
    cz q[1], q[2];
    expect(Z(q))
}
model m[features, classes](x: real[features]) -> real[classes] { x |> linear[3] |> c |> linear[classes] }
search s {
    model: m,
    data: iris(scale: standard),
    train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16),
    seed: 1,
}
";

/// The circuit's outputs for weights that depend on their paths alone, so that those that stay are the same.
fn outputs(graph: &Graph) -> Vec<f64> {
    let (_, region) = graph.regions().next().expect("a circuit");
    let weights: Vec<Vec<f64>> = graph
        .weights
        .iter()
        .map(|weight| {
            let mut rng = stream(5, &weight.path);
            (0..weight.len()).map(|_| rng.random_range(-3.0..3.0)).collect()
        })
        .collect();
    let inputs: Vec<f64> = (0..region.n_inputs).map(|at| 0.3 + 0.4 * f64::from(at)).collect();
    dense::run_region(region, &weights, &inputs)
}

fn circuit(text: &str) -> Graph {
    let compiled = compiled("fixed.qnas", text);
    graph(&compiled.checked.searches[0].template, 0)
}

#[test]
fn safe_fixes_keep_every_output() {
    let (_, found) = linted("a.qnas", PROGRAM, &everything());
    let fixes: Vec<_> = found.reports.iter().flat_map(|report| &report.diagnostic.fixes).collect();
    assert!(fixes.len() >= 3 && fixes.iter().all(|fix| fix.applicability == Applicability::Safe), "{fixes:?}");
    let edits: Vec<_> = fixes.iter().flat_map(|fix| fix.edits.clone()).collect();
    let mended = fix::apply(PROGRAM, &edits);
    for gone in ["rz(x) q", "rz(weight[3]) q", "cz q[1], q[2]"] {
        assert!(!mended.contains(gone), "{mended}");
    }
    assert!(mended.contains("cz q[0], q[1]"), "{mended}");
    let (before, after) = (outputs(&circuit(PROGRAM)), outputs(&circuit(&mended)));
    assert!(dense::distance(&before, &after) < 1e-12, "{before:?} {after:?}");
    let (_, again) = linted("a.qnas", &mended, &everything());
    assert!(again.reports.iter().all(|report| !report.removable), "{:?}", again.reports);
}

#[test]
fn the_command_applies_fixes_once_they_are_wanted() {
    let folder = Folder::new();
    let path = folder.file("a.qnas", PROGRAM);
    let diff = qnas(&["lint", &path, "--diff"]);
    assert!(diff.out.contains("-    rz(weight[3]) q;") && diff.out.contains("@@"), "{}", diff.out);
    assert_eq!(std::fs::read_to_string(&path).expect("the program"), PROGRAM, "--diff changes nothing");
    let ran = qnas(&["lint", &path, "--fix"]);
    let mended = std::fs::read_to_string(&path).expect("the program");
    assert!(!mended.contains("rz(weight[3]) q") && ran.err.contains("applied"), "{}\n{mended}", ran.err);
    let (before, after) = (outputs(&circuit(PROGRAM)), outputs(&circuit(&mended)));
    assert!(dense::distance(&before, &after) < 1e-12);
    assert_eq!(qnas(&["fmt", "--check", &path]).code, 0, "what is left is formatted");
}

#[test]
fn what_is_not_proved_everywhere_is_only_shown() {
    // A library: others may apply the circuit to states in which the statement matters.
    let text =
        "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rz(weight[2]) q; expect(Z(q)) }\n";
    let folder = Folder::new();
    let path = folder.file("a.qnas", text);
    let ran = qnas(&["lint", &path, "--fix"]);
    assert_eq!(std::fs::read_to_string(&path).expect("the program"), text);
    assert!(ran.out.contains("--- ") && ran.err.contains("--unsafe-fixes"), "{}{}", ran.out, ran.err);
    qnas(&["lint", &path, "--fix", "--unsafe-fixes"]);
    assert!(!std::fs::read_to_string(&path).expect("the program").contains("rz"));
}

#[test]
fn a_statement_that_matters_in_one_architecture_stays() {
    let text = PROGRAM.replace("    cz q[1], q[2];\n", "    let last = choose { cz, cx };\n    last q[1], q[2];\n");
    let (_, found) = linted("a.qnas", &text, &everything());
    let edits: Vec<_> =
        found.reports.iter().flat_map(|r| &r.diagnostic.fixes).flat_map(|fix| fix.edits.clone()).collect();
    let mended = fix::apply(&text, &edits);
    assert!(mended.contains("last q[1], q[2];") && !mended.contains("rz(x) q;"), "{mended}");
}

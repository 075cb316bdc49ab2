//! How findings are shown: SARIF against the official schema, annotations, exit codes, the command's words.

use super::{everything, linted};
use crate::cli::{Folder, qnas};
use qnas::diag::Diagnostic;
use qnas::diag::render::{github, sarif};
use qnas::lint::RULES;
use serde_json::Value;

/// `sarif-schema-2.1.0.json` of OASIS (https://github.com/oasis-tcs/sarif-spec, `Schemata/`).
///
/// Its pattern of languages holds a bracket without partner. JavaScript reads it as the character, stricter dialects as an error,
/// for which the validator rejects the whole schema: here it is written as the character it means.
fn schema() -> jsonschema::Validator {
    let text = include_str!("../../sarif/sarif-schema-2.1.0.json");
    let (loose, strict) = ("-[a-zA-Z]{2}]?$\"", "-[a-zA-Z]{2}\\\\]?$\"");
    assert_eq!(text.matches(loose).count(), 2, "the pattern of languages");
    let schema: Value = serde_json::from_str(&text.replace(loose, strict)).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn valid(schema: &jsonschema::Validator, log: &Value, what: &str) {
    let wrong: Vec<String> =
        schema.iter_errors(log).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?}");
}

#[test]
fn every_finding_of_every_fixture_is_valid_sarif() {
    let schema = schema();
    assert!(!schema.is_valid(&serde_json::json!({"version": "2.0.0", "runs": []})), "the schema can say no");
    let mut results = 0;
    for rule in RULES {
        let text = std::fs::read_to_string(format!("tests/lint/{}.qnas", rule.code.meta.name)).expect("a fixture");
        let bad = text.split("//# ").nth(1).and_then(|case| case.split_once('\n')).expect("a case").1;
        let (compiled, found) = linted("a folder/µ.qnas", bad, &everything());
        let diagnostics: Vec<Diagnostic> = found.reports.into_iter().map(|report| report.diagnostic).collect();
        let log: Value = serde_json::from_str(&sarif(&diagnostics, &compiled.sources)).expect("JSON");
        valid(&schema, &log, rule.code.meta.name);
        let run = &log["runs"][0];
        for result in run["results"].as_array().expect("results") {
            results += 1;
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64() > Some(0), "{result}");
        }
    }
    assert!(results > RULES.len(), "{results}");
}

#[test]
fn the_command_writes_valid_sarif_for_errors_and_for_nothing() {
    let schema = schema();
    for (text, code) in [(DEAD, 1), ("circuit c() -> real { qubit[2] q; }\n", 2), (CLEAN, 0)] {
        let folder = program(text);
        let ran = qnas(&["lint", &folder.1, "--format", "sarif"]);
        assert_eq!(ran.code, code, "{}", ran.err);
        valid(&schema, &serde_json::from_str(&ran.out).expect("JSON"), text);
    }
}

/// A folder with one program, and the program's path.
fn program(text: &str) -> (Folder, String) {
    let folder = Folder::new();
    let path = folder.file("a.qnas", text);
    (folder, path)
}

const DEAD: &str =
    "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rz(weight[2]) q; expect(Z(q)) }\n";
const CLEAN: &str =
    "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }\n";

#[test]
fn annotations_escape_what_would_end_them() {
    let (compiled, found) = linted("a,b:c.qnas", DEAD, &everything());
    let diagnostics: Vec<Diagnostic> = found.reports.into_iter().map(|report| report.diagnostic).collect();
    let text = github(&diagnostics, &compiled.sources);
    let first = text.lines().next().expect("a line");
    assert!(first.starts_with("::"), "{first}");
    assert!(first.contains("file=a%2Cb%3Ac.qnas,line=1,endLine=1,col="), "{first}");
    assert_eq!(text.lines().count(), diagnostics.len(), "one line each: {text}");
}

#[test]
fn the_command_ends_as_it_says() {
    let folder = program(DEAD);
    let ran = qnas(&["lint", &folder.1]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("QL0102") && ran.out.contains("no output depends on the weight"), "{}", ran.out);
    assert!(ran.err.contains("hidden, run `qnas lint --pedantic`"), "{}", ran.err);
    let explained = qnas(&["lint", &folder.1, "--explain"]);
    assert!(explained.out.contains("proof: step"), "{}", explained.out);
    assert_eq!(qnas(&["lint", &program(CLEAN).1]).code, 0);
    assert_eq!(qnas(&["lint", "no such file.qnas"]).code, 2);
    let pedantic = qnas(&["lint", &program(CLEAN).1, "--pedantic"]);
    assert_eq!(pedantic.code, 0, "notes are no findings: {}", pedantic.out);
    assert!(pedantic.out.contains("QL0404"), "{}", pedantic.out);
}

#[test]
fn one_architecture_or_a_whole_space() {
    let text = "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rx(weight[2]) q; cx q[0], q[1]; let last = choose { rx, ry, rz }; last(weight[2]) q; expect(Z(q)) }\n";
    let folder = program(text);
    let all = qnas(&["lint", &folder.1, "--format", "short"]);
    assert!(all.out.contains("in 33.3 % of this space (1 of 3 architectures)"), "{}", all.out);
    let shown = qnas(&["lint", &folder.1]);
    assert!(shown.out.contains("see one with `--set last=rz`"), "{}", shown.out);
    let one = qnas(&["lint", &folder.1, "--set", "last=rz", "--format", "short"]);
    assert!(
        one.code == 1 && one.out.contains("`last[*]`") | one.out.contains("`last[0]` and `last[1]`"),
        "{}",
        one.out
    );
    assert_eq!(qnas(&["lint", &folder.1, "--set", "last=ry"]).code, 0);
    // A turn about X passes the target of a cx: it adds to the turn before.
    let twice = qnas(&["lint", &folder.1, "--set", "last=rx", "--format", "short"]);
    assert!(twice.code == 1 && twice.out.contains("QL0105") && !twice.out.contains("QL0102"), "{}", twice.out);
}

#[test]
fn a_baseline_hides_what_is_known() {
    let folder = program(DEAD);
    let baseline = folder.0.path("known.json").display().to_string();
    assert_eq!(qnas(&["lint", &folder.1, "--write-baseline", &baseline]).code, 0);
    let ran = qnas(&["lint", &folder.1, "--baseline", &baseline]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("in the baseline"), "{}", ran.err);
}

#[test]
fn every_format_says_the_same() {
    let folder = program(DEAD);
    let ran = |format: &str| qnas(&["lint", &folder.1, "--format", format]);
    let json: Value = serde_json::from_str(&ran("json").out).expect("JSON");
    let found = json.as_array().or_else(|| json["diagnostics"].as_array()).expect("a list");
    let codes: Vec<&str> = found.iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["QL0111", "QL0102"], "{json}");
    for format in ["human", "short", "json", "sarif", "github"] {
        let shown = ran(format);
        assert_eq!(shown.code, 1, "{format}: {}", shown.err);
        assert!(codes.iter().all(|code| shown.out.contains(code)), "{format}: {}", shown.out);
    }
    assert_eq!(ran("short").out.lines().count(), codes.len());
}

#[test]
fn attributes_and_denials_show_in_the_exit_code() {
    let with = |attribute: &str| qnas(&["lint", &program(&format!("{attribute}\n{DEAD}")).1, "--format", "short"]);
    let allowed = with("#[allow(proved, \"kept for a comparison\")]");
    assert_eq!((allowed.code, allowed.out.as_str()), (0, ""), "{}", allowed.err);
    assert!(allowed.err.contains("2 allowed in the source"), "{}", allowed.err);
    let unused = with("#[allow(proved, \"kept for a comparison\")]\n#[allow(dead-input, \"why\")]");
    assert!(unused.code == 1 && unused.out.contains("QL0003"), "{}", unused.out);
    // Of one model of several only its own attributes are judged: the others' findings were not looked for.
    let other = "#[allow(dead-input, \"why\")]\ncircuit other() -> real { qubit q; expect(Z(q)) }";
    let one = qnas(&["lint", &program(&format!("{other}\n{DEAD}")).1, "--model", "c", "--format", "short"]);
    assert!(one.code == 1 && !one.out.contains("QL0003"), "{}", one.out);
    let denied = with("#[deny(dead-weight)]");
    assert!(denied.code == 1 && denied.out.contains("error[QL0102]"), "{}", denied.out);
}

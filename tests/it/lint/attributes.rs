//! `#[allow(rule, "reason")]` and `#[deny(rule)]`, for lints and for the warnings of checking; baselines.

use super::{codes, everything, linted};
use crate::support::program::compile;
use qnas::driver::lint::Request;
use qnas::driver::pick::{Choice, pick};
use qnas::driver::space::FilteredSpace;
use qnas::lint::baseline::{Baseline, Known};
use std::collections::BTreeSet;

const DEAD: &str =
    "circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rz(weight[2]) q; expect(Z(q)) }\n";

fn checked(text: &str) -> Vec<&'static str> {
    compile("a.qnas", text).checked.diagnostics.iter().map(|d| d.code.meta.code).collect()
}

#[test]
fn an_allow_hides_what_it_names_and_nothing_else() {
    let allowed = format!("#[allow(dead-weight, \"kept for a comparison\")]\n{DEAD}");
    let (_, plain) = linted("a.qnas", DEAD, &Request::default());
    let (_, found) = linted("a.qnas", &allowed, &Request::default());
    // QL0404 is a note of a pedantic rule: the command hides it.
    assert_eq!(codes(&plain), ["QL0111", "QL0404", "QL0102"], "by place");
    assert_eq!((codes(&found), found.allowed), (vec!["QL0111", "QL0404"], 1));
    assert!(found.attributes.is_empty(), "{:?}", found.attributes);
    let (_, all) = linted("a.qnas", &allowed, &Request { obey: false, ..Request::default() });
    assert_eq!(codes(&all), codes(&plain));
}

#[test]
fn an_allow_at_the_search_speaks_of_its_whole_space() {
    let text = format!(
        "{DEAD}model m[features, classes](x: real[features]) -> real[classes] {{ x |> linear[2] |> c |> linear[classes] }}\n\
         #[allow(dead-weight, \"as published\")]\n#[allow(untrainable-circuit, \"as published\")]\n\
         search s {{ model: m, data: iris(scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), seed: 1 }}\n"
    );
    let (_, found) = linted("a.qnas", &text, &Request::default());
    let (_, plain) = linted("a.qnas", &text, &Request { obey: false, ..Request::default() });
    assert!(["QL0102", "QL0111"].iter().all(|code| codes(&plain).contains(code)), "{:?}", plain.reports);
    assert_eq!((codes(&found), found.allowed), (vec!["QL0408"], 2), "the note of a pedantic rule is left");
}

#[test]
fn a_deny_makes_errors() {
    let (_, found) = linted("a.qnas", &format!("#[deny(dead-weight)]\n{DEAD}"), &Request::default());
    assert!(found.reports.iter().any(|report| report.diagnostic.is_error()));
    let unused = "#[deny(unused)]\ncircuit c() -> real { qubit q; let a = 3; expect(Z(q)) }\n";
    let compiled = compile("a.qnas", unused);
    assert!(compiled.checked.has_errors() && checked(unused) == ["QN0209"]);
}

#[test]
fn attributes_are_judged() {
    let with = |attribute: &str| checked(&format!("{attribute}\n{DEAD}"));
    assert_eq!(with("#[allow(dead-weigth, \"why\")]"), ["QL0001"]);
    assert_eq!(with("#[allow(QL0102, \"why\")]"), ["QL0001"]);
    assert_eq!(with("#[allow(dead-weight)]"), ["QL0002"]);
    assert_eq!(with("#[allow(dead-weight, \" \")]"), ["QL0002"]);
    assert_eq!(with("#[allow(unused, \"kept\")]"), ["QL0003"]);
    assert_eq!(with("#[ignore(dead-weight, \"why\")]"), ["QL0004"]);
    let (_, found) = linted("a.qnas", &format!("#[allow(dead-input, \"why\")]\n{DEAD}"), &everything());
    let said: Vec<&str> = found.attributes.iter().map(|d| d.code.meta.code).collect();
    assert_eq!(said, ["QL0003"], "an allow of a lint that finds nothing");
    let help =
        compile("a.qnas", &format!("#[allow(dead-weigth, \"why\")]\n{DEAD}")).checked.diagnostics.remove(0).helps;
    assert_eq!(help, ["did you mean `dead-weight`?"]);
}

#[test]
fn unused_names_can_be_kept() {
    let text = "circuit c() -> real { qubit q; let a = 3; expect(Z(q)) }\n";
    assert_eq!(checked(text), ["QN0209"]);
    assert_eq!(checked(&format!("#[allow(unused, \"kept for the next experiment\")]\n{text}")), [""; 0]);
}

/// No algebra and too many cases: `a * a + b * b` is never 3 modulo 4.
fn unproved(attribute: &str, bad: i64) -> String {
    format!(
        "{attribute}\nmodel m(x: real[4]) -> real[2] {{ let a = choose 1..=2000; let b = choose 1..=2000; assert (a * a + b * b) % 4 != {bad}; x |> linear[a + b] |> linear[2] }}\n"
    )
}

#[test]
fn what_cannot_be_proved_is_decided_for_each_architecture_if_that_is_allowed() {
    assert_eq!(checked(&unproved("", 3)), ["QN0403"]);
    let allow = "#[allow(unproved, \"a theorem of number theory\")]";
    assert_eq!(checked(&unproved(allow, 3)), [""; 0]);
    let compiled = compile("a.qnas", &unproved(allow, 1));
    assert!(compiled.checked.diagnostics.iter().all(|d| d.code.meta.code == "QN0402" || !d.is_error()));
}

#[test]
fn a_late_check_names_the_values_that_break_it() {
    // True for every case the prover gets to, false beyond its cap.
    let text = "#[allow(unproved, \"rare\")]\nmodel m(x: real[4]) -> real[2] { let a = choose 1..=2000; let b = choose 1..=2000; assert a * b != 3996001; x |> linear[a + b] |> linear[2] }\n";
    let compiled = compile("a.qnas", text);
    assert!(!compiled.checked.has_errors(), "{:?}", compiled.checked.diagnostics);
    let template = compiled.checked.models.first().expect("a model");
    assert_eq!(template.late.len(), 1);
    let picked = |a: &str, b: &str| {
        let mut choice = Choice::default();
        choice.add(&format!("a={a}")).expect("a choice");
        choice.add(&format!("b={b}")).expect("a choice");
        pick(&FilteredSpace::new(template), &choice)
    };
    assert!(picked("3", "4").is_ok());
    let error = picked("1999", "1999").expect_err("it breaks the assertion");
    assert_eq!(error.code.meta.code, "QN0402");
    assert!(error.message.contains("`a = 1999`") && error.message.contains("`b = 1999`"), "{}", error.message);
}

#[test]
fn a_baseline_knows_a_finding_after_edits_around_it() {
    let (_, found) = linted("a.qnas", DEAD, &Request::default());
    let known: BTreeSet<Known> = found.reports.iter().map(|report| Known::new("a.qnas", report)).collect();
    let baseline = Baseline::of(known.iter().cloned());
    let read: Baseline = serde_json::from_str(&serde_json::to_string(&baseline).expect("JSON")).expect("a baseline");
    assert_eq!(read, baseline);
    let (_, moved) = linted("a.qnas", &format!("// One more line.\n\n{DEAD}"), &Request::default());
    assert!(moved.reports.iter().all(|report| read.knows(&Known::new("a.qnas", report))));
    assert!(!read.knows(&Known::new("b.qnas", &moved.reports[0])));
    let files = BTreeSet::from(["a.qnas".to_owned()]);
    assert_eq!(read.gone(&BTreeSet::new(), &files).len(), known.len());
}

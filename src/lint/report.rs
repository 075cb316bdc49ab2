//! From findings of single architectures to what is told: one report per rule, place and message, with its share of the space.

use super::{Finding, Group, Lint};
use crate::diag::{Diagnostic, Severity};
use crate::hir::Assignment;
use crate::math::share_interval;
use crate::source::Span;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

/// Which architectures were looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// How many.
    pub seen: usize,
    /// Were they all there are?
    pub exact: bool,
    /// Was it one that was picked, or the only one?
    pub single: bool,
}

impl Scope {
    /// The share of the architectures looked at that so many are: `36 %`, or `36 % (30 to 41)` with the 95 % interval where they were drawn.
    #[must_use]
    pub fn share(&self, hits: usize) -> String {
        let part = 100.0 * hits as f64 / self.seen.max(1) as f64;
        if self.exact {
            let text = format!("{part:.1}");
            return format!("{} %", text.strip_suffix(".0").unwrap_or(&text));
        }
        let (low, high) = share_interval(hits, self.seen);
        format!("{part:.0} % ({:.0} to {:.0})", 100.0 * low, 100.0 * high)
    }
}

/// What findings are about, in the order they came up.
type Subjects = IndexSet<String, FxBuildHasher>;

/// Findings that share rule, place and message.
#[derive(Clone, Debug)]
struct Entry {
    first: Finding,
    subjects: Subjects,
    /// Architectures that have it.
    hits: usize,
    witness: Assignment,
}

/// Findings of any number of architectures, in the order they came up.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(IndexMap<(&'static str, Span, String), Entry, FxBuildHasher>);

impl Tally {
    /// Takes over the findings of one architecture, each place and message once.
    pub(super) fn add(&mut self, findings: Vec<Finding>, assignment: &Assignment) {
        for mut finding in findings {
            let key = (finding.lint.code.meta.code, finding.place, finding.message.clone());
            let subjects = std::mem::take(&mut finding.subjects);
            let entry = self.0.entry(key).or_insert_with(|| Entry {
                first: finding,
                subjects: Subjects::default(),
                hits: 0,
                witness: assignment.clone(),
            });
            entry.subjects.extend(subjects);
            entry.hits += 1;
            // The smallest witness is the easiest to read.
            if assignment.0.len() < entry.witness.0.len() {
                entry.witness = assignment.clone();
            }
        }
    }

    /// What was found, ready to be told.
    pub(super) fn into_reports(self, scope: Scope) -> Vec<Reported> {
        self.0.into_values().map(|entry| entry.report(scope)).collect()
    }
}

/// One report.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The rule.
    pub lint: &'static Lint,
    /// What is shown.
    pub diagnostic: Diagnostic,
    /// The whole proof, for `--explain`; may be empty.
    pub certificate: String,
    /// What it is about, without what changes from run to run: the key of a baseline.
    pub key: String,
    /// Would deleting the statement at the place mend it?
    pub removable: bool,
}

impl Entry {
    fn report(self, scope: Scope) -> Reported {
        let Self { first, subjects, hits, witness } = self;
        let general = !scope.single && !first.whole;
        let subject = join(&subjects, general);
        let mut message = first.message.replacen("{}", &subject, 1);
        let mut helps = first.helps;
        if general {
            message.push(' ');
            message.push_str(&share(hits, scope));
            let everywhere = scope.exact && hits == scope.seen;
            if !everywhere && !witness.0.is_empty() {
                helps.push(format!("see one with `{}`", spelled(&witness)));
            }
        }
        let severity = match first.lint.group {
            Group::Heuristic => Severity::Note,
            _ => Severity::Warning,
        };
        let mut diagnostic = Diagnostic::new(&first.lint.code, severity, Some(first.place), message).here(first.label);
        diagnostic.notes = first.notes;
        diagnostic.helps = helps;
        let key = first.message.replacen("{}", &join(&subjects.iter().map(|s| pattern(s)).collect(), true), 1);
        Reported { lint: first.lint, diagnostic, certificate: first.certificate, key, removable: first.removable }
    }
}

/// A report of one finding, as of a single architecture.
#[must_use]
pub fn report(finding: Finding) -> Reported {
    let mut tally = Tally::default();
    tally.add(vec![finding], &Assignment::default());
    let mut reports = tally.into_reports(Scope { seen: 1, exact: true, single: true });
    reports.remove(0)
}

/// Most subjects that are named one by one.
const NAMED: usize = 3;

/// `a`, `a and b`, `a, b and 4 more`. Where there are many, names that differ in numbers alone become one, with `*` for the numbers
/// that differ.
fn join(subjects: &Subjects, general: bool) -> String {
    let shown: Vec<String> = match general || subjects.len() > NAMED {
        true => {
            let mut groups: IndexMap<String, Vec<&String>, FxBuildHasher> = IndexMap::default();
            subjects.iter().for_each(|subject| groups.entry(pattern(subject)).or_default().push(subject));
            groups.into_values().map(|group| common(&group)).collect()
        }
        false => subjects.iter().cloned().collect(),
    };
    let mut parts: Vec<String> = shown.iter().take(NAMED).cloned().collect();
    if shown.len() > NAMED {
        parts.push(format!("{} more", shown.len() - NAMED));
    }
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.join(""),
    }
}

/// A name as text and numbers in turn. Digits that end a word belong to it: `rx2`, `linear#2`.
fn pieces(subject: &str) -> Vec<(bool, &str)> {
    let mut out: Vec<(bool, &str)> = Vec::new();
    let (mut previous, mut start, mut in_number) = (' ', 0, false);
    for (at, c) in subject.char_indices() {
        let number =
            c.is_ascii_digit() && (in_number || !(previous.is_alphanumeric() || previous == '_' || previous == '#'));
        if number != in_number && at > start {
            out.push((in_number, &subject[start..at]));
            start = at;
        }
        (previous, in_number) = (c, number);
    }
    if start < subject.len() {
        out.push((in_number, &subject[start..]));
    }
    out
}

/// A path with its loop values and indices left open: `vqc.layer.2.rx[0]` is `vqc.layer.*.rx[*]`.
fn pattern(subject: &str) -> String {
    pieces(subject).into_iter().map(|(number, text)| if number { "*" } else { text }).collect()
}

/// Names of one pattern as one name: `*` where their numbers differ.
fn common(group: &[&String]) -> String {
    let all: Vec<Vec<(bool, &str)>> = group.iter().map(|subject| pieces(subject)).collect();
    let same = |at: usize| all.iter().all(|one| one[at].1 == all[0][at].1);
    (0..all[0].len()).map(|at| if same(at) { all[0][at].1 } else { "*" }).collect()
}

fn share(hits: usize, scope: Scope) -> String {
    let percent = |share: f64| {
        let text = format!("{:.1}", 100.0 * share);
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    let part = hits as f64 / scope.seen.max(1) as f64;
    match (scope.exact, hits == scope.seen) {
        (true, true) => "in every architecture of this space".to_owned(),
        (true, false) => format!("in {} % of this space ({hits} of {} architectures)", percent(part), scope.seen),
        (false, _) => {
            let (low, high) = share_interval(hits, scope.seen);
            format!(
                "in about {:.0} % of this space ({hits} of {} architectures drawn; 95 % interval {:.0} to {:.0} %)",
                100.0 * part,
                scope.seen,
                100.0 * low,
                100.0 * high
            )
        }
    }
}

/// An assignment as options to paste.
pub(super) fn spelled(assignment: &Assignment) -> String {
    let one = |(path, value): (&String, &crate::hir::Value)| {
        let text = format!("{path}={value}");
        let plain = text.chars().all(|c| c.is_alphanumeric() || "._=-+".contains(c));
        if plain { format!("--set {text}") } else { format!("--set '{text}'") }
    };
    assignment.0.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_numbers_become_one() {
        assert_eq!(pattern("`vqc.layer.2.rx[10]`"), "`vqc.layer.*.rx[*]`");
        assert_eq!(pattern("`cu3.w2#3[0, 1]`"), "`cu3.w2#3[*, *]`");
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Subjects>();
        assert_eq!(join(&list(&["`a[0]`", "`b`"]), false), "`a[0]` and `b`");
        assert_eq!(join(&list(&["`a[0]`", "`a[1]`"]), true), "`a[*]`");
        assert_eq!(join(&list(&["`l.1.a[0]`", "`l.1.a[1]`"]), true), "`l.1.a[*]`");
        assert_eq!(join(&list(&["`a[0]`"]), true), "`a[0]`");
        assert_eq!(join(&list(&["a", "b", "c", "d", "e"]), false), "a, b, c and 2 more");
    }

    #[test]
    fn shares_say_what_they_come_from() {
        let scope = |exact| Scope { seen: 200, exact, single: false };
        assert_eq!(share(200, scope(true)), "in every architecture of this space");
        assert_eq!(share(25, scope(true)), "in 12.5 % of this space (25 of 200 architectures)");
        assert!(share(200, scope(false)).contains("95 % interval 98 to 100 %"), "{}", share(200, scope(false)));
    }
}

//! Fixes: which statements can go, what the text is without them, and the difference for people.

use super::{Reported, Statements};
use crate::diag::{Applicability, Fix};
use crate::source::Span;
use crate::syntax::ast::{Item, Stmt, StmtKind};
use crate::syntax::visit::{Visitor, walk_item, walk_stmt};
use std::collections::BTreeSet;

/// The spans of all gate statements of a file.
#[must_use]
pub fn gate_statements(items: &[Item]) -> BTreeSet<Span> {
    struct Collect(BTreeSet<Span>);
    impl Visitor for Collect {
        fn stmt(&mut self, stmt: &Stmt) {
            if matches!(stmt.kind, StmtKind::Apply { .. }) {
                self.0.insert(stmt.span);
            }
            walk_stmt(self, stmt);
        }
    }
    let mut collect = Collect(BTreeSet::new());
    items.iter().for_each(|item| walk_item(&mut collect, item));
    collect.0
}

/// Offers to delete statements of which everything they make is proved to do nothing. `proved` says that every architecture
/// of every search and model of the file was looked at; otherwise the fix is shown and not applied.
pub fn offer_removals(reports: &mut [Reported], statements: &Statements, gates: &BTreeSet<Span>, proved: bool) {
    for report in reports.iter_mut().filter(|report| report.removable) {
        let Some(span) = report.diagnostic.primary else { continue };
        if gates.contains(&span) && statements.is_removable(span) {
            let applicability = if proved { Applicability::Safe } else { Applicability::Unsafe };
            report.diagnostic.fixes = vec![Fix {
                message: "delete the statement".to_owned(),
                edits: vec![(span, String::new())],
                applicability,
            }];
        }
    }
}

/// Applies edits of one text; of those that overlap, the first. A line that an edit leaves empty goes with it.
#[must_use]
pub fn apply(text: &str, edits: &[(Span, String)]) -> String {
    let mut sorted: Vec<(std::ops::Range<usize>, &str)> =
        edits.iter().map(|(span, new)| (whole_line(text, span.range(), new), new.as_str())).collect();
    sorted.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in sorted {
        if range.start < at || range.end > text.len() {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A deletion takes the space around it, and its line if nothing else stands there.
fn whole_line(text: &str, range: std::ops::Range<usize>, new: &str) -> std::ops::Range<usize> {
    if !new.is_empty() {
        return range;
    }
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
    let (before, after) = (&text[start..range.start], &text[range.end..end]);
    if before.trim().is_empty() && after.trim().is_empty() {
        return start..end;
    }
    let spaces = after.len() - after.trim_start_matches(' ').len();
    range.start..range.end + spaces
}

/// A unified difference of two texts, three lines of context; empty if they are equal.
#[must_use]
pub fn diff(name: &str, old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let ops = line_ops(&a, &b);
    if ops.iter().all(|op| op.0 == ' ') {
        return String::new();
    }
    let mut out = format!("--- {name}\n+++ {name}\n");
    let changed: Vec<usize> = (0..ops.len()).filter(|&at| ops[at].0 != ' ').collect();
    let mut at = 0;
    while at < changed.len() {
        let mut last = at;
        while last + 1 < changed.len() && changed[last + 1] - changed[last] <= 6 {
            last += 1;
        }
        let (from, to) = (changed[at].saturating_sub(3), (changed[last] + 4).min(ops.len()));
        let count = |kind: char, range: std::ops::Range<usize>| {
            ops[range].iter().filter(|op| op.0 == ' ' || op.0 == kind).count()
        };
        let (old_at, new_at) = (count('-', 0..from) + 1, count('+', 0..from) + 1);
        let (old_len, new_len) = (count('-', from..to), count('+', from..to));
        out.push_str(&format!("@@ -{old_at},{old_len} +{new_at},{new_len} @@\n"));
        for (kind, line) in &ops[from..to] {
            out.push_str(&format!("{kind}{line}\n"));
        }
        at = last + 1;
    }
    out
}

/// Lines kept, removed and added, by their longest common subsequence once equal ends are put aside.
fn line_ops<'t>(a: &[&'t str], b: &[&'t str]) -> Vec<(char, &'t str)> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (mid_a, mid_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut longest = vec![vec![0usize; mid_b.len() + 1]; mid_a.len() + 1];
    for i in (0..mid_a.len()).rev() {
        for j in (0..mid_b.len()).rev() {
            longest[i][j] = match mid_a[i] == mid_b[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let mut out: Vec<(char, &str)> = a[..head].iter().map(|line| (' ', *line)).collect();
    let (mut i, mut j) = (0, 0);
    while i < mid_a.len() || j < mid_b.len() {
        if i < mid_a.len() && j < mid_b.len() && mid_a[i] == mid_b[j] {
            out.push((' ', mid_a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == mid_b.len() || i < mid_a.len() && longest[i + 1][j] >= longest[i][j + 1] {
            out.push(('-', mid_a[i]));
            i += 1;
        } else {
            out.push(('+', mid_b[j]));
            j += 1;
        }
    }
    out.extend(a[a.len() - tail..].iter().map(|line| (' ', *line)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn deletions_take_their_line() {
        let text = "a;\n  b;\nc; d; e;\n";
        let at = |part: &str| {
            let start = text.find(part).expect("a part");
            (Span::new(FileId(0), start, start + part.len()), String::new())
        };
        assert_eq!(apply(text, &[at("b;")]), "a;\nc; d; e;\n");
        assert_eq!(apply(text, &[at("d;"), at("b;")]), "a;\nc; e;\n");
        assert_eq!(apply(text, &[at("c; d;"), at("d;")]), "a;\n  b;\ne;\n", "the first of two that overlap");
    }

    #[test]
    fn differences_read_as_usual() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(diff("f", old, new), "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
        assert_eq!(diff("f", old, old), "");
    }
}

//! The reference of the rules as Markdown, written from the rules themselves.

use crate::lint::{Group, Lint, RULES};

const HEAD: &str = "# Rules of the linter

`qnas lint FILE` looks at every search of a program (or every model, if it has no search), at one architecture with `--set`,
`--arch` or `--sample`, or at a library file through the examples in its documentation. Over a space it says in which share of
the architectures a finding holds: exactly if all were looked at (small spaces, `--exact`), otherwise from a sample with its 95 %
interval, and with an architecture to paste. An OpenQASM file is judged by the joint outcomes of what
it measures (of all qubits, if it measures none): a gate that only correlations show has an effect.

- **proved** rules hold for every value of weights and inputs; `--explain` shows the proof.
- **cost** rules are facts about cost, budgets and settings. Both are always on.
- **sampled** rules simulate small circuits at random points and say how many; `--sampled` turns them on.
- **heuristic** rules are often, not always, right: `--pedantic` turns them (and the sampled ones) on, and they are notes.

`#[allow(rule, \"reason\")]` before an item allows what a rule finds in it, or in the space of a search or model; the reason is
required, a group's name stands for all of its rules, and an `allow` that allows nothing is itself reported. `#[deny(rule)]` makes an error of it. `--baseline FILE` hides the findings
that `--write-baseline FILE` wrote. `--fix` applies the fixes that are proved to change no output, `--diff` shows them.

Exit codes: 0 nothing found (notes do not count), 1 findings, 2 it could not run. This page is written by
`qnas list lints --markdown`.
";

/// `docs/lints.md`.
#[must_use]
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for group in Group::ALL {
        out.push_str(&format!("\n## {}\n\n| code | rule | finds |\n|---|---|---|\n", capital(group.name())));
        let rules = || RULES.iter().filter(|lint| lint.group == group);
        for lint in rules() {
            let meta = &lint.code.meta;
            out.push_str(&format!("| {} | [`{}`](#{}) | {} |\n", meta.code, meta.name, meta.name, meta.summary));
        }
        rules().for_each(|lint| out.push_str(&section(lint)));
    }
    out
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn section(lint: &Lint) -> String {
    let meta = &lint.code.meta;
    let mut out = format!("\n### {}\n\n{}: {}.\n\n", meta.name, meta.code, meta.summary);
    for line in meta.doc.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        match line.strip_prefix("## ") {
            Some(head) => out.push_str(&format!("**{}**\n\n", head.trim_end_matches('?').trim_end())),
            None if line.starts_with("```qnas") => out.push_str("```qnas\n"),
            None => out.push_str(&format!("{line}\n")),
        }
    }
    // A blank line between a paragraph and the next head.
    out.replace("\n**", "\n\n**").replace("\n\n\n", "\n\n")
}

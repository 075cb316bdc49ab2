//! Baselines: the findings a project lives with, so that only new ones are shown.
//!
//! A finding is recognised by rule, file and what it is about, not by its line, so that edits above it do not bring it back.

use super::Reported;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One known finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Known {
    /// The rule's code.
    pub rule: String,
    /// The file, as it was named.
    pub file: String,
    /// What it is about.
    pub about: String,
}

/// All known findings.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// The format's version.
    pub version: u32,
    /// The findings, sorted.
    pub findings: BTreeSet<Known>,
}

/// The version written.
pub const VERSION: u32 = 1;

impl Known {
    /// How a finding in a file is recognised.
    #[must_use]
    pub fn new(file: &str, report: &Reported) -> Self {
        Self { rule: report.lint.code.meta.code.to_owned(), file: file.to_owned(), about: report.key.clone() }
    }
}

impl Baseline {
    /// The baseline of these findings.
    #[must_use]
    pub fn of(findings: impl IntoIterator<Item = Known>) -> Self {
        Self { version: VERSION, findings: findings.into_iter().collect() }
    }

    /// Is a finding known?
    #[must_use]
    pub fn knows(&self, known: &Known) -> bool {
        self.findings.contains(known)
    }

    /// The known findings of these files that were not found again.
    #[must_use]
    pub fn gone<'a>(&'a self, found: &BTreeSet<Known>, files: &BTreeSet<String>) -> Vec<&'a Known> {
        self.findings.iter().filter(|known| files.contains(&known.file) && !found.contains(known)).collect()
    }
}

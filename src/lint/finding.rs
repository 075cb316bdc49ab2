//! What a rule says about one architecture.

use super::Lint;
use crate::source::Span;
use std::collections::BTreeMap;

/// One finding. Those of many architectures that share rule, place and message become one report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub lint: &'static Lint,
    /// Where, in the user's text or the library's.
    pub place: Span,
    /// The message: one sentence, `{}` where the subject stands.
    pub message: String,
    /// What it is about: paths in backticks, or one empty text.
    pub subjects: Vec<String>,
    /// Was it new when it was last spoken of? Of what is found again only the subject is told.
    pub fresh: bool,
    /// Words at the place.
    pub label: String,
    /// Why, in one clause each.
    pub notes: Vec<String>,
    /// The whole proof, for `--explain`; may be empty.
    pub certificate: String,
    /// What to do.
    pub helps: Vec<String>,
    /// Would deleting the statement at the place mend it, where that is proved to change nothing?
    pub removable: bool,
    /// Does it speak of the space, so that it is not counted over architectures?
    pub whole: bool,
}

/// The findings of one rule, each place and message once.
#[derive(Debug)]
pub struct Findings {
    lint: &'static Lint,
    list: Vec<Finding>,
    /// Where in the list.
    known: BTreeMap<(Span, String), usize>,
}

impl Findings {
    /// None yet.
    #[must_use]
    pub fn new(lint: &'static Lint) -> Self {
        Self { lint, list: Vec::new(), known: BTreeMap::new() }
    }

    /// Adds a finding about something, or something to a finding.
    pub fn about(&mut self, place: Span, subject: impl Into<String>, message: impl Into<String>) -> &mut Finding {
        let (subject, message) = (subject.into(), message.into());
        // Those of one place mostly follow one another.
        let last = self.list.len().checked_sub(1);
        let last = last.filter(|&at| self.list[at].place == place && self.list[at].message == message);
        if let Some(at) = last.or_else(|| self.known.get(&(place, message.clone())).copied()) {
            let found = &mut self.list[at];
            found.subjects.push(subject);
            found.fresh = false;
            return found;
        }
        let at = self.list.len();
        self.known.insert((place, message.clone()), at);
        self.list.push(Finding {
            lint: self.lint,
            place,
            message,
            subjects: vec![subject],
            fresh: true,
            label: String::new(),
            notes: Vec::new(),
            certificate: String::new(),
            helps: Vec::new(),
            removable: false,
            whole: !matches!(self.lint.check, super::Check::Graph(_)),
        });
        &mut self.list[at]
    }

    /// Adds a finding whose message says it all.
    pub fn say(&mut self, place: Span, message: impl Into<String>) -> &mut Finding {
        self.about(place, "", message)
    }

    /// The list.
    #[must_use]
    pub fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

impl Finding {
    /// Words at the place.
    pub fn here(&mut self, text: impl Into<String>) -> &mut Self {
        if self.fresh {
            self.label = text.into();
        }
        self
    }

    /// Says why.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        if self.fresh {
            self.notes.push(text.into());
        }
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        if self.fresh {
            self.helps.push(text.into());
        }
        self
    }

    /// Keeps the whole proof.
    pub fn proof(&mut self, text: impl Into<String>) -> &mut Self {
        if self.fresh {
            self.certificate = text.into();
        }
        self
    }

    /// Deleting the statement at the place mends it.
    pub fn remove(&mut self) -> &mut Self {
        self.removable |= self.fresh;
        self
    }
}

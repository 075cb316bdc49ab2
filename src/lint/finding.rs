//! What a rule says about one architecture.

use super::Lint;
use crate::source::Span;
use std::collections::BTreeSet;

/// One finding. Those of many architectures that share rule, place and message become one report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub lint: &'static Lint,
    /// Where, in the user's text or the library's.
    pub place: Span,
    /// The message: one sentence, `{}` where the subject stands.
    pub message: String,
    /// What it is about: a path in backticks; may be empty.
    pub subject: String,
    /// Is it the first at its place with its message? Of the others only the subject is told.
    pub first: bool,
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

/// The findings of one rule.
#[derive(Debug)]
pub struct Findings {
    lint: &'static Lint,
    list: Vec<Finding>,
    /// Places and messages there are findings of.
    known: BTreeSet<(Span, String)>,
}

impl Findings {
    /// None yet.
    #[must_use]
    pub fn new(lint: &'static Lint) -> Self {
        Self { lint, list: Vec::new(), known: BTreeSet::new() }
    }

    /// Adds a finding about something.
    pub fn about(&mut self, place: Span, subject: impl Into<String>, message: impl Into<String>) -> &mut Finding {
        let message = message.into();
        // Those of one place mostly follow one another.
        let again = self.list.last().is_some_and(|last| last.place == place && last.message == message);
        let first = !again && self.known.insert((place, message.clone()));
        self.list.push(Finding {
            lint: self.lint,
            place,
            first,
            message,
            subject: subject.into(),
            label: String::new(),
            notes: Vec::new(),
            certificate: String::new(),
            helps: Vec::new(),
            removable: false,
            whole: !matches!(self.lint.check, super::Check::Graph(_)),
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
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
        self.label = text.into();
        self
    }

    /// Says why.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.helps.push(text.into());
        self
    }

    /// Keeps the whole proof.
    pub fn proof(&mut self, text: impl Into<String>) -> &mut Self {
        self.certificate = text.into();
        self
    }

    /// Deleting the statement at the place mends it.
    pub fn remove(&mut self) -> &mut Self {
        self.removable = true;
        self
    }
}

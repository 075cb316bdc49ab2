//! Diagnostics: what is wrong, where, why, and what to type instead.
//!
//! A floor builds [`Diagnostic`] values from its own code catalogue (`errors/`), and nobody below `cli/` prints them.
//! `render/` turns a list of them into text for people, JSON, one-line or SARIF form.

pub mod render;
mod suggest;

pub use suggest::{nearest, nearest_many};

use crate::meta::Meta;
use crate::source::Span;

/// An entry of a diagnostics catalogue: a stable code with its explanation.
#[derive(Debug)]
pub struct Code {
    /// Code (`QN0301`), name (`unknown-gate`), summary and the long explanation.
    pub meta: Meta,
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Worth knowing; never changes an exit code.
    Note,
    /// Probably a mistake; the program still means something.
    Warning,
    /// The program means nothing.
    Error,
}

/// A secondary place with its own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// How far a fix may be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applicability {
    /// Keeps the meaning of the program.
    Safe,
    /// May change the meaning.
    Unsafe,
    /// Shown only.
    DisplayOnly,
}

/// Text to put in place of a span.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the fix does, as an order: "write `..`".
    pub message: String,
    /// The replacements, in source order.
    pub edits: Vec<(Span, String)>,
    /// How far it may be trusted.
    pub applicability: Applicability,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The catalogue entry.
    pub code: &'static Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence in the user's words: lower-case start, no final stop, names in backticks.
    pub message: String,
    /// The place on the user's own text; `None` only for files and options, which `message` then names.
    pub primary: Option<Span>,
    /// Words at the primary place; may be empty.
    pub primary_label: String,
    /// Other places.
    pub labels: Vec<Label>,
    /// Why.
    pub notes: Vec<String>,
    /// What to type.
    pub helps: Vec<String>,
    /// Edits that do it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, Some(span), message)
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, Some(span), message)
    }

    /// An error about a file, an option or the world: no place in a source.
    #[must_use]
    pub fn global(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, None, message)
    }

    /// A finding of any severity.
    #[must_use]
    pub fn new(code: &'static Code, severity: Severity, primary: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary,
            primary_label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds words at the primary place.
    #[must_use]
    pub fn here(mut self, message: impl Into<String>) -> Self {
        self.primary_label = message.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to type.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// Offers one edit.
    #[must_use]
    pub fn fix(
        mut self,
        message: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        applicability: Applicability,
    ) -> Self {
        self.fixes.push(Fix { message: message.into(), edits: vec![(span, text.into())], applicability });
        self
    }

    /// Is it an error?
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place, then code, and drops exact repeats: the order in which people read a file.
pub fn sort_and_dedup(diagnostics: &mut Vec<Diagnostic>) {
    fn key(d: &Diagnostic) -> (Option<Span>, &str, &str) {
        (d.primary, d.code.meta.code, &d.message)
    }
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)));
    diagnostics.dedup_by(|a, b| key(a) == key(b));
}

/// Declares entries of a diagnostics catalogue: the doc comment is the text of `qnas explain`.
///
/// ```ignore
/// declare_codes! {
///     /// A gate statement names a gate that does not exist.
///     /// …one wrong and one right example…
///     pub UNKNOWN_GATE = ("QN0201", "unknown-gate", "there is no gate of this name");
/// }
/// ```
/// expands to one `pub static` per entry and `pub static CODES: &[&Code]`.
#[macro_export]
macro_rules! declare_codes {
    ($($(#[doc = $doc:expr])+ pub $ident:ident = ($code:literal, $name:literal, $summary:literal);)+) => {
        $($(#[doc = $doc])+
        pub static $ident: $crate::diag::Code = $crate::diag::Code {
            meta: $crate::meta::Meta {
                name: $name, code: $code, summary: $summary,
                doc: concat!($($doc, "\n"),+), source: "", file: file!(),
            },
        };)+
        /// The entries of this file, in order.
        pub static CODES: &[&$crate::diag::Code] = &[$(&$ident),+];
    };
}

//! The one shape every catalogue shares: gates, layers, metrics, strategies, diagnostics, lints, library items.
//!
//! `qnas explain`, `qnas list`, help texts and the generated reference read nothing else, so a thing that is
//! registered is explained, listed and documented.

mod tree;

pub use tree::Tree;

/// What a catalogue knows of one entry.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The name people write; kebab-case or the field's own spelling (`rzz`, `two_qubit_depth`, `unknown-gate`).
    pub name: &'static str,
    /// `QN0301`, `QL0101`; empty where entries have no code.
    pub code: &'static str,
    /// One line, lower-case start, no final stop.
    pub summary: &'static str,
    /// The whole story, in Markdown: the entry's own doc comment.
    pub doc: &'static str,
    /// Paper, equation or specification the facts come from; empty if none.
    pub source: &'static str,
    /// The file of the entry in this repository.
    pub file: &'static str,
}

impl Meta {
    /// Of an entry that is filled in by those that start from it.
    pub const NONE: Self = Self { name: "", code: "", summary: "", doc: "", source: "", file: "" };
}

/// Builds a [`Meta`] in a `static`: `meta!("rx", "rotation about x", doc = "...", source = "...")`.
#[macro_export]
macro_rules! meta {
    ($name:expr, $summary:expr $(, code = $code:expr)? $(, doc = $doc:expr)? $(, source = $source:expr)? $(,)?) => {{
        #[allow(unused_mut, unused_assignments)]
        const fn build() -> $crate::meta::Meta {
            let mut meta = $crate::meta::Meta { name: $name, code: "", summary: $summary, doc: "", source: "", file: file!() };
            $(meta.code = $code;)?
            $(meta.doc = $doc;)?
            $(meta.source = $source;)?
            meta
        }
        build()
    }};
}

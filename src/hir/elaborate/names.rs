//! Names in scope: a persistent list, so that a repeated stage can keep what it sees.

use super::super::value::Value;
use crate::source::Span;
use std::sync::Arc;

/// A scope; cloning it is cheap.
#[derive(Clone, Debug, Default)]
pub struct Names(Option<Arc<Entry>>);

#[derive(Debug)]
struct Entry {
    name: String,
    value: Value,
    span: Span,
    /// Number of the block it was declared in, to find second declarations.
    block: u32,
    parent: Names,
}

impl Names {
    /// This scope with one more name.
    #[must_use]
    pub fn with(&self, name: &str, value: Value, span: Span, block: u32) -> Self {
        Self(Some(Arc::new(Entry { name: name.to_owned(), value, span, block, parent: self.clone() })))
    }

    /// The entries, innermost first: name, value, place, block.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, Span, u32)> {
        let mut here = self.0.as_deref();
        std::iter::from_fn(move || {
            let entry = here?;
            here = entry.parent.0.as_deref();
            Some((entry.name.as_str(), &entry.value, entry.span, entry.block))
        })
    }

    /// What a name is bound to.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&Value, Span)> {
        self.iter().find(|entry| entry.0 == name).map(|(_, value, span, _)| (value, span))
    }
}

//! `#[allow(rule, "reason")]` and `#[deny(rule)]`: how an item wants a finding in it to be treated.
//!
//! Checking knows two such rules, `unused` and `unproved`; all others are lints. An attribute speaks of everything in its item.

use super::program::Program;
use crate::source::Span;
use crate::syntax::ast::{Attribute, Item};
use std::collections::BTreeSet;

/// The rules of checking itself.
pub const CHECK_RULES: [&str; 2] = ["unused", "unproved"];

/// What an attribute asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// The finding is not reported.
    Allow,
    /// The finding is an error.
    Deny,
}

/// The level an attribute sets; `None` if its name is neither `allow` nor `deny`, or an `allow` has no reason.
#[must_use]
pub fn level(attribute: &Attribute) -> Option<Level> {
    match attribute.name.text.as_str() {
        "allow" if attribute.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty()) => Some(Level::Allow),
        "deny" => Some(Level::Deny),
        _ => None,
    }
}

/// Does a span hold another?
#[must_use]
pub fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// The attribute of these items that decides about `rule` at a place.
#[must_use]
pub fn decide<'a>(items: &'a [Item], place: Span, rule: &str) -> Option<(&'a Attribute, Level)> {
    let item = items.iter().find(|item| holds(item.span, place))?;
    item.attributes
        .iter()
        .filter(|attribute| attribute.rule.text == rule)
        .find_map(|attribute| Some((attribute, level(attribute)?)))
}

/// Attributes of the main file that changed something.
#[derive(Clone, Default, Debug)]
pub(super) struct Used(pub(super) BTreeSet<Span>);

impl Used {
    /// The level a rule of checking has at a place; remembers that the attribute was needed.
    pub(super) fn level(&mut self, program: &Program, place: Option<Span>, rule: &str) -> Option<Level> {
        let (attribute, level) = decide(&program.sources[program.main].items, place?, rule)?;
        self.0.insert(attribute.span);
        Some(level)
    }
}

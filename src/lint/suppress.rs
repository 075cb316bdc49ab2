//! Obeying `#[allow(rule, "reason")]` and `#[deny(rule)]`, and judging the attributes themselves.

use super::errors::{MISSING_REASON, UNKNOWN_ATTRIBUTE, UNKNOWN_RULE, UNUSED_ALLOW};
use super::{Reported, find, rule_names};
use crate::diag::{Applicability, Diagnostic, Severity, nearest};
use crate::hir::allow::{CHECK_RULES, Level, decide, level};
use crate::source::Span;
use crate::syntax::ast::{Attribute, Item};
use std::collections::BTreeSet;

fn attributes<'i>(items: impl IntoIterator<Item = &'i Item>) -> impl Iterator<Item = &'i Attribute> {
    items.into_iter().flat_map(|item| &item.attributes)
}

/// What is wrong with the attributes of a file, as far as checking can tell; `used` are those that changed what it says.
#[must_use]
pub fn judge(items: &[Item], used: &BTreeSet<Span>) -> Vec<Diagnostic> {
    attributes(items).filter_map(|attribute| wrong(attribute, used)).collect()
}

fn wrong(attribute: &Attribute, used: &BTreeSet<Span>) -> Option<Diagnostic> {
    let (name, rule) = (&attribute.name, &attribute.rule);
    if !matches!(name.text.as_str(), "allow" | "deny") {
        let message = format!("there is no attribute `{}`", name.text);
        return Some(
            Diagnostic::error(&UNKNOWN_ATTRIBUTE, name.span, message)
                .help("write `allow(rule, \"reason\")` or `deny(rule)`"),
        );
    }
    if !rule_names().any(|known| known == rule.text) {
        let error = Diagnostic::error(&UNKNOWN_RULE, rule.span, format!("there is no rule `{}`", rule.text));
        // The name of a code says which rule is meant.
        let meant = find(&rule.text).map(|lint| lint.code.meta.name).or_else(|| nearest(&rule.text, rule_names()));
        return Some(match meant {
            Some(near) => error.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                rule.span,
                near,
                Applicability::Unsafe,
            ),
            None => error.help("`qnas list lints` names the rules"),
        });
    }
    if name.text == "allow" && level(attribute).is_none() {
        let message = format!("this `allow` of `{}` gives no reason", rule.text);
        return Some(
            Diagnostic::error(&MISSING_REASON, attribute.span, message)
                .help(format!("write `#[allow({}, \"why it is no mistake here\")]`", rule.text)),
        );
    }
    let of_checking = CHECK_RULES.contains(&rule.text.as_str());
    (of_checking && name.text == "allow" && !used.contains(&attribute.span)).then(|| unused_allow(attribute))
}

fn unused_allow(attribute: &Attribute) -> Diagnostic {
    let message = format!("this `allow` of `{}` allows nothing", attribute.rule.text);
    Diagnostic::warning(&UNUSED_ALLOW, attribute.span, message)
        .note("nothing of this kind is found in the item")
        .help("remove it")
}

/// Takes out what the attributes allow, makes errors of what they deny; returns the attributes that allowed something. A finding
/// belongs to the item it lies in, and to the search or model whose architectures were looked at.
pub fn obey(items: &[Item], home: Span, reports: &mut Vec<Reported>) -> BTreeSet<Span> {
    let mut used = BTreeSet::new();
    reports.retain_mut(|report| {
        let rule = report.lint.code.meta.name;
        let place = report.diagnostic.primary.unwrap_or(home);
        let group = report.lint.group.name();
        let at = |place| decide(items, place, rule).or_else(|| decide(items, place, group));
        match at(place).or_else(|| at(home)) {
            Some((attribute, Level::Allow)) => {
                used.insert(attribute.span);
                false
            }
            Some((_, Level::Deny)) => {
                report.diagnostic.severity = Severity::Error;
                true
            }
            None => true,
        }
    });
    used
}

/// The `allow`s of lints that allowed nothing; `ran` says whether a rule was run.
#[must_use]
pub fn unused<'i>(
    items: impl IntoIterator<Item = &'i Item>,
    used: &BTreeSet<Span>,
    ran: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    attributes(items)
        .filter(|attribute| {
            level(attribute) == Some(Level::Allow)
                && !used.contains(&attribute.span)
                && !CHECK_RULES.contains(&attribute.rule.text.as_str())
                && ran(&attribute.rule.text)
        })
        .map(unused_allow)
        .collect()
}

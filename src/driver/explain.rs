//! Looking a name or code up in all catalogues.

use super::errors::NOTHING_OF_THIS_NAME;
use super::listing::{Catalogue, Entry, catalogues};
use crate::diag::{Diagnostic, nearest_many};
use crate::gates::habit;

/// An entry with what it is.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Explained {
    /// `gate`, `metric`, `diagnostic`.
    pub kind: &'static str,
    /// What is known.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Everything of this name: a gate, a layer, a metric, a code, an item of the library, a module of it, a topic. Several
/// catalogues may know one name.
///
/// # Errors
/// `QN0908` with the nearest names.
pub fn explain(name: &str) -> Result<Vec<Explained>, Diagnostic> {
    let catalogues = catalogues();
    let wanted = name.trim().trim_end_matches(';');
    let found = find(&catalogues, wanted);
    if !found.is_empty() {
        return Ok(found);
    }
    let module = wanted.trim_start_matches("std::").replace('/', "::");
    if let Some(module) = library_module(&catalogues, &module) {
        return Ok(vec![module]);
    }
    let error = Diagnostic::global(&NOTHING_OF_THIS_NAME, format!("there is nothing called `{name}` to explain"));
    if let Some(right) = habit(wanted) {
        return Err(error.help(format!("did you mean the gate `{right}`?")));
    }
    let names = catalogues.iter().flat_map(|c| &c.entries).flat_map(|entry| {
        let last = entry.name.rsplit("::").next().unwrap_or(&entry.name);
        [entry.name.as_str(), last, entry.code.as_str()]
    });
    let near: Vec<String> = nearest_many(wanted, names).into_iter().map(|near| format!("`{near}`")).collect();
    Err(match near.is_empty() {
        true => error.help("`qnas explain` alone lists what can be explained"),
        false => error.help(format!("did you mean {}?", near.join(" or "))),
    })
}

fn find(catalogues: &[Catalogue], wanted: &str) -> Vec<Explained> {
    let mut out = Vec::new();
    for catalogue in catalogues {
        for entry in &catalogue.entries {
            let item = catalogue.name == "library" && is_item(&entry.name, wanted);
            let code = !entry.code.is_empty() && entry.code.eq_ignore_ascii_case(wanted);
            if entry.name == wanted || item || code {
                out.push(Explained { kind: catalogue.one, entry: entry.clone() });
            }
        }
    }
    out
}

/// `embed::embed` is also `embed`, `std::embed::embed` and `embed.embed`.
fn is_item(name: &str, wanted: &str) -> bool {
    let plain = wanted.trim_start_matches("std::").replace(['.', '/'], "::");
    name == plain || name.rsplit("::").next() == Some(wanted)
}

fn library_module(catalogues: &[Catalogue], module: &str) -> Option<Explained> {
    let library = catalogues.iter().find(|catalogue| catalogue.name == "library")?;
    let prefix = format!("{module}::");
    let items: Vec<&Entry> = library.entries.iter().filter(|entry| entry.name.starts_with(&prefix)).collect();
    if items.is_empty() {
        return None;
    }
    let options = items.iter().map(|entry| (entry.name[prefix.len()..].to_owned(), entry.summary.clone())).collect();
    let entry = Entry {
        name: format!("std::{module}"),
        summary: format!("{} items of the library", items.len()),
        usage: format!("use std::{module}::{{..}};"),
        options,
        ..Entry::default()
    };
    Some(Explained { kind: "library module", entry })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(name: &str) -> Vec<&'static str> {
        explain(name).map(|found| found.iter().map(|one| one.kind).collect()).unwrap_or_default()
    }

    #[test]
    fn every_kind_of_thing_is_found() {
        assert_eq!(kinds("rzz"), ["gate"]);
        assert_eq!(kinds("linear"), ["layer"]);
        assert_eq!(kinds("flops.quantum"), ["metric"]);
        assert_eq!(kinds("nsga2"), ["strategy"]);
        assert_eq!(kinds("iris"), ["data set"]);
        assert_eq!(kinds("cross_entropy"), ["loss"]);
        assert_eq!(kinds("adam"), ["optimizer"]);
        assert_eq!(kinds("qubit-order"), ["topic"]);
        assert_eq!(kinds("QN0301"), kinds("qn0301"));
        assert_eq!(kinds("std::embed::embed"), ["library item"]);
        assert_eq!(kinds("std::embed"), ["library module"]);
    }

    #[test]
    fn a_miss_names_the_nearest() {
        let helps = |name: &str| explain(name).unwrap_err().helps[0].clone();
        assert!(helps("lineer").contains("`linear`"));
        assert!(helps("CNOT").contains("`cx`"));
        assert!(helps("zzzzzz").contains("lists"));
        assert!(explain("").is_err());
    }

    #[test]
    fn entries_are_complete_and_their_names_unique_in_a_catalogue() {
        for catalogue in catalogues() {
            let mut names: Vec<&str> = catalogue.entries.iter().map(|entry| entry.name.as_str()).collect();
            assert!(!names.is_empty(), "{}", catalogue.name);
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}", catalogue.name);
            for entry in &catalogue.entries {
                assert!(!entry.summary.is_empty(), "{} {}", catalogue.name, entry.name);
            }
        }
    }
}

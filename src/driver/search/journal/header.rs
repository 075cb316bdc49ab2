//! The first line of a journal: everything that decides what the search does.

use crate::diag::Diagnostic;
use crate::driver::search::errors::{JOURNAL_FOREIGN, JOURNAL_MISMATCH, JOURNAL_NEWER};
use crate::driver::search::options::Settings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the format written here.
pub const FORMAT: u32 = 1;

/// Which strategy, with all its options.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StrategyHeader {
    /// Its name in the catalogue.
    pub name: String,
    /// Every option, defaults included.
    pub options: Settings,
}

/// What the search is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format.
    #[serde(rename = "qnas_journal")]
    pub format: u32,
    /// Version of qnas that began the run.
    pub qnas: String,
    /// Name of the `search` item.
    pub search: String,
    /// SHA-256 of the source and everything it imports.
    pub source: String,
    /// The seed everything random follows from.
    pub seed: u64,
    /// The strategy.
    pub strategy: StrategyHeader,
    /// The objectives as written, in the order of every line's `objectives`.
    pub objectives: Vec<String>,
    /// SHA-256 of each data file, by name.
    pub data: BTreeMap<String, String>,
    /// Whatever else decides results (precision, options of the command line), by name.
    pub settings: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct FormatOnly {
    qnas_journal: u32,
    qnas: Option<String>,
}

impl Header {
    /// Reads the first line of a journal.
    ///
    /// # Errors
    /// `QN0810` if it is no journal, `QN0811` if its format is newer than [`FORMAT`].
    pub fn parse(line: &[u8], path: &Path) -> Result<Self, Diagnostic> {
        let foreign = |why: String| {
            Diagnostic::global(&JOURNAL_FOREIGN, format!("`{}` is not a journal of a search", path.display()))
                .note(why)
                .help("give the folder of a run, such as `runs/faqnas-1`")
        };
        let format: FormatOnly = serde_json::from_slice(line)
            .map_err(|_| foreign("its first line does not begin with `{\"qnas_journal\":`".into()))?;
        if format.qnas_journal > FORMAT {
            let by = format.qnas.unwrap_or_else(|| "a newer version".into());
            let message = format!("`{}` is written in journal format {}", path.display(), format.qnas_journal);
            return Err(Diagnostic::global(&JOURNAL_NEWER, message)
                .note(format!("it was written by qnas {by}; this version reads format {FORMAT}"))
                .help(format!("use qnas {by} or newer")));
        }
        serde_json::from_slice(line).map_err(|error| foreign(format!("its first line cannot be read: {error}")))
    }

    /// Is `found`, read from a journal, this same search? The version of qnas may differ: whether it still does the same
    /// shows when the journal is replayed.
    ///
    /// # Errors
    /// `QN0812`, naming everything that differs.
    pub fn accepts(&self, found: &Self, path: &Path) -> Result<(), Diagnostic> {
        let mut differs = Vec::new();
        let mut compare = |what: &str, old: String, new: String| {
            if old != new {
                differs.push(format!("{what}: {old} in the journal, {new} now"));
            }
        };
        compare("search", found.search.clone(), self.search.clone());
        compare("source", short(&found.source), short(&self.source));
        compare("seed", found.seed.to_string(), self.seed.to_string());
        compare("strategy", found.strategy.name.clone(), self.strategy.name.clone());
        compare("objectives", found.objectives.join(", "), self.objectives.join(", "));
        let texts = |settings: &Settings| settings.0.iter().map(|(k, v)| (k.clone(), v.to_string())).collect();
        compare_maps(&mut compare, &texts(&found.strategy.options), &texts(&self.strategy.options));
        let shortened = |data: &BTreeMap<String, String>| data.iter().map(|(k, v)| (k.clone(), short(v))).collect();
        compare_maps(&mut compare, &shortened(&found.data), &shortened(&self.data));
        compare_maps(&mut compare, &found.settings, &self.settings);
        if differs.is_empty() {
            return Ok(());
        }
        let mut diagnostic =
            Diagnostic::global(&JOURNAL_MISMATCH, format!("`{}` belongs to another search", path.display()));
        for difference in differs {
            diagnostic = diagnostic.note(difference);
        }
        Err(diagnostic.help("begin a new run, or resume with the source in the run's folder"))
    }
}

fn compare_maps(
    compare: &mut dyn FnMut(&str, String, String),
    found: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) {
    let mut names: Vec<&String> = found.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let text = |map: &BTreeMap<String, String>| map.get(name).cloned().unwrap_or_else(|| "nothing".into());
        compare(name, text(found), text(now));
    }
}

/// The beginning of a digest: enough to tell two apart.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

//! `qnas list`: everything that is registered, by catalogue.

use super::context::{Context, Exit, ResultFormat, Stop};
use super::table::Rows;
use crate::diag::Diagnostic;
use crate::driver::errors;
use crate::driver::listing::{Catalogue, catalogues};
use serde_json::json;

/// Names of the catalogues.
pub(crate) const NAMES: [&str; 18] = [
    "gates",
    "layers",
    "functions",
    "metrics",
    "losses",
    "optimizers",
    "algorithms",
    "schedules",
    "passes",
    "strategies",
    "devices",
    "data",
    "environments",
    "profiles",
    "library",
    "lints",
    "diagnostics",
    "topics",
];

/// List what a program may name: gates, layers, metrics, strategies, data sets, the library.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas list
  qnas list gates
  qnas list library --format json

`qnas explain NAME` tells the whole story of one entry.")]
pub(crate) struct Args {
    /// Which catalogue; all of them, in short, if none is named.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(NAMES))]
    catalogue: Option<String>,
    /// How the entries are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
    /// Print the reference as Markdown; of `lints`.
    #[arg(long, conflicts_with = "format")]
    markdown: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    if args.markdown {
        return match args.catalogue.as_deref() {
            Some("lints") => context.print(&crate::driver::lint::markdown()).map(|()| Exit::Clean),
            _ => Err(Diagnostic::global(&errors::NOTHING_OF_THIS_NAME, "only `lints` has a page of its own")
                .help("`qnas list lints --markdown`")
                .into()),
        };
    }
    let mut all = catalogues();
    if let Some(name) = &args.catalogue {
        all.retain(|catalogue| catalogue.name == name);
    }
    match (args.format, &args.catalogue) {
        (ResultFormat::Json, Some(_)) => context.print_json(&json!(all.first()))?,
        (ResultFormat::Json, None) => context.print_json(&json!(all))?,
        (ResultFormat::Human, None) => context.print(&overview(&all))?,
        (ResultFormat::Human, Some(_)) => context.print(&all.iter().map(entries).collect::<String>())?,
    }
    Ok(Exit::Clean)
}

/// One line per catalogue.
pub(super) fn overview(all: &[Catalogue]) -> String {
    let mut rows = Rows::new(&["catalogue", ">entries", "what they are"]);
    for catalogue in all {
        rows.row(&[catalogue.name, &catalogue.entries.len().to_string(), catalogue.summary]);
    }
    rows.text()
}

fn entries(catalogue: &Catalogue) -> String {
    let coded = catalogue.entries.iter().any(|entry| !entry.code.is_empty());
    let mut rows = Rows::new(if coded { &["code", "name", "summary"] } else { &["name", "summary"] });
    for entry in &catalogue.entries {
        match coded {
            true => rows.row(&[&entry.code, &entry.name, &entry.summary]),
            false => rows.row(&[&entry.name, &entry.summary]),
        }
    }
    rows.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_knows_every_catalogue() {
        let names: Vec<&str> = catalogues().iter().map(|catalogue| catalogue.name).collect();
        assert_eq!(names, NAMES);
    }
}

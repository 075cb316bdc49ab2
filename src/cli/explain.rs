//! `qnas explain`: the whole story of a name or code.

use super::context::{Context, Exit, ResultFormat, Stop};
use super::list::overview;
use super::table::Rows;
use crate::driver::explain::{Explained, explain};
use crate::driver::listing::catalogues;
use crate::driver::topics::TOPICS;
use serde_json::json;

/// Explain a gate, layer, metric, strategy, data set, library item, error code or idea.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas explain rzz
  qnas explain QN0301
  qnas explain std::embed
  qnas explain qubit-order

Without a name: what can be explained.")]
pub(crate) struct Args {
    /// A name, a code such as QN0301, or a topic such as `angles`.
    name: Option<String>,
    /// How the explanation is shown.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let Some(name) = &args.name else {
        match args.format {
            ResultFormat::Json => context.print_json(&json!(catalogues()))?,
            ResultFormat::Human => context.print(&index())?,
        }
        return Ok(Exit::Clean);
    };
    let found = explain(name)?;
    match args.format {
        ResultFormat::Json => context.print_json(&json!(found))?,
        ResultFormat::Human => {
            let texts: Vec<String> = found.iter().map(text).collect();
            context.print(&texts.join("\n"))?;
        }
    }
    Ok(Exit::Clean)
}

fn index() -> String {
    let mut topics = Rows::new(&["topic", ""]);
    TOPICS.iter().for_each(|topic| topics.row(&[topic.name, topic.summary]));
    let all: Vec<_> = catalogues().into_iter().filter(|catalogue| catalogue.name != "topics").collect();
    format!("{}\n{}\n`qnas list CATALOGUE` names its entries.\n", topics.text(), overview(&all))
}

/// Head, how it is written, options, the story, the source.
fn text(explained: &Explained) -> String {
    let entry = &explained.entry;
    let code = if entry.code.is_empty() { String::new() } else { format!("{}, ", entry.code) };
    let mut out = format!("{} ({code}{}): {}\n", entry.name, explained.kind, entry.summary);
    let mut part = |text: &str| {
        if !text.trim().is_empty() {
            out.push('\n');
            out.push_str(text.trim_end());
            out.push('\n');
        }
    };
    let usage: Vec<String> = entry.usage.lines().map(|line| format!("    {line}")).collect();
    part(&usage.join("\n"));
    // The first line of a library item's documentation is its summary.
    let doc = entry.doc.strip_prefix(&entry.summary).unwrap_or(&entry.doc).trim_start_matches('.');
    let shown = doc.lines().filter(|line| entry.source.is_empty() || !line.starts_with("Source:"));
    part(shown.collect::<Vec<_>>().join("\n").trim_start_matches('\n'));
    if !entry.options.is_empty() {
        let mut rows = Rows::plain(2);
        entry.options.iter().for_each(|(name, doc)| rows.row(&[format!("  {name}"), doc.clone()]));
        part(&rows.text());
    }
    if !entry.source.is_empty() {
        part(&format!("Source: {}", entry.source));
    }
    out
}

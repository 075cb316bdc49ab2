//! `qnas check`: everything that is wrong with programs, in one run.

use super::context::{Context, Exit, FindingFormat, Stop, plural, tally};
use super::program;
use crate::diag::Diagnostic;
use crate::driver::compiler::Compiled;
use crate::driver::space::FilteredSpace;
use crate::hir::template::Template;
use crate::source::{FileId, SourceMap, Span};
use std::path::PathBuf;

/// Check programs for every architecture in their spaces.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas check examples/faqnas.qnas
  qnas check *.qnas --format short
  cat a.qnas | qnas check -

Names, types, shapes, ranges and wires are checked for every architecture before anything runs.
Exit codes: 0 no errors, 1 errors (or warnings with --deny-warnings), 2 a file could not be read.")]
pub(crate) struct Args {
    /// Programs; `-` reads one from standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: FindingFormat,
    /// Warnings change the exit code, too.
    #[arg(long)]
    deny_warnings: bool,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let mut sources = SourceMap::default();
    let mut found = Vec::new();
    let mut lines = Vec::new();
    let mut unreadable = false;
    for file in &args.files {
        match program::compile(file, args.data_dir.as_deref()) {
            Ok((compiled, _)) => {
                let told = tally(&compiled.checked.diagnostics);
                let summary = match (compiled.checked.has_errors(), told.is_empty()) {
                    (true, _) => told,
                    (false, true) => format!("ok: {}", contents(&compiled)),
                    (false, false) => format!("ok, but {told}: {}", contents(&compiled)),
                };
                lines.push((file, summary));
                merge(compiled, &mut sources, &mut found);
            }
            Err(diagnostic) => {
                unreadable = true;
                lines.push((file, "not checked".to_owned()));
                found.push(diagnostic);
            }
        }
    }
    let text = context.render(&found, &sources, args.format);
    context.print(&text)?;
    for (file, line) in lines {
        let name = if args.files.len() > 1 { format!("{}: ", file.display()) } else { String::new() };
        context.note(&format!("{name}{line}"));
    }
    let bad = |d: &Diagnostic| d.is_error() || (args.deny_warnings && d.severity == crate::diag::Severity::Warning);
    Ok(match (unreadable, found.iter().any(bad)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// `1 search, 8 choices, 8640 architectures`
fn contents(compiled: &Compiled) -> String {
    let checked = &compiled.checked;
    let (word, templates): (&str, Vec<&Template>) = if checked.searches.is_empty() {
        ("model", checked.models.iter().collect())
    } else {
        ("search", checked.searches.iter().map(|search| &search.template).collect())
    };
    match templates[..] {
        [] => "nothing to run, only items for others".to_owned(),
        [one] => format!("1 {word}, {}", size(one)),
        _ => format!("{}, {}", plural(templates.len(), word), list(checked.searches.is_empty(), compiled)),
    }
}

fn list(models: bool, compiled: &Compiled) -> String {
    let checked = &compiled.checked;
    let named: Vec<String> = if models {
        checked.models.iter().map(|model| format!("`{}` with {}", model.name, size(model))).collect()
    } else {
        checked.searches.iter().map(|search| format!("`{}` with {}", search.name, size(&search.template))).collect()
    };
    named.join("; ")
}

fn size(template: &Template) -> String {
    let space = FilteredSpace::new(template);
    let choices = space.choices().genotypes().choices.len();
    if choices == 0 {
        return "nothing left open".to_owned();
    }
    let count = space.choices().reachable().to_string();
    let most = if space.needs_building() { "at most " } else { "" };
    let word = if count == "1" { "architecture" } else { "architectures" };
    format!("{}, {most}{count} {word}", plural(choices, "choice"))
}

/// Takes over the texts of one program; returns by how much its files are moved.
pub(super) fn merge_sources(from: &SourceMap, into: &mut SourceMap) -> u32 {
    let base = u32::try_from(into.iter().count()).unwrap_or(u32::MAX);
    for (_, file) in from.iter() {
        into.add(file.name.clone(), file.text.clone());
    }
    base
}

/// Takes over the findings of one program, their places moved to where its texts stand among all.
pub(super) fn merge(compiled: Compiled, sources: &mut SourceMap, found: &mut Vec<Diagnostic>) {
    let base = merge_sources(&compiled.sources, sources);
    let moved = |span: Span| Span { file: FileId(span.file.0.saturating_add(base)), ..span };
    for mut diagnostic in compiled.checked.diagnostics {
        diagnostic.primary = diagnostic.primary.map(moved);
        diagnostic.labels.iter_mut().for_each(|label| label.span = moved(label.span));
        for fix in &mut diagnostic.fixes {
            fix.edits.iter_mut().for_each(|edit| edit.0 = moved(edit.0));
        }
        found.push(diagnostic);
    }
}

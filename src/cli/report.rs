//! `qnas report`: what a run found, in the terminal, as data, or as one page for a browser.

use super::context::{Context, Exit, Stop, plural};
use super::front::{Format, agreement, choices, number, percent};
use super::progress::clock;
use super::retrained::retrained_table;
use super::table::Rows;
use crate::diag::Diagnostic;
use crate::driver::archive::PastRun;
use crate::driver::compiler::Compiled;
use crate::driver::data::DataDirs;
use crate::driver::errors::UNWRITABLE;
use crate::driver::report::{CHANCE, Ended, Importance, RunReport, details, evaluations_csv, page};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Text of all circuit diagrams in a page at most, in bytes.
const DIAGRAMS: usize = 12 << 20;
/// Choices shown in the terminal.
const CHOICES: usize = 12;

/// Report on a run: its front, history, what mattered, where the time went.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas report runs/faqnas-1
  qnas report runs/faqnas-1 --html report.html
  qnas report runs/faqnas-1 --format csv > evaluations.csv

The front and the history are those of the journal, so a run that is unfinished or still going on can be looked at too. \
Hypervolume is the share of the box around the first generation that the front dominates.

The importance of a choice is the share of an objective's variance that the choice explains by itself, over the evaluated \
architectures that have it (one-way analysis of variance, less what chance would explain: Kelley's epsilon squared). `~` \
marks what shuffling cannot tell from chance (p > 0.05). A search prefers good regions, so choices vary together in it: a \
share may be owed to another choice. Real choices are cut into groups of equal size.

--format json has everything but the single evaluations, csv is a line for each of these, or for each epoch where all \
candidates were trained at once. The page of --html is one file \
that needs no network.")]
pub(crate) struct Args {
    /// The folder of the run.
    run: PathBuf,
    /// Write the report as a page for a browser.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// How the report is printed.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let past = PastRun::open(&args.run)?;
    let compiled = past.compile(args.data_dir.as_deref());
    let report = RunReport::new(&past, compiled.as_ref().map(|(compiled, _)| compiled).map_err(Clone::clone))?;
    for note in &report.notes {
        context.note(&format!("note: {note}"));
    }
    if let Some(path) = &args.html {
        write_page(&report, compiled.as_ref().ok(), path)?;
        context.note(&format!("the page is in {}", path.display()));
        if args.format == Format::Human {
            return Ok(Exit::Clean);
        }
    }
    match args.format {
        Format::Human => context.print(&human(&report))?,
        Format::Json => context.print_json(&report.to_json())?,
        Format::Csv => match &report.relaxed {
            Some(relaxed) => context.print(&super::relaxed::curves_csv(relaxed))?,
            None => context.print(&evaluations_csv(&report))?,
        },
    }
    Ok(Exit::Clean)
}

fn write_page(report: &RunReport, compiled: Option<&(Compiled, DataDirs)>, path: &Path) -> Result<(), Diagnostic> {
    let details = match compiled {
        Some((compiled, dirs)) => details(report, compiled, dirs, DIAGRAMS)?,
        None => BTreeMap::new(),
    };
    std::fs::write(path, page(report, &details))
        .map_err(|error| Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be written: {error}", path.display())))
}

fn human(report: &RunReport) -> String {
    let header = &report.header;
    let data: Vec<&str> = header.data.keys().map(String::as_str).collect();
    let on = if data.is_empty() { String::new() } else { format!(" on {}", data.join(", ")) };
    let ended = match report.ended {
        Ended::Finished => "finished",
        Ended::Unfinished => "unfinished",
        Ended::Unknown => "state unknown",
    };
    let mut out = format!(
        "Search `{}`{on}, {}, seed {}, begun by qnas {}: {ended}\n{}",
        header.search,
        header.strategy.name,
        header.seed,
        header.qnas,
        plural(report.records.len(), "evaluation")
    );
    for (count, what) in
        [(report.repeated(), "repeated"), (report.failed(), "failed"), (report.infeasible(), "infeasible")]
    {
        if count > 0 {
            out.push_str(&format!(", {count} {what}"));
        }
    }
    out.push('\n');
    let retrained = retrained_table(report.leaky, &report.retrained);
    let agreement = agreement(header, &report.agreement);
    let relaxed = report.relaxed.as_ref();
    let parts = [
        relaxed.map_or_else(|| front(report), super::relaxed::table),
        relaxed.map(super::relaxed::curves).unwrap_or_default(),
        retrained.trim_start().to_owned(),
        agreement.trim_start().to_owned(),
        history(report),
        importances(report),
        reasons(report),
        time(report),
    ];
    parts.iter().filter(|part| !part.is_empty()).for_each(|part| out.push_str(&format!("\n{part}")));
    out
}

fn front(report: &RunReport) -> String {
    if report.front.is_empty() {
        return "No architecture meets every requirement so far.\n".to_owned();
    }
    let tested = report.front.iter().any(|entry| entry.test.is_some());
    let classes = report.front.iter().any(|entry| entry.test.is_some_and(|test| test.accuracy.is_some()));
    let mut heads = vec![">id".to_owned()];
    heads.extend(report.header.objectives.iter().map(|name| format!(">{name}")));
    heads.extend(tested.then(|| if classes { ">test accuracy" } else { ">test loss" }.to_owned()));
    let mut rows = Rows::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut named = Rows::new(&[">id", "architecture"]);
    for entry in &report.front {
        let mut cells = vec![entry.id.to_string()];
        cells.extend(entry.objectives.iter().map(|value| number(*value)));
        if tested {
            cells.push(match entry.test {
                Some(test) if classes => percent(test.accuracy),
                Some(test) => number(test.loss),
                None => "-".to_owned(),
            });
        }
        rows.row(&cells);
        let text = report.record(entry.id).map(|record| choices(&record.assignment)).unwrap_or_default();
        named.row(&[entry.id.to_string(), text]);
    }
    format!("Front\n\n{}\n{}", rows.text(), named.text())
}

fn history(report: &RunReport) -> String {
    if report.history.is_empty() {
        return String::new();
    }
    let mut heads: Vec<String> = [">generation", ">evaluations", ">front", ">hypervolume"].map(str::to_owned).into();
    heads.extend(report.header.objectives.iter().map(|name| format!(">best {name}")));
    let mut rows = Rows::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for summary in &report.history {
        let volume = summary.hypervolume.map_or_else(|| "-".to_owned(), |volume| format!("{volume:.4}"));
        let counts = [summary.generation.to_string(), summary.evaluations.to_string(), summary.front.to_string()];
        let best = summary.best.iter().map(|value| number(*value));
        rows.row(&counts.into_iter().chain([volume]).chain(best).collect::<Vec<_>>());
    }
    format!("Generations\n\n{}", rows.text())
}

/// A row per choice, by its largest share; a column per objective.
fn importances(report: &RunReport) -> String {
    let mut largest: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for effect in report.importance.iter().flat_map(|one| &one.effects) {
        let entry = largest.entry(&effect.path).or_insert((0.0, 0));
        *entry = (entry.0.max(effect.share), entry.1.max(effect.count));
    }
    if largest.is_empty() {
        return String::new();
    }
    let mut paths: Vec<(&str, (f64, usize))> = largest.into_iter().collect();
    paths.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(b.0)));
    let mut heads = vec!["choice".to_owned()];
    heads.extend(report.importance.iter().map(|one| format!(">{}", one.objective)));
    heads.push(">architectures".to_owned());
    let mut rows = Rows::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    let cell = |one: &Importance, path: &str| match one.effects.iter().find(|effect| effect.path == path) {
        Some(effect) if effect.chance > CHANCE => format!("~{:.0} %", 100.0 * effect.share),
        Some(effect) => format!("{:.0} %", 100.0 * effect.share),
        None => "-".to_owned(),
    };
    for (path, (_, count)) in paths.iter().take(CHOICES) {
        let mut cells = vec![(*path).to_owned()];
        cells.extend(report.importance.iter().map(|one| cell(one, path)));
        cells.push(count.to_string());
        rows.row(&cells);
    }
    let more = match paths.len().saturating_sub(CHOICES) {
        0 => String::new(),
        more => format!("and {more} more; --format json has all\n"),
    };
    format!("Variance that each choice explains by itself (~ may be chance)\n\n{}{more}", rows.text())
}

fn reasons(report: &RunReport) -> String {
    let mut rows = Rows::new(&[">times", "what went wrong"]);
    for (reason, count) in &report.failures {
        rows.row(&[count.to_string(), format!("failed: {reason}")]);
    }
    for (requirement, count) in &report.broken {
        rows.row(&[count.to_string(), format!("breaks `{requirement}`")]);
    }
    let any = !report.failures.is_empty() || !report.broken.is_empty();
    if any { rows.text() } else { String::new() }
}

fn time(report: &RunReport) -> String {
    let time = &report.time;
    if time.timed == 0 {
        return String::new();
    }
    let mean = time.evaluating / time.timed as f64;
    let mut out = format!("Time: {} in {}, {mean:.3} s each", clock(time.evaluating), plural(time.timed, "evaluation"));
    if let Some((id, seconds)) = time.longest.first() {
        out.push_str(&format!(", the longest {seconds:.3} s (candidate {id})"));
    }
    out.push('\n');
    for session in &time.sessions {
        let (seconds, jobs) = (clock(session.seconds), plural(session.jobs, "worker"));
        out.push_str(&format!(
            "  {} by {jobs} of qnas {} took {seconds}\n",
            plural(session.evaluations as usize, "evaluation"),
            session.qnas
        ));
    }
    out
}

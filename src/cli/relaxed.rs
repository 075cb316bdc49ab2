//! `qnas search` of a search that trains all candidates at once: progress, the ranking, what was measured.

use super::context::{Context, Exit, Stop};
use super::front::{Format, number};
use super::interrupt;
use super::program::Program;
use super::search::Args;
use super::table::Rows;
use crate::diag::Diagnostic;
use crate::driver::run::{Hunt, RelaxedReport, Running};
use crate::driver::search::errors::BAD_STRATEGY_OPTION;
use crate::driver::search::{Budget, RunFolder};
use crate::driver::train::Metrics;
use std::path::Path;

pub(super) fn run(
    args: &Args,
    hunt: &Hunt<'_>,
    program: &Program,
    base: &Path,
    context: &Context,
) -> Result<Exit, Stop> {
    if args.resume.is_some() {
        let message = "a search that trains all candidates at once is one training, and is not resumed";
        return Err(Diagnostic::global(&BAD_STRATEGY_OPTION, message).help("begin it again without `--resume`").into());
    }
    let folder = match &args.out {
        Some(path) => RunFolder::create_at(path)?,
        None => RunFolder::create_numbered(Path::new("runs"), &hunt.task.spec.name)?,
    };
    hunt.begin(&folder, &program.compiled.text, base)?;
    let stop = interrupt::listen()?;
    let began = std::time::Instant::now();
    let running = Running {
        jobs: args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        budget: Budget::default(),
        stop: &stop,
        clock: &move || began.elapsed().as_secs_f64(),
    };
    let report = hunt.relax(&folder, &running, &mut |line| {
        context.note(&format!("{line} ({:.1} s)", began.elapsed().as_secs_f64()));
    });
    let report = report.map_err(|error| program.stop(error))?;
    context.note(&format!("done in {:.1} s; the run is in {}", began.elapsed().as_secs_f64(), folder.path().display()));
    match args.format {
        Format::Human => context.print(&table(&report))?,
        _ => {
            let value = serde_json::to_value(&report).unwrap_or_default();
            context.print_json(&value)?;
        }
    }
    Ok(if report.interrupted { Exit::Interrupted } else { Exit::Clean })
}

fn table(report: &RelaxedReport) -> String {
    let mut rows = Rows::new(&[">candidate", "circuit", "choices", ">coefficient", ""]);
    for one in &report.standings {
        rows.row(&[
            one.candidate.to_string(),
            one.site.clone(),
            one.words.clone(),
            one.coefficient.map_or_else(|| "pruned".to_owned(), |c| format!("{c:.5}")),
            if one.constant { "angles without effect".to_owned() } else { String::new() },
        ]);
    }
    let heads = ["measured", ">weights", ">validation", ">test", ">alone, validation", ">alone, test"];
    let mut measured = Rows::new(&heads);
    let cell = |metrics: &Option<Metrics>| match metrics {
        None => "-".to_owned(),
        Some(Metrics { loss, accuracy: Some(share), .. }) => format!("{:.2} % ({})", 100.0 * share, number(*loss)),
        Some(metrics) => format!("{:.6}", metrics.loss),
    };
    for one in &report.measured {
        measured.row(&[
            one.what.clone(),
            one.weights.to_string(),
            cell(&one.validation),
            cell(&one.test),
            cell(&one.alone_validation),
            cell(&one.alone_test),
        ]);
    }
    format!("{}\n{}", rows.text(), measured.text())
}

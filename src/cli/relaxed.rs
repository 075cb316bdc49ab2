//! `qnas search` of a search that trains all candidates at once: progress, the ranking, what was measured.

use super::context::{Context, Exit, Stop};
use super::front::{Format, number};
use super::interrupt;
use super::program::Program;
use super::progress::TrainingProgress;
use super::search::{Args, open};
use super::table::Rows;
use crate::driver::run::{Hunt, RelaxedReport, Running, Told};
use crate::driver::search::Budget;
use crate::driver::train::{Epoch, Metrics};
use std::path::Path;

pub(super) fn run(
    args: &Args,
    hunt: &Hunt<'_>,
    program: &Program,
    base: &Path,
    context: &Context,
) -> Result<Exit, Stop> {
    // The journal has no lines but its header; it says what the run is, and its lock keeps a second process away.
    let (folder, _journal) = open(args, hunt, &program.compiled.text, base, context)?;
    let stop = interrupt::listen()?;
    let began = std::time::Instant::now();
    let running = Running {
        jobs: args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        budget: Budget::default(),
        stop: &stop,
        clock: &move || began.elapsed().as_secs_f64(),
    };
    let mut shown = TrainingProgress::new();
    let report = hunt.relax(&folder, &running, &mut |told| match told {
        Told::Line(line) => shown.line(&format!("{line} ({:.1} s)", began.elapsed().as_secs_f64())),
        Told::Step(now) => shown.at(now),
    });
    shown.end();
    let report = report.map_err(|error| program.stop(error))?;
    let (seconds, place) = (began.elapsed().as_secs_f64(), folder.path().display());
    if report.interrupted {
        context.note(&format!("interrupted after {seconds:.1} s; the run is in {place}"));
        context.note(&format!("go on with: qnas search {} --resume {place}", args.program.file.display()));
    } else {
        context.note(&format!("done in {seconds:.1} s; the run is in {place}"));
    }
    match args.format {
        Format::Human => context.print(&table(&report))?,
        _ => {
            let value = serde_json::to_value(&report).unwrap_or_default();
            context.print_json(&value)?;
        }
    }
    Ok(if report.interrupted { Exit::Interrupted } else { Exit::Clean })
}

/// Rows of a table of curves at most.
const MOST_ROWS: usize = 20;

/// How the trainings went, thinned to a table: rewards where a policy was trained, losses otherwise.
pub(super) fn curves(report: &RelaxedReport) -> String {
    let trainings: Vec<(String, &[Epoch])> = report.trainings().collect();
    let longest = trainings.iter().map(|(_, epochs)| epochs.len()).max().unwrap_or(0);
    if longest < 2 {
        return String::new();
    }
    let rewards = report.epochs.iter().any(|epoch| epoch.train.reward.is_some());
    let (what, of) = if rewards { (">episodes", "Mean reward") } else { (">epoch", "Training loss") };
    let heads: Vec<String> =
        std::iter::once(what.to_owned()).chain(trainings.iter().map(|(name, _)| format!(">{name}"))).collect();
    let mut rows = Rows::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    let count = longest.min(MOST_ROWS);
    for row in 0..count {
        let at = row * (longest - 1) / (count - 1).max(1);
        // Every hundred episodes are an epoch.
        let upto = |epochs: &[Epoch]| epochs.iter().take(at + 1).map(|epoch| epoch.train.rows).sum::<usize>();
        let place = trainings.iter().map(|(_, epochs)| upto(epochs)).max().unwrap_or(0);
        let mut cells = vec![if rewards { place } else { at + 1 }.to_string()];
        cells.extend(trainings.iter().map(|(_, epochs)| match epochs.get(at) {
            Some(epoch) => epoch.train.reward.map_or_else(|| number(epoch.train.loss), |reward| format!("{reward:.4}")),
            None => "-".to_owned(),
        }));
        rows.row(&cells);
    }
    format!("{of} while training\n\n{}", rows.text())
}

pub(super) fn table(report: &RelaxedReport) -> String {
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
        Some(Metrics { reward: Some(reward), .. }) => format!("reward {reward:.4}"),
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

/// The curves of all trainings as lines of numbers, every epoch.
pub(super) fn curves_csv(report: &RelaxedReport) -> String {
    let mut out = "training,epoch,steps,loss,accuracy,reward,validation_loss,validation_accuracy\n".to_owned();
    let text = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    for (name, epochs) in report.trainings() {
        for epoch in epochs {
            let validation = epoch.validation.as_ref();
            let numbers = [
                Some(epoch.train.loss),
                epoch.train.accuracy,
                epoch.train.reward,
                validation.map(|metrics| metrics.loss),
                validation.and_then(|metrics| metrics.accuracy),
            ];
            let name = name.replace(',', "");
            out.push_str(&format!("{name},{},{},{}\n", epoch.epoch, epoch.steps, numbers.map(text).join(",")));
        }
    }
    out
}

//! `qnas search`: from a program to its Pareto front.

use super::baseline::Baseline;
use super::context::{Context, Exit, Stop};
use super::front::{self, Format};
use super::interrupt;
use super::program::{Program, ProgramArgs, TargetArgs, load};
use super::progress::SearchProgress;
use crate::diag::Diagnostic;
use crate::driver::run::errors::NO_SEARCH;
use crate::driver::run::{Hunt, Report, Retrained, Running};
use crate::driver::search::errors::BAD_STRATEGY_OPTION;
use crate::driver::search::{Budget, Event, Journal, RunFolder, Stop as Ended};
use crate::driver::setting::parse_setting;
use crate::driver::train::Metrics;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Search a space on data; print the Pareto front.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas search examples/faqnas.qnas
  qnas search examples/faqnas.qnas --seed 7 --jobs 2 --out runs/seven
  qnas search examples/faqnas.qnas --resume runs/seven
  qnas search examples/faqnas.qnas --evaluations 40 --format json > front.json

Every evaluation is a line of DIR/journal.jsonl; the same program and seed write the same bytes \
with any --jobs and after any interruption. Objectives and requirements over accuracy and loss are \
those of the validation part. The test part is looked at once, at the end, with the trained weights \
of the front, and reported apart. DIR/weights/ID.safetensors holds those weights, DIR/front.json the \
front, DIR/source.qnas the program. With `retrain` in the search, DIR/retrain.jsonl holds what the front \
reaches when it is trained again, and DIR/retrained the weights.

Ctrl-C ends a search cleanly, a second one at once.
Exit codes: 0 done, 1 no architecture is feasible, 2 it could not run, 130 interrupted.")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) program: ProgramArgs,
    /// The search to run; needed if the program has several.
    #[arg(long, value_name = "NAME")]
    search: Option<String>,
    /// Search in another way than the program says: `random(evaluations: 72)`.
    #[arg(long, value_name = "STRATEGY")]
    strategy: Option<String>,
    /// Search for something to compare with, with the same number of evaluations.
    #[arg(long, value_enum, value_name = "KIND")]
    baseline: Option<Baseline>,
    /// Candidates evaluated at the same time; changes no result. Otherwise as many as there are cores.
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// The seed everything random follows from, instead of the program's.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Folder for the run. Otherwise `runs/NAME-1`, or the next number that is free.
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    pub(super) out: Option<PathBuf>,
    /// Go on with the run in this folder.
    #[arg(long, value_name = "DIR")]
    pub(super) resume: Option<PathBuf>,
    /// End after so many evaluations, those of a resumed journal included.
    #[arg(long, value_name = "N")]
    evaluations: Option<u64>,
    /// Begin no evaluation after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
    /// How the front is printed.
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Format,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let program = load(&args.program)?;
    let compiled = &program.compiled;
    let hunt = hunt(args, &program)?;
    if let Some(splits) = &hunt.task.splits {
        context.warn(&splits.warnings, &compiled.sources);
    }
    let base = args.program.file.parent().unwrap_or(Path::new(""));
    if hunt.is_relaxed() {
        return super::relaxed::run(args, &hunt, &program, base, context);
    }
    one_by_one(args, &hunt, &program, base, context)
}

/// Evaluates one candidate after another, as the strategy asks for them.
fn one_by_one(args: &Args, hunt: &Hunt<'_>, program: &Program, base: &Path, context: &Context) -> Result<Exit, Stop> {
    let compiled = &program.compiled;
    let (folder, mut journal) = open(args, hunt, &compiled.text, base, context)?;
    let stop = interrupt::listen()?;
    let mut strategy_status = hunt.strategy()?.status().expected;
    if let (Some(expected), Some(most)) = (&mut strategy_status, args.evaluations) {
        *expected = most.min(*expected);
    }
    let mut progress = SearchProgress::new(hunt.header().objectives, strategy_status);
    let began = std::time::Instant::now();
    let running = Running {
        jobs: args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        budget: Budget { evaluations: args.evaluations, seconds: args.seconds },
        stop: &stop,
        clock: &move || began.elapsed().as_secs_f64(),
    };
    let mut failures: BTreeMap<String, u64> = BTreeMap::new();
    let result = hunt.run(&folder, &mut journal, &running, &mut |event| {
        if let Event::Evaluated { record, .. } = event
            && let Some(reason) = &record.failed
        {
            *failures.entry(reason.clone()).or_default() += 1;
        }
        progress.event(event);
    });
    let report = result.map_err(|error| {
        progress.end();
        program.stop(error)
    })?;
    // A front that may still change is not worth the time.
    let retrained = match report.outcome.stop {
        Ended::Done(_) => hunt.retrain(&folder, &report.members, &running, &mut |one, done, of| {
            progress.line(&retrained_line(one, done, of));
        }),
        _ => Ok(Vec::new()),
    };
    progress.end();
    let retrained = retrained.map_err(|error| program.stop(error))?;
    if let Some(images) = hunt.pictures(&folder, &report.members).map_err(|error| program.stop(error))? {
        context.note(&format!("originals above their reconstructions: {}", images.display()));
    }
    tell(context, &report, &folder, args, progress.seconds());
    for (reason, count) in failures.iter().take(5) {
        context.note(&format!("failed {count} times: {reason}"));
    }
    context.print(&front::render(hunt, &report, &retrained, folder.path(), args.format, context))?;
    match report.outcome.stop {
        Ended::Journal(diagnostic) => Err((*diagnostic).into()),
        Ended::Interrupted => Ok(Exit::Interrupted),
        Ended::Done(_) if stop.load(Ordering::Relaxed) => Ok(Exit::Interrupted),
        _ if report.members.is_empty() => Ok(Exit::Findings),
        _ => Ok(Exit::Clean),
    }
}

/// The search that was asked for, with the strategy and the control that were.
fn hunt<'p>(args: &Args, program: &'p Program) -> Result<Hunt<'p>, Stop> {
    let compiled = &program.compiled;
    let target = program.target(&TargetArgs { search: args.search.clone(), model: None })?;
    let Some(spec) = target.search else { return Err(no_search().into()) };
    let stopped = |errors| Stop::Report(errors, compiled.sources.clone());
    let strategy =
        args.strategy.as_ref().map(|text| parse_setting(text).ok_or_else(|| unreadable(text))).transpose()?;
    let mut hunt = Hunt::new(compiled, spec, &program.dirs, args.seed, strategy.as_ref()).map_err(stopped)?;
    match args.baseline {
        None => {}
        Some(Baseline::Random) => hunt.search_at_random()?,
        Some(Baseline::Control(control)) => hunt.set_control(control)?,
    }
    Ok(hunt)
}

/// `retrained 3 of 8: candidate 17, validation accuracy 0.9712`
fn retrained_line(one: &Retrained, done: usize, of: usize) -> String {
    let found = match (&one.failed, &one.validation) {
        (Some(reason), _) => format!("failed: {reason}"),
        (None, Some(Metrics { accuracy: Some(accuracy), .. })) => format!("validation accuracy {accuracy:.4}"),
        (None, Some(metrics)) => format!("validation loss {}", front::number(metrics.loss)),
        (None, None) => "trained".to_owned(),
    };
    format!("retrained {done} of {of}: candidate {}, {found}", one.id)
}

/// The error for a `--strategy` that is none.
fn unreadable(text: &str) -> Diagnostic {
    let example = "--strategy \"random(evaluations: 72)\"";
    Diagnostic::global(&BAD_STRATEGY_OPTION, format!("`{text}` is no strategy")).help(format!("write `{example}`"))
}

/// The error for a program that declares only models.
pub(super) fn no_search() -> Diagnostic {
    Diagnostic::global(&NO_SEARCH, "the program has no search")
        .help("add `search name { model: .., data: .., train: .., minimize: [..], strategy: .. }`")
}

/// The folder of the run and its journal, begun or resumed.
pub(super) fn open(
    args: &Args,
    hunt: &Hunt<'_>,
    text: &str,
    base: &Path,
    context: &Context,
) -> Result<(RunFolder, Journal), Diagnostic> {
    if let Some(path) = &args.resume {
        let folder = RunFolder::open(path)?;
        let opened = folder.resume(&hunt.header())?;
        if opened.begun_by != env!("CARGO_PKG_VERSION") {
            context.note(&format!("the run was begun by qnas {}", opened.begun_by));
        }
        return Ok((folder, opened.journal));
    }
    let folder = match &args.out {
        Some(path) => RunFolder::create_at(path)?,
        None => RunFolder::create_numbered(Path::new("runs"), &hunt.task.spec.name)?,
    };
    let journal = hunt.begin(&folder, text, base)?;
    Ok((folder, journal))
}

/// Why it ended, and where everything is.
fn tell(context: &Context, report: &Report, folder: &RunFolder, args: &Args, seconds: f64) {
    let shown = folder.path().display();
    context.note(&format!("{} after {:.1} s; the run is in {shown}", front::ended(&report.outcome.stop), seconds));
    if matches!(report.outcome.stop, Ended::Interrupted | Ended::Budget) {
        context.note(&format!("go on with: qnas search {} --resume {shown}", args.program.file.display()));
    }
}

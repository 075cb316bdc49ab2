//! `qnas train`: one architecture, trained as its search says.

use super::baseline::controls;
use super::context::{Context, Exit, ResultFormat, Stop, plural};
use super::front::choices;
use super::interrupt;
use super::pick::OneArgs;
use super::program::Program;
use super::progress::TrainingProgress;
use super::search::no_search;
use super::table::Rows;
use crate::backends::hybrid::Layout;
use crate::diag::Diagnostic;
use crate::driver::archive::errors::NO_WEIGHTS;
use crate::driver::errors::BAD_OPTION;
use crate::driver::pick::pick;
use crate::driver::run::{Control, Task};
use crate::driver::space::FilteredSpace;
use crate::driver::train::{self, End, History, Job, Metrics, Progress, Weights};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Train one architecture.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas train examples/hybrid.qnas --save hybrid.safetensors
  qnas train examples/hybrid.qnas --load hybrid.safetensors --evaluate
  qnas train examples/faqnas.qnas --set n=4 --sample 1
  qnas train examples/vqe_ising.qnas --set rounds=3
  qnas train examples/hybrid.qnas --baseline frozen
  qnas train --run runs/faqnas-1 --id 17 --evaluate

The architecture is picked from the search's space (`--set`, `--arch`, `--sample`, `--run`) and trained with \
its `train`. One of a run begins with the weights that the search kept of it, or with --fresh as the search \
began; seeds and control are those of the run. The test part is looked at once, at the end. Weights are safetensors, by the paths of the \
program, row-major.

Exit codes: 0 done, 2 it could not run, 130 interrupted (weights are saved all the same).")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// The seed of data, weights and batches, instead of the program's.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Train something to compare with: the same architecture with a classical layer in place of every circuit, or with
    /// the angles of every circuit left where they begin.
    #[arg(long, value_parser = controls(), value_name = "KIND")]
    baseline: Option<Control>,
    /// Save the trained weights.
    #[arg(long, value_name = "FILE.safetensors")]
    save: Option<PathBuf>,
    /// Begin with these weights. With --run otherwise with those that the search kept, if it did.
    #[arg(long, value_name = "FILE.safetensors")]
    load: Option<PathBuf>,
    /// Begin with new weights, though the run kept some.
    #[arg(long, requires = "run", conflicts_with_all = ["load", "evaluate"])]
    fresh: bool,
    /// Do not train, only measure the weights of --load or --run.
    #[arg(long)]
    evaluate: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
}

/// What was measured, part by part.
type Parts = Vec<(&'static str, Metrics)>;

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let program = args.one.load()?;
    let choice = args.one.pick.choice(&program)?;
    let target = program.target(&args.one.target)?;
    let Some(spec) = target.search else { return Err(no_search().into()) };
    let picked = pick(&FilteredSpace::new(target.template), &choice).map_err(|error| program.stop(error))?;
    let (data_seed, seed) = seeds(args, &program);
    let mut task = Task::new(&program.compiled, spec, &program.dirs, data_seed).map_err(|error| program.stop(error))?;
    task.control = args.baseline.or(control_of_run(&program));
    let seed = seed.unwrap_or(task.seed);
    if let Some(splits) = &task.splits {
        context.warn(&splits.warnings, &program.compiled.sources);
    }
    let mut config = task.train_config(&picked.assignment).map_err(|error| program.stop(error))?;
    config.watch = true;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let graph = task.controlled(picked.graph);
    let job = Job { graph: &graph, config: &config, seed, threads };
    let start = start(args, &program, task.control, context)?;
    if let Some(weights) = &start {
        let layout = Layout::new(&graph);
        weights.fill(&layout, &mut vec![0.0_f64; layout.len])?;
    }
    let count = crate::cost::find("weights").map_or(0.0, |metric| metric.evaluate(&graph));
    let of = match choices(&picked.assignment) {
        text if text.is_empty() => String::new(),
        text => format!(" with {text}"),
    };
    let control = task.control.map_or_else(String::new, |control| format!(", {} control", control.name()));
    context.note(&format!("`{}`{of}{control}: {}, seed {seed}", spec.name, plural(count as usize, "weight")));
    let (weights, history) = match (start, args.evaluate) {
        (Some(weights), true) => (weights, None),
        (start, _) => {
            let origin = task.origin(&picked.assignment, seed);
            let (weights, history) = fit(job, &task, start.as_ref(), origin).map_err(|error| program.stop(error))?;
            (weights, Some(history))
        }
    };
    if let Some(path) = &args.save {
        weights.save(path)?;
        context.note(&format!("weights saved to {}", path.display()));
    }
    let interrupted = history.as_ref().is_some_and(|history| history.end == End::Interrupted);
    let parts = measure(&task, job, &weights, interrupted).map_err(|error| program.stop(error))?;
    match args.format {
        ResultFormat::Human => context.print(&table(&task, &parts))?,
        ResultFormat::Json => context.print_json(&json!({
            "search": spec.name, "architecture": picked.assignment, "seed": seed, "weights": count,
            "baseline": task.control.map(Control::name),
            "epochs": history.as_ref().map(|history| &history.epochs),
            "kept_epoch": history.as_ref().map(|history| history.kept),
            "interrupted": interrupted,
            "parts": parts.iter().map(|(name, metrics)| ((*name).to_owned(), json!(metrics)))
                .collect::<serde_json::Map<_, _>>(),
        }))?,
    }
    Ok(if interrupted { Exit::Interrupted } else { Exit::Clean })
}

/// The seed of the data and that of the training. A candidate of a run has those of its search, so that the test part stays
/// unseen and the same training gives the same weights.
fn seeds(args: &Args, program: &Program) -> (Option<u64>, Option<u64>) {
    match &program.past {
        Some((run, candidate)) => (args.seed.or(Some(run.header().seed)), args.seed.or(Some(candidate.trained.seed))),
        None => (args.seed, None),
    }
}

/// The control that the run of a candidate was made with.
fn control_of_run(program: &Program) -> Option<Control> {
    program.past.as_ref().and_then(|(run, _)| Control::of(run.header()))
}

/// The weights to begin with: a file's, or those that a run kept.
fn start(
    args: &Args,
    program: &Program,
    control: Option<Control>,
    context: &Context,
) -> Result<Option<Weights>, Diagnostic> {
    // What a run kept of a model is no beginning of its control.
    let fresh = args.fresh || control != control_of_run(program);
    match (&args.load, &program.past) {
        (Some(path), _) => Weights::load(path).map(Some),
        (None, Some((run, candidate))) if !fresh => match run.weights(candidate) {
            Ok(weights) => {
                context.note("beginning with the weights that the search kept; --fresh begins anew");
                Ok(Some(weights))
            }
            Err(error) if args.evaluate || error.code.meta.code != NO_WEIGHTS.meta.code => Err(error),
            Err(_) => Ok(None),
        },
        (None, _) if args.evaluate => Err(Diagnostic::global(&BAD_OPTION, "there are no weights to evaluate")
            .help("give them with `--load FILE.safetensors`, or pick a candidate with `--run RUN --id N`")),
        _ => Ok(None),
    }
}

/// Trains with progress; the first Ctrl-C ends it with the weights of the last step.
fn fit(
    job: Job<'_>,
    task: &Task<'_>,
    start: Option<&Weights>,
    origin: train::Origin,
) -> Result<(Weights, History), Diagnostic> {
    let stop = interrupt::listen()?;
    let mut shown = TrainingProgress::new();
    let mut progress = |now: &Progress| {
        shown.at(now);
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let trained = train::fit(job, task.splits.as_ref(), start, origin, &mut progress);
    shown.end();
    trained.map(|trained| (trained.weights, trained.history))
}

/// Every part that has rows; the test part only if the training came to its end.
fn measure(task: &Task<'_>, job: Job<'_>, weights: &Weights, interrupted: bool) -> Result<Parts, Diagnostic> {
    let Some(splits) = &task.splits else {
        let name = if task.environment.is_some() { "reward" } else { "loss" };
        return Ok(vec![(name, train::evaluate_alone(job, weights)?)]);
    };
    let mut parts = Vec::new();
    for part in [&splits.train, &splits.validation, &splits.test] {
        let skipped = part.is_empty() || (interrupted && part.name == "test");
        if !skipped {
            parts.push((part.name, train::evaluate(job, weights, part)?));
        }
    }
    Ok(parts)
}

fn table(task: &Task<'_>, parts: &Parts) -> String {
    if task.splits.is_none() {
        let line = |metrics: &Metrics| match metrics.reward {
            Some(reward) => format!("mean reward of {} episodes {reward:.4}\n", metrics.rows),
            None => format!("loss {:.9}\n", metrics.loss),
        };
        return parts.iter().map(|(_, metrics)| line(metrics)).collect();
    }
    let mut rows = Rows::new(&["part", ">rows", ">loss", ">accuracy"]);
    for (name, metrics) in parts {
        let accuracy = metrics.accuracy.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
        rows.row(&[(*name).to_owned(), metrics.rows.to_string(), format!("{:.6}", metrics.loss), accuracy]);
    }
    rows.text()
}

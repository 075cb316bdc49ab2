//! `qnas cost`: what an architecture costs before anything runs, or between which bounds a whole space lies.

use super::context::{Context, Exit, Stop};
use super::draw::choices;
use super::pick::OneArgs;
use super::space::title;
use super::table::{Rows, grouped};
use crate::cost::{self, Chosen, device::Priced};
use crate::device::Device;
use crate::diag::{Diagnostic, nearest};
use crate::driver::device;
use crate::driver::errors::BAD_OPTION;
use crate::driver::extremes::{Attained, DRAWN, Extremes, WALKED, extremes};
use crate::driver::pick::{Picked, Target, pick, pick_target};
use crate::driver::run::{RelaxedSizes, relaxed_sizes};
use crate::driver::space::FilteredSpace;
use crate::ir::Graph;
use crate::target::errors::NO_DEVICE;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Count flops, gates, depth, weights and memory of one architecture, or of a whole space.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas cost examples/faqnas.qnas
  qnas cost examples/faqnas.qnas --sample 1
  qnas cost examples/faqnas.qnas --metric flops.quantum --metric depth --format json

Without a picked architecture: the smallest and largest value of every metric over the space, exact where the space can be \
walked, otherwise from a sample, which the output says; --format json names an architecture for each. All metrics count \
the model as written, before any pass. `qnas list metrics` says what they are, `qnas explain flops.total` how they count.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Count on this device too: one of the program or of `qnas list devices`.
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Only these metrics; repeatable.
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// Qubits a piece may have, for the metrics of circuit cutting; without it they are left out.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=4096))]
    budget: Option<u32>,
    /// Largest space that is walked whole.
    #[arg(long, value_name = "N", default_value_t = WALKED)]
    walk: usize,
    /// Architectures drawn from a larger one.
    #[arg(long, value_name = "N", default_value_t = DRAWN)]
    draw: usize,
    /// Seed of what is drawn.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// How the numbers are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// `--format`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A table.
    Human,
    /// An object.
    Json,
    /// A line per metric.
    Csv,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let named = |name: &String| named(name, args.budget);
    let metrics = args.metric.iter().map(named).collect::<Result<Vec<Chosen>, Diagnostic>>()?;
    let program = args.one.load()?;
    let choice = args.one.pick.choice(&program)?;
    let target = program.target(&args.one.target)?;
    let named = args.device.as_deref().map(|name| device::find(name, Some(&program.compiled.checked))).transpose()?;
    let device = named.as_ref().or(target.template.device.as_deref());
    if let (Some(metric), None) = (metrics.iter().find(|metric| metric.needs_device()), device) {
        let message = format!("the metric `{}` needs a device", metric.name());
        return Err(Diagnostic::global(&NO_DEVICE, message).help("add `--device ibm_heron_156`").into());
    }
    let mut template = target.template.clone();
    template.device = device.cloned().map(Arc::new);
    let space = FilteredSpace::new(&template);
    if choice.is_empty()
        && target.graph.is_none()
        && pick(&space, &choice).is_err_and(|error| error.code.meta.code == "QN0409")
    {
        let metrics = if metrics.is_empty() { all(None, None, args.budget) } else { metrics };
        let found = extremes(&space, &metrics, (args.walk, args.draw), args.seed);
        let found = found.map_err(|error| program.stop(error))?;
        match args.format {
            Format::Human => {
                let relaxed = relaxed(&target).map_err(|error| program.stop(error))?;
                context.print(&format!("{}{relaxed}", range_table(&target, &metrics, &found)))?;
            }
            Format::Json => context.print_json(&range_json(&target, &metrics, &found))?,
            Format::Csv => context.print(&range_csv(&metrics, &found))?,
        }
        return Ok(Exit::Clean);
    }
    let picked = pick_target(&target, &choice).map_err(|error| program.stop(error))?;
    let metrics = if metrics.is_empty() { all(Some(&picked.graph), device, args.budget) } else { metrics };
    let priced = Priced::new(&picked.graph, device);
    if let Some(Err(error)) = metrics.iter().any(Chosen::needs_device).then(|| priced.on_device()).flatten() {
        return Err(program.stop(error.clone()));
    }
    match args.format {
        Format::Human => context.print(&one_table(&target, &metrics, &picked, &priced))?,
        Format::Json => context.print_json(&one_json(&target, &metrics, &picked, &priced))?,
        Format::Csv => {
            let lines = metrics
                .iter()
                .map(|m| format!("{},{},{}\n", m.name(), m.evaluate_on(&priced).unwrap_or(f64::NAN), m.metric.unit));
            context.print(&format!("metric,value,unit\n{}", lines.collect::<String>()))?;
        }
    }
    Ok(Exit::Clean)
}

/// What a search that trains all candidates at once trains; empty for any other.
fn relaxed(target: &Target<'_>) -> Result<String, Diagnostic> {
    let Some(sizes) = target.search.map(relaxed_sizes).transpose()?.flatten() else { return Ok(String::new()) };
    let mut rows = Rows::new(&["relaxed", ">value", "unit"]);
    let RelaxedSizes { candidates, constant, quantum, structural, classical } = sizes;
    let named = [
        ("candidates", candidates),
        ("candidates without effect of their angles", constant),
        ("weights", quantum + structural + classical),
        ("weights.quantum", quantum),
        ("weights.structural", structural),
        ("weights.classical", classical),
    ];
    for (name, value) in named {
        rows.row(&[name.to_owned(), grouped(&value.to_string()), "numbers".to_owned()]);
    }
    Ok(format!("\nall candidates at once\n\n{}", rows.text()))
}

fn named(name: &str, budget: Option<u32>) -> Result<Chosen, Diagnostic> {
    let chosen = cost::find(name).ok_or_else(|| {
        let error = Diagnostic::global(&BAD_OPTION, format!("there is no cost metric `{name}`"));
        match nearest(name, cost::names()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`qnas list metrics` shows them all"),
        }
    })?;
    within(chosen, budget).ok_or_else(|| {
        Diagnostic::global(&BAD_OPTION, format!("the metric `{name}` needs the number of qubits a piece may have"))
            .help("add `--budget 4`")
    })
}

/// A metric with its budget; `None` if it lacks one.
fn within(chosen: Chosen, budget: Option<u32>) -> Option<Chosen> {
    match (chosen.is_open(), budget) {
        (false, _) => Some(chosen),
        (true, None) => None,
        (true, Some(budget)) => Some(Chosen { budget: usize::try_from(budget).ok()?, ..chosen }),
    }
}

/// All metrics, and the count of each gate that `graph` has.
fn all(graph: Option<&Graph>, device: Option<&Device>, budget: Option<u32>) -> Vec<Chosen> {
    let gates: BTreeSet<String> = graph
        .into_iter()
        .flat_map(Graph::regions)
        .flat_map(|(_, region)| region.gate_counts().by_name.into_keys())
        .map(|name| format!("gates.{name}"))
        .collect();
    let known = cost::names().filter_map(cost::find).filter(|metric| device.is_some() || !metric.needs_device());
    let named = known.filter_map(|chosen| within(chosen, budget));
    named.chain(gates.iter().filter_map(|name| cost::find(name))).collect()
}

/// A number for people: whole ones in groups of three.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { grouped(&format!("{value:.0}")) } else { format!("{value:.6}") }
}

fn one_table(target: &Target<'_>, metrics: &[Chosen], picked: &Picked, priced: &Priced<'_>) -> String {
    let mut rows = Rows::new(&["metric", ">value", "unit"]);
    for metric in metrics {
        rows.row(&[
            metric.name(),
            number(metric.evaluate_on(priced).unwrap_or(f64::NAN)),
            metric.metric.unit.to_owned(),
        ]);
    }
    format!("{}\n{}\n{}", title(target), choices(picked), rows.text())
}

fn head(target: &Target<'_>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("search".to_owned(), json!(target.search.map(|search| &search.name)));
    out.insert("model".to_owned(), json!(target.search.is_none().then_some(target.name)));
    out
}

fn one_json(target: &Target<'_>, metrics: &[Chosen], picked: &Picked, priced: &Priced<'_>) -> Value {
    let mut out = head(target);
    let values: Map<String, Value> =
        metrics.iter().map(|metric| (metric.name(), json!(metric.evaluate_on(priced)))).collect();
    out.insert("choices".to_owned(), json!(picked.assignment));
    out.insert("metrics".to_owned(), Value::Object(values));
    Value::Object(out)
}

fn range_table(target: &Target<'_>, metrics: &[Chosen], found: &Extremes) -> String {
    let mut rows = Rows::new(&["metric", ">smallest", ">largest", "unit"]);
    for (metric, range) in metrics.iter().zip(&found.ranges) {
        rows.row(&[metric.name(), number(range.low.value), number(range.high.value), metric.metric.unit.to_owned()]);
    }
    let seen = grouped(&found.seen.to_string());
    let said = match found.exact {
        true => format!("exact over all {seen} architectures"),
        false => format!("an estimate from {seen} architectures drawn at random; the true bounds may lie further out"),
    };
    format!("{}\n\n{}\n{said}\n", title(target), rows.text())
}

fn range_json(target: &Target<'_>, metrics: &[Chosen], found: &Extremes) -> Value {
    let attained = |at: &Attained| json!({"value": at.value, "choices": at.assignment});
    let values: Map<String, Value> = metrics
        .iter()
        .zip(&found.ranges)
        .map(|(metric, range)| (metric.name(), json!({"min": attained(&range.low), "max": attained(&range.high)})))
        .collect();
    let mut out = head(target);
    out.insert("exact".to_owned(), json!(found.exact));
    out.insert("architectures".to_owned(), json!(found.seen));
    out.insert("metrics".to_owned(), Value::Object(values));
    Value::Object(out)
}

fn range_csv(metrics: &[Chosen], found: &Extremes) -> String {
    let lines = metrics.iter().zip(&found.ranges).map(|(metric, range)| {
        format!("{},{},{},{},{}\n", metric.name(), range.low.value, range.high.value, metric.metric.unit, found.exact)
    });
    format!("metric,min,max,unit,exact\n{}", lines.collect::<String>())
}

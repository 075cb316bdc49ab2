//! `qnas transpile`: one architecture as the native gates of a device, with what that costs.

use super::context::{Context, Exit, Stop, plural};
use super::draw::choices;
use super::pick::OneArgs;
use super::space::title;
use super::table::{Rows, grouped};
use crate::cost::METRICS;
use crate::cost::device::OnDevice;
use crate::device::Device;
use crate::diag::Diagnostic;
use crate::driver::device;
use crate::driver::pick::{Picked, Target};
use crate::ir;
use crate::target::errors::NO_DEVICE;
use crate::target::{Options, Preparation, Transpiled};
use serde_json::{Map, Value, json};
use std::time::Instant;

/// Turn one architecture into the native gates of a device.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas transpile circuit.qnas --device ibm_heron_156
  qnas transpile examples/faqnas.qnas --sample 1 --device iqm_crystal_20 --trials 32
  qnas transpile circuit.qnas --device tee --format json > placed.json

Devices are those of the program and of `qnas list devices`; a search's own `device:` needs no --device. Weights stay open: \
every gate is native and every pair coupled for all their values. Qubits are renamed, and the report says where each one \
stands at the beginning and at the end; the state is that of the original up to this and a global phase. The same seed and \
number of trials give the same result on any machine.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// The device.
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Seed of the trials.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Trials of layout and routing; more find better circuits and take longer.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    trials: u16,
    /// In which form.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Transpile this often and say on standard error how long the fastest took.
    #[arg(long, value_name = "N")]
    time: Option<u32>,
}

/// `--format`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A report.
    Human,
    /// Report, schedule and graph for programs.
    Json,
    /// The graph as `qnas ir` shows it.
    Ir,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (program, picked) = args.one.resolve()?;
    let target = program.target(&args.one.target)?;
    let named = args.device.as_deref().map(|name| device::find(name, Some(&program.compiled.checked))).transpose()?;
    let Some(device) = named.as_ref().or(target.template.device.as_deref()) else {
        let error = Diagnostic::global(&NO_DEVICE, "no device is named, and the program's search names none");
        return Err(error.help("add `--device ibm_heron_156`; `qnas list devices` shows those of the library").into());
    };
    let options = Options { seed: args.seed, trials: usize::from(args.trials), preparation: Preparation::Refuse };
    let mut fastest = f64::INFINITY;
    let mut once = || {
        let start = Instant::now();
        let found = OnDevice::new(&picked.graph, device, &options);
        fastest = fastest.min(start.elapsed().as_secs_f64());
        found
    };
    let mut on = once().map_err(|error| program.stop(error))?;
    for _ in 1..args.time.unwrap_or(1) {
        on = once().map_err(|error| program.stop(error))?;
    }
    if args.time.is_some() {
        context.note(&format!("transpiled in {:.3} ms", fastest * 1e3));
    }
    match args.format {
        Format::Human => context.print(&report(&target, &picked, &on))?,
        Format::Json => context.print_json(&as_json(&target, &picked, &on))?,
        Format::Ir => context.print(&ir::print(&device::placed(&picked.graph, &on)))?,
    }
    Ok(Exit::Clean)
}

/// Every metric of devices with its value.
fn metrics(on: &OnDevice<'_>) -> Vec<(&'static str, f64, &'static str)> {
    let placed = METRICS.iter().filter_map(|metric| Some((metric, metric.on_device.as_ref()?)));
    placed.map(|(metric, placed)| (metric.meta.name, (placed.evaluate)(on), metric.unit)).collect()
}

fn number(value: f64) -> String {
    match value {
        v if v.fract() == 0.0 && v.abs() < 1e15 => grouped(&format!("{v:.0}")),
        v if v.abs() < 1e-3 => format!("{v:.3e}"),
        v => format!("{v:.6}"),
    }
}

fn report(target: &Target<'_>, picked: &Picked, on: &OnDevice<'_>) -> String {
    let mut rows = Rows::new(&["metric", ">value", "unit"]);
    for (name, value, unit) in metrics(on) {
        rows.row(&[name.to_owned(), number(value), unit.to_owned()]);
    }
    let mut out = format!("{} on {}\n{}\n{}", title(target), on.device.name, choices(picked), rows.text());
    for ((_, before), after) in picked.graph.regions().zip(&on.regions) {
        let name = if before.path.is_empty() { String::new() } else { format!(" {}", before.path) };
        out.push_str(&format!("\ncircuit{name}: {}\n", layout_words(after, on.device)));
        let counts = after.region.gate_counts();
        let gates: Vec<String> = counts.by_name.iter().map(|(name, count)| format!("{count} {name}")).collect();
        out.push_str(&format!("  gates: {}\n", gates.join(", ")));
        out.push_str(&format!("  begins on: {}\n", numbers(&after.initial)));
        if after.initial != after.last {
            out.push_str(&format!("  ends on:   {}\n", numbers(&after.last)));
        }
    }
    out
}

fn layout_words(region: &Transpiled, device: &Device) -> String {
    let how = match region.perfect {
        true => "all that meet are neighbours".to_owned(),
        false => plural(region.swaps, "swap"),
    };
    format!("{} of {} qubits, {how}", region.initial.len(), device.n_qubits)
}

fn numbers(places: &[u32]) -> String {
    places.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

fn as_json(target: &Target<'_>, picked: &Picked, on: &OnDevice<'_>) -> Value {
    let circuits: Vec<Value> = picked
        .graph
        .regions()
        .zip(&on.regions)
        .map(|((_, before), after)| {
            json!({
                "path": before.path,
                "perfect": after.perfect,
                "swaps": after.swaps,
                "two_qubit": after.two_qubit,
                "depth": after.schedule.depth[0],
                "two_qubit_depth": after.schedule.depth[1],
                "duration": after.schedule.duration,
                "gates": after.region.gate_counts().by_name,
                "initial": after.initial,
                "last": after.last,
                "begins": after.schedule.steps.iter().map(|step| step.map(|(start, _)| start)).collect::<Vec<_>>(),
            })
        })
        .collect();
    // What is infinite has no number in JSON.
    let metrics: Map<String, Value> =
        metrics(on).into_iter().map(|(name, value, _)| (name.to_owned(), json!(value))).collect();
    json!({
        "search": target.search.map(|search| &search.name),
        "model": target.search.is_none().then_some(target.name),
        "device": on.device.name,
        "choices": picked.assignment,
        "metrics": metrics,
        "circuits": circuits,
        "graph": ir::json(&device::placed(&picked.graph, on)),
    })
}

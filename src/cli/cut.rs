//! `qnas cut`: where to cut the circuits of one architecture so that each piece fits on a small device, and what it costs.

use super::context::{Context, Exit, ResultFormat, Stop, plural};
use super::draw::choices;
use super::front::number;
use super::pick::OneArgs;
use super::simulate::{read_samples, read_weights};
use super::space::title;
use super::table::Rows;
use crate::cut::gamma::{Interval, WIRE};
use crate::cut::{EFFORT, Plan, Planned, Scope, plans};
use crate::diag::Diagnostic;
use crate::driver::cut::{
    Files, Values, Verified, cut_text, files, json, letter, picture, regions, stated_shots, values, verify,
};
use crate::driver::errors;
use crate::driver::pick::Picked;
use crate::driver::run::{Inputs, Start};
use crate::ir::{NodeId, Region};
use serde_json::{Value, json as object};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Largest difference that a reconstruction may have.
const TOLERANCE: f64 = 1e-9;

/// Cut the circuits of one architecture into pieces that fit on a small device.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas cut examples/cut_ring.qnas --budget 6
  qnas cut examples/cut_ring.qnas --budget 6 --verify
  qnas cut examples/faqnas.qnas --sample 3 --budget 4 --format json
  qnas cut examples/cut_ring.qnas --budget 6 --emit pieces

Each read-out is planned by itself, after everything that provably does not reach it is left out and Clifford gates at the \
end have become part of it; read-outs that need the same circuit share a plan. Wires and gates are cut together. The \
overhead is the factor on the number of shots, between its values for the best and the worst angles; a plan is proved to \
be the best, or its gap is stated. Exit code 1: a reconstruction differs. `qnas explain overhead` says how it is counted.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Qubits a piece may have.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=4096))]
    budget: u32,
    /// Plan the circuit as written, whatever is measured, instead of what each read-out depends on.
    #[arg(long)]
    whole: bool,
    /// States the exact search may look at, per part of a circuit.
    #[arg(long, value_name = "N", default_value_t = EFFORT)]
    effort: u64,
    /// Simulate all circuits of the pieces, put the results together and compare with the uncut circuit.
    #[arg(long)]
    verify: bool,
    /// Write the circuits of the pieces as OpenQASM 3, and the plan as JSON, into a folder.
    #[arg(long, value_name = "FOLDER")]
    emit: Option<PathBuf>,
    /// A sample, for `--verify` and `--emit`: a CSV or JSON file, of which the first is taken.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Weights, for `--verify` and `--emit`: a JSON or safetensors file.
    #[arg(long, value_name = "FILE", conflicts_with = "init")]
    weights: Option<PathBuf>,
    /// Draw the weights from their initial distribution with this seed.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    init: u64,
    /// How the plan is printed.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
    /// Plan this often and say on standard error how long the fastest took.
    #[arg(long, value_name = "N")]
    time: Option<u32>,
}

impl Args {
    fn scope(&self) -> Scope {
        if self.whole { Scope::Whole } else { Scope::Observable }
    }

    /// Qubits a piece may have.
    fn pieces(&self) -> usize {
        usize::try_from(self.budget).unwrap_or(usize::MAX)
    }
}

/// One region with its plans.
struct Cut<'g> {
    region: &'g Region,
    planned: Vec<Planned>,
    values: Option<Values>,
    verified: Vec<Verified>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (program, picked) = args.one.resolve()?;
    let target = program.target(&args.one.target)?;
    let all = cut(args, &picked).map_err(|error| program.stop(error))?;
    if let Some(times) = args.time {
        let fastest = fastest(args, &picked, times).map_err(|error| program.stop(error))?;
        context.note(&format!("planned in {:.3} ms", fastest * 1e3));
    }
    if let Some(folder) = &args.emit {
        let written = write(folder, &all)?;
        context.note(&format!("wrote {} and plan.json into {}", plural(written, "circuit"), folder.display()));
    }
    match args.format {
        ResultFormat::Human => {
            let mut text = format!("{}\n{}", title(&target), choices(&picked));
            all.iter().for_each(|one| text.push_str(&human(one, args, context.width)));
            context.print(&text)?;
        }
        ResultFormat::Json => {
            let list: Vec<Value> = all.iter().flat_map(as_json).collect();
            context.print_json(&object!({"model": target.name, "architecture": picked.assignment, "plans": list}))?;
        }
    }
    let worst = all.iter().flat_map(|one| &one.verified).map(Verified::difference).fold(0.0, f64::max);
    Ok(if worst <= TOLERANCE { Exit::Clean } else { Exit::Findings })
}

/// Seconds that the fastest of several rounds of planning takes.
fn fastest(args: &Args, picked: &Picked, times: u32) -> Result<f64, Diagnostic> {
    let mut fastest = f64::INFINITY;
    for _ in 0..times.max(1) {
        let start = Instant::now();
        for (_, region) in regions(&picked.graph)? {
            plans(region, args.pieces(), args.scope(), args.effort)?;
        }
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(fastest)
}

fn cut<'g>(args: &Args, picked: &'g Picked) -> Result<Vec<Cut<'g>>, Diagnostic> {
    let (scope, budget) = (args.scope(), args.pieces());
    let needs_values = args.verify || args.emit.is_some();
    let sample = match needs_values {
        true => read_samples(args.input.as_deref(), picked)?,
        false => Inputs::none(),
    };
    let given = args.weights.as_deref().filter(|_| needs_values).map(read_weights).transpose()?;
    let start = given.as_ref().map_or(Start::Seed(args.init), Start::Given);
    let one = |(node, region): (NodeId, &'g Region)| {
        let planned = plans(region, budget, scope, args.effort)?;
        let values = needs_values.then(|| values(&picked.graph, node, start, &sample)).transpose()?;
        let verified = match (&values, args.verify) {
            (Some(values), true) => planned.iter().map(|one| verify(region, one, values)).collect::<Result<_, _>>()?,
            _ => Vec::new(),
        };
        Ok(Cut { region, planned, values, verified })
    };
    regions(&picked.graph)?.into_iter().map(one).collect()
}

/// Writes all circuits; how many there are.
fn write(folder: &Path, all: &[Cut<'_>]) -> Result<usize, Diagnostic> {
    let failed = |path: &Path, error: std::io::Error| {
        Diagnostic::global(&errors::UNWRITABLE, format!("`{}` cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| failed(&path, error))
    };
    let mut listed = Vec::new();
    let mut count = 0;
    for one in all {
        let Some(values) = &one.values else { continue };
        for planned in &one.planned {
            let Files { circuits, plan } = files(one.region, planned, listed.len(), values)?;
            count += circuits.len();
            circuits.iter().try_for_each(|(name, text)| put(name, text))?;
            listed.push(plan);
        }
    }
    put("plan.json", &format!("{:#}\n", object!({"plans": listed})))?;
    Ok(count)
}

fn as_json(one: &Cut<'_>) -> Vec<Value> {
    let plan = |(at, planned): (usize, &Planned)| {
        let mut out = json(one.region, planned);
        if let (Value::Object(map), Some(found)) = (&mut out, one.verified.get(at)) {
            let verified = object!({
                "circuits": found.circuits,
                "overhead_of_terms": found.overhead,
                "largest_difference": found.difference(),
                "uncut": found.numbers.iter().map(|pair| pair[0]).collect::<Vec<_>>(),
                "reconstructed": found.numbers.iter().map(|pair| pair[1]).collect::<Vec<_>>(),
            });
            map.insert("verified".into(), verified);
        }
        if let (Value::Object(map), Some(values)) = (&mut out, &one.values) {
            let at = planned.plan.overhead_at(&mut |variable| values.of(variable));
            map.insert("overhead_at_values".into(), object!(at));
        }
        out
    };
    one.planned.iter().enumerate().map(plan).collect()
}

fn between(interval: Interval) -> String {
    match interval.low == interval.high {
        true => number(interval.high),
        false => format!("{} to {}", number(interval.low), number(interval.high)),
    }
}

/// `0 to 3, 5`
fn ranges(list: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for &k in list {
        match parts.last_mut() {
            Some((_, end)) if *end + 1 == k => *end = k,
            _ => parts.push((k, k)),
        }
    }
    let shown = parts.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") });
    shown.collect::<Vec<_>>().join(", ")
}

fn human(one: &Cut<'_>, args: &Args, width: usize) -> String {
    let name = if one.region.path.is_empty() { "circuit" } else { &one.region.path };
    let mut out = format!("\n{name}: pieces of at most {} qubits\n\n{}", args.budget, overview(one, args.whole));
    let dearest = one.planned.iter().enumerate().max_by(|(i, a), (j, b)| {
        a.plan.overhead.high.total_cmp(&b.plan.overhead.high).then(a.plan.cuts().cmp(&b.plan.cuts())).then(j.cmp(i))
    });
    if let Some((_, planned)) = dearest {
        if one.planned.len() > 1 {
            out.push_str(&format!("\nthe dearest, {}:\n", read_outs(&planned.readouts, args.whole)));
        }
        out.push('\n');
        out.push_str(&figures(&planned.plan, one.values.as_ref()));
        if planned.plan.cuts() > 0 {
            out.push('\n');
            out.push_str(&cuts(&planned.plan));
            let drawn = picture(&planned.plan, width);
            if !drawn.is_empty() {
                out.push_str(&format!(
                    "\n{drawn}  letters: the piece; small: a gate that is cut; |: a wire that is cut\n"
                ));
            }
        }
    }
    if !one.verified.is_empty() {
        let circuits: usize = one.verified.iter().map(|found| found.circuits).sum();
        let worst = one.verified.iter().map(Verified::difference).fold(0.0, f64::max);
        let verdict = if worst <= TOLERANCE { "equal to" } else { "DIFFERENT from" };
        out.push_str(&format!(
            "\n  {} simulated and put together: {verdict} the uncut circuit, largest difference {worst:.1e}\n",
            plural(circuits, "circuit"),
        ));
    }
    out
}

fn read_outs(list: &[usize], whole: bool) -> String {
    match (whole, list) {
        (true, _) => "all read-outs".to_owned(),
        (false, [one]) => format!("read-out {one}"),
        (false, many) => format!("read-outs {}", ranges(many)),
    }
}

/// A line per plan.
fn overview(one: &Cut<'_>, whole: bool) -> String {
    let mut rows = Rows::new(&["  for", ">qubits", ">gates cut", ">wires cut", ">pieces", ">overhead", "proved"]);
    for planned in &one.planned {
        let plan = &planned.plan;
        rows.row(&[
            format!("  {}", read_outs(&planned.readouts, whole)),
            plan.instance.wires.len().to_string(),
            plan.gates.len().to_string(),
            plan.wires.len().to_string(),
            plan.fragments.len().to_string(),
            between(plan.overhead),
            if plan.optimal { "yes".to_owned() } else { format!("within {}", number(plan.gap())) },
        ]);
    }
    rows.text()
}

fn figures(plan: &Plan, values: Option<&Values>) -> String {
    let mut rows = Rows::plain(2);
    let mut row = |name: &str, value: String| rows.row(&[format!("  {name}"), value]);
    let proof = match plan.optimal {
        true => "proved to be the best".to_owned(),
        false => format!("not proved; at most {} times the best", number(plan.gap())),
    };
    row("qubits that count", plan.instance.wires.len().to_string());
    row(
        "cuts",
        format!("{} ({}, {})", plan.cuts(), plural(plan.gates.len(), "gate"), plural(plan.wires.len(), "wire")),
    );
    row("pieces", plan.fragments.len().to_string());
    row("overhead", format!("{}, {proof}", between(plan.overhead)));
    if let Some(values) = values {
        row("  for these weights", number(plan.overhead_at(&mut |variable| values.of(variable))));
    }
    if plan.gates.len() > 1 {
        row("  cut jointly", between(plan.joint));
    }
    row("fragment_variants", number(plan.fragment_variants()));
    row("subexperiments", number(plan.subexperiments()));
    row("summation_terms", number(plan.summation_terms()));
    row("shots", format!("{} an observable, within 0.01 with probability 0.95", number(stated_shots(plan))));
    rows.text()
}

fn cuts(plan: &Plan) -> String {
    let mut rows = Rows::new(&["  cut", "between", ">gamma", ">gamma jointly"]);
    let sides = |between: [usize; 2]| format!("{} {}", letter(between[0]), letter(between[1]));
    for cut in &plan.gates {
        let what = format!("  {}", cut_text(plan, cut.step));
        rows.row(&[what, sides(cut.between), between(cut.gamma), String::new()]);
    }
    for cut in &plan.wires {
        let qubit = plan.instance.wires[cut.wire];
        rows.row(&[format!("  wire q[{qubit}]"), sides(cut.between), number(WIRE), String::new()]);
    }
    let joint = Interval { low: plan.joint.low.sqrt(), high: plan.joint.high.sqrt() };
    let alone = Interval { low: plan.overhead.low.sqrt(), high: plan.overhead.high.sqrt() };
    rows.row(&["  product".to_owned(), String::new(), between(alone), between(joint)]);
    rows.text()
}

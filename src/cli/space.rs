//! `qnas space`: what a program leaves open, and how many architectures that is.

use super::context::{Context, Exit, Stop};
use super::distinct;
use super::program::{ProgramArgs, TargetArgs, load};
use super::table::{Rows, grouped};
use crate::driver::distinct::{DRAWN, Distinct, WALKED};
use crate::driver::jobs;
use crate::driver::pick::Target;
use crate::driver::random::stream;
use crate::driver::space::{Count, FilteredSpace};
use crate::hir::space::{Listed, RawCount, TemplateSpace};
use crate::hir::{Assignment, Domain};
use num_bigint::BigUint;
use num_traits::{ToPrimitive, Zero};
use serde_json::json;

/// Show the choices of a program and count its architectures.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas space examples/faqnas.qnas
  qnas space examples/faqnas.qnas --sample 3 --seed 7
  qnas space examples/faqnas.qnas --enumerate --limit 10
  qnas space examples/faqnas.qnas --walk 0 --draw 500

Raw genotypes: the product of the sizes of all domains, what papers quote. Reachable assignments: those that exist and meet \
every requirement. Distinct architectures: what is left when models that are proved to compute the same, circuits and layers \
together, count once; exact where the space is a product of circuits and what is around them or can be walked, otherwise from a sample, which the output says. Real-valued \
choices are listed and not counted. A subset is the list of its positions. --enumerate and --sample print one JSON object of paths and values per line, which --arch reads.")]
pub(crate) struct Args {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Print every architecture, in program order.
    #[arg(long, conflicts_with = "sample")]
    enumerate: bool,
    /// Stop after so many.
    #[arg(long, value_name = "N", requires = "enumerate")]
    limit: Option<u64>,
    /// Print so many architectures, drawn uniformly over all that meet every requirement.
    #[arg(long, value_name = "N")]
    sample: Option<u64>,
    /// Most models that are built to count distinct architectures exactly.
    #[arg(long, value_name = "N", default_value_t = WALKED)]
    walk: u64,
    /// Assignments drawn from a larger one; 0 leaves distinct architectures out.
    #[arg(long, value_name = "N", default_value_t = DRAWN)]
    draw: usize,
    /// Architectures compared at the same time; changes no result. Otherwise as many as there are cores.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Seed of --sample and of estimates.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// How the choices are shown.
    #[arg(long, value_enum, default_value = "human", conflicts_with_all = ["enumerate", "sample"])]
    format: Format,
}

/// `--format`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A table.
    Human,
    /// An object.
    Json,
    /// A line per choice.
    Csv,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    args.jobs.iter().for_each(|&jobs| jobs::use_threads(jobs));
    let program = load(&args.program)?;
    let target = program.target(&args.target)?;
    let space = FilteredSpace::new(target.template);
    if args.enumerate {
        return enumerate(&space, args.limit, context);
    }
    if let Some(count) = args.sample {
        // One stream for all, and the first is what `--sample SEED` picks.
        let mut rng = stream(args.seed, "sample");
        for _ in 0..count {
            let assignment = space.draw(&mut rng).map_err(|error| program.stop(error))?;
            context.print(&line(&assignment))?;
        }
        return Ok(Exit::Clean);
    }
    let raw = space.choices().genotypes();
    if args.format == Format::Csv {
        context.print(&csv(&raw))?;
        return Ok(Exit::Clean);
    }
    let count = space.count(args.seed);
    let nothing = matches!(&count, Count::Exact(count) if count.is_zero());
    let distinct = match nothing || raw.choices.is_empty() || args.draw == 0 {
        true => None,
        false => Some(distinct::count(&space, (args.walk, args.draw), args.seed).map_err(|error| program.stop(error))?),
    };
    let counts = Counts { raw, reachable: count, distinct };
    match args.format {
        Format::Json => context.print_json(&json(&target, &counts))?,
        _ => context.print(&human(&target, &space, &counts))?,
    }
    Ok(Exit::Clean)
}

/// The three counts.
struct Counts {
    raw: RawCount,
    reachable: Count,
    /// Not asked for, or nothing to count.
    distinct: Option<Distinct>,
}

fn line(assignment: &Assignment) -> String {
    let mut text = serde_json::to_string(assignment).unwrap_or_default();
    text.push('\n');
    text
}

fn enumerate(space: &FilteredSpace<'_>, limit: Option<u64>, context: &Context) -> Result<Exit, Stop> {
    if space.choices().has_real_choices() {
        context.note("note: real-valued choices are left out");
    }
    let mut left = limit.unwrap_or(u64::MAX);
    let mut stopped = None;
    if left > 0 {
        space.each(&mut |assignment| {
            stopped = context.print(&line(assignment)).err();
            left -= 1;
            stopped.is_none() && left > 0
        });
    }
    match stopped {
        Some(stop) => Err(stop),
        None => Ok(Exit::Clean),
    }
}

/// The model of a target, with its search.
pub(super) fn title(target: &Target<'_>) -> String {
    match target.search {
        Some(_) => format!("search {}", target.name),
        None => format!("model {}", target.name),
    }
}

fn size(choice: &Listed) -> String {
    choice.size.as_ref().map_or_else(|| "real".to_owned(), |size| grouped(&size.to_string()))
}

fn human(target: &Target<'_>, space: &FilteredSpace<'_>, counts: &Counts) -> String {
    let raw = &counts.raw;
    let mut out = format!("{}\n\n", title(target));
    if raw.choices.is_empty() {
        out.push_str("nothing is left open\n");
        return out;
    }
    let mut rows = Rows::new(&["choice", "domain", ">size", "exists if"]);
    for choice in &raw.choices {
        rows.row(&[choice.path.clone(), choice.domain.to_string(), size(choice), choice.condition.clone()]);
    }
    out.push_str(&rows.text());
    out.push('\n');
    let mut table = Rows::new(&["", ">", ""]);
    let bound = if raw.exact { "" } else { "at least" };
    table.row(&["raw genotypes", &grouped(&raw.raw.to_string()), bound]);
    match &counts.reachable {
        Count::Exact(exact) => table.row(&["reachable assignments", &grouped(&exact.to_string()), ""]),
        Count::Estimate { about, low, high, drawn } => table.row(&[
            "reachable assignments".to_owned(),
            format!("{about:.3e}"),
            format!("an estimate from {drawn} drawn; 95 % interval {low:.3e} to {high:.3e}"),
        ]),
    };
    if let Some(found) = &counts.distinct {
        distinct::rows(&mut table, found, !space.template().inputs.is_empty());
    }
    out.push_str(table.text().trim_start_matches('\n'));
    if space.has_cost_requirements() {
        let all = grouped(&TemplateSpace::new(space.template()).reachable().to_string());
        out.push_str(&format!("({all} without the requirements over cost)\n"));
    }
    let real = raw.choices.iter().filter(|choice| choice.size.is_none()).count();
    if real > 0 {
        out.push_str(&format!("({} real-valued, not counted)\n", super::context::plural(real, "choice")));
    }
    out
}

/// A count as a JSON number; as a string where a reader's numbers would round it.
fn big(value: &BigUint) -> serde_json::Value {
    match value.to_u64().filter(|value| *value <= 1 << 53) {
        Some(small) => json!(small),
        None => json!(value.to_string()),
    }
}

/// A domain as an object.
pub(super) fn domain_json(domain: &Domain) -> serde_json::Value {
    match domain {
        Domain::Ints { start, step, count } => json!({"kind": "ints", "start": start, "step": step, "count": count}),
        Domain::Values(values) => json!({"kind": "values", "values": values}),
        Domain::Real { low, high, log } => json!({"kind": "real", "low": low, "high": high, "log": log}),
        Domain::Subset { of, min, max, ordered } => {
            json!({"kind": "subset", "of": of, "min": min, "max": max, "ordered": ordered})
        }
    }
}

fn json(target: &Target<'_>, counts: &Counts) -> serde_json::Value {
    let raw = &counts.raw;
    let choices: Vec<serde_json::Value> = raw
        .choices
        .iter()
        .map(|choice| {
            json!({
                "path": choice.path,
                "domain": domain_json(&choice.domain),
                "size": choice.size.as_ref().map(big),
                "condition": choice.condition,
            })
        })
        .collect();
    let reachable = match &counts.reachable {
        Count::Exact(exact) => json!({"count": big(exact), "exact": true}),
        Count::Estimate { about, low, high, drawn } => {
            json!({"count": about, "exact": false, "low": low, "high": high, "drawn": drawn})
        }
    };
    json!({
        "search": target.search.map(|search| &search.name),
        "model": target.search.is_none().then_some(target.name),
        "choices": choices,
        "raw_genotypes": {"count": big(&raw.raw), "exact": raw.exact},
        "reachable": reachable,
        "distinct": counts.distinct.as_ref().map(distinct::to_json),
    })
}

fn csv(raw: &RawCount) -> String {
    let quote = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let mut out = "path,domain,size,condition\n".to_owned();
    for choice in &raw.choices {
        let size = choice.size.as_ref().map(ToString::to_string).unwrap_or_default();
        let cells = [&choice.path, &choice.domain.to_string(), &size, &choice.condition].map(|cell| quote(cell));
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

//! `qnas space`: what a program leaves open, and how many architectures that is.

use super::context::{Context, Exit, Stop};
use super::program::{ProgramArgs, TargetArgs, load};
use super::table::{Rows, grouped};
use crate::driver::pick::Target;
use crate::driver::random::stream;
use crate::driver::space::{Count, FilteredSpace};
use crate::hir::space::{Listed, RawCount, TemplateSpace};
use crate::hir::{Assignment, Domain};
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use serde_json::json;

/// Show the choices of a program and count its architectures.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas space examples/faqnas.qnas
  qnas space examples/faqnas.qnas --sample 3 --seed 7
  qnas space examples/faqnas.qnas --enumerate --limit 10

Raw genotypes: the product of the sizes of all domains, what papers quote. Reachable architectures: the assignments that \
exist and meet every requirement. Real-valued choices are listed and not counted. A subset is the list of its positions. \
--enumerate and --sample print one JSON object of paths and values per line, which --arch reads.")]
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
    let count = space.count(args.seed);
    match args.format {
        Format::Human => context.print(&human(&target, &space, &raw, &count))?,
        Format::Json => context.print_json(&json(&target, &raw, &count))?,
        Format::Csv => context.print(&csv(&raw))?,
    }
    Ok(Exit::Clean)
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

fn human(target: &Target<'_>, space: &FilteredSpace<'_>, raw: &RawCount, count: &Count) -> String {
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
    let mut counts = Rows::new(&["", ">", ""]);
    let bound = if raw.exact { "" } else { "at least" };
    counts.row(&["raw genotypes", &grouped(&raw.raw.to_string()), bound]);
    match count {
        Count::Exact(exact) => counts.row(&["reachable architectures", &grouped(&exact.to_string()), ""]),
        Count::Estimate { about, low, high, drawn } => counts.row(&[
            "reachable architectures".to_owned(),
            format!("{about:.3e}"),
            format!("an estimate from {drawn} drawn; 95 % interval {low:.3e} to {high:.3e}"),
        ]),
    };
    out.push_str(counts.text().trim_start_matches('\n'));
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

fn json(target: &Target<'_>, raw: &RawCount, count: &Count) -> serde_json::Value {
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
    let reachable = match count {
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

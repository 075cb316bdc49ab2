//! `qnas optimize`: what the passes save on one architecture, and what they leave of it.

use super::context::{Context, Exit, Stop};
use super::draw::choices;
use super::pick::OneArgs;
use super::table::{Rows, grouped};
use crate::driver::passes::passes;
use crate::driver::pick::Picked;
use crate::ir;
use crate::passes::{PassContext, PipelineReport, Size, run as run_passes};
use serde_json::{Value, json};

/// Shrink the circuits of one architecture by passes that keep its outputs, and say what each saved.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas optimize examples/faqnas.qnas --sample 1
  qnas optimize examples/faqnas.qnas --sample 1 --passes thorough --format json
  qnas optimize examples/circuit.qnas --passes cancel-inverses,merge-rotations --emit text

Every pass keeps the outputs for all inputs and weights. A list is run in rounds until a round changes nothing. Depth is the \
sum over the circuits of a model, weights are the different trainable numbers that angles read. `qnas list passes` says what \
each does, `qnas ir --passes LIST --print-after all` shows the circuit after each.

The outputs of an OpenQASM program are the expectations of Z of what it measures, one by one: `default` keeps joint outcomes, too, while \
`thorough` drops what only correlations show.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Passes and pipelines, in order, separated by commas.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "default")]
    passes: Vec<String>,
    /// How the savings are shown.
    #[arg(long, value_enum, default_value = "human", conflicts_with = "emit")]
    format: Format,
    /// Print the optimised graph instead, in this form.
    #[arg(long, value_enum, value_name = "FORM")]
    emit: Option<Emit>,
}

/// `--format`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A table.
    Human,
    /// An object.
    Json,
}

/// `--emit`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Emit {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For Graphviz.
    Dot,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let list = passes(&args.passes)?;
    let (_, picked) = args.one.resolve()?;
    let mut graph = picked.graph.clone();
    let report = run_passes(&mut graph, &list, &PassContext::default(), |_, _| {});
    match (args.emit, args.format) {
        (Some(Emit::Text), _) => context.print(&ir::print(&graph))?,
        (Some(Emit::Json), _) => context.print_json(&ir::json(&graph))?,
        (Some(Emit::Dot), _) => context.print(&ir::dot(&graph))?,
        (None, Format::Human) => context.print(&table(&picked, &report))?,
        (None, Format::Json) => context.print_json(&object(&picked, &report))?,
    }
    Ok(Exit::Clean)
}

fn cells(size: Size, sign: &str) -> [String; 4] {
    [size.gates, size.two_qubit, size.depth, size.weights].map(|count| match count {
        0 if !sign.is_empty() => String::new(),
        count => format!("{sign}{}", grouped(&count.to_string())),
    })
}

fn table(picked: &Picked, report: &PipelineReport) -> String {
    let mut rows = Rows::new(&["", ">gates", ">on 2 or more", ">depth", ">weights", ">runs"]);
    let mut row = |name: &str, size: [String; 4], runs: String| {
        let [gates, two, depth, weights] = size;
        rows.row(&[name.to_owned(), gates, two, depth, weights, runs]);
    };
    row("as written", cells(report.before, ""), String::new());
    let mut changed = false;
    for pass in report.passes.iter().filter(|pass| pass.changed > 0) {
        row(&format!("  {}", pass.name), cells(pass.saved, "-"), pass.changed.to_string());
        changed = true;
    }
    row("optimized", cells(report.after, ""), String::new());
    let rounds = super::context::plural(report.rounds, "round");
    let said = match (report.passes.is_empty(), changed) {
        (true, _) => "no pass was asked for".to_owned(),
        (false, true) => format!("settled after {rounds}"),
        (false, false) => "no pass found anything".to_owned(),
    };
    let picks = if picked.genes.is_empty() { String::new() } else { format!("{}\n", choices(picked)) };
    format!("{picks}{}\n{said}\n", rows.text().trim_start_matches('\n'))
}

fn object(picked: &Picked, report: &PipelineReport) -> Value {
    let size = |size: Size| json!({"gates": size.gates, "two_qubit_count": size.two_qubit, "depth": size.depth, "weights": size.weights});
    let passes: Vec<Value> = report
        .passes
        .iter()
        .map(|pass| json!({"name": pass.name, "changed": pass.changed, "saved": size(pass.saved)}))
        .collect();
    json!({
        "choices": picked.assignment,
        "before": size(report.before),
        "after": size(report.after),
        "rounds": report.rounds,
        "passes": passes,
    })
}

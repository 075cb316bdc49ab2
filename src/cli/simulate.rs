//! `qnas simulate`: the outputs and exact derivatives of one architecture, to check against any other simulator.

use super::context::{Context, Exit, ResultFormat, Stop};
use super::front::choices;
use super::pick::OneArgs;
use super::program::{load, stdin_text};
use crate::diag::Diagnostic;
use crate::driver::compiler::read_source;
use crate::driver::errors;
use crate::driver::pick::{Picked, pick};
use crate::driver::run::{Inputs, Named, Simulated, Start, Want, read_csv, read_json, simulate};
use crate::driver::space::FilteredSpace;
use crate::driver::train::{Precision, Weights};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Run one architecture on given numbers.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas simulate examples/circuit.qnas --init 1 --grad
  qnas simulate examples/faqnas.qnas --sample 3 --input rows.csv --weights weights.json --format json

Conventions:
  Qubit 0 is the least significant bit: element k of `probabilities(q)` belongs to the basis state in which qubit i is
  bit i of k, and so does element k of what `prepare` takes. Angles are radians; gates are those of stdgates.inc.
Input:
  CSV: one sample a line, the numbers of all inputs one after another, each input row-major; a first line of names is
  skipped. JSON: a list of samples, or an object of such lists by input. Numbers are taken as they are: nothing is scaled.
Weights:
  A JSON object of numbers or nested lists by weight path, or safetensors. Linear layers hold [out, in], row-major. Without
  --weights they have their initial distribution, drawn with --init.
Output of --format json:
  outputs    by name (`output`, if the model gives one without a name): [sample, ..shape of the output], row-major
  weights    by path: the weights it ran with
  jacobian   with --grad, by output: { weights: by path [sample, ..output, ..weight],
                                       inputs: by name [sample, ..output, ..input] }
  gradient_of_sum  with --grad=sum: of the sum of all outputs over all samples: { weights: by path [..weight],
                                       inputs: by name [sample, ..input] }
  What has no value (a zero vector was to be prepared) is null.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Samples: a CSV or JSON file, `-` for standard input. Models without inputs want none.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Weights: a JSON or safetensors file.
    #[arg(long, value_name = "FILE", conflicts_with = "init")]
    weights: Option<PathBuf>,
    /// Draw the weights from their initial distribution with this seed.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    init: u64,
    /// Exact derivatives too: of each output, or of their sum.
    #[arg(long, value_enum, value_name = "OF", num_args = 0..=1, require_equals = true, default_missing_value = "each")]
    grad: Option<Grad>,
    /// The precision everything is computed in.
    #[arg(long, value_enum, default_value = "f64")]
    precision: Digits,
    /// How the result is printed.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
}

/// `--grad`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Grad {
    /// The Jacobian of every output.
    Each,
    /// The gradient of the sum of all outputs over all samples.
    Sum,
}

/// `--precision`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Digits {
    /// Single.
    F32,
    /// Double.
    F64,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let choice = args.one.pick.choice()?;
    let program = load(&args.one.program)?;
    let target = program.target(&args.one.target)?;
    let picked = pick(&FilteredSpace::new(target.template), &choice).map_err(|error| program.stop(error))?;
    let inputs = inputs(args.input.as_deref(), &picked)?;
    let given = args.weights.as_deref().map(weights).transpose()?;
    let start = given.as_ref().map_or(Start::Seed(args.init), Start::Given);
    let want = match args.grad {
        None => Want::Outputs,
        Some(Grad::Each) => Want::Jacobian,
        Some(Grad::Sum) => Want::Sum,
    };
    let (precision, digits) = match args.precision {
        Digits::F32 => (Precision::F32, "f32"),
        Digits::F64 => (Precision::F64, "f64"),
    };
    let simulated = simulate(&picked.graph, start, &inputs, want, precision).map_err(|error| program.stop(error))?;
    match args.format {
        ResultFormat::Human => context.print(&human(&picked, &simulated))?,
        ResultFormat::Json => {
            let mut all = simulated.to_json();
            all.insert("model".into(), target.name.into());
            all.insert("architecture".into(), json!(picked.assignment));
            all.insert("precision".into(), digits.into());
            all.insert("qubit_order".into(), "qubit 0 is the least significant bit".into());
            context.print_json(&Value::Object(all))?;
        }
    }
    Ok(Exit::Clean)
}

/// The text of a file, or of standard input for `-`.
fn text(path: &Path) -> Result<String, Diagnostic> {
    if path == Path::new("-") { stdin_text() } else { read_source(path) }
}

/// The samples of a file, for the inputs of an architecture.
///
/// # Errors
/// `QN0905` if there is a file too many or too few, and what is wrong with it.
pub(super) fn inputs(path: Option<&Path>, picked: &Picked) -> Result<Inputs, Diagnostic> {
    let wanted = &picked.graph.inputs;
    let names = || wanted.iter().map(|input| format!("`{}`", input.name)).collect::<Vec<_>>().join(", ");
    let Some(path) = path else {
        return match wanted.is_empty() {
            true => Ok(Inputs::none()),
            false => Err(Diagnostic::global(&errors::BAD_OPTION, format!("the model takes {}", names()))
                .help("give samples with `--input FILE.csv` or `--input FILE.json`")),
        };
    };
    if wanted.is_empty() {
        return Err(Diagnostic::global(&errors::BAD_OPTION, "the model takes no data").help("leave `--input` out"));
    }
    let (text, name) = (text(path)?, path.display().to_string());
    let is_json = match path.extension() {
        Some(extension) => extension == "json",
        None => text.trim_start().starts_with(['[', '{']),
    };
    if is_json { read_json(&text, &name, wanted) } else { read_csv(&text, &name, wanted) }
}

/// The weights of a file.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn weights(path: &Path) -> Result<Weights, Diagnostic> {
    match path.extension() {
        Some(extension) if extension == "safetensors" => Weights::load(path),
        _ => Weights::from_json(&text(path)?, &path.display().to_string()),
    }
}

fn human(picked: &Picked, simulated: &Simulated) -> String {
    let mut out = String::new();
    if !picked.assignment.0.is_empty() {
        out.push_str(&format!("# {}\n", choices(&picked.assignment)));
    }
    let mut show = |named: &Named, label: &str| {
        let rows = named.shape.first().copied().unwrap_or(1).max(1);
        let width = (named.values.len() / rows).max(1);
        for (row, values) in named.values.chunks(width).enumerate() {
            let values: Vec<String> = values.iter().map(|value| format!("{value:>+.9}")).collect();
            let at = if rows > 1 { format!("[{row}]") } else { String::new() };
            out.push_str(&format!("{label}{}{at} = {}\n", named.name, values.join(" ")));
        }
    };
    for output in &simulated.outputs {
        show(output, "");
    }
    for gradients in &simulated.gradients {
        let of = gradients.of.as_deref().unwrap_or("sum");
        for named in gradients.weights.iter().chain(&gradients.inputs) {
            show(named, &format!("d {of} / d "));
        }
    }
    out
}

//! `qnas diff`: two architectures compared in the terms of their source.

use super::context::{Context, Exit, ResultFormat, Stop};
use super::front::number;
use super::pick::{OneArgs, PickArgs};
use super::program::{Program, SourceArgs, TargetArgs};
use super::table::Rows;
use crate::diag::Diagnostic;
use crate::driver::archive::errors::BAD_ARCHITECTURE;
use crate::driver::difference::{Difference, Differs, difference};
use crate::driver::pick::Picked;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Compare two architectures: choices, costs, circuits.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas diff runs/faqnas-1:17 runs/faqnas-1:31
  qnas diff a.json b.json --program examples/faqnas.qnas
  qnas diff runs/faqnas-1:17 a.json

An architecture is RUN:ID, a candidate of a run, or FILE.json, a JSON object of paths and values, as `qnas space FILE \
--sample 1` prints them; a file belongs to the program of --program, otherwise to the one of the run beside it.

Gates are compared place by place; a place is the path of an application in the program, with the innermost of several \
loops written `*`.

Exit codes: 0 they are the same, 1 they differ, 2 it could not run.")]
pub(crate) struct Args {
    /// The first architecture: RUN:ID or FILE.json.
    a: String,
    /// The second.
    b: String,
    /// The program of architectures in files.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// How the differences are printed.
    #[arg(long, value_enum, default_value = "human")]
    format: ResultFormat,
}

/// One side as it was written.
enum Side {
    Candidate(PathBuf, u64),
    File(PathBuf),
}

fn side(text: &str) -> Result<Side, Diagnostic> {
    if Path::new(text).is_file() {
        return Ok(Side::File(PathBuf::from(text)));
    }
    match text.rsplit_once(':') {
        Some((run, id)) if !run.is_empty() => match id.parse() {
            Ok(id) => Ok(Side::Candidate(PathBuf::from(run), id)),
            Err(_) => {
                Err(Diagnostic::global(&BAD_ARCHITECTURE, format!("`{id}` in `{text}` is no candidate's number"))
                    .help(format!("write `{run}:0`; `qnas report {run}` lists the front")))
            }
        },
        _ if Path::new(text).is_dir() => {
            Err(Diagnostic::global(&BAD_ARCHITECTURE, format!("`{text}` is a run, and not one of its candidates"))
                .help(format!("write `{text}:0`; `qnas report {text}` lists the front")))
        }
        _ => Err(Diagnostic::global(&BAD_ARCHITECTURE, format!("there is no file `{text}`"))
            .help("name a JSON file, or a candidate as `RUN:ID`")),
    }
}

/// How one side is picked, as by any other command.
fn one(args: &Args, side: &Side, beside: &Side) -> Result<(Program, Picked), Stop> {
    let data_dir = args.data_dir.clone();
    let (file, pick) = match (side, beside) {
        (Side::Candidate(run, id), _) => {
            (None, PickArgs { run: Some(run.clone()), id: Some(*id), ..PickArgs::default() })
        }
        (Side::File(arch), _) if args.program.is_some() => {
            (args.program.clone(), PickArgs { arch: Some(arch.clone()), ..PickArgs::default() })
        }
        (Side::File(arch), Side::Candidate(run, _)) => {
            let kept = crate::driver::archive::PastRun::open(run)?.folder().source_path();
            (Some(kept), PickArgs { arch: Some(arch.clone()), ..PickArgs::default() })
        }
        (Side::File(_), Side::File(_)) => {
            return Err(Diagnostic::global(&BAD_ARCHITECTURE, "it is not said of which program the two are")
                .help("add `--program FILE.qnas`")
                .into());
        }
    };
    OneArgs { program: SourceArgs { file, data_dir }, target: args.target.clone(), pick }.resolve()
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (a, b) = (side(&args.a)?, side(&args.b)?);
    let (_, first) = one(args, &a, &b)?;
    let (_, second) = one(args, &b, &a)?;
    let found = difference(&first, &second);
    match args.format {
        ResultFormat::Human => context.print(&human(args, &found))?,
        ResultFormat::Json => context.print_json(&json!({"a": args.a, "b": args.b, "differences": found}))?,
    }
    Ok(if found.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn human(args: &Args, found: &Difference) -> String {
    if found.is_empty() {
        return "the same architecture\n".to_owned();
    }
    let choices = rows(args, "choice", &found.choices, ToString::to_string, |_| String::new());
    let change = |differs: &Differs<f64>| match (differs.a, differs.b) {
        (Some(a), Some(b)) if a != 0.0 => format!("{:+.1} %", 100.0 * (b - a) / a.abs()),
        _ => String::new(),
    };
    let costs = rows(args, "cost", &found.costs, |value| number(*value), change);
    let places = rows(args, "place", &found.places, Clone::clone, |_| String::new());
    let parts: Vec<String> = [choices, costs, places].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// A table of what differs; empty if nothing does.
fn rows<T>(
    args: &Args,
    what: &str,
    all: &[Differs<T>],
    text: impl Fn(&T) -> String,
    change: impl Fn(&Differs<T>) -> String,
) -> String {
    if all.is_empty() {
        return String::new();
    }
    let numbers = what == "cost";
    let head = |name: &str| if numbers { format!(">{name}") } else { name.to_owned() };
    let mut out = Rows::new(&[what, &head(&args.a), &head(&args.b), if numbers { ">change" } else { "" }]);
    let cell = |value: &Option<T>| value.as_ref().map_or_else(|| "-".to_owned(), &text);
    for one in all {
        out.row(&[one.name.clone(), cell(&one.a), cell(&one.b), change(one)]);
    }
    out.text()
}

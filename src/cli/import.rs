//! `qnas import`: an OpenQASM program as a `.qnas` program or as the graph it means.

use super::context::{Context, Exit, Stop};
use super::program::stdin_text;
use crate::diag::Diagnostic;
use crate::driver::openqasm::{compile_qasm, read_qasm};
use crate::ir;
use crate::qasm::{Mode, Options, Readouts, WriteOptions, write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Read an OpenQASM program; print it as a `.qnas` program.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas import bell.qasm > bell.qnas
  qnas import ansatz.qasm --weights        angles become weights, to be trained
  qnas import ansatz.qasm --as ir
  qnas cost ansatz.qasm                    every command that takes a program takes OpenQASM, too

OpenQASM 2 and the circuits of OpenQASM 3 are read: gate definitions, modifiers, registers, broadcasting, inputs, constants, \
loops with constant bounds, subroutines of gates, includes. Measured qubits become read-outs in the order of their bits, all \
qubits if none is measured: the expectation of Z of each, which is 1 - 2 p(1). Conditions on measured bits become controls. \
`input float[64] a;` becomes an input of the model.")]
pub(crate) struct Args {
    /// The OpenQASM program; `-` reads it from standard input.
    file: PathBuf,
    /// What is printed.
    #[arg(long = "as", value_enum, value_name = "FORM", default_value = "qnas")]
    form: Form,
    /// Make weights of inputs and of angles that are no multiple of pi/4.
    #[arg(long)]
    weights: bool,
    /// One line per gate: look for no repetitions.
    #[arg(long)]
    flat: bool,
    /// Accept known gates without include, names declared twice.
    #[arg(long, conflicts_with = "strict")]
    lenient: bool,
    /// Accept only the letter of the specification.
    #[arg(long)]
    strict: bool,
    /// What measured qubits give.
    #[arg(long, value_enum, default_value = "z")]
    readout: Readout,
    /// Read the file this often and say on standard error how long the fastest took.
    #[arg(long, value_name = "N")]
    time: Option<u32>,
}

/// `--as`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// A program.
    Qnas,
    /// The graph.
    Ir,
}

/// `--readout`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Readout {
    /// The expectation of Z of each qubit.
    Z,
    /// The probabilities of all outcomes together.
    Probabilities,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let stdin = args.file == Path::new("-");
    let name = if stdin { "<stdin>".to_owned() } else { args.file.display().to_string() };
    let mode = match (args.strict, args.lenient) {
        (true, _) => Mode::Strict,
        (_, true) => Mode::Lenient,
        _ => Mode::Normal,
    };
    let readouts = match args.readout {
        Readout::Z => Readouts::Z,
        Readout::Probabilities => Readouts::Probabilities,
    };
    let base = if stdin { Some(Path::new("")) } else { args.file.parent() };
    let given = if stdin { Some(stdin_text()?) } else { None };
    let mut fastest = f64::INFINITY;
    let mut once = || {
        let start = Instant::now();
        let text = given.clone().map_or_else(|| read_qasm(&args.file), Ok)?;
        let compiled = compile_qasm(&name, &text, base, &Options { mode, readouts });
        fastest = fastest.min(start.elapsed().as_secs_f64());
        Ok::<_, Diagnostic>(compiled)
    };
    let mut compiled = once()?;
    for _ in 1..args.time.unwrap_or(1) {
        compiled = once()?;
    }
    if args.time.is_some() {
        context.note(&format!("read in {:.3} ms", fastest * 1e3));
    }
    let Some(graph) = compiled.imported else {
        return Err(Stop::Report(compiled.checked.diagnostics, compiled.sources));
    };
    if args.form == Form::Ir && !args.weights {
        context.print(&ir::print(&graph))?;
        return Ok(Exit::Clean);
    }
    let shown = args.file.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
    let program = write(&graph, &shown, &WriteOptions { weights: args.weights, flat: args.flat });
    let program = crate::fmt::format(&program).unwrap_or(program);
    match args.form {
        Form::Qnas => context.print(&program)?,
        Form::Ir => context.print(&ir::print(&weighted(&program)?))?,
    }
    Ok(Exit::Clean)
}

/// The graph of the program with weights, which is built the way every program is.
fn weighted(program: &str) -> Result<ir::Graph, Stop> {
    use crate::driver::{compiler::compile_text, data::DataDirs, pick, space::FilteredSpace};
    let dirs = DataDirs::from_environment(None, Path::new(""));
    let compiled = compile_text("imported.qnas", program, None, &dirs);
    if compiled.checked.has_errors() {
        let errors = compiled.checked.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        return Err(Stop::Report(errors, compiled.sources));
    }
    let target = pick::select(&compiled.checked, None, None)?;
    let picked = pick::pick(&FilteredSpace::new(target.template), &pick::Choice::default())?;
    Ok(picked.graph)
}

//! The command line: one file per command, each an `Args` struct and a `run`.
//!
//! A command prints its result to standard output and everything else to standard error, and ends in 0 (clean), 1 (it
//! found something) or 2 (it could not run). What it needs of the world it gets from `context`, a checked program from
//! `program`, one architecture from `pick`.

mod baseline;
mod check;
mod completions;
mod context;
mod cost;
mod cut;
mod data;
mod device;
mod diff;
mod distinct;
mod draw;
mod emit;
mod explain;
mod fmt;
mod front;
mod import;
mod interrupt;
mod ir;
mod lint;
mod list;
mod optimize;
mod pick;
mod program;
mod progress;
mod relaxed;
mod report;
mod retrained;
mod search;
mod simulate;
mod space;
mod table;
mod train;
mod transpile;

use clap::{Parser, Subcommand};
use context::{Context, Exit, Stop};
use std::ffi::OsString;
use std::process::ExitCode;

/// Stack of the main thread: programs may nest deeply, and walking them is recursive.
const STACK_BYTES: usize = 512 << 20;

/// A compiler for quantum neural architecture search.
#[derive(Parser, Debug)]
#[command(name = "qnas", version, max_term_width = 100, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    /// Colours: `auto` means on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: context::ColorWhen,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Examples:
  qnas check examples/faqnas.qnas     is it right, for every architecture?
  qnas space examples/faqnas.qnas     what is left open, and how many architectures is that?
  qnas explain QN0301                 what does this error mean?

Qubit 0 is the least significant bit; angles are radians.
Exit codes: 0 clean, 1 something was found, 2 it could not run.";

#[derive(Subcommand, Debug)]
enum Command {
    /// Check programs for every architecture in their spaces.
    Check(check::Args),
    /// Find what training would waste days on: dead inputs and weights, duplicates, settings that mislead.
    Lint(lint::Args),
    /// Format programs.
    Fmt(fmt::Args),
    /// Show the choices of a program and count its architectures.
    Space(space::Args),
    /// Count flops, gates, depth, weights and memory of one architecture, or of a whole space.
    Cost(cost::Args),
    /// Cut the circuits of one architecture into pieces that fit on a small device.
    Cut(cut::Args),
    /// Draw the pipeline and the circuits of one architecture.
    Draw(draw::Args),
    /// Show a program at a stage of compilation.
    Ir(ir::Args),
    /// Write the circuit of one architecture as OpenQASM.
    Emit(emit::Args),
    /// Read an OpenQASM program; print it as a `.qnas` program.
    Import(import::Args),
    /// Shrink the circuits of one architecture by passes that keep its outputs, and say what each saved.
    Optimize(optimize::Args),
    /// List data sets and look into them.
    Data(data::Args),
    /// Explain a gate, layer, metric, strategy, data set, library item, error code or idea.
    Explain(explain::Args),
    /// List what a program may name: gates, layers, metrics, strategies, data sets, the library.
    List(list::Args),
    /// Print a completion script for a shell.
    Completions(completions::Args),
    /// Search a space on data; print the Pareto front.
    Search(search::Args),
    /// Report on a run: its front, history, what mattered, where the time went.
    Report(report::Args),
    /// Compare two architectures: choices, costs, circuits.
    Diff(diff::Args),
    /// Train one architecture.
    Train(train::Args),
    /// Run one architecture on given numbers.
    Simulate(simulate::Args),
    /// Turn one architecture into the native gates of a device.
    Transpile(transpile::Args),
    /// Bring devices from elsewhere.
    Device(device::Args),
}

impl Command {
    fn run(&self, context: &Context) -> Result<Exit, Stop> {
        match self {
            Self::Transpile(args) => transpile::run(args, context),
            Self::Device(args) => device::run(args, context),
            Self::Check(args) => check::run(args, context),
            Self::Lint(args) => lint::run(args, context),
            Self::Fmt(args) => fmt::run(args, context),
            Self::Space(args) => space::run(args, context),
            Self::Cost(args) => cost::run(args, context),
            Self::Cut(args) => cut::run(args, context),
            Self::Draw(args) => draw::run(args, context),
            Self::Ir(args) => ir::run(args, context),
            Self::Emit(args) => emit::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::Optimize(args) => optimize::run(args, context),
            Self::Data(args) => data::run(args, context),
            Self::Explain(args) => explain::run(args, context),
            Self::List(args) => list::run(args, context),
            Self::Completions(args) => completions::run(args, context),
            Self::Search(args) => search::run(args, context),
            Self::Report(args) => report::run(args, context),
            Self::Diff(args) => diff::run(args, context),
            Self::Train(args) => train::run(args, context),
            Self::Simulate(args) => simulate::run(args, context),
        }
    }
}

/// Runs the command line; `args` begins with the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is the reader's wish; nothing is left to say.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let context = Context::new(cli.color);
    std::thread::scope(|scope| {
        let work = || context.finish(cli.command.run(&context));
        match std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work) {
            Ok(thread) => thread.join().unwrap_or(ExitCode::from(2)),
            Err(_) => context.finish(cli.command.run(&context)),
        }
    })
}

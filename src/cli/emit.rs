//! `qnas emit`: the circuit of one architecture as OpenQASM.

use super::context::{Context, Exit, Stop};
use super::pick::OneArgs;
use super::simulate::{read_samples, read_weights};
use crate::backends::qasm::{self, Profile};
use crate::device::Device;
use crate::diag::Diagnostic;
use crate::driver::device;
use crate::driver::emit::{Request, emit_circuit, native, profile_of};
use crate::driver::errors::BAD_OPTION;
use crate::driver::files::write_atomic;
use crate::driver::run::Start;
use crate::qasm::Version;
use crate::target::Options;
use std::path::PathBuf;

/// Write the circuit of one architecture as OpenQASM.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas emit qasm3 examples/circuit.qnas                          weights and data stay open
  qnas emit qasm2 examples/circuit.qnas --init 1 --input examples/circuit.json
  qnas emit qasm3 model.qnas --weights best.safetensors --profile ibm --out model.qasm
  qnas emit qasm3 model.qnas --weights best.safetensors --device ibm_heron_156 --out model.qasm

What has no number stays open as `input float[64]`, named after the weight's path or the input; OpenQASM 2 has no parameters \
and needs numbers for all. `--profile` names a target: what it lacks is defined in the file or taken apart into its native \
gates. `--device` places the circuit first, so that every gate is native and every pair coupled. The head of the file says which wire is which, which name stands for what, and what the read-outs are for given \
numbers. Every file is read again and compared with the circuit before it is written. `qnas list profiles` shows the targets.")]
pub(crate) struct Args {
    /// The language.
    #[arg(value_enum)]
    language: Language,
    #[command(flatten)]
    one: OneArgs,
    /// The target; the plain language if it is left out.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Place the circuit on this device first; without --profile it is written in the words of its maker.
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Seed of the placement.
    #[arg(long, value_name = "S", default_value_t = 0, requires = "device")]
    seed: u64,
    /// Weights: a JSON or safetensors file.
    #[arg(long, value_name = "FILE", conflicts_with = "init")]
    weights: Option<PathBuf>,
    /// Draw the weights from their initial distribution with this seed.
    #[arg(long, value_name = "SEED")]
    init: Option<u64>,
    /// Data: the first sample of a CSV or JSON file, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The circuit, if the model has several.
    #[arg(long, value_name = "PATH")]
    circuit: Option<String>,
    /// Leave measurements out.
    #[arg(long)]
    no_measure: bool,
    /// Write to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is emitted.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Language {
    /// OpenQASM 2.
    Qasm2,
    /// OpenQASM 3.
    Qasm3,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (program, picked) = args.one.resolve()?;
    let target = program.target(&args.one.target)?;
    let named = args.device.as_deref().map(|name| device::find(name, Some(&program.compiled.checked))).transpose()?;
    let profile = profile(args, named.as_ref())?;
    let sample = match (&args.input, picked.graph.inputs.is_empty()) {
        (None, _) => None,
        (Some(path), _) => Some(read_samples(Some(path), &picked)?),
    };
    let given = args.weights.as_deref().map(read_weights).transpose()?;
    let weights = match (&given, args.init) {
        (Some(weights), _) => Some(Start::Given(weights)),
        (None, Some(seed)) => Some(Start::Seed(seed)),
        (None, None) => None,
    };
    let file = args.one.file();
    let shown = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let request = Request {
        profile,
        circuit: args.circuit.as_deref(),
        weights,
        sample: sample.as_ref(),
        device: named.as_ref().map(|device| (device, Options { seed: args.seed, ..Options::default() })),
        measure: !args.no_measure,
        source: &format!("`{}` in `{shown}`", target.name),
    };
    let text = emit_circuit(&picked.graph, &request).map_err(|error| program.stop(error))?;
    match &args.out {
        Some(path) => write_atomic(path, text.as_bytes())?,
        None => context.print(&text)?,
    }
    Ok(Exit::Clean)
}

fn profile(args: &Args, device: Option<&Device>) -> Result<&'static Profile, Diagnostic> {
    let (plain, version) = match args.language {
        Language::Qasm2 => ("qasm2", Version::Two),
        Language::Qasm3 => ("qasm3", Version::Three),
    };
    let makers = device.and_then(profile_of).filter(|profile| profile.version == version);
    let profile = match (args.profile.as_deref(), makers) {
        (Some(name), _) => qasm::find(name)?,
        (None, Some(makers)) => makers,
        (None, None) => qasm::find(plain)?,
    };
    if let (Some(device), Some(machine)) = (device, &profile.machine)
        && !native(device, machine)
    {
        let (name, shown) = (profile.meta.name, &device.name);
        return Err(Diagnostic::global(&BAD_OPTION, format!("`{name}` writes gates that `{shown}` does not have"))
            .help("leave `--profile` out: the device's own gates are written"));
    }
    if profile.version == version {
        return Ok(profile);
    }
    let right = if profile.version == Version::Two { "qasm2" } else { "qasm3" };
    Err(Diagnostic::global(&BAD_OPTION, format!("the profile `{}` is not written in `{plain}`", profile.meta.name))
        .help(format!("write `qnas emit {right} .. --profile {}`", profile.meta.name)))
}

//! `qnas device`: devices from elsewhere as items of the language.

use super::context::{Context, Exit, Stop};
use crate::driver::calibration;
use std::path::PathBuf;

/// Bring devices from elsewhere.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas device import conf_fez.json props_fez.json > fez.qnas
  qnas list devices
  qnas explain ibm_heron_156")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// Write a `device` item from the two calibration files of a Qiskit backend.
    Import(ImportArgs),
}

/// Write a `device` item from the two calibration files of a Qiskit backend.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas device import conf_fez.json props_fez.json > fez.qnas
  qnas device import conf_fez.json props_fez.json --name my_fez

The item has one figure for each qubit and each pair. Put it into a program, or beside one and `use fez::fez;`.")]
struct ImportArgs {
    /// The configuration: `n_qubits`, `coupling_map`, `basis_gates`.
    #[arg(value_name = "CONF.json")]
    configuration: PathBuf,
    /// The properties: errors, durations, T1 and T2.
    #[arg(value_name = "PROPS.json")]
    properties: PathBuf,
    /// The name of the item; otherwise that of the backend.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let What::Import(args) = &args.what;
    context.print(&calibration::import(&args.configuration, &args.properties, args.name.as_deref())?)?;
    Ok(Exit::Clean)
}

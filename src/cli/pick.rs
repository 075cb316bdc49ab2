//! One architecture, picked the same way by every command: `--set`, `--arch`, `--sample`.

use super::context::Stop;
use super::program::{Program, ProgramArgs, TargetArgs, load};
use crate::diag::Diagnostic;
use crate::driver::errors;
use crate::driver::pick::{Choice, Picked, pick_target};
use crate::hir::Assignment;
use std::path::{Path, PathBuf};

/// Which architecture.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct PickArgs {
    /// Fix one choice by its path; repeatable. Values are written as in the program, subsets as positions: `[0, 2]`.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Take choices from a JSON object of paths and values, as `qnas space --sample` prints them.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) arch: Option<PathBuf>,
    /// Draw what is left open, uniformly if nothing else is given; the same seed draws the same.
    #[arg(long, value_name = "SEED")]
    pub(crate) sample: Option<u64>,
}

/// A program, which of its models, and which architecture.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) pick: PickArgs,
}

impl PickArgs {
    /// What was said, files read.
    ///
    /// # Errors
    /// `QN0931`, or the file of `--arch` cannot be read or understood.
    pub(crate) fn choice(&self) -> Result<Choice, Diagnostic> {
        let mut choice = Choice { sample: self.sample, ..Choice::default() };
        self.set.iter().try_for_each(|text| choice.add(text))?;
        choice.arch = self.arch.as_deref().map(read_arch).transpose()?;
        Ok(choice)
    }
}

/// An architecture file: a JSON object of paths and values.
fn read_arch(path: &Path) -> Result<Assignment, Diagnostic> {
    let text = if path == Path::new("-") {
        super::program::stdin_text()?
    } else {
        crate::driver::compiler::read_source(path)?
    };
    serde_json::from_str(&text).map_err(|error| {
        let shown = path.display();
        Diagnostic::global(&errors::BAD_FILE, format!("`{shown}` is no architecture: {error}"))
            .help("write a JSON object of paths and values, as `qnas space FILE --sample 1` prints them")
    })
}

impl OneArgs {
    /// The program and the one architecture of it.
    ///
    /// # Errors
    /// Whatever is wrong with the program or the choices.
    pub(crate) fn resolve(&self) -> Result<(Program, Picked), Stop> {
        let choice = self.pick.choice()?;
        let program = load(&self.program)?;
        let target = program.target(&self.target)?;
        let picked = pick_target(&target, &choice).map_err(|error| program.stop(error))?;
        Ok((program, picked))
    }
}

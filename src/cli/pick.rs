//! One architecture, picked the same way by every command: `--set`, `--arch`, `--sample`, `--run` with `--id`.

use super::context::Stop;
use super::program::{Program, ProgramArgs, SourceArgs, TargetArgs, compile, load};
use crate::diag::Diagnostic;
use crate::driver::archive::{PastRun, Picked as Candidate};
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
    /// Take the program and the candidate --id from the folder of a search.
    #[arg(long, value_name = "RUN", requires = "id", conflicts_with = "arch")]
    pub(crate) run: Option<PathBuf>,
    /// The candidate of --run; `qnas report RUN` lists them.
    #[arg(long, value_name = "N", requires = "run")]
    pub(crate) id: Option<u64>,
}

/// A program, which of its models, and which architecture.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    pub(crate) program: SourceArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) pick: PickArgs,
}

impl PickArgs {
    /// What was said, files read; `program` knows the candidate of a run.
    ///
    /// # Errors
    /// `QN0931`, or the file of `--arch` cannot be read or understood.
    pub(crate) fn choice(&self, program: &Program) -> Result<Choice, Diagnostic> {
        self.chosen(program.past.as_ref().map(|(_, candidate)| candidate))
    }

    /// What was said, files read, if `candidate` was picked from a run.
    ///
    /// # Errors
    /// As [`Self::choice`].
    pub(crate) fn chosen(&self, candidate: Option<&Candidate>) -> Result<Choice, Diagnostic> {
        let mut choice = Choice { sample: self.sample, recorded: candidate.is_some(), ..Choice::default() };
        self.set.iter().try_for_each(|text| choice.add(text))?;
        choice.arch = match candidate {
            Some(candidate) => Some(candidate.record.assignment.clone()),
            None => self.arch.as_deref().map(read_arch).transpose()?,
        };
        Ok(choice)
    }
}

/// An architecture file: a JSON object of paths and values.
pub(super) fn read_arch(path: &Path) -> Result<Assignment, Diagnostic> {
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
    /// Compiles the program, which must be free of errors: the file, or what the run keeps. A file beside a run must be the
    /// program of that run.
    ///
    /// # Errors
    /// It cannot be read, it has errors, it is not the run's, or the run has no such candidate.
    pub(crate) fn load(&self) -> Result<Program, Stop> {
        let data_dir = self.program.data_dir.as_deref();
        let (Some(path), Some(id)) = (&self.pick.run, self.pick.id) else {
            let file = self.program.file.clone().unwrap_or_default();
            return load(&ProgramArgs { file, data_dir: self.program.data_dir.clone() });
        };
        let run = PastRun::open(path)?;
        let candidate = run.candidate(id)?;
        let (compiled, dirs) = match &self.program.file {
            None => run.compile(data_dir)?,
            Some(file) => {
                let (compiled, dirs) = compile(file, data_dir)?;
                run.check(&compiled, &file.display().to_string())?;
                (compiled, dirs)
            }
        };
        Program::new(compiled, dirs, Some((run, candidate)))
    }

    /// The file of the program: the one that was named, or the one that the run keeps.
    pub(crate) fn file(&self) -> PathBuf {
        let kept = || self.pick.run.as_deref().unwrap_or(Path::new("")).join("source.qnas");
        self.program.file.clone().unwrap_or_else(kept)
    }

    /// The program and the one architecture of it.
    ///
    /// # Errors
    /// Whatever is wrong with the program or the choices.
    pub(crate) fn resolve(&self) -> Result<(Program, Picked), Stop> {
        let program = self.load()?;
        let choice = self.pick.choice(&program)?;
        let target = program.target(&self.target)?;
        let picked = pick_target(&target, &choice).map_err(|error| program.stop(error))?;
        Ok((program, picked))
    }
}

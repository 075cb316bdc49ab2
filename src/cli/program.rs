//! Reading and checking the program a command works on.

use super::context::Stop;
use crate::diag::Diagnostic;
use crate::driver::archive::{PastRun, Picked as Candidate};
use crate::driver::compiler::{self, Compiled};
use crate::driver::data::DataDirs;
use crate::driver::pick::{Target, select};
use std::path::{Path, PathBuf};

/// The program and where its data is looked for.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ProgramArgs {
    /// The program; `-` reads it from standard input.
    pub(crate) file: PathBuf,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// The program of a command that can also take it from a run.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SourceArgs {
    /// The program; `-` reads it from standard input. May be left out with --run, which has its own.
    #[arg(required_unless_present = "run")]
    pub(crate) file: Option<PathBuf>,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Which of several models of a program.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct TargetArgs {
    /// The search whose model is meant; needed if there are several.
    #[arg(long, value_name = "NAME", conflicts_with = "model")]
    pub(crate) search: Option<String>,
    /// The model that is meant, by itself: its input sizes must be constants.
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
}

/// A program without errors.
#[derive(Debug)]
pub(crate) struct Program {
    /// What the compiler made of it.
    pub(crate) compiled: Compiled,
    /// Where its data is looked for.
    pub(crate) dirs: DataDirs,
    /// The run and the candidate of it that were picked with `--run` and `--id`.
    pub(crate) past: Option<(PastRun, Candidate)>,
}

/// Compiles a file or standard input; errors of the program are among the diagnostics.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn compile(file: &Path, data_dir: Option<&Path>) -> Result<(Compiled, DataDirs), Diagnostic> {
    if file == Path::new("-") {
        let dirs = DataDirs::from_environment(data_dir, Path::new(""));
        let text = stdin_text()?;
        let compiled = compiler::compile_text("<stdin>", &text, Some(Path::new("")), &dirs);
        return Ok((compiled, dirs));
    }
    let dirs = DataDirs::from_environment(data_dir, file.parent().unwrap_or(Path::new("")));
    Ok((compiler::compile(file, &dirs)?, dirs))
}

/// Everything on standard input, as text.
///
/// # Errors
/// As for a file.
pub(crate) fn stdin_text() -> Result<String, Diagnostic> {
    compiler::read_text(std::io::stdin().lock(), Path::new("<stdin>"))
}

/// A file or standard input, with the name it is shown by.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read(file: &Path) -> Result<(String, String), Diagnostic> {
    match file == Path::new("-") {
        true => Ok(("<stdin>".to_owned(), stdin_text()?)),
        false => Ok((file.display().to_string(), compiler::read_source(file)?)),
    }
}

/// Compiles a program that must be free of errors.
///
/// # Errors
/// The file cannot be read, or the program has errors: all of them.
pub(crate) fn load(args: &ProgramArgs) -> Result<Program, Stop> {
    let (compiled, dirs) = compile(&args.file, args.data_dir.as_deref())?;
    Program::new(compiled, dirs, None)
}

impl Program {
    /// A program that must be free of errors.
    ///
    /// # Errors
    /// All errors it has.
    pub(crate) fn new(compiled: Compiled, dirs: DataDirs, past: Option<(PastRun, Candidate)>) -> Result<Self, Stop> {
        if compiled.checked.has_errors() {
            let errors = compiled.checked.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
            return Err(Stop::Report(errors, compiled.sources));
        }
        Ok(Self { compiled, dirs, past })
    }

    /// The model that is meant: the one that was said, otherwise the one that the run searched.
    ///
    /// # Errors
    /// There is none, or several and nobody said which.
    pub(crate) fn target(&self, args: &TargetArgs) -> Result<Target<'_>, Stop> {
        let searched = self.past.as_ref().map(|(run, _)| run.header().search.as_str());
        let search = args.search.as_deref().or_else(|| searched.filter(|_| args.model.is_none()));
        let target = select(&self.compiled.checked, search, args.model.as_deref())?;
        Ok(Target { graph: self.compiled.imported.as_ref(), ..target })
    }

    /// Stops with a diagnostic about a place in this program.
    pub(crate) fn stop(&self, diagnostic: Diagnostic) -> Stop {
        Stop::at(diagnostic, &self.compiled.sources)
    }
}

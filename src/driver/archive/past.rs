//! A run folder opened for reading: its program, its candidates, their weights.

use super::errors::{NO_WEIGHTS, SOURCE_CHANGED, UNKNOWN_CANDIDATE};
use crate::diag::Diagnostic;
use crate::driver::compiler::{self, Compiled};
use crate::driver::data::DataDirs;
use crate::driver::run::source_digest;
use crate::driver::search::{Header, Record, RunFolder, read_journal};
use crate::driver::train::Weights;
use std::path::{Path, PathBuf};

/// A run folder, opened for reading.
#[derive(Clone, Debug)]
pub struct PastRun {
    folder: RunFolder,
    header: Header,
}

/// A candidate of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Picked {
    /// Its line of the journal.
    pub record: Record,
    /// The line of the candidate that was evaluated for it: its own, unless it repeats an earlier one.
    pub trained: Record,
}

impl PastRun {
    /// Opens a run; `path` is its folder, or the journal in it.
    ///
    /// # Errors
    /// `QN0817` if there is no run, `QN0810` and `QN0811` if its journal is foreign or newer.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        let is_journal = path.file_name().is_some_and(|name| name == "journal.jsonl") && path.is_file();
        let folder = RunFolder::open(if is_journal { path.parent().unwrap_or(path) } else { path })?;
        let (header, _) = read_journal(&folder.journal_path())?;
        Ok(Self { folder, header })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// What was searched.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Every candidate, in order; a torn last line is left out.
    ///
    /// # Errors
    /// `QN0813` for a damaged line.
    pub fn records(&self) -> Result<Vec<Record>, Diagnostic> {
        let (_, records) = read_journal(&self.folder.journal_path())?;
        records.collect()
    }

    /// One candidate.
    ///
    /// # Errors
    /// `QN0870` if there is none of this number, `QN0813` for a damaged line before it.
    pub fn candidate(&self, id: u64) -> Result<Picked, Diagnostic> {
        let (_, mut records) = read_journal(&self.folder.journal_path())?;
        let mut count = 0;
        while let Some(record) = records.next_record()? {
            if record.id == id {
                let trained = match record.same_as {
                    Some(first) if first < id => self.candidate(first)?.record,
                    _ => record.clone(),
                };
                return Ok(Picked { record, trained });
            }
            count += 1;
        }
        Err(self.unknown(id, count))
    }

    fn unknown(&self, id: u64, count: u64) -> Diagnostic {
        let error = Diagnostic::global(&UNKNOWN_CANDIDATE, format!("`{}` has no candidate {id}", self.shown()));
        let error = match count {
            0 => error.note("nothing was evaluated in it"),
            1 => error.note("it has one, number 0"),
            count => error.note(format!("it has {count}, from 0 to {}", count - 1)),
        };
        let mut front: Vec<u64> = self.folder.read_front().unwrap_or_default().iter().map(|member| member.id).collect();
        front.sort_by_key(|other| (other.abs_diff(id), *other));
        front.truncate(5);
        match (front.is_empty(), count) {
            (true, 0) => error,
            (true, _) => error.help(format!("did you mean {}?", count - 1)),
            (false, _) => {
                let ids: Vec<String> = front.iter().map(u64::to_string).collect();
                error.help(format!("the nearest on its front: {}", ids.join(", ")))
            }
        }
    }

    /// The folder as text, for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// The program as it was when the run began, with all that it imports.
    ///
    /// # Errors
    /// `QN0901` if it is gone, `QN0871` if it is another one now. Errors in it are among its diagnostics.
    pub fn compile(&self, data_dir: Option<&Path>) -> Result<(Compiled, DataDirs), Diagnostic> {
        let path = self.folder.source_path();
        let mut dirs = DataDirs::from_environment(data_dir, &self.program_folder());
        let compiled = compiler::compile(&path, &dirs)?;
        self.check(&compiled, &path.display().to_string())?;
        if dirs.base.as_os_str().is_empty() {
            dirs.base = PathBuf::from(".");
        }
        Ok((compiled, dirs))
    }

    /// Where the program stood, which is where the paths of its own data files begin.
    fn program_folder(&self) -> PathBuf {
        self.folder.read_home().unwrap_or_else(|| self.folder.path().to_owned())
    }

    /// Is this the program that was searched?
    ///
    /// # Errors
    /// `QN0871` if not.
    pub fn check(&self, compiled: &Compiled, name: &str) -> Result<(), Diagnostic> {
        let now = source_digest(&compiled.sources);
        if now == self.header.source {
            return Ok(());
        }
        let message = format!("`{name}` is not the program that `{}` searched", self.shown());
        let short = |digest: &str| digest.chars().take(12).collect::<String>();
        let error = Diagnostic::global(&SOURCE_CHANGED, message).note(format!(
            "its digest is {}, the journal begins with {}",
            short(&now),
            short(&self.header.source)
        ));
        let error = match self.header.qnas == env!("CARGO_PKG_VERSION") {
            true => error,
            false => {
                error.note(format!("the run was begun by qnas {}, which may have another library", self.header.qnas))
            }
        };
        Err(error
            .help("leave FILE out to use the program of the run, or pick the architecture with `--arch FILE.json`"))
    }

    /// The weights that a candidate was trained to.
    ///
    /// # Errors
    /// `QN0872` if the run does not keep them, `QN0941` if their file is damaged.
    pub fn weights(&self, picked: &Picked) -> Result<Weights, Diagnostic> {
        let trained = &picked.trained;
        let path = self.folder.path().join("weights").join(format!("{}.safetensors", trained.id));
        let shown = self.shown();
        let id = picked.record.id;
        let again = format!("`qnas train --run {shown} --id {id} --save FILE.safetensors` trains it again");
        if !path.exists() {
            let message = format!("`{shown}` keeps no weights of candidate {id}");
            let error = Diagnostic::global(&NO_WEIGHTS, message);
            let why = match &trained.failed {
                Some(reason) => format!("its evaluation failed: {reason}"),
                None => "a run keeps those of its front".to_owned(),
            };
            return Err(error.note(why).help(again));
        }
        let weights = Weights::load(&path)?;
        let origin = &weights.origin;
        let same = origin.architecture == trained.assignment && origin.source == self.header.source;
        if same && origin.seed.is_none_or(|seed| seed == trained.seed) {
            return Ok(weights);
        }
        let message = format!("`{}` does not hold the weights of candidate {id}", path.display());
        Err(Diagnostic::global(&NO_WEIGHTS, message).note("it names another architecture, program or seed").help(again))
    }
}

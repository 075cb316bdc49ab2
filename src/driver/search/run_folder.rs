//! One run, one folder: the source as compiled, what the search is, the journal, timings, the front.
//!
//! ```text
//! runs/faqnas-1/
//!   source.qnas     the source and its imports as compiled
//!   run.json        the header of the journal, for people
//!   home.json       the folder the program came from, where the paths of its own data begin
//!   journal.jsonl   one line per evaluation; the only file resuming needs
//!   timing.jsonl    how long each evaluation took; apart, because it is never the same twice
//!   sessions.jsonl  how long each process took that worked on the run
//!   curves.jsonl    how each training went
//!   front.json      the front at the end
//!   state/          where the trainings of a mixture stand, until it is complete
//!   weights/        the trained weights of the front, one ID.safetensors each
//! ```

use super::errors::{RUN_EXISTS, RUN_FOLDER};
use super::journal::{Header, Journal, Opened};
use super::outcome::FrontMember;
use crate::diag::Diagnostic;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

/// `home.json`
#[derive(Serialize, Deserialize)]
struct Home {
    folder: PathBuf,
}

fn failed(path: &Path, doing: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::global(&RUN_FOLDER, format!("`{}` cannot be {doing}", path.display())).note(error.to_string())
}

impl RunFolder {
    /// Makes `<runs>/<name>-<n>` for the first free `n` from 1.
    ///
    /// # Errors
    /// `QN0817` if it cannot be made.
    pub fn create_numbered(runs: &Path, name: &str) -> Result<Self, Diagnostic> {
        fs::create_dir_all(runs).map_err(|error| failed(runs, "made", &error))?;
        let mut n = 1_u64;
        loop {
            let path = runs.join(format!("{name}-{n}"));
            // Making the folder is what claims the number, so two processes never share one.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
                Err(error) => return Err(failed(&path, "made", &error)),
            }
        }
    }

    /// Makes this folder, or uses it if it is there and holds no run.
    ///
    /// # Errors
    /// `QN0816` if it holds a run, `QN0817` if it cannot be made.
    pub fn create_at(path: &Path) -> Result<Self, Diagnostic> {
        fs::create_dir_all(path).map_err(|error| failed(path, "made", &error))?;
        let folder = Self { path: path.to_owned() };
        if folder.journal_path().exists() {
            let message = format!("`{}` already holds a run", path.display());
            return Err(Diagnostic::global(&RUN_EXISTS, message)
                .help(format!("choose another folder, or go on with `--resume {}`", path.display())));
        }
        Ok(folder)
    }

    /// The folder of a run that exists.
    ///
    /// # Errors
    /// `QN0817` if there is no journal in it.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        let folder = Self { path: path.to_owned() };
        let journal = folder.journal_path();
        match fs::metadata(&journal) {
            Ok(_) => Ok(folder),
            Err(error) => {
                let message = format!("`{}` holds no run", path.display());
                Err(Diagnostic::global(&RUN_FOLDER, message).note(format!("`{}`: {error}", journal.display())))
            }
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal in it.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    /// The source in it.
    #[must_use]
    pub fn source_path(&self) -> PathBuf {
        self.path.join("source.qnas")
    }

    /// Begins the run: writes the source and `run.json`, begins the journal.
    ///
    /// # Errors
    /// `QN0815` to `QN0818`.
    pub fn begin(&self, source: &str, header: &Header) -> Result<Journal, Diagnostic> {
        self.replace("source.qnas", source.as_bytes())?;
        self.write_json("run.json", header)?;
        Journal::create(&self.journal_path(), header)
    }

    /// Goes on with the run.
    ///
    /// # Errors
    /// Those of [`Journal::resume`].
    pub fn resume(&self, header: &Header) -> Result<Opened, Diagnostic> {
        Journal::resume(&self.journal_path(), header)
    }

    /// The source as compiled when the run began.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn read_source(&self) -> Result<String, Diagnostic> {
        let path = self.source_path();
        fs::read_to_string(&path).map_err(|error| failed(&path, "read", &error))
    }

    /// Notes the folder the program came from.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn write_home(&self, folder: &Path) -> Result<(), Diagnostic> {
        self.write_json("home.json", &Home { folder: folder.to_owned() })
    }

    /// The folder the program came from, if it is known and still there.
    #[must_use]
    pub fn read_home(&self) -> Option<PathBuf> {
        let text = fs::read(self.path.join("home.json")).ok()?;
        let home: Home = serde_json::from_slice(&text).ok()?;
        home.folder.is_dir().then_some(home.folder)
    }

    /// Writes the front.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn write_front(&self, front: &[FrontMember]) -> Result<(), Diagnostic> {
        self.write_json("front.json", front)
    }

    /// Reads the front that a search left at its end.
    ///
    /// # Errors
    /// `QN0817` if there is none or it cannot be read.
    pub fn read_front(&self) -> Result<Vec<FrontMember>, Diagnostic> {
        let path = self.path.join("front.json");
        let text = fs::read(&path).map_err(|error| failed(&path, "read", &error))?;
        serde_json::from_slice(&text).map_err(|error| failed(&path, "read", &error.into()))
    }

    /// Writes any file of the run as JSON for people: two spaces, one line end at the end.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn write_json<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Diagnostic> {
        let mut text = serde_json::to_vec_pretty(value)
            .map_err(|error| failed(&self.path.join(name), "written", &error.into()))?;
        text.push(b'\n');
        self.replace(name, &text)
    }

    /// Adds a line of JSON to a file of the run that is no journal.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn append_json<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Diagnostic> {
        let path = self.path.join(name);
        let written = || -> io::Result<()> {
            let mut line = serde_json::to_vec(value)?;
            line.push(b'\n');
            OpenOptions::new().create(true).append(true).open(&path)?.write_all(&line)
        };
        written().map_err(|error| failed(&path, "written", &error))
    }

    /// Opens the file of timings, after those of earlier processes.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn timing(&self) -> Result<TimingLog, Diagnostic> {
        let path = self.path.join("timing.jsonl");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        file.map(|file| TimingLog { file }).map_err(|error| failed(&path, "written", &error))
    }

    /// Writes a whole file beside its old self and then takes its place: readers never see half of it. Folders in `name` are made.
    ///
    /// # Errors
    /// `QN0817`.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let (path, beside) = (self.path.join(name), self.path.join(format!("{name}.new")));
        let written = || -> io::Result<()> {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut file = File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        written().map_err(|error| failed(&path, "written", &error))
    }
}

/// How long each evaluation took: JSON lines, in no file that must be the same twice.
#[derive(Debug)]
pub struct TimingLog {
    file: File,
}

impl TimingLog {
    /// Notes the time of one evaluation. A time that cannot be written is no reason to stop a search.
    pub fn record(&mut self, id: u64, seconds: f64) {
        let _ = self.file.write_all(format!("{{\"id\":{id},\"seconds\":{seconds:.6}}}\n").as_bytes());
    }
}

//! `retrain.jsonl`: one line per training of the front, in the order of the front.
//!
//! A run that goes on takes over every sound line that still answers what is due, whatever became of the front since; the
//! file is then written anew up to the first training that is missing, so that it ends up as if nothing had happened.

use super::retrain::Retrained;
use crate::diag::Diagnostic;
use crate::driver::errors::UNWRITABLE;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Candidate, repeat, seed.
type Key = (u64, u32, u64);

/// The journal of retraining, open for further lines.
pub(super) struct RetrainLog {
    file: File,
    path: PathBuf,
}

impl RetrainLog {
    /// Opens the log in a run's folder; also the results it has of the first trainings of `wanted`, without gaps.
    ///
    /// # Errors
    /// `QN0906` if it cannot be written.
    pub(super) fn open(folder: &Path, wanted: &[Key]) -> Result<(Self, Vec<Retrained>), Diagnostic> {
        let path = folder.join("retrain.jsonl");
        let mut known = read(&path);
        let done: Vec<Retrained> = wanted.iter().map_while(|key| known.remove(key)).collect();
        let beside = folder.join("retrain.jsonl.new");
        let written = || -> io::Result<File> {
            let text: Vec<u8> = done.iter().map(line).collect::<io::Result<Vec<_>>>()?.concat();
            fs::write(&beside, text)?;
            fs::rename(&beside, &path)?;
            OpenOptions::new().append(true).open(&path)
        };
        let file = written().map_err(|error| failed(&path, &error))?;
        Ok((Self { file, path }, done))
    }

    /// Adds a result; it is on disk when this returns.
    ///
    /// # Errors
    /// `QN0906`.
    pub(super) fn append(&mut self, result: &Retrained) -> Result<(), Diagnostic> {
        let written = line(result).and_then(|line| self.file.write_all(&line)).and_then(|()| self.file.sync_data());
        written.map_err(|error| failed(&self.path, &error))
    }
}

fn line(result: &Retrained) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(result)?;
    line.push(b'\n');
    Ok(line)
}

/// The sound lines of a log; a file that is not there has none.
fn read(path: &Path) -> BTreeMap<Key, Retrained> {
    let text = fs::read(path).unwrap_or_default();
    let whole = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    let results = whole.filter_map(|line| serde_json::from_slice::<Retrained>(line).ok());
    results.map(|one| ((one.id, one.repeat, one.seed), one)).collect()
}

fn failed(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(id: u64, repeat: u32) -> Retrained {
        Retrained { id, repeat, seed: 7, failed: None, epoch: 2, train: None, validation: None, test: None }
    }

    #[test]
    fn a_torn_log_goes_on_where_it_broke() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = [(3, 0, 7), (3, 1, 7), (9, 0, 7)];
        let (mut log, done) = RetrainLog::open(folder.path(), &wanted).unwrap();
        assert!(done.is_empty());
        for (id, repeat) in [(3, 0), (3, 1), (9, 0)] {
            log.append(&result(id, repeat)).unwrap();
        }
        let path = folder.path().join("retrain.jsonl");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let (mut log, done) = RetrainLog::open(folder.path(), &wanted).unwrap();
        assert_eq!(done, [result(3, 0), result(3, 1)]);
        log.append(&result(9, 0)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
        // Another seed, or another front, is another training.
        assert_eq!(RetrainLog::open(folder.path(), &[(3, 0, 8)]).unwrap().1, []);
    }
}

//! Reading journals, a line at a time: memory does not grow with the file.

use super::header::Header;
use super::record::Record;
use crate::diag::Diagnostic;
use crate::driver::search::errors::{JOURNAL_DAMAGED, JOURNAL_FOREIGN, RUN_FOLDER};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// A header may be long (many data files), a foreign file without line breaks longer.
const LONGEST_HEADER: u64 = 1 << 20;

/// The records of a journal, in order. A torn or unreadable last line ends them; an unreadable line before that is an
/// error.
pub struct Records {
    reader: Box<dyn BufRead + Send>,
    path: PathBuf,
    line: u64,
    /// Bytes up to the end of the last sound line.
    sound: u64,
}

pub(super) fn cannot_read(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::global(&RUN_FOLDER, format!("`{}` cannot be read", path.display())).note(error.to_string())
}

/// Opens a journal for reading only: its header and its records.
///
/// # Errors
/// `QN0817` if the file cannot be read, `QN0810` if it is no journal, `QN0811` if it is a newer one.
pub fn read_journal(path: &Path) -> Result<(Header, Records), Diagnostic> {
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    match Records::open(Box::new(BufReader::new(file)), path)? {
        (Some(header), records) => Ok((header, records)),
        (None, _) => {
            let message = format!("`{}` has no whole first line", path.display());
            Err(Diagnostic::global(&JOURNAL_FOREIGN, message).help("resume the run to begin it again"))
        }
    }
}

impl Records {
    /// Reads the header. No header if the file is empty or its only line is torn: a process was killed right at the start.
    pub(super) fn open(mut reader: Box<dyn BufRead + Send>, path: &Path) -> Result<(Option<Header>, Self), Diagnostic> {
        let mut line = Vec::new();
        let limited = &mut reader.as_mut().take(LONGEST_HEADER);
        limited.read_until(b'\n', &mut line).map_err(|error| cannot_read(path, &error))?;
        let mut records = Self { reader, path: path.to_owned(), line: 1, sound: 0 };
        if line.last() == Some(&b'\n') {
            let header = Header::parse(&line, path)?;
            records.sound = line.len() as u64;
            return Ok((Some(header), records));
        }
        // A torn header still begins like one; anything else is somebody's file and must not be overwritten.
        let start = b"{\"qnas_journal\":";
        let common = line.len().min(start.len());
        if line[..common] == start[..common] && (line.len() as u64) < LONGEST_HEADER {
            return Ok((None, records));
        }
        Header::parse(&line, path).map(|header| (Some(header), records))
    }

    /// Bytes up to the end of the last line that was read and is sound.
    pub(super) fn sound_bytes(&self) -> u64 {
        self.sound
    }

    /// The next record; `None` at the end or at a torn last line.
    ///
    /// # Errors
    /// `QN0813` for an unreadable line with others after it, `QN0817` if the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<Record>, Diagnostic> {
        let path = self.path.clone();
        let mut read =
            |line: &mut Vec<u8>| self.reader.read_until(b'\n', line).map_err(|error| cannot_read(&path, &error));
        let mut line = Vec::new();
        read(&mut line)?;
        self.line += 1;
        if line.last() != Some(&b'\n') {
            return Ok(None);
        }
        let error = match serde_json::from_slice::<Record>(&line) {
            Ok(record) => {
                self.sound += line.len() as u64;
                return Ok(Some(record));
            }
            Err(error) => error,
        };
        // A machine that loses power may leave a last line of the right length and wrong content.
        let mut rest = Vec::new();
        read(&mut rest)?;
        if rest.is_empty() {
            return Ok(None);
        }
        let message = format!("line {} of `{}` cannot be read", self.line, self.path.display());
        Err(Diagnostic::global(&JOURNAL_DAMAGED, message)
            .note(error.to_string())
            .help(format!("to keep what is sound, cut the file after line {} and resume", self.line - 1)))
    }
}

impl Iterator for Records {
    type Item = Result<Record, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().transpose()
    }
}

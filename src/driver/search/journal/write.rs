//! Writing a journal: created anew, resumed, or kept in memory.

use super::header::Header;
use super::read::{Records, cannot_read};
use super::record::Record;
use crate::diag::Diagnostic;
use crate::driver::search::errors::{JOURNAL_WRITE, RUN_BUSY, RUN_EXISTS, RUN_FOLDER};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the bytes of a journal go.
pub trait Sink: Send {
    /// Appends one whole line.
    ///
    /// # Errors
    /// What the system says.
    fn append(&mut self, line: &[u8]) -> io::Result<()>;

    /// Forces what was appended to disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()>;

    /// Drops everything after the first `len` bytes.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
}

impl Sink for File {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.write_all(line)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)?;
        self.seek(SeekFrom::Start(len)).map(drop)
    }
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Sink for Memory {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).truncate(len);
        Ok(())
    }
}

/// The journal of a running search. Before anything is appended, [`Journal::replay`] gives what it already holds.
pub struct Journal {
    sink: Box<dyn Sink>,
    path: PathBuf,
    records: Option<Records>,
    /// Bytes of whole lines.
    len: u64,
    /// Whole lines after the header.
    lines: u64,
    header: Header,
    header_written: bool,
}

/// A resumed journal, and what it was like when opened.
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// The version of qnas that began it.
    pub begun_by: String,
}

impl Journal {
    /// Begins a journal in a new file and locks it.
    ///
    /// # Errors
    /// `QN0816` if the file exists, `QN0817` if it cannot be made, `QN0815` if it cannot be written.
    pub fn create(path: &Path, header: &Header) -> Result<Self, Diagnostic> {
        let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                let message = format!("`{}` already exists", path.display());
                return Diagnostic::global(&RUN_EXISTS, message).help("choose another folder, or resume this run");
            }
            let message = format!("`{}` cannot be made", path.display());
            Diagnostic::global(&RUN_FOLDER, message).note(error.to_string())
        })?;
        lock(&file, path)?;
        let mut journal = Self::over(Box::new(file), path, header);
        journal.write_header()?;
        Ok(journal)
    }

    /// Opens the journal of an earlier process to go on with it, and locks it.
    ///
    /// # Errors
    /// `QN0817` if it cannot be opened, `QN0818` if another process has it, `QN0810`, `QN0811` or `QN0812` if it is
    /// foreign, newer or another search's; then the file is left as it is.
    pub fn resume(path: &Path, header: &Header) -> Result<Opened, Diagnostic> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| cannot_read(path, &error))?;
        lock(&file, path)?;
        // The clone shares the position: reading ends before the first line is appended.
        let reader = BufReader::new(file.try_clone().map_err(|error| cannot_read(path, &error))?);
        Self::resume_with(Box::new(file), Box::new(reader), path, header)
    }

    /// As [`Journal::resume`], on a sink and a reader of the same bytes; `path` is for messages.
    ///
    /// # Errors
    /// As [`Journal::resume`].
    pub fn resume_with(
        mut sink: Box<dyn Sink>,
        reader: Box<dyn BufRead + Send>,
        path: &Path,
        header: &Header,
    ) -> Result<Opened, Diagnostic> {
        let (found, records) = Records::open(reader, path)?;
        if let Some(found) = &found {
            header.accepts(found, path)?;
        } else {
            sink.truncate(0).map_err(|error| cannot_read(path, &error))?;
        }
        let begun_by = found.as_ref().map_or_else(|| header.qnas.clone(), |found| found.qnas.clone());
        let mut journal = Self::over(sink, path, header);
        journal.header_written = found.is_some();
        journal.len = records.sound_bytes();
        journal.records = found.is_some().then_some(records);
        journal.write_header()?;
        Ok(Opened { journal, begun_by })
    }

    /// A journal that is nowhere but in memory; the second value shows its bytes at any time.
    ///
    /// # Errors
    /// None in practice: memory can always be written.
    pub fn in_memory(header: &Header) -> Result<(Self, impl Fn() -> Vec<u8> + use<>), Diagnostic> {
        let memory = Memory::default();
        let bytes = memory.0.clone();
        let journal = Self::with_sink(Box::new(memory), header)?;
        Ok((journal, move || bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    /// A journal that writes to a sink of the caller's.
    ///
    /// # Errors
    /// `QN0815` if the header cannot be written.
    pub fn with_sink(sink: Box<dyn Sink>, header: &Header) -> Result<Self, Diagnostic> {
        let mut journal = Self::over(sink, Path::new("journal.jsonl"), header);
        journal.write_header()?;
        Ok(journal)
    }

    fn over(sink: Box<dyn Sink>, path: &Path, header: &Header) -> Self {
        let (path, header) = (path.to_owned(), header.clone());
        Self { sink, path, records: None, len: 0, lines: 0, header, header_written: false }
    }

    fn write_header(&mut self) -> Result<(), Diagnostic> {
        if self.header_written {
            return Ok(());
        }
        let line = json_line(&self.header).map_err(|error| self.cannot_write(&error))?;
        self.write(&line)?;
        self.header_written = true;
        self.sync()
    }

    /// The next record of the journal that is resumed; `None` once the search goes on from there. The first `None` cuts
    /// off a torn last line.
    ///
    /// # Errors
    /// `QN0813` for a damaged line, `QN0815` if the file cannot be cut.
    pub fn replay(&mut self) -> Result<Option<Record>, Diagnostic> {
        let Some(records) = &mut self.records else { return Ok(None) };
        if let Some(record) = records.next_record()? {
            self.len = records.sound_bytes();
            self.lines += 1;
            return Ok(Some(record));
        }
        self.records = None;
        self.sink.truncate(self.len).map_err(|error| self.cannot_write(&error))?;
        Ok(None)
    }

    /// Appends one record.
    ///
    /// # Errors
    /// `QN0815`: the disk is full or gone; the journal ends with the last whole line.
    pub fn append(&mut self, record: &Record) -> Result<(), Diagnostic> {
        let line = json_line(record).map_err(|error| self.cannot_write(&error))?;
        self.write(&line)?;
        self.lines += 1;
        Ok(())
    }

    fn write(&mut self, line: &[u8]) -> Result<(), Diagnostic> {
        if let Err(error) = self.sink.append(line) {
            // Take back what did get written; if that fails too, resuming cuts it off.
            let _ = self.sink.truncate(self.len);
            return Err(self.cannot_write(&error));
        }
        self.len += line.len() as u64;
        Ok(())
    }

    /// Forces everything appended to disk.
    ///
    /// # Errors
    /// `QN0815`.
    pub fn sync(&mut self) -> Result<(), Diagnostic> {
        self.sink.sync().map_err(|error| self.cannot_write(&error))
    }

    /// What the search is.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn cannot_write(&self, error: &io::Error) -> Diagnostic {
        let message = format!("`{}` could not be written", self.path.display());
        Diagnostic::global(&JOURNAL_WRITE, message)
            .note(error.to_string())
            .note(format!("{} evaluations are safe in it", self.lines))
            .help("make room or choose another folder, then go on with `--resume`")
    }
}

fn json_line(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

fn lock(file: &File, path: &Path) -> Result<(), Diagnostic> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let message = format!("another process is writing `{}`", path.display());
            Err(Diagnostic::global(&RUN_BUSY, message).help("wait until it ends, or stop it"))
        }
        // A file system without locks cannot protect anybody; the search itself works there.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

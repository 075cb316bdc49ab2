//! Files that are whole or not there: written beside their place, then moved into it.

use crate::declare_codes;
use crate::diag::Diagnostic;
use std::io::Write;
use std::path::{Path, PathBuf};

declare_codes! {
    /// A result cannot be written where it was asked for.
    ///
    /// The folder has to exist and to be writable, and the disk needs room for a second copy while it is written.
    pub FILE_NOT_WRITTEN = ("QN0940", "file-not-written", "a file cannot be written");
}

/// Writes `bytes` to `path` so that a reader sees the old file or the new one, never a part of it.
///
/// # Errors
/// `QN0940`; the old file, if any, is then still there.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let failed = |error: std::io::Error| {
        Diagnostic::global(&FILE_NOT_WRITTEN, format!("`{}` cannot be written: {error}", path.display()))
    };
    let Some(name) = path.file_name() else {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::InvalidInput)));
    };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.tmp", std::process::id()));
    let beside: PathBuf = path.with_file_name(hidden);
    let written = write_and_move(&beside, path, bytes);
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

fn write_and_move(beside: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(beside)?;
    file.write_all(bytes)?;
    // Who may read and write the old file may do so with the new one.
    if let Ok(old) = std::fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()?;
    drop(file);
    std::fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), "x").unwrap();
        assert_eq!(write_atomic(&taken, b"x").unwrap_err().code.meta.code, "QN0940");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_atomic(&folder.path().join("no/such/folder"), b"x").is_err());
        assert!(write_atomic(Path::new("/"), b"x").is_err());
    }
}

//! Where data files are looked for, and how they are read.

use super::errors::{DATA_FILE_NOT_FOUND, suggest, unreadable};
use crate::diag::Diagnostic;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A folder that may hold published data sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// Who named it: `--data-dir`, `QNAS_DATA_DIR`.
    pub named_by: String,
}

/// Where data files are looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DataDirs {
    /// Folders with published sets, the first that has the files wins.
    pub places: Vec<Place>,
    /// What the relative paths of `csv(..)` and `npz(..)` start from: the folder of the program that names them. Empty
    /// for the current folder.
    pub base: PathBuf,
}

impl DataDirs {
    /// The folder of `--data-dir` if given, else the one of `QNAS_DATA_DIR`, else `data` in the current folder.
    #[must_use]
    pub fn resolve(option: Option<&Path>, variable: Option<&OsStr>, base: &Path) -> Self {
        let place = |folder: PathBuf, named_by: &str| Place { folder, named_by: named_by.into() };
        let variable = variable.filter(|value| !value.is_empty());
        let chosen = match (option, variable) {
            (Some(folder), _) => place(folder.to_path_buf(), "--data-dir"),
            (None, Some(folder)) => place(PathBuf::from(folder), "QNAS_DATA_DIR"),
            (None, None) => place(PathBuf::from("data"), "the default"),
        };
        Self { places: vec![chosen], base: base.to_path_buf() }
    }

    /// As [`DataDirs::resolve`], with the variable of this process.
    #[must_use]
    pub fn from_environment(option: Option<&Path>, base: &Path) -> Self {
        Self::resolve(option, std::env::var_os("QNAS_DATA_DIR").as_deref(), base)
    }

    /// The whole file at `path`, which is the user's own.
    ///
    /// # Errors
    /// `QN0913` if there is none, with the nearest names of its folder; `QN0916` if it cannot be read.
    pub(super) fn read_own(&self, path: &Path) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
        let full = self.base.join(path);
        match std::fs::read(&full) {
            Ok(bytes) => Ok((full, bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(&full)),
            Err(error) => Err(unreadable(&full, &error)),
        }
    }
}

/// There is no file at `path`.
fn missing(path: &Path) -> Diagnostic {
    let error = Diagnostic::global(&DATA_FILE_NOT_FOUND, format!("there is no file `{}`", path.display()));
    let folder = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return error,
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return error.help(format!("there is no folder `{}` either", folder.display()));
    };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names.retain(|name| [".csv", ".npz", ".tsv", ".txt"].iter().any(|end| name.ends_with(end)));
    names.truncate(50);
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if known.is_empty() { error } else { suggest(error, &wanted, &known, "data files in that folder") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_wins_over_the_variable_over_the_default() {
        let base = Path::new("programs");
        let both = DataDirs::resolve(Some(Path::new("a")), Some(OsStr::new("b")), base);
        assert_eq!((both.places[0].folder.as_path(), both.places[0].named_by.as_str()), (Path::new("a"), "--data-dir"));
        let variable = DataDirs::resolve(None, Some(OsStr::new("b")), base);
        assert_eq!(variable.places[0].named_by, "QNAS_DATA_DIR");
        assert_eq!(DataDirs::resolve(None, Some(OsStr::new("")), base).places[0].folder, Path::new("data"));
    }

    #[test]
    fn a_missing_file_names_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("flowers.csv"), "a,label\n").unwrap();
        let dirs = DataDirs { base: folder.path().to_path_buf(), ..DataDirs::default() };
        let error = dirs.read_own(Path::new("flower.csv")).unwrap_err();
        assert_eq!(error.code.meta.code, "QN0913");
        assert_eq!(error.helps, ["did you mean `flowers.csv`?"]);
        let error = dirs.read_own(Path::new("no/flower.csv")).unwrap_err();
        assert!(error.helps[0].contains("no folder"), "{error:?}");
        assert_eq!(dirs.read_own(Path::new("")).unwrap_err().code.meta.code, "QN0916", "a folder is not a file");
    }
}

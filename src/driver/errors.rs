//! Diagnostics about files and options of the command line.

use crate::diag::{Diagnostic, nearest};
use std::path::Path;

crate::declare_codes! {
    /// A file that cannot be opened or read.
    ///
    /// The message names the path as it was given; nothing was changed.
    pub UNREADABLE = ("QN0901", "unreadable-file", "a file cannot be read");
    /// A source file without anything in it.
    pub EMPTY_FILE = ("QN0904", "empty-file", "a source file is empty");
    /// An option of the command line that does not fit.
    pub BAD_OPTION = ("QN0905", "bad-option", "an option does not fit");
    /// A file that could not be written.
    pub UNWRITABLE = ("QN0906", "unwritable-file", "a file cannot be written");
    /// A file with inputs, weights or an architecture that cannot be understood.
    pub BAD_FILE = ("QN0907", "bad-file", "a file cannot be understood");
    /// A name or code that no catalogue knows.
    ///
    /// `qnas explain` alone lists what can be explained, `qnas list gates` the entries of one catalogue.
    pub NOTHING_OF_THIS_NAME = ("QN0908", "nothing-of-this-name", "there is nothing of this name to explain");
}

/// A file that cannot be read, with the nearest name in its folder.
#[must_use]
pub fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not allowed".to_owned(),
        _ => error.to_string(),
    };
    let diagnostic = Diagnostic::global(&UNREADABLE, format!("`{}` cannot be read: {reason}", path.display()));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut siblings: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    siblings.sort();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match nearest(&wanted, siblings.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{}`?", folder.join(near).display())),
        None => diagnostic,
    }
}

/// A file without items.
#[must_use]
pub fn empty_file(name: &str) -> Diagnostic {
    Diagnostic::global(&EMPTY_FILE, format!("`{name}` declares nothing"))
        .help("write a model and a `search`; `qnas explain search` shows one")
}

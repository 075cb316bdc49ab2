//! OpenQASM files: the one door through which a `.qasm` file becomes what a `.qnas` file becomes.
//!
//! The result is a checked program with one model without choices, whose graph is there already; every command that picks
//! an architecture gets it from `pick`.

use super::compiler::Compiled;
use super::errors;
use crate::diag::Diagnostic;
use crate::hir::Checked;
use crate::hir::template::Template;
use crate::qasm::{self, MAX_BYTES, Options, Sources};
use crate::source::{FileId, SourceMap};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Is this file read as OpenQASM? By its name; standard input and others by their first word.
#[must_use]
pub fn is_qasm(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("qasm"))
}

/// Does a text begin as OpenQASM does?
#[must_use]
pub fn looks_like_qasm(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.next().is_some_and(|line| line.starts_with("OPENQASM"))
}

/// Reads an OpenQASM file as text.
///
/// # Errors
/// `QN0901` if it is missing or unreadable, `QN0907` if it is too large or not UTF-8.
pub fn read_qasm(path: &Path) -> Result<String, Diagnostic> {
    let unreadable = |error: std::io::Error| errors::unreadable(path, &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let shown = path.display();
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(
            Diagnostic::global(&errors::UNREADABLE, format!("`{shown}` is a folder")).help("name a `.qasm` file in it")
        );
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_BYTES {
        return Err(Diagnostic::global(&errors::BAD_FILE, format!("`{shown}` has more than {MAX_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::global(&errors::BAD_FILE, format!("`{shown}` is not UTF-8 at byte {at}")).help("save it as UTF-8")
    })
}

/// Files beside a program, added to what messages may show.
struct Beside<'s> {
    base: Option<PathBuf>,
    sources: &'s mut SourceMap,
}

impl Sources for Beside<'_> {
    fn read(&mut self, name: &str) -> Option<Result<(String, FileId), Diagnostic>> {
        let path = self.base.as_ref()?.join(name);
        if !path.is_file() {
            return None;
        }
        Some(read_qasm(&path).map(|text| {
            let file = self.sources.add(path.display().to_string(), text.clone());
            (text, file)
        }))
    }
}

/// Reads a program; included files are looked for in `base`.
#[must_use]
pub fn compile_qasm(name: &str, text: &str, base: Option<&Path>, options: &Options) -> Compiled {
    let mut sources = SourceMap::default();
    let file = sources.add(name.to_owned(), text.to_owned());
    let stem = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let model = if name == "<stdin>" { "circuit" } else { stem.as_str() };
    let mut beside = Beside { base: base.map(Path::to_path_buf), sources: &mut sources };
    let imported = qasm::import(text, file, model, options, &mut beside);
    let mut checked = Checked::default();
    let imported = match imported {
        Ok(imported) => {
            checked.models.push(Template { name: model.to_owned(), ..Template::default() });
            Some(imported.graph)
        }
        Err(diagnostics) => {
            checked.diagnostics = diagnostics;
            None
        }
    };
    Compiled { sources, checked, text: text.to_owned(), items: Vec::new(), imported }
}

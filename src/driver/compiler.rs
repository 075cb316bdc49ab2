//! The compiler's queries: read, parse, resolve and check a program with everything it imports.

use super::data::DataDirs;
use super::errors;
use super::openqasm::{compile_qasm, is_qasm, looks_like_qasm, read_qasm};
use super::vocabulary::vocabulary;
use crate::diag::{Diagnostic, sort_and_dedup};
use crate::hir::program::{Program, Source};
use crate::hir::vocabulary::Role;
use crate::hir::{self, Checked};
use crate::ir::Graph;
use crate::lint::suppress;
use crate::source::{FileId, SourceMap, Span};
use crate::stdlib::LIBRARY;
use crate::syntax::ast::{Ident, Item, ItemKind};
use crate::syntax::errors::lexical::file_too_large_named;
use crate::syntax::{self, MAX_BYTES, Parsed};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A program read from its files, checked.
#[derive(Debug, Default)]
pub struct Compiled {
    /// All texts, for messages.
    pub sources: SourceMap,
    /// What was found.
    pub checked: Checked,
    /// The text of the main file.
    pub text: String,
    /// The items of the main file.
    pub items: Vec<Item>,
    /// The graph of an OpenQASM program, which has no choices.
    pub imported: Option<Graph>,
}

/// Reads a source file as text.
///
/// # Errors
/// `QN0901`: missing or unreadable; `QN0111` to `QN0113`: too large, binary, not UTF-8.
pub fn read_source(path: &Path) -> Result<String, Diagnostic> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| errors::unreadable(path, &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if meta.is_dir() {
        return Err(
            Diagnostic::global(&errors::UNREADABLE, format!("`{shown}` is a folder")).help("name a `.qnas` file in it")
        );
    }
    if meta.len() > MAX_BYTES as u64 {
        return Err(file_too_large_named(&shown.to_string(), meta.len(), MAX_BYTES));
    }
    read_text(file, path)
}

/// Reads a whole text; one that is too long, or never ends, is refused after the limit.
///
/// # Errors
/// As [`read_source`].
pub fn read_text(reader: impl Read, name: &Path) -> Result<String, Diagnostic> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| errors::unreadable(name, &error))?;
    syntax::decode(&name.display().to_string(), bytes)
}

/// Reads and checks a file with everything it imports.
///
/// # Errors
/// The main file cannot be read; anything else is among the diagnostics.
pub fn compile(path: &Path, dirs: &DataDirs) -> Result<Compiled, Diagnostic> {
    let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
    if is_qasm(path) {
        let text = read_qasm(path)?;
        return Ok(compile_qasm(&path.display().to_string(), &text, Some(&base), &crate::qasm::Options::default()));
    }
    let text = read_source(path)?;
    Ok(compile_text(&path.display().to_string(), &text, Some(&base), dirs))
}

/// Checks a text; imports of the user's own files are looked for in `base`. A text that begins as OpenQASM does is read as
/// that.
#[must_use]
pub fn compile_text(name: &str, text: &str, base: Option<&Path>, dirs: &DataDirs) -> Compiled {
    if looks_like_qasm(text) {
        return compile_qasm(name, text, base, &crate::qasm::Options::default());
    }
    let mut loader = Loader {
        sources: SourceMap::default(),
        modules: Vec::new(),
        diagnostics: Vec::new(),
        loading: Vec::new(),
        base: base.map(Path::to_path_buf),
        words: BTreeSet::new(),
    };
    let vocabulary = vocabulary(dirs);
    loader.words = vocabulary.calls.iter().filter(|call| call.role == Role::Data).map(|call| call.name).collect();
    let main = loader.main(name, text);
    let words: Vec<&str> = loader.words.iter().copied().collect();
    let (mut program, name_errors) = Program::new(loader.modules, main, &words);
    let mut checked = if program.sources[main].items.is_empty() && loader.diagnostics.is_empty() {
        Checked { diagnostics: vec![errors::empty_file(name)], ..Checked::default() }
    } else {
        hir::check(&program, &name_errors, &vocabulary)
    };
    checked.diagnostics.extend(loader.diagnostics);
    let items = std::mem::take(&mut program.sources[main].items);
    checked.diagnostics.extend(suppress::judge(&items, &checked.used_attributes));
    sort_and_dedup(&mut checked.diagnostics);
    Compiled { sources: loader.sources, checked, text: text.to_owned(), items, imported: None }
}

struct Loader {
    sources: SourceMap,
    modules: Vec<Source>,
    diagnostics: Vec<Diagnostic>,
    /// Paths being loaded, outermost first, to find cycles.
    loading: Vec<Vec<String>>,
    base: Option<PathBuf>,
    words: BTreeSet<&'static str>,
}

impl Loader {
    fn main(&mut self, name: &str, text: &str) -> usize {
        let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let path = vec![stem];
        self.loading.push(path.clone());
        let main = self.add(path, &[(name.to_owned(), text.to_owned())], false);
        self.loading.pop();
        main
    }

    /// Parses the texts of one module and loads what they import.
    fn add(&mut self, path: Vec<String>, texts: &[(String, String)], library: bool) -> usize {
        let mut items = Vec::new();
        let files: Vec<FileId> =
            texts.iter().map(|(name, text)| self.sources.add(name.clone(), text.clone())).collect();
        let parse = |(&file, (_, text)): (&FileId, &(String, String))| syntax::parse(file, text);
        // A module of the library is dozens of files.
        let parsed: Vec<Parsed> = match library {
            true => files.par_iter().zip(texts).map(parse).collect(),
            false => files.iter().zip(texts).map(parse).collect(),
        };
        for parsed in parsed {
            self.diagnostics.extend(parsed.diagnostics);
            items.extend(parsed.file.items);
        }
        let imports: Vec<Vec<Ident>> = items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Use(import) if import.names.is_empty() => {
                    import.path.split_last().map(|(_, parent)| parent.to_vec())
                }
                ItemKind::Use(import) => Some(import.path.clone()),
                _ => None,
            })
            .collect();
        self.modules.push(Source { path, items, library });
        let module = self.modules.len() - 1;
        for import in imports {
            self.import(&import, library);
        }
        module
    }

    fn import(&mut self, path: &[Ident], from_library: bool) {
        let texts: Vec<String> = path.iter().map(|ident| ident.text.clone()).collect();
        if texts.is_empty() {
            return;
        }
        if let Some(at) = self.loading.iter().position(|loading| *loading == texts) {
            self.cycle(at, path);
            return;
        }
        if self.modules.iter().any(|module| module.path == texts) {
            return;
        }
        if texts[0] == "std" {
            let module = texts[1..].join("/");
            let files: Vec<(String, String)> = LIBRARY
                .iter()
                .filter(|file| file.module == module)
                .map(|file| (file.name.to_owned(), file.text.to_owned()))
                .collect();
            if !files.is_empty() {
                self.loading.push(texts.clone());
                self.add(texts, &files, true);
                self.loading.pop();
            }
            return;
        }
        if !from_library {
            self.import_file(path, texts);
        }
    }

    fn import_file(&mut self, path: &[Ident], texts: Vec<String>) {
        let Some(base) = &self.base else { return };
        let file = base.join(texts.join("/")).with_extension("qnas");
        if !file.exists() {
            return;
        }
        match read_source(&file) {
            Ok(text) => {
                self.loading.push(texts.clone());
                self.add(texts, &[(file.display().to_string(), text)], false);
                self.loading.pop();
            }
            Err(mut diagnostic) => {
                diagnostic.primary = Some(whole(path));
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn cycle(&mut self, at: usize, path: &[Ident]) {
        let mut chain: Vec<String> = self.loading[at..].iter().map(|p| format!("`{}`", p.join("::"))).collect();
        if let Some(first) = chain.first().cloned() {
            chain.push(first);
        }
        self.diagnostics.push(
            Diagnostic::error(&hir::errors::names::IMPORT_CYCLE, whole(path), "files import each other in a circle")
                .note(chain.join(" imports "))
                .help("move what both need into a third file"),
        );
    }
}

fn whole(path: &[Ident]) -> Span {
    path.iter().fold(path.first().map(|ident| ident.span).unwrap_or_default(), |span, ident| span.to(ident.span))
}

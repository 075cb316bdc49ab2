//! What every command shares: where text goes, in which colours, and how a command ends.
//!
//! Nothing else in this folder writes to a stream. A reader that closes the pipe ends the command quietly.

use crate::diag::render::{self, Options};
use crate::diag::{Diagnostic, Severity};
use crate::driver::errors;
use crate::source::SourceMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// `--color`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `--format` of findings.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FindingFormat {
    /// The source with labels.
    Human,
    /// One line per finding.
    Short,
    /// A list of objects.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub's checks.
    Github,
}

/// `--format` of results.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ResultFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Nothing to complain about: 0.
    Clean,
    /// It ran and found something: 1.
    Findings,
    /// It could not do all it was asked to: 2.
    Failed,
    /// It was told to stop and did: 130, as shells count Ctrl-C.
    Interrupted,
}

/// Why a command went no further.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The reader of our output has gone: 0, quietly.
    Pipe,
    /// These, shown on standard error: 2.
    Report(Vec<Diagnostic>, SourceMap),
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Report(vec![diagnostic], SourceMap::default())
    }
}

impl Stop {
    /// A diagnostic with the texts its places are in.
    pub(crate) fn at(diagnostic: Diagnostic, sources: &SourceMap) -> Self {
        Self::Report(vec![diagnostic], sources.clone())
    }
}

/// Streams and colours of one run.
#[derive(Debug)]
pub(crate) struct Context {
    /// Colours on standard output?
    pub(crate) color_out: bool,
    /// Colours on standard error?
    pub(crate) color_err: bool,
    /// Columns of the terminal, or of an assumed one.
    pub(crate) width: usize,
}

impl Context {
    pub(crate) fn new(when: ColorWhen) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let color = |terminal: bool| match when {
            ColorWhen::Auto => terminal && !plain,
            ColorWhen::Always => true,
            ColorWhen::Never => false,
        };
        Self {
            color_out: color(std::io::stdout().is_terminal()),
            color_err: color(std::io::stderr().is_terminal()),
            width: super::table::terminal_width().unwrap_or(100).clamp(40, 160),
        }
    }

    /// Writes a part of the result.
    ///
    /// # Errors
    /// The pipe is closed, or the disk is full.
    pub(crate) fn print(&self, text: &str) -> Result<(), Stop> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Stop::Pipe,
            _ => Diagnostic::global(&errors::UNWRITABLE, format!("standard output cannot be written: {error}")).into(),
        })
    }

    /// Writes a JSON value and a line end.
    ///
    /// # Errors
    /// As [`Context::print`].
    pub(crate) fn print_json(&self, value: &serde_json::Value) -> Result<(), Stop> {
        self.print(&format!("{value:#}\n"))
    }

    /// A line on standard error; whoever does not listen misses it.
    pub(crate) fn note(&self, line: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Diagnostics for people on standard error.
    pub(crate) fn warn(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        let options = Options { color: self.color_err, width: self.width };
        let _ = std::io::stderr().lock().write_all(render::human(diagnostics, sources, &options).as_bytes());
    }

    /// Diagnostics as a result.
    pub(crate) fn render(&self, diagnostics: &[Diagnostic], sources: &SourceMap, format: FindingFormat) -> String {
        match format {
            FindingFormat::Human => {
                render::human(diagnostics, sources, &Options { color: self.color_out, width: self.width })
            }
            FindingFormat::Short => render::short(diagnostics, sources),
            FindingFormat::Json => render::json(diagnostics, sources),
            FindingFormat::Sarif => render::sarif(diagnostics, sources),
            FindingFormat::Github => render::github(diagnostics, sources),
        }
    }

    /// The exit code, after whatever stopped the command has been shown.
    pub(crate) fn finish(&self, end: Result<Exit, Stop>) -> ExitCode {
        match end {
            Ok(Exit::Clean) | Err(Stop::Pipe) => ExitCode::SUCCESS,
            Ok(Exit::Findings) => ExitCode::from(1),
            Ok(Exit::Failed) => ExitCode::from(2),
            Ok(Exit::Interrupted) => ExitCode::from(130),
            Err(Stop::Report(diagnostics, sources)) => {
                self.warn(&diagnostics, &sources);
                ExitCode::from(2)
            }
        }
    }
}

/// `1 error, 2 warnings`; empty if there are none.
pub(crate) fn tally(diagnostics: &[Diagnostic]) -> String {
    let count = |severity: Severity, word: &str| {
        let n = diagnostics.iter().filter(|d| d.severity == severity).count();
        (n > 0).then(|| plural(n, word))
    };
    let parts: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Note, "note")]
            .into_iter()
            .flatten()
            .collect();
    parts.join(", ")
}

/// `1 search`, `2 searches`
pub(crate) fn plural(count: usize, word: &str) -> String {
    let end = match (count, word.ends_with("ch")) {
        (1, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    format!("{count} {word}{end}")
}

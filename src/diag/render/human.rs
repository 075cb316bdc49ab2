//! Diagnostics for people: the source with labels, then notes and helps.
//!
//! The only file that names ariadne, which draws the source. Header and footer are our own, because their words are part
//! of the interface and ariadne's are not stable. ariadne panics on offsets inside a character and breaks lines at more
//! characters than we do, so spans are clamped and texts are cleaned, byte for byte, before it sees them.

use std::collections::BTreeMap;
use std::fmt;

use ariadne::{Cache, CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

use super::{Place, harmless, severity_word};
use crate::diag::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Use colours?
    pub color: bool,
    /// Columns of the terminal; notes and helps are wrapped to it.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// A line longer than this is named, not drawn.
const LONGEST_LINE: usize = 400;

/// Diagnostics as people read them, in the order given.
#[must_use]
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, options: &Options) -> String {
    let mut cache = Sources { sources, drawn: BTreeMap::new() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        let drawn = diagnostic.primary.and_then(|span| draw(diagnostic, span, &mut cache, options));
        match drawn {
            Some(text) => out.push_str(&text),
            None => {
                out.push_str(&header(diagnostic, options));
                if let Some(place) = diagnostic.primary.and_then(|span| Place::of(span, sources)) {
                    let (line, column) = (place.start.line, place.start.column);
                    out.push_str(&format!("   --> {}:{line}:{column}\n", harmless(place.file)));
                }
            }
        }
        footer(diagnostic, options, &mut out);
        out.push('\n');
    }
    out
}

fn color(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Cyan,
    }
}

/// `error[QN0301]`
fn title(diagnostic: &Diagnostic) -> String {
    format!("{}[{}]", severity_word(diagnostic.severity), diagnostic.code.meta.code)
}

fn header(diagnostic: &Diagnostic, options: &Options) -> String {
    let (on, off) = match (options.color, diagnostic.severity) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\u{1b}[31m", "\u{1b}[0m"),
        (true, Severity::Warning) => ("\u{1b}[33m", "\u{1b}[0m"),
        (true, Severity::Note) => ("\u{1b}[36m", "\u{1b}[0m"),
    };
    format!("{on}{}:{off} {}\n", title(diagnostic), harmless(&diagnostic.message))
}

/// The source with its labels; none where it cannot be drawn well.
fn draw(diagnostic: &Diagnostic, primary: Span, cache: &mut Sources<'_>, options: &Options) -> Option<String> {
    let here = cache.clamp(primary)?;
    let config = Config::new()
        .with_index_type(IndexType::Byte)
        .with_color(options.color)
        .with_char_set(CharSet::Unicode)
        .with_tab_width(4);
    let label = Label::new(here.clone()).with_color(color(diagnostic.severity)).with_order(0);
    // A label without words is not drawn at all.
    let words = if diagnostic.primary_label.is_empty() { "here" } else { &diagnostic.primary_label };
    let label = label.with_message(harmless(words));
    let mut report = Report::build(ReportKind::Error, here).with_config(config).with_label(label);
    for (order, other) in (1..).zip(&diagnostic.labels) {
        if let Some(span) = cache.clamp(other.span) {
            let label = Label::new(span).with_color(Color::Blue).with_order(order);
            report.add_label(label.with_message(harmless(&other.message)));
        }
    }
    let mut bytes = Vec::new();
    report.finish().write(&mut *cache, &mut bytes).ok()?;
    // The first line is ariadne's header; ours stands there instead.
    let text = String::from_utf8_lossy(&bytes);
    let drawn: String = text.lines().skip(1).flat_map(|line| [line.trim_end(), "\n"]).collect();
    Some(header(diagnostic, options) + &drawn)
}

fn footer(diagnostic: &Diagnostic, options: &Options, out: &mut String) {
    let notes = diagnostic.notes.iter().map(|note| ("note", note.clone()));
    let helps = diagnostic.helps.iter().map(|help| ("help", help.clone()));
    let meta = &diagnostic.code.meta;
    let see = ("note", format!("{}: see `qnas explain {}`", meta.name, meta.code));
    for (word, text) in notes.chain(helps).chain([see]) {
        let lead = format!("  {word}: ");
        let indent = " ".repeat(lead.len());
        let shown = if options.color { format!("  \u{1b}[1m{word}:\u{1b}[0m ") } else { lead.clone() };
        for (number, line) in wrap(&harmless(&text), options.width.saturating_sub(lead.len())).iter().enumerate() {
            out.push_str(if number == 0 { &shown } else { &indent });
            out.push_str(line);
            out.push('\n');
        }
    }
}

/// Breaks a text at spaces into lines of at most `width` characters, where words allow it.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width.max(20) {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// The sources as ariadne wants them, each prepared once.
struct Sources<'a> {
    sources: &'a SourceMap,
    drawn: BTreeMap<FileId, Source<String>>,
}

impl Sources<'_> {
    /// A span on character boundaries inside its file; none if the file is unknown or its line too long to be drawn.
    fn clamp(&mut self, span: Span) -> Option<(FileId, std::ops::Range<usize>)> {
        let file = self.sources.get(span.file)?;
        let start = file.text.floor_char_boundary(span.range().start.min(file.text.len()));
        let end = file.text.ceil_char_boundary(span.range().end.min(file.text.len())).max(start);
        let line = file.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let length = file.text[line..].find('\n').unwrap_or(file.text.len() - line);
        let last = file.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let last_length = file.text[last..].find('\n').unwrap_or(file.text.len() - last);
        (length.max(last_length) <= LONGEST_LINE).then_some((span.file, start..end))
    }
}

impl Cache<FileId> for Sources<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        let sources = self.sources;
        let source = self.drawn.entry(*id).or_insert_with(|| {
            let text = sources.get(*id).map_or("", |file| file.text.as_str());
            Source::from(drawable(text))
        });
        Ok::<_, fmt::Error>(source)
    }

    fn display<'a>(&self, id: &'a FileId) -> Option<impl fmt::Display + 'a> {
        self.sources.get(*id).map(|file| harmless(&file.name))
    }
}

/// The text without characters that break lines or steer a terminal, every byte where it was.
fn drawable(text: &str) -> String {
    let steers =
        |c: char| c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

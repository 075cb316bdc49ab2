//! What is known of an architecture beyond its journal line: its circuit drawn as text, what lints say about it, the picture
//! that the search left of its reconstructions.

use super::gather::RunReport;
use crate::diag::Diagnostic;
use crate::draw::{Options, draw};
use crate::driver::compiler::Compiled;
use crate::driver::data::DataDirs;
use crate::driver::lint::{Request, lint};
use crate::driver::pick::{Choice, select};
use crate::hir::Assignment;
use crate::hir::space::TemplateSpace;
use crate::ir::build::build;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Columns at which diagrams fold.
const WIDTH: usize = 110;
/// Members of the front that are linted.
const LINTED: usize = 60;
/// Bytes of a picture that is put into a page.
const PICTURE: u64 = 1 << 20;

/// What a lint says about an architecture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Said {
    /// The rule.
    pub rule: String,
    /// Its code.
    pub code: String,
    /// The message.
    pub message: String,
    /// `file:line`, if it has a place.
    pub place: Option<String>,
    /// Why, and what to do.
    pub more: Vec<String>,
}

/// What an architecture looks like.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// The pipeline and its circuits.
    pub diagram: String,
    /// What lints say about it; `None` if it was not linted.
    pub findings: Option<Vec<Said>>,
    /// Originals and reconstructions, a PNG file.
    pub picture: Option<Vec<u8>>,
}

/// The details of a run's architectures, by candidate: those of the front first, then the others in order, until their
/// text has `bytes` bytes. Only the front is linted and has pictures.
///
/// # Errors
/// `QN0930` if the program has no such search.
pub fn details(
    report: &RunReport,
    compiled: &Compiled,
    dirs: &DataDirs,
    bytes: usize,
) -> Result<BTreeMap<u64, Detail>, Diagnostic> {
    let target = select(&compiled.checked, Some(&report.header.search), None)?;
    let space = TemplateSpace::new(target.template);
    let options = Options { width: WIDTH, ascii: false };
    let first = report.front.iter().map(|entry| entry.id);
    let rest = report.records.iter().filter(|record| record.same_as.is_none()).map(|record| record.id);
    let (mut out, mut left) = (BTreeMap::<u64, Detail>::new(), bytes);
    for id in first.chain(rest) {
        let Some(record) = report.record(id).filter(|_| !out.contains_key(&id)) else { continue };
        // What cannot be built any more is a candidate without a drawing.
        let Ok(graph) = build(&space, &record.assignment) else { continue };
        let diagram = draw(&graph, &options);
        let Some(rest) = left.checked_sub(diagram.len()) else { break };
        left = rest;
        let mut detail = Detail { diagram, ..Detail::default() };
        if out.len() < report.front.len() {
            detail.picture = picture(Path::new(&report.folder), id);
            if out.len() < LINTED {
                detail.findings = findings(report, compiled, dirs, &record.assignment);
            }
        }
        out.insert(id, detail);
    }
    Ok(out)
}

/// What the rules that need no simulation say about one architecture.
fn findings(report: &RunReport, compiled: &Compiled, dirs: &DataDirs, assignment: &Assignment) -> Option<Vec<Said>> {
    let choice = Choice { arch: Some(assignment.clone()), recorded: true, ..Choice::default() };
    let request = Request { search: Some(report.header.search.clone()), choice, ..Request::default() };
    let linted = lint(compiled, dirs, &request).ok()?;
    let said = |diagnostic: &Diagnostic| Said {
        rule: diagnostic.code.meta.name.to_owned(),
        code: diagnostic.code.meta.code.to_owned(),
        message: diagnostic.message.clone(),
        place: diagnostic.primary.and_then(|span| {
            let file = compiled.sources.get(span.file)?;
            let name = Path::new(&file.name).file_name()?.to_string_lossy().into_owned();
            Some(format!("{name}:{}", file.text[..span.start as usize].matches('\n').count() + 1))
        }),
        more: diagnostic.notes.iter().chain(&diagnostic.helps).cloned().collect(),
    };
    Some(linted.reports.iter().map(|reported| said(&reported.diagnostic)).collect())
}

/// The picture of a member of the front, if the search left one.
fn picture(folder: &Path, id: u64) -> Option<Vec<u8>> {
    let path = folder.join("images").join(format!("{id}.png"));
    let small = std::fs::metadata(&path).is_ok_and(|meta| meta.len() <= PICTURE);
    small.then(|| std::fs::read(&path).ok()).flatten()
}

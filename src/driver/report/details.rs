//! What is known of an architecture from its choices alone: its circuit drawn as text.

use super::gather::RunReport;
use crate::diag::Diagnostic;
use crate::draw::{Options, draw};
use crate::driver::compiler::Compiled;
use crate::driver::pick::select;
use crate::hir::space::TemplateSpace;
use crate::ir::build::build;
use std::collections::BTreeMap;

/// Columns at which diagrams fold.
const WIDTH: usize = 110;

/// What an architecture looks like.
#[derive(Clone, PartialEq, Debug)]
pub struct Detail {
    /// The pipeline and its circuits.
    pub diagram: String,
}

/// The details of a run's architectures, by candidate: those of the front first, then the others in order, until their
/// text has `bytes` bytes. Repeats have those of the candidate they repeat.
///
/// # Errors
/// `QN0930` if the program has no such search.
pub fn details(report: &RunReport, compiled: &Compiled, bytes: usize) -> Result<BTreeMap<u64, Detail>, Diagnostic> {
    let target = select(&compiled.checked, Some(&report.header.search), None)?;
    let space = TemplateSpace::new(target.template);
    let options = Options { width: WIDTH, ascii: false };
    let first = report.front.iter().map(|entry| entry.id);
    let rest = report.records.iter().filter(|record| record.same_as.is_none()).map(|record| record.id);
    let (mut out, mut left) = (BTreeMap::new(), bytes);
    for id in first.chain(rest) {
        let Some(record) = report.record(id).filter(|_| !out.contains_key(&id)) else { continue };
        // What cannot be built any more is a candidate without a drawing.
        let Ok(graph) = build(&space, &record.assignment) else { continue };
        let diagram = draw(&graph, &options);
        let Some(rest) = left.checked_sub(diagram.len()) else { break };
        left = rest;
        out.insert(id, Detail { diagram });
    }
    Ok(out)
}

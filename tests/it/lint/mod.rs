//! The architecture linter: rules on their fixtures, proofs against simulation, attributes, fixes, output formats.

mod attributes;
mod findings;
mod fixes;
mod fixtures;
mod formats;
mod library;
mod openqasm;
mod proofs;

use crate::support::program::compile;
use qnas::diag::render::{Options, human};
use qnas::driver::compiler::Compiled;
use qnas::driver::data::DataDirs;
use qnas::driver::lint::{Linted, Request, lint};

/// Every rule on, every architecture looked at.
pub(super) fn everything() -> Request {
    Request { sampled: true, exact: true, ..Request::default() }
}

/// Compiles and lints a text that must be free of errors.
pub(super) fn linted(name: &str, text: &str, request: &Request) -> (Compiled, Linted) {
    let compiled = compile(name, text);
    let said = human(&compiled.checked.diagnostics, &compiled.sources, &Options { color: false, width: 100 });
    assert!(!compiled.checked.has_errors(), "{name}\n{text}\n{said}");
    let found = lint(&compiled, &DataDirs::default(), request).expect("it can be linted");
    (compiled, found)
}

/// The codes found, in order.
pub(super) fn codes(linted: &Linted) -> Vec<&'static str> {
    linted.reports.iter().map(|report| report.lint.code.meta.code).collect()
}

//! Passes by name: what `--passes` means.

use super::errors::BAD_OPTION;
use crate::diag::{Diagnostic, nearest};
use crate::passes::{PASSES, Pass, find, pipeline};

/// The passes of a list of names, in order; the name of a pipeline stands for all of its passes.
///
/// # Errors
/// `QN0905` for a name that is neither, with the nearest one.
pub fn passes(names: &[String]) -> Result<Vec<&'static dyn Pass>, Diagnostic> {
    let mut out = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        match (pipeline::find(name), find(name)) {
            (Some(pipeline), _) => out.extend(pipeline.passes),
            (None, Some(pass)) => out.push(pass),
            (None, None) => return Err(unknown(name)),
        }
    }
    Ok(out)
}

/// The pass of a name.
///
/// # Errors
/// As [`passes`].
pub fn pass(name: &str) -> Result<&'static dyn Pass, Diagnostic> {
    find(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Diagnostic {
    let names = PASSES.iter().map(|pass| pass.meta().name).chain(pipeline::PIPELINES.iter().map(|p| p.name));
    let error = Diagnostic::global(&BAD_OPTION, format!("there is no pass or pipeline `{name}`"));
    match nearest(name, names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`qnas list passes` shows them all"),
    }
}

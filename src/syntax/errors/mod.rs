//! The diagnostics of the syntax floor, one file per topic.

pub mod habits;
pub mod lexical;
pub mod structure;

use crate::diag::Code;

/// Every code of this floor, in order.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let mut all: Vec<&'static Code> = Vec::new();
    for part in [lexical::CODES, structure::CODES, habits::CODES] {
        all.extend(part);
    }
    all.sort_by_key(|code| code.meta.code);
    all
}

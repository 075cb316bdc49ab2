//! Diagnostics of the language's meaning: names (02), types and shapes (03), spaces (04).

pub mod names;
pub mod space;
pub mod types;

use crate::diag::Code;

/// All codes of this floor.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [names::CODES, types::CODES, space::CODES].concat()
}

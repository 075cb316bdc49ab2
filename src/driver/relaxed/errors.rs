//! What can be wrong with a choice that is to be relaxed.

use crate::diag::{Code, Diagnostic, nearest_many};

crate::declare_codes! {
    /// `relax` names no circuit and no choice in a circuit, or leaves choices open besides what it names.
    ///
    /// A relaxed circuit becomes a mixture of all its candidates. What is left open elsewhere would make many models of it, and
    /// they could not be trained together.
    ///
    /// Wrong: `strategy: differentiable(relax: qmn)`. Right: `strategy: differentiable(relax: qnn)`, with `circuit qnn` in the model.
    pub NOT_RELAXED = ("QN0836", "not-relaxed", "a choice cannot be relaxed as it is written");
}

/// The codes of relaxed choices.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    CODES.to_vec()
}

/// `relax` names nothing that can be relaxed.
pub(super) fn nothing_relaxed(name: &str, known: &[String]) -> Diagnostic {
    let message = format!("`relax` names `{name}`, and no circuit or choice of a circuit is called so");
    let diagnostic = Diagnostic::global(&NOT_RELAXED, message);
    match nearest_many(name, known.iter().map(String::as_str)).first() {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.note("the model has no circuit with choices"),
        None => diagnostic.note(format!("there are `{}`", known.join("`, `"))),
    }
}

/// Something about a choice keeps it from being relaxed.
pub(super) fn unfit(path: &str, why: &str) -> Diagnostic {
    Diagnostic::global(&NOT_RELAXED, format!("the choice `{path}` {why}"))
}

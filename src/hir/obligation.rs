//! Obligations: what must hold in every architecture, and how to say that it does not.

use super::expr::{Bindings, Expr};
use crate::diag::Diagnostic;

/// The architecture in which an obligation fails, for the words of its message.
pub(crate) struct Case<'a> {
    /// Values of the symbols that matter.
    pub(crate) bindings: &'a Bindings,
    /// How to write an expression whose symbols have no value.
    pub(crate) names: &'a dyn Fn(&Expr) -> String,
}

impl Case<'_> {
    /// The value of an expression, or its text if it stays open.
    #[must_use]
    pub(crate) fn show(&self, expr: &Expr) -> String {
        self.bindings.eval(expr).map_or_else(|| (self.names)(expr), |value| value.to_string())
    }

    /// A shape, `[]` for a single number.
    #[must_use]
    pub(crate) fn shape(&self, shape: &[Expr]) -> String {
        let dims: Vec<String> = shape.iter().map(|dim| self.show(dim)).collect();
        if dims.is_empty() { "real".to_owned() } else { format!("real[{}]", dims.join(", ")) }
    }
}

/// Makes the diagnostic of a failing case.
pub(crate) type Explain = Box<dyn Fn(&Case<'_>) -> Diagnostic>;

/// `guard => predicate`.
pub(crate) struct Obligation {
    /// Conditions under which it matters; all of them.
    pub(crate) guard: Vec<Expr>,
    /// What must hold.
    pub(crate) predicate: Expr,
    /// What to say if it does not.
    pub(crate) explain: Explain,
}

impl std::fmt::Debug for Obligation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Obligation")
            .field("guard", &self.guard)
            .field("predicate", &self.predicate)
            .finish_non_exhaustive()
    }
}

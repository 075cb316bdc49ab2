//! Properties that checking could not decide for all architectures and was allowed to leave: decided for one architecture.

use super::expr::{Atom, Bindings, Picked, Symbol, atoms};
use super::symbol::{SymbolInfo, SymbolKind};
use super::template::{Late, Template};
use crate::diag::Diagnostic;
use std::collections::BTreeSet;

impl Template {
    /// The first property left to single architectures that this one breaks.
    ///
    /// # Errors
    /// Its diagnostic, with the values that break it.
    pub fn check_late(&self, bindings: &Bindings) -> Result<(), Diagnostic> {
        self.late.iter().try_for_each(|late| self.check_one(late, bindings))
    }

    fn check_one(&self, late: &Late, bindings: &Bindings) -> Result<(), Diagnostic> {
        let mut mentioned: BTreeSet<Atom> = BTreeSet::new();
        late.guard.iter().chain([&late.predicate]).for_each(|expr| atoms(expr, &mut mentioned));
        let loops = self.loops_of(&mentioned);
        let mut bindings = bindings.clone();
        match self.broken(late, &loops, &mut bindings) {
            None => Ok(()),
            Some(case) => {
                let values: Vec<String> =
                    mentioned.iter().filter_map(|atom| show(self.symbol(atom.symbol), atom, &case)).collect();
                let mut diagnostic = late.diagnostic.clone();
                if !values.is_empty() {
                    diagnostic.message = format!("with {}: {}", super::elaborate::listed(&values), diagnostic.message);
                }
                Err(diagnostic)
            }
        }
    }

    /// The loop variables that some expressions depend on, outermost first.
    fn loops_of(&self, mentioned: &BTreeSet<Atom>) -> Vec<Symbol> {
        let mut symbols: BTreeSet<Symbol> = mentioned.iter().map(|atom| atom.symbol).collect();
        loop {
            let mut inner = BTreeSet::new();
            for &symbol in &symbols {
                if let SymbolKind::Loop { start, len, .. } = &self.symbol(symbol).kind {
                    atoms(start, &mut inner);
                    atoms(len, &mut inner);
                }
            }
            let before = symbols.len();
            symbols.extend(inner.into_iter().map(|atom| atom.symbol));
            if symbols.len() == before {
                break;
            }
        }
        symbols.into_iter().filter(|&symbol| matches!(self.symbol(symbol).kind, SymbolKind::Loop { .. })).collect()
    }

    /// The bindings, loops included, under which the property fails. A case in which something has no value does not exist.
    fn broken(&self, late: &Late, loops: &[Symbol], bindings: &mut Bindings) -> Option<Bindings> {
        let Some((&first, rest)) = loops.split_first() else {
            let met = late.guard.iter().all(|fact| bindings.eval(fact).is_some_and(|value| value != 0));
            return (met && bindings.eval(&late.predicate) == Some(0)).then(|| bindings.clone());
        };
        let SymbolKind::Loop { start, step, len } = &self.symbol(first).kind else { return None };
        let (start, len) = (bindings.eval(start)?, bindings.eval(len)?);
        for turn in 0..len.max(0) {
            bindings.bind(first.0, Vec::new(), Picked::Int(start + turn * step));
            if let Some(case) = self.broken(late, rest, bindings) {
                return Some(case);
            }
        }
        bindings.restore(first.0, Vec::new(), None);
        None
    }
}

fn show(info: &SymbolInfo, atom: &Atom, bindings: &Bindings) -> Option<String> {
    let name = match info.kind {
        SymbolKind::Loop { .. } => info.name.clone(),
        _ => info.path.render(&at_instance(info, atom, bindings)),
    };
    Some(format!("`{name} = {}`", info.show(bindings.atom(atom)?)))
}

/// The bindings with the loops around a choice at the values of one of its instances.
fn at_instance(info: &SymbolInfo, atom: &Atom, bindings: &Bindings) -> Bindings {
    let mut out = bindings.clone();
    for (symbol, at) in info.loops.iter().zip(&atom.at) {
        if let Some(value) = bindings.eval(at) {
            out.bind(symbol.0, Vec::new(), Picked::Int(value));
        }
    }
    out
}

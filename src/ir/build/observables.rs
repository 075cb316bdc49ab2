//! Observables to sums of Pauli strings.

use super::Builder;
use crate::diag::Diagnostic;
use crate::hir::errors::types;
use crate::hir::fixed_real;
use crate::hir::flow::{Observable, ObservableKind};
use crate::math::{C64, Pauli, PauliString, PauliSum, c};
use crate::source::Span;
use std::collections::BTreeMap;

/// A sum of strings with complex factors while it is being multiplied out.
type Terms = Vec<(C64, BTreeMap<u32, Pauli>)>;

/// Most terms of one observable.
const MAX_TERMS: usize = 1 << 20;

impl Builder<'_> {
    /// The observables of a list, or the one.
    pub(super) fn observable(&mut self, observable: &Observable) -> Result<Vec<PauliSum>, Diagnostic> {
        let span = observable.span;
        self.expand(observable)?.into_iter().map(|terms| real_sum(terms, span)).collect()
    }

    fn expand(&mut self, observable: &Observable) -> Result<Vec<Terms>, Diagnostic> {
        let span = observable.span;
        match &observable.kind {
            ObservableKind::Pauli(pauli, wires) => Ok(self
                .wires(wires, span)?
                .into_iter()
                .map(|qubit| vec![(c(1.0, 0.0), BTreeMap::from([(qubit, *pauli)]))])
                .collect()),
            ObservableKind::Number(flow) => {
                let value = fixed_real(flow, &self.bindings).ok_or_else(|| super::too_large(span, "a factor"))?;
                Ok(vec![vec![(c(value, 0.0), BTreeMap::new())]])
            }
            ObservableKind::Add(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                Ok(pairwise(&a, &b, |x, y| x.iter().chain(y).cloned().collect()))
            }
            ObservableKind::Mul(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                not_too_many(pairwise(&a, &b, product), span)
            }
            ObservableKind::Sum(a) => Ok(vec![self.expand(a)?.into_iter().flatten().collect()]),
            ObservableKind::Product(a) => {
                let mut all = vec![vec![(c(1.0, 0.0), BTreeMap::new())]];
                for factor in self.expand(a)? {
                    all = not_too_many(pairwise(&all, &[factor], product), span)?;
                }
                Ok(all)
            }
            ObservableKind::List(list) => {
                let mut out = Vec::new();
                for item in list {
                    out.extend(self.expand(item)?);
                }
                Ok(out)
            }
            ObservableKind::Comprehension(repeat, body) => {
                let before = self.bindings.get(repeat.var.0, &[]).cloned();
                let mut out = Vec::new();
                for value in self.repeat_values(repeat, span)?.iter() {
                    self.bindings.bind(repeat.var.0, Vec::new(), super::Picked::Int(value));
                    if repeat.filter.as_ref().is_none_or(|f| self.bindings.eval(f) != Some(0)) {
                        out.extend(self.expand(body)?);
                    }
                }
                self.bindings.restore(repeat.var.0, Vec::new(), before);
                Ok(out)
            }
            ObservableKind::Element(list, index) => {
                let at = self.size(index, span)?;
                let all = self.expand(list)?;
                all.into_iter().nth(at).map(|one| vec![one]).ok_or_else(|| super::too_large(span, "an index"))
            }
            ObservableKind::If(condition, a, b) => {
                let taken = self.int(condition, span)? != 0;
                self.expand(if taken { a } else { b })
            }
        }
    }
}

fn not_too_many(list: Vec<Terms>, span: Span) -> Result<Vec<Terms>, Diagnostic> {
    if list.iter().map(Vec::len).sum::<usize>() > MAX_TERMS {
        let message = format!("an observable has at most {MAX_TERMS} terms");
        return Err(Diagnostic::error(&types::TOO_LARGE, span, message));
    }
    Ok(list)
}

/// Element by element; a single one stands for all.
fn pairwise(a: &[Terms], b: &[Terms], f: impl Fn(&Terms, &Terms) -> Terms) -> Vec<Terms> {
    match (a, b) {
        ([x], many) => many.iter().map(|y| f(x, y)).collect(),
        (many, [y]) => many.iter().map(|x| f(x, y)).collect(),
        _ => a.iter().zip(b).map(|(x, y)| f(x, y)).collect(),
    }
}

fn product(a: &Terms, b: &Terms) -> Terms {
    let mut out = Vec::with_capacity(a.len() * b.len());
    for (x, left) in a {
        for (y, right) in b {
            let mut factor = x * y;
            let mut string = left.clone();
            for (&qubit, &pauli) in right {
                match string.remove(&qubit) {
                    None => drop(string.insert(qubit, pauli)),
                    Some(own) => {
                        let (phase, result) = multiply(own, pauli);
                        factor *= phase;
                        if let Some(result) = result {
                            string.insert(qubit, result);
                        }
                    }
                }
            }
            out.push((factor, string));
        }
    }
    out
}

/// `XY = iZ` and so on.
fn multiply(a: Pauli, b: Pauli) -> (C64, Option<Pauli>) {
    use Pauli::{X, Y, Z};
    match (a, b) {
        (X, Y) => (c(0.0, 1.0), Some(Z)),
        (Y, Z) => (c(0.0, 1.0), Some(X)),
        (Z, X) => (c(0.0, 1.0), Some(Y)),
        (Y, X) => (c(0.0, -1.0), Some(Z)),
        (Z, Y) => (c(0.0, -1.0), Some(X)),
        (X, Z) => (c(0.0, -1.0), Some(Y)),
        _ => (c(1.0, 0.0), None),
    }
}

fn real_sum(terms: Terms, span: Span) -> Result<PauliSum, Diagnostic> {
    let mut sums: BTreeMap<PauliString, C64> = BTreeMap::new();
    for (factor, string) in terms {
        *sums.entry(PauliString::from_factors(string.into_iter().collect())).or_insert(c(0.0, 0.0)) += factor;
    }
    if sums.values().any(|factor| factor.im.abs() > 1e-12) {
        return Err(Diagnostic::error(
            &types::NOT_HERMITIAN,
            span,
            "different Paulis meet on one qubit, their product is no observable",
        ));
    }
    Ok(PauliSum::from_terms(sums.into_iter().map(|(string, factor)| (factor.re, string))))
}

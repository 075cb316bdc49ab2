//! Pauli strings and real sums of them: generators of gates and observables of read-outs.

use std::fmt;

/// A single-qubit Pauli other than the identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Pauli {
    /// Bit flip.
    X,
    /// `iXZ`.
    Y,
    /// Phase flip.
    Z,
}

/// A product of Paulis on different qubits; qubits not named carry the identity.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct PauliString {
    /// `(qubit, Pauli)`, qubits ascending.
    factors: Vec<(u32, Pauli)>,
}

impl PauliString {
    /// The identity.
    #[must_use]
    pub fn identity() -> Self {
        Self::default()
    }

    /// One Pauli on one qubit.
    #[must_use]
    pub fn single(qubit: u32, pauli: Pauli) -> Self {
        Self { factors: vec![(qubit, pauli)] }
    }

    /// From factors on distinct qubits, in any order.
    #[must_use]
    pub fn from_factors(mut factors: Vec<(u32, Pauli)>) -> Self {
        factors.sort_unstable();
        assert!(factors.windows(2).all(|pair| pair[0].0 != pair[1].0), "one Pauli per qubit");
        Self { factors }
    }

    /// `(qubit, Pauli)`, qubits ascending.
    #[must_use]
    pub fn factors(&self) -> &[(u32, Pauli)] {
        &self.factors
    }

    /// The Pauli on `qubit`, `None` for the identity.
    #[must_use]
    pub fn get(&self, qubit: u32) -> Option<Pauli> {
        self.factors.binary_search_by_key(&qubit, |f| f.0).ok().map(|at| self.factors[at].1)
    }

    /// Number of qubits acted on.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.factors.len()
    }

    /// Is it made of Z alone?
    #[must_use]
    pub fn is_diagonal(&self) -> bool {
        self.factors.iter().all(|f| f.1 == Pauli::Z)
    }

    /// Do the two commute?
    #[must_use]
    pub fn commutes_with(&self, other: &Self) -> bool {
        self.factors.iter().filter(|(qubit, p)| other.get(*qubit).is_some_and(|o| o != *p)).count() % 2 == 0
    }
}

impl fmt::Display for PauliString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.factors.is_empty() {
            return write!(f, "1");
        }
        for (at, (qubit, pauli)) in self.factors.iter().enumerate() {
            if at > 0 {
                write!(f, "*")?;
            }
            write!(f, "{pauli:?}{qubit}")?;
        }
        Ok(())
    }
}

/// A real linear combination of Pauli strings: an observable.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PauliSum {
    /// `(coefficient, string)` in canonical order (by string), no string twice.
    terms: Vec<(f64, PauliString)>,
}

impl PauliSum {
    /// Collects terms, adding coefficients of equal strings; exact zeros are dropped.
    #[must_use]
    pub fn from_terms(terms: impl IntoIterator<Item = (f64, PauliString)>) -> Self {
        let mut sorted: Vec<(f64, PauliString)> = terms.into_iter().collect();
        sorted.sort_by(|a, b| a.1.cmp(&b.1));
        let mut out: Vec<(f64, PauliString)> = Vec::with_capacity(sorted.len());
        for (coefficient, string) in sorted {
            match out.last_mut() {
                Some(last) if last.1 == string => last.0 += coefficient,
                _ => out.push((coefficient, string)),
            }
        }
        out.retain(|term| term.0 != 0.0);
        Self { terms: out }
    }

    /// One string with coefficient 1.
    #[must_use]
    pub fn string(string: PauliString) -> Self {
        Self { terms: vec![(1.0, string)] }
    }

    /// `(coefficient, string)`, by string.
    #[must_use]
    pub fn terms(&self) -> &[(f64, PauliString)] {
        &self.terms
    }

    /// Is every term made of Z alone?
    #[must_use]
    pub fn is_diagonal(&self) -> bool {
        self.terms.iter().all(|term| term.1.is_diagonal())
    }
}

impl fmt::Display for PauliSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return write!(f, "0");
        }
        for (at, (coefficient, string)) in self.terms.iter().enumerate() {
            let sign = if *coefficient < 0.0 { "-" } else { "+" };
            match (at, sign) {
                (0, "-") => write!(f, "-")?,
                (0, _) => {}
                _ => write!(f, " {sign} ")?,
            }
            if coefficient.abs() != 1.0 {
                write!(f, "{}*", coefficient.abs())?;
            }
            write!(f, "{string}")?;
        }
        Ok(())
    }
}

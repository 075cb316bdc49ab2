//! Angles: affine forms, so that merging two rotations is adding two angles.

use super::WeightId;

/// What an angle may depend on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Variable {
    /// Element `index` of a weight, row-major.
    Weight {
        /// The weight.
        weight: WeightId,
        /// Its element.
        index: u32,
    },
    /// Number `index` of the region's inputs (its input tensors flattened and laid one after another): one value per
    /// sample.
    Input(u32),
}

/// `constant + Σ coefficient · variable`, in radians when used as an angle.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Angle {
    /// The constant part.
    pub constant: f64,
    /// `(variable, coefficient)`, variables ascending and distinct, no coefficient zero.
    terms: Vec<(Variable, f64)>,
}

impl Angle {
    /// A number.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self { constant: value, terms: Vec::new() }
    }

    /// A variable as it is.
    #[must_use]
    pub fn variable(variable: Variable) -> Self {
        Self { constant: 0.0, terms: vec![(variable, 1.0)] }
    }

    /// The terms, variables ascending.
    #[must_use]
    pub fn terms(&self) -> &[(Variable, f64)] {
        &self.terms
    }

    /// Is it a number?
    #[must_use]
    pub fn as_constant(&self) -> Option<f64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// `self + factor · other`.
    #[must_use]
    pub fn add_scaled(&self, other: &Self, factor: f64) -> Self {
        let mut terms = self.terms.clone();
        for &(variable, coefficient) in &other.terms {
            match terms.binary_search_by_key(&variable, |term| term.0) {
                Ok(at) => terms[at].1 += factor * coefficient,
                Err(at) => terms.insert(at, (variable, factor * coefficient)),
            }
        }
        terms.retain(|term| term.1 != 0.0);
        Self { constant: self.constant + factor * other.constant, terms }
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.add_scaled(other, 1.0)
    }

    /// `factor · self`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self::default().add_scaled(self, factor)
    }

    /// The value, given the value of every variable.
    pub fn evaluate(&self, mut value: impl FnMut(Variable) -> f64) -> f64 {
        self.terms.iter().fold(self.constant, |sum, &(variable, coefficient)| sum + coefficient * value(variable))
    }

    /// The same form over renamed variables; `None` from `rename` makes the whole `None`.
    pub fn rename(&self, mut rename: impl FnMut(Variable) -> Option<Variable>) -> Option<Self> {
        self.terms.iter().try_fold(Self::constant(self.constant), |sum, &(variable, coefficient)| {
            Some(sum.add_scaled(&Self::variable(rename(variable)?), coefficient))
        })
    }
}

//! Angles with weights resolved to positions in the flat vector of parameters.

use crate::ir::{Angle, Variable, WeightId};

/// `constant + Σ c · params[at] + Σ c · input[at]`.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Affine {
    pub(crate) constant: f64,
    pub(crate) weights: Vec<(usize, f64)>,
    pub(crate) inputs: Vec<(usize, f64)>,
}

impl Affine {
    /// Resolves weights through `offset`.
    pub(crate) fn new(angle: &Angle, offset: &dyn Fn(WeightId) -> usize) -> Self {
        let mut out = Self { constant: angle.constant, ..Self::default() };
        for &(variable, coefficient) in angle.terms() {
            match variable {
                Variable::Weight { weight, index } => out.weights.push((offset(weight) + index as usize, coefficient)),
                Variable::Input(index) => out.inputs.push((index as usize, coefficient)),
            }
        }
        out
    }

    /// Multiplies it by a number.
    pub(crate) fn scale(&mut self, by: f64) {
        self.constant *= by;
        self.weights.iter_mut().chain(&mut self.inputs).for_each(|(_, coefficient)| *coefficient *= by);
    }

    /// Does it differ between samples?
    pub(crate) fn per_sample(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// Is it a number?
    pub(crate) fn is_constant(&self) -> bool {
        self.weights.is_empty() && self.inputs.is_empty()
    }

    /// The parts of some angles that all samples share, in place: no gate has more than eight.
    pub(crate) fn all_shared(angles: &[Self], param: &dyn Fn(usize) -> f64) -> Values {
        let mut out = Values { numbers: [0.0; 8], len: angles.len().min(8) };
        out.numbers.iter_mut().zip(angles).for_each(|(value, angle)| *value = angle.shared(param));
        out
    }

    /// The part that all samples share.
    pub(crate) fn shared(&self, param: &dyn Fn(usize) -> f64) -> f64 {
        self.weights.iter().fold(self.constant, |sum, &(at, c)| sum + c * param(at))
    }
}

/// The angles of one gate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values {
    numbers: [f64; 8],
    len: usize,
}

impl std::ops::Deref for Values {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.numbers[..self.len]
    }
}

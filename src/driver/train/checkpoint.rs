//! Where a training stands, so that it can be taken up again later and end with the same bytes.
//!
//! Random draws are named by seed, epoch and step, so most of a training is a function of how far it is; what is left is
//! written down exactly: weights, the memory of the optimiser, sums of the running epoch, the curve so far. Episodes of policies are
//! found again by their beginning and the actions taken since.

use super::metrics::{Epoch, Metrics, Tally};
use super::policy::Episodes;
use crate::backends::Real;
use crate::backends::hybrid::Layout;
use crate::backends::nn::optim::{Optimizer, Rule};
use crate::diag::Diagnostic;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::Write;

/// Numbers as the bits of an `f64` in hexadecimal: nothing is lost, and infinities are numbers too.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Exact(Vec<f64>);

impl Exact {
    pub(super) fn of<T: Real>(numbers: &[T]) -> Self {
        Self(numbers.iter().map(|x| x.wide()).collect())
    }

    pub(super) fn to<T: Real>(&self) -> Vec<T> {
        self.0.iter().map(|&x| T::of(x)).collect()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(16 * self.0.len());
        for number in &self.0 {
            // Writing to a string does not fail.
            let _ = write!(text, "{:016x}", number.to_bits());
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |digits: &[u8]| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 16)?;
            u64::from_str_radix(digits, 16).ok().map(f64::from_bits)
        };
        let numbers: Option<Vec<f64>> = text.as_bytes().chunks(16).map(number).collect();
        numbers.map(Self).ok_or_else(|| D::Error::custom("numbers are 16 hexadecimal digits each"))
    }
}

/// Where a training stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    params: Exact,
    memory: [Exact; 2],
    /// Steps of the optimiser.
    steps: i32,
    pub(super) epochs: Vec<Epoch>,
    pub(super) place: Place,
}

/// How far it is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) enum Place {
    /// Through rows of data, or steps without data.
    Rows(Rows),
    /// Through episodes of a policy.
    Episodes(Episodes),
}

/// How far a training on data is, and what it keeps in mind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Rows {
    pub(super) step: usize,
    /// Sums of the running epoch.
    pub(super) tally: Tally,
    /// The best epoch with its weights.
    pub(super) best: Option<(usize, Metrics, Exact)>,
    /// The least loss of the validation part; `None` before there is one.
    pub(super) least: Option<f64>,
    /// Epochs since.
    pub(super) waited: usize,
}

impl Checkpoint {
    pub(super) fn new<T: Real>(params: &[T], optimizer: &Optimizer<T>, epochs: &[Epoch], place: Place) -> Self {
        let ([first, second], steps) = optimizer.memory();
        let memory = [Exact::of(first), Exact::of(second)];
        Self { params: Exact::of(params), memory, steps, epochs: epochs.to_vec(), place }
    }

    /// Does it belong to a model with this layout, trained by this rule, as a policy or not?
    #[must_use]
    pub fn fits(&self, layout: &Layout, rule: Rule, is_policy: bool) -> bool {
        let fresh = Optimizer::<f64>::new(rule, layout);
        let best = match &self.place {
            Place::Rows(rows) => rows.best.as_ref().is_none_or(|(_, _, params)| params.len() == layout.len),
            Place::Episodes(_) => true,
        };
        let same = self.memory.iter().zip(fresh.memory().0).all(|(kept, fresh)| kept.len() == fresh.len());
        best && same && self.params.len() == layout.len && matches!(self.place, Place::Episodes(_)) == is_policy
    }

    /// Puts weights and memory back, which must fit.
    pub(super) fn restore<T: Real>(&self, params: &mut Vec<T>, optimizer: &mut Optimizer<T>) {
        *params = self.params.to();
        optimizer.remember(self.memory.each_ref().map(Exact::to), self.steps);
    }
}

/// Who keeps trainings for later.
pub trait Keeper {
    /// Is it time to keep the training as it is now? Asked after every step; `last` if it is broken off here.
    fn is_due(&mut self, last: bool) -> bool;

    /// Keeps it.
    ///
    /// # Errors
    /// It cannot be written.
    fn keep(&mut self, at: Checkpoint) -> Result<(), Diagnostic>;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug)]
pub struct Forget;

impl Keeper for Forget {
    fn is_due(&mut self, _: bool) -> bool {
        false
    }

    fn keep(&mut self, _: Checkpoint) -> Result<(), Diagnostic> {
        Ok(())
    }
}

/// Where a training begins, and who keeps where it stands.
pub struct Course<'a> {
    /// What an earlier process left; it must fit the model ([`Checkpoint::fits`]).
    pub from: Option<&'a Checkpoint>,
    /// Who keeps it from now on.
    pub keeper: &'a mut dyn Keeper,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let numbers = Exact(vec![0.1, -0.0, f64::INFINITY, f64::MIN_POSITIVE / 8.0, f64::NAN, f64::MAX]);
        let text = serde_json::to_string(&numbers).unwrap();
        let back: Exact = serde_json::from_str(&text).unwrap();
        let bits = |numbers: &Exact| numbers.0.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(&numbers));
        assert_eq!(Exact::of(&[0.1f32]).to::<f32>(), [0.1f32]);
        for wrong in ["\"12\"", "\"zzzzzzzzzzzzzzzz\"", "3", "\"00000000000000001\""] {
            assert!(serde_json::from_str::<Exact>(wrong).is_err(), "{wrong}");
        }
    }
}

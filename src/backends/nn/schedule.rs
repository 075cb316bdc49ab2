//! Learning-rate schedules: a factor on the rate of the optimiser, a pure function of the step.

use crate::backends::errors::UNKNOWN_METHOD;
use crate::diag::{Diagnostic, nearest};

/// Names of all schedules.
pub const NAMES: &[&str] = &["constant", "cosine", "step"];

/// How the rate changes over training.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Shape {
    /// `1`
    Constant,
    /// `floor + (1 - floor) (1 + cos(π t / T)) / 2`, `t` steps of `T` (PyTorch's `CosineAnnealingLR`, `floor = eta_min / lr`).
    Cosine {
        /// The last factor.
        floor: f64,
    },
    /// `gamma ^ floor(t / every)` (PyTorch's `StepLR`).
    Step {
        /// Steps between changes.
        every: u64,
        /// Factor of a change.
        gamma: f64,
    },
}

/// A shape after a linear warm-up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Schedule {
    /// The shape after the warm-up.
    pub shape: Shape,
    /// Steps over which the factor first grows linearly: `(t + 1) / warmup`.
    pub warmup: u64,
}

impl Schedule {
    /// No change.
    #[must_use]
    pub fn constant() -> Self {
        Self { shape: Shape::Constant, warmup: 0 }
    }

    /// A shape by name with its usual settings: `cosine` falls to 0, `step` divides by ten every third of the training.
    ///
    /// # Errors
    /// [`UNKNOWN_METHOD`] with the nearest name.
    pub fn named(name: &str, total: u64) -> Result<Self, Diagnostic> {
        let shape = match name {
            "constant" => Shape::Constant,
            "cosine" => Shape::Cosine { floor: 0.0 },
            "step" => Shape::Step { every: total.div_ceil(3).max(1), gamma: 0.1 },
            _ => return Err(unknown("schedule", name, NAMES)),
        };
        Ok(Self { shape, warmup: 0 })
    }

    /// The factor at step `t` (from 0) of `total`.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn factor(&self, t: u64, total: u64) -> f64 {
        if t < self.warmup {
            return (t + 1) as f64 / self.warmup as f64;
        }
        let (t, total) = (t - self.warmup, total.saturating_sub(self.warmup).max(1));
        match self.shape {
            Shape::Constant => 1.0,
            Shape::Cosine { floor } => {
                let part = (t as f64 / total as f64).min(1.0);
                floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * part).cos())
            }
            Shape::Step { every, gamma } => gamma.powf((t / every.max(1)) as f64),
        }
    }
}

/// The error of a name that is not in a catalogue.
pub(super) fn unknown(kind: &str, name: &str, names: &[&str]) -> Diagnostic {
    let error = Diagnostic::global(&UNKNOWN_METHOD, format!("there is no {kind} `{name}`"));
    match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("there are {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_follow_their_formulas() {
        let cosine = Schedule { shape: Shape::Cosine { floor: 0.1 }, warmup: 0 };
        assert_eq!(cosine.factor(0, 10), 1.0);
        assert!((cosine.factor(5, 10) - 0.55).abs() < 1e-15);
        assert!((cosine.factor(10, 10) - 0.1).abs() < 1e-15);
        let step = Schedule { shape: Shape::Step { every: 3, gamma: 0.5 }, warmup: 2 };
        let factors: Vec<f64> = (0..9).map(|t| step.factor(t, 9)).collect();
        assert_eq!(factors, [0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
        assert!(Schedule::named("cosin", 10).is_err_and(|error| error.helps[0].contains("cosine")));
    }
}

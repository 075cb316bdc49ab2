//! Losses, each the mean over the samples of a batch, with their gradients. Semantics are PyTorch's.

use super::activation::{below_largest, sigmoid};
use super::schedule::unknown;
use super::vector::exp_in_place;
use crate::backends::Real;
use crate::backends::errors::BAD_TARGET;
use crate::diag::Diagnostic;
use crate::meta;
use crate::meta::Meta;

/// What a loss compares the outputs with.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a, T> {
    /// One class per sample.
    Classes(&'a [u32]),
    /// `[batch, k]`, as the outputs.
    Values(&'a [T]),
    /// Nothing.
    None,
}

/// A loss of the catalogue.
#[derive(Debug)]
pub struct Loss {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    CrossEntropy,
    Nll,
    Mse,
    Bce,
    Output,
}

/// Cross-entropy of logits.
pub static CROSS_ENTROPY: Loss = Loss {
    meta: meta!(
        "cross_entropy",
        "cross-entropy of logits with classes",
        doc = "`mean over samples of ln Σ_j e^(x_j) - x_class`.",
        source = "torch.nn.CrossEntropyLoss"
    ),
    kind: Kind::CrossEntropy,
};
/// Negative log-likelihood.
pub static NLL: Loss = Loss {
    meta: meta!(
        "nll",
        "negative log-likelihood of log-probabilities",
        doc = "`mean over samples of -x_class`, for outputs of `log_softmax`.",
        source = "torch.nn.NLLLoss"
    ),
    kind: Kind::Nll,
};
/// Mean squared error.
pub static MSE: Loss = Loss {
    meta: meta!("mse", "mean squared error", doc = "`mean over all numbers of (x - t)²`.", source = "torch.nn.MSELoss"),
    kind: Kind::Mse,
};
/// Binary cross-entropy.
pub static BCE: Loss = Loss {
    meta: meta!(
        "bce",
        "binary cross-entropy of logits",
        doc = "`mean over all numbers of max(x, 0) - x t + ln(1 + e^-|x|)`, targets in [0, 1]; a class 0 or 1 serves as target of one output.",
        source = "torch.nn.BCEWithLogitsLoss"
    ),
    kind: Kind::Bce,
};
/// The model's own output.
pub static OUTPUT: Loss = Loss {
    meta: meta!(
        "output",
        "the model's own output",
        doc = "`mean over samples of Σ_j x_j`: an energy to minimise; no targets.",
        source = ""
    ),
    kind: Kind::Output,
};

/// All losses.
pub static LOSSES: &[&Loss] = &[&CROSS_ENTROPY, &NLL, &MSE, &BCE, &OUTPUT];

/// Looks a loss up by name.
///
/// # Errors
/// [`crate::backends::errors::UNKNOWN_METHOD`] with the nearest name.
pub fn find(name: &str) -> Result<&'static Loss, Diagnostic> {
    let found = LOSSES.iter().copied().find(|loss| loss.meta.name == name);
    found.ok_or_else(|| unknown("loss", name, &LOSSES.iter().map(|loss| loss.meta.name).collect::<Vec<_>>()))
}

impl Loss {
    /// Does it compare with classes (rather than with values, or with nothing)?
    #[must_use]
    pub fn wants_classes(&self) -> bool {
        matches!(self.kind, Kind::CrossEntropy | Kind::Nll)
    }

    /// Does it compare with nothing?
    #[must_use]
    pub fn wants_nothing(&self) -> bool {
        self.kind == Kind::Output
    }

    /// The loss of `outputs[batch, k]`; sets `gradient` of the same shape to its derivative.
    ///
    /// # Errors
    /// [`BAD_TARGET`] if targets are of the wrong kind, length or range.
    pub fn value_and_gradient<T: Real>(
        &self,
        outputs: &[T],
        k: usize,
        targets: Targets<'_, T>,
        gradient: &mut [T],
    ) -> Result<f64, Diagnostic> {
        self.check(outputs.len(), k, targets)?;
        let rows = outputs.len() / k.max(1);
        let count = match self.kind {
            Kind::Mse | Kind::Bce => outputs.len(),
            _ => rows,
        };
        let share = T::of(1.0 / count.max(1) as f64);
        if let (Kind::CrossEntropy, Targets::Classes(classes)) = (self.kind, targets) {
            return Ok(cross_entropy(outputs, k.max(1), classes, share, gradient) / rows.max(1) as f64);
        }
        let pairs = outputs.chunks_exact(k.max(1)).zip(gradient.chunks_exact_mut(k.max(1)));
        let mut total = 0.0;
        for (row, (x, g)) in pairs.enumerate() {
            total += match targets {
                Targets::Classes(classes) if self.wants_classes() => Self::classes(x, classes[row] as usize, share, g),
                Targets::Classes(classes) => self.values(x, |_| T::of(f64::from(classes[row])), share, g),
                Targets::Values(values) => self.values(x, |at| values[row * k + at], share, g),
                Targets::None => {
                    g.fill(share);
                    x.iter().map(|x| x.wide()).sum()
                }
            };
        }
        Ok(total / count.max(1) as f64)
    }

    /// One sample of the negative log-likelihood.
    fn classes<T: Real>(x: &[T], class: usize, share: T, g: &mut [T]) -> f64 {
        g.fill(T::zero());
        g[class] = -share;
        -x[class].wide()
    }

    /// One sample of a loss over values.
    fn values<T: Real>(&self, x: &[T], target: impl Fn(usize) -> T, share: T, g: &mut [T]) -> f64 {
        let mut total = 0.0;
        for (at, (&x, g)) in x.iter().zip(g).enumerate() {
            let t = target(at);
            if self.kind == Kind::Mse {
                let d = x - t;
                *g = (d + d) * share;
                total += (d * d).wide();
            } else {
                *g = (sigmoid(x) - t) * share;
                total += (x.max(T::zero()) - x * t + (-x.abs()).exp().ln_1p()).wide();
            }
        }
        total
    }

    fn check<T: Real>(&self, len: usize, k: usize, targets: Targets<'_, T>) -> Result<(), Diagnostic> {
        let rows = len / k.max(1);
        let name = self.meta.name;
        let bad = |message: String| Err(Diagnostic::global(&BAD_TARGET, message));
        match (self.kind, targets) {
            (Kind::Output, Targets::None) => Ok(()),
            (Kind::Output, _) => bad("the loss `output` takes no targets".into()),
            (_, Targets::None) => bad(format!("the loss `{name}` needs targets")),
            (_, Targets::Classes(classes)) if classes.len() != rows => {
                bad(format!("the loss `{name}` got {} classes for {rows} samples", classes.len()))
            }
            (Kind::CrossEntropy | Kind::Nll, Targets::Classes(classes)) => {
                match classes.iter().find(|&&class| class as usize >= k) {
                    Some(class) => bad(format!("the loss `{name}` got class {class}, but there are {k} outputs")),
                    None => Ok(()),
                }
            }
            (Kind::CrossEntropy | Kind::Nll, Targets::Values(_)) => {
                bad(format!("the loss `{name}` compares with classes, not with values"))
            }
            (Kind::Bce, Targets::Classes(classes)) if k == 1 && classes.iter().all(|&class| class < 2) => Ok(()),
            (_, Targets::Classes(_)) => bad(format!("the loss `{name}` compares with values, not with classes")),
            (_, Targets::Values(values)) if values.len() != len => {
                bad(format!("the loss `{name}` got {} target values for {len} outputs", values.len()))
            }
            (_, Targets::Values(_)) => Ok(()),
        }
    }
}

/// The sum of `ln Σ_j e^(x_j) - x_class` over all samples; sets `g` to its derivative times `share`.
fn cross_entropy<T: Real>(x: &[T], k: usize, classes: &[u32], share: T, g: &mut [T]) -> f64 {
    let g = &mut g[..x.len()];
    below_largest(k, x, g);
    // All exponentials in one go; until then `g` holds the logits less their largest.
    let picked = |g: &[T]| g.chunks_exact(k).zip(classes).map(|(g, &class)| g[class as usize].wide()).sum::<f64>();
    let own = picked(g);
    exp_in_place(g);
    let mut logs = 0.0;
    for (g, &class) in g.chunks_exact_mut(k).zip(classes) {
        let sum: T = g.iter().copied().sum();
        logs += sum.wide().ln();
        let scale = share / sum;
        g.iter_mut().for_each(|g| *g *= scale);
        g[class as usize] -= share;
    }
    logs - own
}

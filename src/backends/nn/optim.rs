//! Optimisers over the flat vector of parameters. Semantics and formulas are PyTorch's; buffers are never touched.

use super::schedule::unknown;
use crate::backends::Real;
use crate::backends::hybrid::Layout;
use crate::backends::sim::simd::{Isa, Kernel, Vector};
use crate::diag::Diagnostic;
use std::ops::Range;

/// Names of all optimisers.
pub const NAMES: &[&str] = &["sgd", "adam", "adamw", "rmsprop"];

/// An optimiser's rule with its settings; `g` is the gradient, `w` the parameter, `lr` the rate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rule {
    /// `g += weight_decay w; b = momentum b + g` (`b = g` at the first step); `w -= lr (g + momentum b)` with Nesterov,
    /// `w -= lr b` without. Source: torch.optim.SGD, no dampening.
    Sgd {
        /// Weight of the past.
        momentum: f64,
        /// Look ahead?
        nesterov: bool,
        /// L2 penalty, added to the gradient.
        weight_decay: f64,
    },
    /// `g += weight_decay w; m = β1 m + (1-β1) g; v = β2 v + (1-β2) g²`;
    /// `w -= lr / (1-β1^t) · m / (sqrt(v / (1-β2^t)) + eps)`. Source: D. Kingma, J. Ba, arXiv:1412.6980; torch.optim.Adam.
    Adam {
        /// `(β1, β2)`
        betas: (f64, f64),
        /// Added to the root.
        eps: f64,
        /// L2 penalty, added to the gradient; or, if `decoupled`, `w -= lr weight_decay w` first (I. Loshchilov, F. Hutter,
        /// arXiv:1711.05101; torch.optim.AdamW).
        weight_decay: f64,
        /// See `weight_decay`.
        decoupled: bool,
    },
    /// `g += weight_decay w; v = α v + (1-α) g²; d = g / (sqrt(v) + eps)`; `b = momentum b + d; w -= lr b` with momentum,
    /// `w -= lr d` without. Source: torch.optim.RMSprop.
    RmsProp {
        /// Weight of the past.
        alpha: f64,
        /// Added to the root.
        eps: f64,
        /// Weight of past steps.
        momentum: f64,
        /// L2 penalty, added to the gradient.
        weight_decay: f64,
    },
}

impl Rule {
    /// A rule by name with PyTorch's default settings.
    ///
    /// # Errors
    /// [`crate::backends::errors::UNKNOWN_METHOD`] with the nearest name.
    pub fn named(name: &str) -> Result<Self, Diagnostic> {
        let adam = |weight_decay, decoupled| Self::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay, decoupled };
        match name {
            "sgd" => Ok(Self::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.0 }),
            "adam" => Ok(adam(0.0, false)),
            "adamw" => Ok(adam(0.01, true)),
            "rmsprop" => Ok(Self::RmsProp { alpha: 0.99, eps: 1e-8, momentum: 0.0, weight_decay: 0.0 }),
            _ => Err(unknown("optimiser", name, NAMES)),
        }
    }
}

/// A rule with its memory.
#[derive(Clone, Debug)]
pub struct Optimizer<T> {
    rule: Rule,
    /// Trainable stretches of the parameters.
    ranges: Vec<Range<usize>>,
    first: Vec<T>,
    second: Vec<T>,
    steps: i32,
}

/// One step of Adam, in loops that the compiler turns into the vectors of the instruction set it is dispatched for.
struct Adam<'a, T> {
    weights: &'a mut [T],
    gradient: &'a [T],
    memory: (&'a mut [T], &'a mut [T]),
    /// Both decays, their complements, the size of the step, the root of the correction, ε, decay of weights, what is kept.
    numbers: [T; 9],
}

impl<T: Real> Kernel<T> for Adam<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let [b1, b2, c1, c2, size, root, eps, decay, keep] = self.numbers;
        let memory = self.memory.0.iter_mut().zip(self.memory.1);
        for ((w, &g), (m, v)) in self.weights.iter_mut().zip(self.gradient).zip(memory) {
            let g = g + decay * *w;
            *m = b1 * *m + c1 * g;
            *v = b2 * *v + c2 * g * g;
            *w = *w * keep - size * *m / (v.sqrt() * root + eps);
        }
    }
}

impl<T: Real> Optimizer<T> {
    /// A fresh optimiser for a model's parameters.
    #[must_use]
    pub fn new(rule: Rule, layout: &Layout) -> Self {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for entry in layout.entries.iter().filter(|entry| entry.trainable) {
            let range = entry.range();
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        let (first, second) = match rule {
            Rule::Sgd { momentum, .. } => (momentum != 0.0, false),
            Rule::Adam { .. } => (true, true),
            Rule::RmsProp { momentum, .. } => (momentum != 0.0, true),
        };
        let zeros = |wanted: bool| vec![T::zero(); if wanted { layout.len } else { 0 }];
        Self { rule, ranges, first: zeros(first), second: zeros(second), steps: 0 }
    }

    /// What it remembers of earlier steps, and how many there were.
    #[must_use]
    pub fn memory(&self) -> ([&[T]; 2], i32) {
        ([&self.first, &self.second], self.steps)
    }

    /// Goes on from what an optimiser of the same rule and model remembered.
    pub fn remember(&mut self, [first, second]: [Vec<T>; 2], steps: i32) {
        (self.first, self.second, self.steps) = (first, second, steps);
    }

    /// Changes `params` by one step against `gradient`.
    pub fn step(&mut self, params: &mut [T], gradient: &[T], lr: f64) {
        self.steps = self.steps.saturating_add(1);
        for at in 0..self.ranges.len() {
            let range = self.ranges[at].clone();
            self.stretch(range, params, gradient, lr);
        }
    }

    fn stretch(&mut self, range: Range<usize>, params: &mut [T], gradient: &[T], lr: f64) {
        let pairs = params[range.clone()].iter_mut().zip(&gradient[range.clone()]);
        let rate = T::of(lr);
        match self.rule {
            Rule::Sgd { momentum, nesterov, weight_decay } => {
                let (mu, decay) = (T::of(momentum), T::of(weight_decay));
                if momentum == 0.0 {
                    return pairs.for_each(|(w, &g)| *w -= rate * (g + decay * *w));
                }
                // At the first step the buffer is the gradient itself; it starts at zero, so no case is needed.
                for ((w, &g), b) in pairs.zip(&mut self.first[range]) {
                    let g = g + decay * *w;
                    *b = mu * *b + g;
                    *w -= rate * if nesterov { g + mu * *b } else { *b };
                }
            }
            Rule::Adam { betas, eps, weight_decay, decoupled } => {
                let (b1, b2) = (T::of(betas.0), T::of(betas.1));
                let (c1, c2) = (T::of(1.0 - betas.0), T::of(1.0 - betas.1));
                let size = T::of(lr / (1.0 - betas.0.powi(self.steps)));
                let root = T::of(1.0 / (1.0 - betas.1.powi(self.steps)).sqrt());
                let (eps, decay) = (T::of(eps), T::of(weight_decay));
                let keep = if decoupled { T::of(1.0 - lr * weight_decay) } else { T::one() };
                let decay = if decoupled { T::zero() } else { decay };
                let memory = (&mut self.first[range.clone()], &mut self.second[range.clone()]);
                let numbers = [b1, b2, c1, c2, size, root, eps, decay, keep];
                let kernel = Adam { weights: &mut params[range.clone()], gradient: &gradient[range], memory, numbers };
                T::dispatch(Isa::detect(), kernel);
            }
            Rule::RmsProp { alpha, eps, momentum, weight_decay } => {
                let (a, rest, mu) = (T::of(alpha), T::of(1.0 - alpha), T::of(momentum));
                let (eps, decay) = (T::of(eps), T::of(weight_decay));
                let first = &mut self.first;
                for (at, (w, &g)) in range.clone().zip(pairs) {
                    let g = g + decay * *w;
                    let v = &mut self.second[at];
                    *v = a * *v + rest * g * g;
                    let d = g / (v.sqrt() + eps);
                    *w -= rate
                        * match first.get_mut(at) {
                            Some(b) => {
                                *b = mu * *b + d;
                                *b
                            }
                            None => d,
                        };
                }
            }
        }
    }
}

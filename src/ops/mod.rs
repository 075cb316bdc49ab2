//! Words for classical arithmetic that the language and the IR share: elementwise functions, activations, pooling,
//! initial distributions.

/// Activations of classical layers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Activation {
    /// `max(0, x)`
    Relu,
    /// `x Φ(x)`, exact (erf) form
    Gelu,
    /// `tanh x`
    Tanh,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// over the last axis
    Softmax,
    /// over the last axis
    LogSoftmax,
}

/// Elementwise functions of one tensor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum UnaryFn {
    Neg,
    Sin,
    Cos,
    Exp,
    Ln,
    Sqrt,
    Abs,
}

/// Elementwise functions of two tensors of one shape, or of a tensor and one number (shape `[]` or `[1]`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum BinaryFn {
    Add,
    Sub,
    Mul,
    Div,
    /// Remainder with the divisor's sign.
    Rem,
    Pow,
    Min,
    Max,
}

/// Which pooling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pooling {
    /// The mean of a window.
    Average,
    /// The largest of a window.
    Max,
}

/// Cells of recurrent layers; PyTorch's gates in PyTorch's order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cell {
    /// `h = tanh(W x + U h + b)`
    Rnn,
    /// Input, forget, cell and output gates.
    Lstm,
    /// Reset, update and new gates; the reset gate acts on `U h + c` as a whole.
    Gru,
}

impl Cell {
    /// The name of its layer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "rnn",
            Self::Lstm => "lstm",
            Self::Gru => "gru",
        }
    }

    /// How many gates stand in its weights.
    #[must_use]
    pub fn gates(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }
}

/// How structural weights become the coefficients of a mixture of candidates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mix {
    /// As they are.
    Raw,
    /// Positive and summing to one.
    Softmax,
    /// Softmax after adding Gumbel noise while training: a random candidate that is one more and more as it cools.
    GumbelSoftmax,
}

/// A mixture's rule with its cooling: at step `k` the temperature is `start · decay^k`, at least `floor`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MixRule {
    /// How.
    pub mix: Mix,
    /// Temperature of the first step.
    pub start: f64,
    /// Least temperature.
    pub floor: f64,
    /// Factor of a step.
    pub decay: f64,
}

impl MixRule {
    /// Coefficients as they are.
    pub const RAW: Self = Self { mix: Mix::Raw, start: 1.0, floor: 1.0, decay: 1.0 };

    /// The temperature at a step.
    #[must_use]
    pub fn temperature(&self, step: u64) -> f64 {
        (self.start * self.decay.powf(step as f64)).max(self.floor)
    }

    /// The coefficients of weights at a temperature, without noise.
    #[must_use]
    pub fn coefficients(&self, weights: &[f64], temperature: f64) -> Vec<f64> {
        if self.mix == Mix::Raw {
            return weights.to_vec();
        }
        let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = weights.iter().map(|weight| ((weight - most) / temperature).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }
}

/// Initial distribution of every number of a weight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Init {
    /// One value.
    Constant(f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
    /// Uniform on `[low, high)`.
    Uniform(f64, f64),
}

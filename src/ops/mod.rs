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

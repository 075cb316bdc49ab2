//! Operations of the dataflow graph. Shapes are per sample; the batch axis is implicit.

use super::{Activation, BinaryFn, Cell, MixRule, Pooling, Region, UnaryFn, WeightId};

/// An operation. `x` is the shape of the first input.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// Data of the model: input number `index`. No inputs.
    Input {
        /// Position among the model's inputs.
        index: usize,
    },
    /// A weight used as a tensor. No inputs; the same for every sample.
    Weight {
        /// Which.
        weight: WeightId,
    },
    /// A constant tensor. No inputs; the same for every sample.
    Constant {
        /// Its numbers, row-major.
        values: Vec<f64>,
    },
    /// `x[.., in] -> [.., out]`: `x Wᵀ + b`, `weight: [out, in]`, `bias: [out]`.
    Linear {
        /// `[out, in]`
        weight: WeightId,
        /// `[out]`
        bias: Option<WeightId>,
    },
    /// `x[c, h, w] -> [out, h', w']`: cross-correlation, `weight: [out, c, k, k]`, `bias: [out]`, zero padding.
    Conv2d {
        /// `[out, c, k, k]`
        weight: WeightId,
        /// `[out]`
        bias: Option<WeightId>,
        /// Step of the window.
        stride: usize,
        /// Zeros on every side.
        padding: usize,
    },
    /// `x[c, h, w] -> [c, h', w']`
    Pool2d {
        /// Average or max.
        pooling: Pooling,
        /// Side of the window.
        kernel: usize,
        /// Step of the window.
        stride: usize,
    },
    /// `x[f, ..]`: over the batch (and the trailing axes), per feature of the first axis. Batch statistics when training,
    /// running ones otherwise; `eps = 1e-5`, momentum 0.1, unbiased running variance (as PyTorch).
    BatchNorm {
        /// `[f]`, starts at 1
        scale: WeightId,
        /// `[f]`, starts at 0
        shift: WeightId,
        /// `[f]` buffer, starts at 0
        mean: WeightId,
        /// `[f]` buffer, starts at 1
        variance: WeightId,
    },
    /// Zeroes with probability `p` and scales the rest by `1/(1-p)` when training; nothing otherwise.
    Dropout {
        /// Probability in `[0, 1)`.
        p: f64,
    },
    /// A stretch of a tensor that becomes the value of a generated weight: `x.flat[start .. start + len]`. The layers that
    /// read the weight have this node among their operands, after their own.
    Generate {
        /// The weight; a buffer.
        weight: WeightId,
        /// Position of its first number.
        start: usize,
    },
    /// Recurrent layer: `x[t, in] -> [t, hidden]`, gates stacked along the first axis of the weights.
    Recurrent {
        /// Which cell.
        cell: Cell,
        /// `[gates * hidden, in]`
        input: WeightId,
        /// `[gates * hidden, hidden]`
        hidden: WeightId,
        /// `[gates * hidden]`, added to the input's part; then, if there, to the state's part.
        biases: Vec<WeightId>,
    },
    /// Binary digits, no inputs: `out[i, k]` is digit `k` (least significant first) of `start + i`.
    Bits {
        /// The first number.
        start: u64,
    },
    /// Inputs of one shape, each times its coefficient, summed: candidates of a relaxed choice.
    Mix {
        /// `[inputs]`, the structural weights.
        weight: WeightId,
        /// How they become coefficients.
        rule: MixRule,
    },
    /// Inputs side by side along the last axis.
    Join,
    /// The same numbers in another shape (`flatten`).
    Reshape,
    /// An activation.
    Activation(Activation),
    /// An elementwise function.
    Unary(UnaryFn),
    /// An elementwise function of two inputs.
    Binary(BinaryFn),
    /// Inputs one after another along the first axis.
    Concat,
    /// Flattened elements picked by position: `out[i] = x[indices[i]]`, in the node's shape.
    Gather {
        /// Positions in the flattened input.
        indices: Vec<u32>,
    },
    /// Zeros appended along the only axis up to the node's shape.
    Pad,
    /// Divided by its Euclidean norm (per sample); a zero vector makes this sample's values NaN, no other's.
    Normalize,
    /// Sum of all elements, shape `[]`.
    Sum,
    /// A quantum circuit; output: the values of its read-outs one after another, shape `[k]`.
    Region(Box<Region>),
}

impl Op {
    /// The name shown in listings.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input { .. } => "input",
            Self::Weight { .. } => "weight",
            Self::Constant { .. } => "constant",
            Self::Linear { .. } => "linear",
            Self::Conv2d { .. } => "conv2d",
            Self::Pool2d { pooling: Pooling::Average, .. } => "average_pool",
            Self::Pool2d { pooling: Pooling::Max, .. } => "max_pool",
            Self::BatchNorm { .. } => "batchnorm",
            Self::Dropout { .. } => "dropout",
            Self::Generate { .. } => "generate",
            Self::Recurrent { cell, .. } => cell.name(),
            Self::Bits { .. } => "bits",
            Self::Mix { .. } => "mix",
            Self::Join => "join",
            Self::Reshape => "reshape",
            Self::Activation(Activation::Relu) => "relu",
            Self::Activation(Activation::Gelu) => "gelu",
            Self::Activation(Activation::Tanh) => "tanh",
            Self::Activation(Activation::Sigmoid) => "sigmoid",
            Self::Activation(Activation::Softmax) => "softmax",
            Self::Activation(Activation::LogSoftmax) => "log_softmax",
            Self::Unary(UnaryFn::Neg) => "neg",
            Self::Unary(UnaryFn::Sin) => "sin",
            Self::Unary(UnaryFn::Cos) => "cos",
            Self::Unary(UnaryFn::Exp) => "exp",
            Self::Unary(UnaryFn::Ln) => "ln",
            Self::Unary(UnaryFn::Sqrt) => "sqrt",
            Self::Unary(UnaryFn::Abs) => "abs",
            Self::Binary(BinaryFn::Add) => "add",
            Self::Binary(BinaryFn::Sub) => "sub",
            Self::Binary(BinaryFn::Mul) => "mul",
            Self::Binary(BinaryFn::Div) => "div",
            Self::Binary(BinaryFn::Rem) => "rem",
            Self::Binary(BinaryFn::Pow) => "pow",
            Self::Binary(BinaryFn::Min) => "min",
            Self::Binary(BinaryFn::Max) => "max",
            Self::Concat => "concat",
            Self::Gather { .. } => "gather",
            Self::Pad => "pad",
            Self::Normalize => "normalize",
            Self::Sum => "sum",
            Self::Region(_) => "region",
        }
    }

    /// The weights it reads, in a fixed order.
    #[must_use]
    pub fn weights(&self) -> Vec<WeightId> {
        match self {
            Self::Weight { weight } | Self::Generate { weight, .. } | Self::Mix { weight, .. } => vec![*weight],
            Self::Recurrent { input, hidden, biases, .. } => [*input, *hidden].iter().chain(biases).copied().collect(),
            Self::Linear { weight, bias } | Self::Conv2d { weight, bias, .. } => {
                std::iter::once(*weight).chain(*bias).collect()
            }
            Self::BatchNorm { scale, shift, mean, variance } => vec![*scale, *shift, *mean, *variance],
            Self::Region(region) => region.weights(),
            _ => Vec::new(),
        }
    }
}

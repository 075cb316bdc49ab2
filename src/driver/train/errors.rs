//! What can go wrong in training and with the files that hold its result.

use crate::declare_codes;

declare_codes! {
    /// A training setting makes no sense.
    ///
    /// Wrong: `fit(adam(lr: 1e-3), loss: mse, batch: 0)`. Right: `fit(adam(lr: 1e-3), loss: mse, batch: 64)`.
    pub BAD_TRAINING_SETTING = ("QN0850", "bad-training-setting", "a training setting makes no sense");
    /// A model and its data have different shapes.
    ///
    /// Wrong: a model of `x: real[4]` with `data: wine`, which has 13 features. Right: `model m[features, classes](x:
    /// real[features])`, which a search binds to its data.
    pub SHAPE_OF_DATA = ("QN0851", "model-does-not-fit-data", "the model does not fit the shape of the data");
    /// A loss wants another kind of target than the data has.
    ///
    /// `cross_entropy` and `nll` want classes; `mse` and `bce` want numbers, or `target: input`; `output` wants no data.
    pub LOSS_OF_DATA = ("QN0852", "loss-does-not-fit-data", "the loss does not fit the targets of the data");
    /// The loss became NaN or infinite.
    ///
    /// A learning rate that is too large does it, or data that is not scaled, or a zero vector in `prepare`. A search
    /// notes the architecture as failed and goes on.
    pub NON_FINITE_LOSS = ("QN0853", "non-finite-loss", "the loss is not a finite number any more");
    /// A file of weights is not one, or is damaged.
    ///
    /// Weights are stored as safetensors: numbers of type F32 or F64 by weight path.
    pub BAD_WEIGHT_FILE = ("QN0941", "bad-weight-file", "a file of weights cannot be read");
    /// The weights of a file do not belong to this architecture.
    ///
    /// Every weight of the architecture must be there, with its shape, and nothing else. The file knows which
    /// architecture it was trained for.
    pub WEIGHTS_MISMATCH = ("QN0942", "weights-do-not-fit", "the weights belong to another architecture");
}

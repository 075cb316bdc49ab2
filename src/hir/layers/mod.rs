//! The layer catalogue: one file per layer, one line here.
//!
//! A layer says which settings it takes, what shape it gives, which weights it has and what must hold; the language,
//! its help texts and the IR are served from these facts alone. Semantics and initial distributions are PyTorch's.

mod activations;
mod batchnorm;
mod conv2d;
mod dropout;
mod flatten;
mod linear;
mod pooling;
mod recurrent;

use super::expr::Expr;
use super::flow::InitSpec;
use crate::meta::Meta;
use crate::ops::{Activation, Cell, Pooling};

/// What a layer computes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LayerKind {
    /// `x Wᵀ + b`
    Linear,
    /// Cross-correlation of images.
    Conv2d,
    /// Windows of images.
    Pool(Pooling),
    /// Normalisation over the batch.
    BatchNorm,
    /// Random zeros when training.
    Dropout,
    /// A window step by step.
    Recurrent(Cell),
    /// The last entry along the first axis.
    Last,
    /// One axis from all.
    Flatten,
    /// Elementwise, or over the last axis.
    Activation(Activation),
}

/// The default of a setting.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Default {
    /// Must be given.
    Required,
    /// An int.
    Int(i64),
    /// A bool.
    Bool(bool),
    /// A real number.
    Real(f64),
    /// The value of the setting at this position.
    SameAs(usize),
}

/// The type of a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingKind {
    /// An int.
    Int,
    /// A bool.
    Bool,
    /// A fixed real number.
    Real,
}

/// A setting in brackets.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LayerSetting {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: SettingKind,
    /// Its default.
    pub default: Default,
}

/// A weight a layer has.
pub struct LayerWeight {
    /// Its name below the layer's path.
    pub name: &'static str,
    /// Its shape.
    pub shape: Vec<Expr>,
    /// Its initial distribution.
    pub init: InitSpec,
    /// Not a buffer.
    pub trainable: bool,
}

/// What a layer makes of an input.
#[derive(Default)]
pub struct LayerType {
    /// The output's shape.
    pub output: Vec<Expr>,
    /// The weights.
    pub weights: Vec<LayerWeight>,
    /// What must hold, with a sentence for when it does not.
    pub needs: Vec<(Expr, &'static str)>,
}

/// A layer.
pub struct Layer {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// What it computes.
    pub kind: LayerKind,
    /// Its settings; int and bool ones are passed to `infer` in this order.
    pub settings: &'static [LayerSetting],
    /// Type of the output; an error is a sentence about the input's number of axes.
    pub infer: fn(input: &[Expr], ints: &[Expr]) -> Result<LayerType, String>,
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Layer({})", self.meta.name)
    }
}

const fn int(name: &'static str, default: Default) -> LayerSetting {
    LayerSetting { name, kind: SettingKind::Int, default }
}

/// All layers, in the order they are listed to people.
pub static LAYERS: &[&Layer] = &[
    &linear::LINEAR,
    &conv2d::CONV2D,
    &pooling::AVERAGE_POOL,
    &pooling::MAX_POOL,
    &batchnorm::BATCHNORM,
    &dropout::DROPOUT,
    &recurrent::LSTM,
    &recurrent::GRU,
    &recurrent::RNN,
    &recurrent::LAST,
    &flatten::FLATTEN,
    &activations::RELU,
    &activations::GELU,
    &activations::TANH,
    &activations::SIGMOID,
    &activations::SOFTMAX,
    &activations::LOG_SOFTMAX,
];

/// Looks a layer up.
#[must_use]
pub fn find(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().copied().find(|layer| layer.meta.name == name)
}

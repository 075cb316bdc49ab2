//! Activations: they keep the shape and have no settings, so one file holds them all.

use super::super::expr::Expr;
use super::{Layer, LayerKind, LayerType};
use crate::ops::Activation;

macro_rules! activation {
    ($ident:ident, $kind:ident, $name:literal, $summary:literal) => {
        pub(super) static $ident: Layer = Layer {
            meta: crate::meta!(
                $name,
                $summary,
                doc = concat!("`x |> ", $name, "` or `", $name, "(x)`: ", $summary, ".")
            ),
            kind: LayerKind::Activation(Activation::$kind),
            settings: &[],
            infer,
        };
    };
}

activation!(RELU, Relu, "relu", "max(0, x)");
activation!(GELU, Gelu, "gelu", "x times the normal distribution function of x, exact form");
activation!(TANH, Tanh, "tanh", "hyperbolic tangent");
activation!(SIGMOID, Sigmoid, "sigmoid", "1 / (1 + exp(-x))");
activation!(SOFTMAX, Softmax, "softmax", "exp(x) over its sum along the last axis");
activation!(LOG_SOFTMAX, LogSoftmax, "log_softmax", "logarithm of the softmax along the last axis, computed stably");

fn infer(input: &[Expr], _ints: &[Expr]) -> Result<LayerType, String> {
    Ok(LayerType { output: input.to_vec(), ..LayerType::default() })
}

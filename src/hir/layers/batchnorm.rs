//! `batchnorm`: normalisation of every feature over the batch.

use super::super::expr::Expr;
use super::super::flow::InitSpec;
use super::{Layer, LayerKind, LayerType, LayerWeight};
use crate::ops::Init;

/// Over the batch and the trailing axes, per entry of the first axis.
pub(super) static BATCHNORM: Layer = Layer {
    meta: crate::meta!(
        "batchnorm",
        "normalises every feature over the batch, then scales and shifts it",
        doc = "`batchnorm` keeps the shape. When training, mean and variance are those of the batch and running\n\
               averages follow with momentum 0.1; otherwise the running averages are used. `eps = 1e-5`.\n\
               Weights `scale` and `shift` are trained, buffers `mean` and `variance` are kept with them.",
        source = "Ioffe and Szegedy 2015, arXiv:1502.03167; PyTorch `nn.BatchNorm1d`, `nn.BatchNorm2d`"
    ),
    kind: LayerKind::BatchNorm,
    settings: &[],
    infer,
};

fn infer(input: &[Expr], _ints: &[Expr]) -> Result<LayerType, String> {
    let Some(features) = input.first() else {
        return Err("`batchnorm` needs at least one axis, this is a single number".to_owned());
    };
    let weight = |name, value, trainable| LayerWeight {
        name,
        shape: vec![features.clone()],
        init: InitSpec::Fixed(Init::Constant(value)),
        trainable,
    };
    Ok(LayerType {
        output: input.to_vec(),
        weights: vec![
            weight("scale", 1.0, true),
            weight("shift", 0.0, true),
            weight("mean", 0.0, false),
            weight("variance", 1.0, false),
        ],
        needs: Vec::new(),
    })
}

//! `average_pool[kernel]`, `max_pool[kernel]`: windows of images.

use super::super::expr::{self, Expr};
use super::conv2d::{window, window_needs};
use super::{Default, Layer, LayerKind, LayerSetting, LayerType, int};
use crate::ops::Pooling;

const SETTINGS: &[LayerSetting] = &[int("kernel", Default::Required), int("stride", Default::SameAs(0))];

/// Means of windows.
pub(super) static AVERAGE_POOL: Layer = Layer {
    meta: crate::meta!(
        "average_pool",
        "mean of every window of an image",
        doc = "`average_pool[kernel, stride: kernel]` maps `real[c, h, w]` to `real[c, h', w']` with\n\
               `h' = floor((h - kernel) / stride) + 1`.",
        source = "PyTorch `nn.AvgPool2d`"
    ),
    kind: LayerKind::Pool(Pooling::Average),
    settings: SETTINGS,
    infer,
};

/// Maxima of windows.
pub(super) static MAX_POOL: Layer = Layer {
    meta: crate::meta!(
        "max_pool",
        "largest value of every window of an image",
        doc = "`max_pool[kernel, stride: kernel]` maps `real[c, h, w]` to `real[c, h', w']` with\n\
               `h' = floor((h - kernel) / stride) + 1`.",
        source = "PyTorch `nn.MaxPool2d`"
    ),
    kind: LayerKind::Pool(Pooling::Max),
    settings: SETTINGS,
    infer,
};

fn infer(input: &[Expr], ints: &[Expr]) -> Result<LayerType, String> {
    let [c, h, w] = input else {
        return Err(format!("pooling needs an image `real[channels, height, width]`, this has {} axes", input.len()));
    };
    let zero = expr::int(0);
    let (kernel, stride) = (&ints[0], &ints[1]);
    Ok(LayerType {
        output: vec![c.clone(), window(h, kernel, stride, &zero), window(w, kernel, stride, &zero)],
        weights: Vec::new(),
        needs: window_needs(h, w, kernel, stride, &zero),
    })
}

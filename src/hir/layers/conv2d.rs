//! `conv2d[channels, kernel]`: cross-correlation of images.

use super::super::expr::{self, Expr};
use super::super::flow::InitSpec;
use super::{Default, Layer, LayerKind, LayerSetting, LayerType, LayerWeight, SettingKind, int};

/// `x[c, h, w] -> [channels, h', w']`
pub(super) static CONV2D: Layer = Layer {
    meta: crate::meta!(
        "conv2d",
        "cross-correlation of an image with learned square kernels",
        doc = "`conv2d[channels, kernel, stride: 1, padding: 0, bias: true]` maps `real[c, h, w]` to\n\
               `real[channels, h', w']` with `h' = floor((h + 2 padding - kernel) / stride) + 1`.\n\
               Weights start uniform on ±1/√(c kernel²).",
        source = "PyTorch `nn.Conv2d`"
    ),
    kind: LayerKind::Conv2d,
    settings: &[
        int("channels", Default::Required),
        int("kernel", Default::Required),
        int("stride", Default::Int(1)),
        int("padding", Default::Int(0)),
        LayerSetting { name: "bias", kind: SettingKind::Bool, default: Default::Bool(true) },
    ],
    infer,
};

/// Output side of a window that slides over `side + 2 padding`.
pub(super) fn window(side: &Expr, kernel: &Expr, stride: &Expr, padding: &Expr) -> Expr {
    let room = expr::sub(&expr::add(side, &expr::scale(padding, 2)), kernel);
    expr::add(&expr::floor_div(&room, stride), &expr::int(1))
}

/// What every sliding window needs.
pub(super) fn window_needs(
    h: &Expr,
    w: &Expr,
    kernel: &Expr,
    stride: &Expr,
    padding: &Expr,
) -> Vec<(Expr, &'static str)> {
    let padded = |side: &Expr| expr::add(side, &expr::scale(padding, 2));
    vec![
        (expr::le(&expr::int(1), kernel), "the kernel needs at least one pixel"),
        (expr::le(&expr::int(1), stride), "the stride is at least 1"),
        (expr::le(&expr::int(0), padding), "the padding is not negative"),
        (expr::le(kernel, &padded(h)), "the kernel is higher than the padded image"),
        (expr::le(kernel, &padded(w)), "the kernel is wider than the padded image"),
    ]
}

fn infer(input: &[Expr], ints: &[Expr]) -> Result<LayerType, String> {
    let [c, h, w] = input else {
        return Err(format!("`conv2d` needs an image `real[channels, height, width]`, this has {} axes", input.len()));
    };
    let [channels, kernel, stride, padding, bias] = ints else { return Err("`conv2d` takes five settings".to_owned()) };
    let fan = expr::mul(c, &expr::mul(kernel, kernel));
    let mut weights = vec![LayerWeight {
        name: "weight",
        shape: vec![channels.clone(), c.clone(), kernel.clone(), kernel.clone()],
        init: InitSpec::FanIn(fan.clone()),
        trainable: true,
    }];
    if expr::constant(bias) != Some(0) {
        weights.push(LayerWeight {
            name: "bias",
            shape: vec![channels.clone()],
            init: InitSpec::FanIn(fan),
            trainable: true,
        });
    }
    let mut needs = window_needs(h, w, kernel, stride, padding);
    needs.push((expr::le(&expr::int(1), channels), "a convolution needs at least one output channel"));
    Ok(LayerType {
        output: vec![channels.clone(), window(h, kernel, stride, padding), window(w, kernel, stride, padding)],
        weights,
        needs,
    })
}

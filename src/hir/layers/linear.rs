//! `linear[out]`: an affine map of the last axis.

use super::super::expr::{self, Expr};
use super::super::flow::InitSpec;
use super::{Default, Layer, LayerKind, LayerSetting, LayerType, LayerWeight, SettingKind, int};

/// `x[.., in] -> [.., out]`
pub(super) static LINEAR: Layer = Layer {
    meta: crate::meta!(
        "linear",
        "affine map of the last axis: `x Wᵀ + b`",
        doc = "`linear[out, bias: true]` maps `real[.., in]` to `real[.., out]` with `weight: [out, in]` and `bias: [out]`.\n\
               Both start uniform on ±1/√in. The input's size is found from the data: `x |> linear[64] |> relu`.",
        source = "PyTorch `nn.Linear`"
    ),
    kind: LayerKind::Linear,
    settings: &[
        int("out", Default::Required),
        LayerSetting { name: "bias", kind: SettingKind::Bool, default: Default::Bool(true) },
    ],
    infer,
};

fn infer(input: &[Expr], ints: &[Expr]) -> Result<LayerType, String> {
    let Some((fan, leading)) = input.split_last() else {
        return Err("`linear` needs a vector, this is a single number; write `[x]` to make one of it".to_owned());
    };
    let out = &ints[0];
    let mut weights = vec![LayerWeight {
        name: "weight",
        shape: vec![out.clone(), fan.clone()],
        init: InitSpec::FanIn(fan.clone()),
        trainable: true,
    }];
    if expr::constant(&ints[1]) != Some(0) {
        weights.push(LayerWeight {
            name: "bias",
            shape: vec![out.clone()],
            init: InitSpec::FanIn(fan.clone()),
            trainable: true,
        });
    }
    let output = leading.iter().chain([out]).cloned().collect();
    Ok(LayerType {
        output,
        weights,
        needs: vec![
            (expr::le(&expr::int(1), out), "a linear layer needs at least one output"),
            (expr::le(&expr::int(1), fan), "a linear layer needs at least one input"),
        ],
    })
}

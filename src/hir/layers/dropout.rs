//! `dropout[p]`: random zeros when training.

use super::super::expr::Expr;
use super::{Default, Layer, LayerKind, LayerSetting, LayerType, SettingKind};

/// Zeroes with probability p.
pub(super) static DROPOUT: Layer = Layer {
    meta: crate::meta!(
        "dropout",
        "zeroes each number with probability p when training",
        doc =
            "`dropout[p]` keeps the shape; what survives is scaled by `1 / (1 - p)`. Outside training it does nothing.",
        source = "Srivastava et al. 2014; PyTorch `nn.Dropout`"
    ),
    kind: LayerKind::Dropout,
    settings: &[LayerSetting { name: "p", kind: SettingKind::Real, default: Default::Real(0.5) }],
    infer,
};

fn infer(input: &[Expr], _ints: &[Expr]) -> Result<LayerType, String> {
    Ok(LayerType { output: input.to_vec(), ..LayerType::default() })
}

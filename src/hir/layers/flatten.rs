//! `flatten`: one axis from all.

use super::super::expr::{self, Expr};
use super::{Layer, LayerKind, LayerType};

/// Row-major.
pub(super) static FLATTEN: Layer = Layer {
    meta: crate::meta!(
        "flatten",
        "all numbers of a tensor as one vector, row-major",
        doc = "`flatten` maps `real[a, b, ..]` to `real[a * b * ..]`."
    ),
    kind: LayerKind::Flatten,
    settings: &[],
    infer,
};

fn infer(input: &[Expr], _ints: &[Expr]) -> Result<LayerType, String> {
    let len = input.iter().fold(expr::int(1), |product, dim| expr::mul(&product, dim));
    Ok(LayerType { output: vec![len], ..LayerType::default() })
}

//! `flops.classical`: real operations of the classical layers, one sample forward.

use super::classical::node_flops;
use super::{Share, summed};

metric! {
    /// Operations on real numbers that the classical nodes execute for one sample, forward, in evaluation mode. A call of an
    /// elementary function (`exp`, `tanh`, `erf`, `sqrt`, `%`) and a comparison each count as one.
    ///
    /// - `linear`: 2 in out: sums start at the bias (or zero), every term is a multiplication and an addition
    /// - `conv2d`: 2 in k^2 per output number, zeros of the padding included
    /// - pooling: k^2 - 1 additions and a division, or k^2 - 1 comparisons, per output number
    /// - `batchnorm`: 2 per number, scale and shift folded with the running statistics beforehand
    /// - `relu`, `tanh`: 1; `sigmoid`: 4; `gelu`: 5 per number; `softmax`: 5 m - 2, `log_softmax`: 5 m - 1 per row of m
    /// - elementwise functions of one or two tensors: 1 per number
    /// - `normalize` of K numbers: 3 K + 1; `sum`: K - 1
    /// - inputs, weights, constants, dropout, reshape, concat, gather, pad: 0
    pub FLOPS_CLASSICAL = ("flops.classical", "real operations of the classical layers, one sample forward", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|_, _| Share::number(0)),
    per_node: Some(node_flops),
    evaluate: |graph, _| summed(graph, node_flops),
}

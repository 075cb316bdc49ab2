//! `flops.embedding`: the part of flops.quantum spent on steps that read data.

use super::neutral::{embedding_flops, reads_input, step_share};
use super::{Share, of_region, summed};

metric! {
    /// `flops.quantum` of the gates whose angles and the `prepare`s whose amplitudes read the region's input. Subtract it from
    /// `flops.quantum` for the circuit without its embedding.
    pub FLOPS_EMBEDDING = ("flops.embedding", "the part of flops.quantum spent on steps that read data", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| if reads_input(op) { step_share(op) } else { Share::number(0) }),
    per_node: Some(|_, node| of_region(node, embedding_flops)),
    evaluate: |graph, _| summed(graph, |_, node| of_region(node, embedding_flops)),
}

//! `flops.profiler.classical`: the classical part of flops.profiler.

use super::profiler::node_flops;
use super::{Share, summed};

metric! {
    /// What PyTorch's profiler counts of the classical layers, per sample and forward: `linear` 2 in out, `conv2d` 2 in k^2 per
    /// output number, elementwise `+` and `*` 1 per number, everything else 0.
    pub FLOPS_PROFILER_CLASSICAL = ("flops.profiler.classical", "the classical part of flops.profiler", "arXiv:2511.10062 (FAQNAS), read through what PyTorch's profiler counts");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|_, _| Share::number(0)),
    per_node: Some(node_flops),
    evaluate: |graph, _| summed(graph, node_flops),
}

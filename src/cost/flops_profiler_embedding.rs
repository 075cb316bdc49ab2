//! `flops.profiler.embedding`: the part of flops.profiler.quantum spent on steps that read data.

use super::Share;
use super::neutral::reads_input;
use super::profiler::{embedding_flops, step_share};

metric! {
    /// `flops.profiler.quantum` of the gates whose angles read the region's input.
    pub FLOPS_PROFILER_EMBEDDING = ("flops.profiler.embedding", "the part of flops.profiler.quantum spent on steps that read data", "arXiv:2511.10062 (FAQNAS), read through what PyTorch's profiler counts");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| if reads_input(op) { step_share(op) } else { Share::number(0) }),
    evaluate: |graph, _| graph.regions().map(|(_, region)| embedding_flops(region)).sum(),
}

//! `flops.profiler.embedding`: the part of flops.profiler.quantum spent on steps that read data.

use super::profiler::embedding_flops;

metric! {
    /// `flops.profiler.quantum` of the gates whose angles read the region's input.
    pub FLOPS_PROFILER_EMBEDDING = ("flops.profiler.embedding", "the part of flops.profiler.quantum spent on steps that read data", "arXiv:2511.10062 (FAQNAS), read through what PyTorch's profiler counts");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| graph.regions().map(|(_, region)| embedding_flops(region)).sum(),
}

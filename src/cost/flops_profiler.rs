//! `flops.profiler`: floating-point operations as PyTorch's profiler counts them.

use super::flops_profiler_classical::FLOPS_PROFILER_CLASSICAL;
use super::flops_profiler_quantum::FLOPS_PROFILER_QUANTUM;
use super::of_region;
use super::profiler::{node_flops, region_flops, step_share};

metric! {
    /// `flops.profiler.quantum` + `flops.profiler.classical`: comparable with the numbers of FAQNAS. For a count of what is
    /// really computed take `flops.total`.
    pub FLOPS_PROFILER = ("flops.profiler", "floating-point operations as PyTorch's profiler counts them", "arXiv:2511.10062 (FAQNAS), read through what PyTorch's profiler counts");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    per_node: Some(|graph, node| of_region(node, region_flops) + node_flops(graph, node)),
    evaluate: |graph, _| (FLOPS_PROFILER_QUANTUM.evaluate)(graph, "") + (FLOPS_PROFILER_CLASSICAL.evaluate)(graph, ""),
}

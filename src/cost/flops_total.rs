//! `flops.total`: real operations of the whole model, one sample forward.

use super::classical::node_flops;
use super::flops_classical::FLOPS_CLASSICAL;
use super::flops_quantum::FLOPS_QUANTUM;
use super::neutral::{region_flops, step_share};
use super::of_region;

metric! {
    /// `flops.quantum` + `flops.classical`.
    pub FLOPS_TOTAL = ("flops.total", "real operations of the whole model, one sample forward", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    per_node: Some(|graph, node| of_region(node, region_flops) + node_flops(graph, node)),
    evaluate: |graph, _| (FLOPS_QUANTUM.evaluate)(graph, "") + (FLOPS_CLASSICAL.evaluate)(graph, ""),
}

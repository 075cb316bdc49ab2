//! `flops.total`: real operations of the whole model, one sample forward.

use super::flops_classical::FLOPS_CLASSICAL;
use super::flops_quantum::FLOPS_QUANTUM;

metric! {
    /// `flops.quantum` + `flops.classical`.
    pub FLOPS_TOTAL = ("flops.total", "real operations of the whole model, one sample forward", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| (FLOPS_QUANTUM.evaluate)(graph, "") + (FLOPS_CLASSICAL.evaluate)(graph, ""),
}

//! `flops.total`: real operations of the whole model, one sample forward.

use super::flops_classical::FLOPS_CLASSICAL;
use super::flops_quantum::FLOPS_QUANTUM;
use super::neutral::step_share;

metric! {
    /// `flops.quantum` + `flops.classical`.
    pub FLOPS_TOTAL = ("flops.total", "real operations of the whole model, one sample forward", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    beyond_steps: true,
    evaluate: |graph, _| (FLOPS_QUANTUM.evaluate)(graph, "") + (FLOPS_CLASSICAL.evaluate)(graph, ""),
}

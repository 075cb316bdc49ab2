//! `flops.profiler.quantum`: the quantum part of flops.profiler.

use super::profiler::{region_flops, step_share};

metric! {
    /// What PyTorch's profiler counts of PennyLane's `default.qubit`, per sample and forward. A complex operation counts as one, and
    /// only matrix products, additions and multiplications are seen:
    ///
    /// - `id`, `x`, `cx`, barriers, `prepare`, read-outs: 0 (moved, or done by operations that are not counted)
    /// - `z`, `s`, `t`, `p`, `u1`: half of the state is multiplied: 2^(n-1); a global phase: 2^n
    /// - any other gate, and any gate with extra controls, is a matrix product over its k qubits: 2^(n+k+1)
    ///
    /// So one `cz` costs twice a rotation while `cx` costs nothing: a bias of the measure, which `flops.quantum` has not.
    pub FLOPS_PROFILER_QUANTUM = ("flops.profiler.quantum", "the quantum part of flops.profiler", "arXiv:2511.10062 (FAQNAS), read through what PyTorch's profiler counts");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    evaluate: |graph, _| graph.regions().map(|(_, region)| region_flops(region)).sum(),
}

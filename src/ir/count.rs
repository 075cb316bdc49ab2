//! Structural counts of a region: plain facts that passes and metrics share. No verdicts, no prices.

use super::{GateOp, QuantumOp, Region};
use std::collections::BTreeMap;

/// How many gates of which kind, as written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GateCounts {
    /// By [`GateOp::full_name`].
    pub by_name: BTreeMap<String, usize>,
    /// All gates with at least one operand; `id` counts, a global phase, `prepare` and barriers do not.
    pub total: usize,
    /// Gates on exactly one qubit.
    pub one_qubit: usize,
    /// Gates on exactly two qubits, controls included.
    pub two_qubit: usize,
    /// Gates on three or more qubits.
    pub multi_qubit: usize,
    /// `prepare` statements.
    pub prepares: usize,
}

impl GateOp {
    /// The name with its extra controls in front: `rx`, `ctrl @ rx`; a control on |0⟩ reads `negctrl @`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let words = self.extra_controls.iter().map(|&on_one| if on_one { "ctrl @ " } else { "negctrl @ " });
        words.chain([self.name()]).collect()
    }
}

impl Region {
    /// Counts the gates as they stand.
    #[must_use]
    pub fn gate_counts(&self) -> GateCounts {
        let mut counts = GateCounts::default();
        for op in &self.ops {
            match op {
                QuantumOp::Gate(gate) => {
                    *counts.by_name.entry(gate.full_name()).or_default() += 1;
                    counts.total += usize::from(!gate.qubits.is_empty());
                    match gate.qubits.len() {
                        0 => {}
                        1 => counts.one_qubit += 1,
                        2 => counts.two_qubit += 1,
                        _ => counts.multi_qubit += 1,
                    }
                }
                QuantumOp::Prepare { .. } => counts.prepares += 1,
                QuantumOp::Barrier { .. } => {}
            }
        }
        counts
    }
}

//! `low-entanglement`: entanglers that hardly entangle.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::entangling_capability;

declare_lint! {
    /// ## What it does
    /// Measures the mean Meyer-Wallach entanglement over random weights and inputs, and reports circuits with gates on several
    /// qubits in which it is below 0.05.
    /// ## Why is this bad?
    /// The two-qubit gates are paid for and leave the state nearly a product: they act on qubits in |0⟩ or |1⟩, or cancel.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[3]) -> real[3] { qubit[3] q; cx q[0], q[1]; cx q[1], q[2]; ry(x) q; rx(weight[3]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[3]) -> real[3] { qubit[3] q; ry(x) q; cx q[0], q[1]; cx q[1], q[2]; rx(weight[3]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub LOW_ENTANGLEMENT = ("QL0302", "low-entanglement", "entanglers hardly entangle"); Sampled, Graph(check)
}

const SAMPLES: usize = 100;
const LEAST: f64 = 0.05;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        if !region.region.gates().any(|gate| gate.qubits.len() > 1) {
            continue;
        }
        let found = entangling_capability(region.region, SAMPLES, &mut rng).filter(|value| *value < LEAST);
        if let Some(value) = found {
            let place = view.place(region, &[]);
            out.about(place, view.circuit_name(region), "the gates of {} hardly entangle its qubits").note(format!(
                "mean Meyer-Wallach entanglement {value:.3} over {SAMPLES} random points; 1 is the most"
            ));
        }
    }
}

//! `random-states`: states that are as random and as entangled as can be.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::{entangling_capability, expressibility};

declare_lint! {
    /// ## What it does
    /// Measures expressibility and entanglement over random weights, and reports circuits of at least six qubits in which neither can be told
    /// from those of random states: a divergence below 0.02 from 400 pairs, and a mean Meyer-Wallach entanglement within 2 % of that of random
    /// states, which is 1 - 3 / (2^n + 1). `low-expressibility` and `low-entanglement` are the other end of the band.
    /// ## Why is this bad?
    /// The more random the states, the smaller the gradients (Holmes et al., PRX Quantum 3, 010313, 2022, arXiv:2101.02138), and entanglement
    /// like that of random states alone makes a plateau (Ortiz Marrero et al., PRX Quantum 2, 040316, 2021, arXiv:2010.15968). Begin
    /// training near the identity, or take fewer layers.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[6]) -> real[6] {
    ///     qubit[6] q;
    ///     ry(x) q;
    ///     for k in 0..6 { rx(weight[6]) q; rz(weight[6]) q; for i in 0..6 { cx q[i], q[(i + 1) % 6]; } }
    ///     rx(weight[6]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[6]) -> real[6] {
    ///     qubit[6] q;
    ///     ry(x) q;
    ///     rx(weight[6]) q;
    ///     for i in 0..3 { cx q[2 * i], q[2 * i + 1]; }
    ///     rx(weight[6]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub RANDOM_STATES = ("QL0309", "random-states", "states are as random as can be"); Sampled, Graph(check)
}

const PAIRS: usize = 400;
const POINTS: usize = 100;
const QUBITS: u32 = 6;
/// Divergence below which 400 pairs cannot be told from those of random states.
const LEAST: f64 = 0.02;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view).filter(|(region, _)| region.region.n_qubits >= QUBITS) {
        let random = 1.0 - 3.0 / (2f64.powi(region.region.n_qubits.cast_signed()) + 1.0);
        let Some(entangled) = entangling_capability(region.region, POINTS, &mut rng) else { continue };
        if (entangled / random - 1.0).abs() > 0.02 {
            continue;
        }
        let Some(value) = expressibility(region.region, PAIRS, &mut rng).filter(|value| *value < LEAST) else {
            continue;
        };
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), "states of {} cannot be told from random ones")
            .note(format!("expressibility {value:.3} from {PAIRS} pairs, mean Meyer-Wallach entanglement {entangled:.3} over {POINTS} points; random states have 0 and {random:.3}"))
            .help("take fewer layers, or let weights begin near zero: `weight ~ normal(0, 0.1)`");
    }
}

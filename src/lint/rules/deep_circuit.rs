//! `deep-circuit`: local read-outs behind a circuit deep enough to be random.

use crate::ir::Readout;
use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds circuits on at least eight qubits with read-outs on few of them whose layers of two-qubit gates are at least as many as the qubits,
    /// with weights in between.
    /// ## Why is this bad?
    /// Sums of local observables keep their gradients at a depth of about log n; at a depth of about n circuits of such layers come close to random
    /// ones, and the gradients vanish as they do for global observables (Cerezo et al., Nat. Commun. 12, 1791, 2021, arXiv:2001.00550).
    /// `--sampled` measures it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[8]) -> real[8] { qubit[8] q; ry(x) q; for k in 0..4 { rx(weight[8]) q; rz(weight[8]) q; for i in 0..8 { cx q[i], q[(i + 1) % 8]; } } ry(weight[8]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[8]) -> real[8] { qubit[8] q; ry(x) q; for k in 0..2 { rx(weight[8]) q; for i in 0..4 { cx q[2 * i], q[2 * i + 1]; } } ry(weight[8]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DEEP_CIRCUIT = ("QL0410", "deep-circuit", "a circuit is as deep as it is wide"); Heuristic, Graph(check)
}

/// Qubits from which it matters, and on which a read-out counts as global: that is another rule's finding.
const MANY: usize = 8;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live && region.region.n_qubits as usize >= MANY) {
        let widest = region.region.readouts.iter().map(|readout| match readout {
            Readout::Expectation(sum) => sum.terms().iter().map(|term| term.1.weight()).max().unwrap_or(0),
            Readout::Probabilities(qubits) => qubits.len(),
        });
        let live =
            region.effects.variables.iter().filter(|(variable, dead)| view.is_trainable(**variable) && dead.is_none());
        let qubits = region.region.n_qubits as usize;
        if widest.max().unwrap_or(0) >= MANY || live.count() < 2 * qubits {
            continue;
        }
        let layers = region.reduced().two_qubit_depth();
        if layers >= qubits {
            let place = view.place(region, &[]);
            out.about(place, view.circuit_name(region), "{} is as deep as it is wide")
                .note(format!("{layers} layers of two-qubit gates on {qubits} qubits: gradients of local read-outs vanish, too, as a circuit comes close to a random one"))
                .help("begin with fewer layers, or measure the gradients with `--sampled`");
        }
    }
}

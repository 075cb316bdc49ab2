//! `costly-routing`: a circuit that spends its gates on swaps.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Transpiles circuits to the device that the search names, and reports those that have more than one and a half times the two-qubit
    /// gates they would have with every pair coupled, because pairs that meet are not neighbours.
    /// ## Why is this bad?
    /// A third of the gates, and of the noise, moves qubits about. A circuit over the device's own pairs (`dev.edges`) computes with
    /// the same gates.
    /// ## Example
    /// ```qnas wrong
    /// device path { qubits: 6, edges: [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], native: [rz, sx, x, cz] }
    /// circuit c() -> real { qubit[6] q; for k in 0..3 { ry(weight[6]) q; for i in 0..6 { for j in i + 1..6 { cz q[i], q[j]; } } } expect(X(q[0])) }
    /// search s { model: c, device: path, train: fit(adam(lr: 0.1), loss: output, steps: 50), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// device path { qubits: 6, edges: [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], native: [rz, sx, x, cz] }
    /// circuit c() -> real { qubit[6] q; for k in 0..3 { ry(weight[6]) q; for i in 0..5 { cz q[i], q[i + 1]; } } expect(X(q[0])) }
    /// search s { model: c, device: path, train: fit(adam(lr: 0.1), loss: output, steps: 50), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub COSTLY_ROUTING = ("QL0409", "costly-routing", "a circuit spends its gates on swaps"); Heuristic, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let Some(Ok(placed)) = view.on_device() else { return };
    for (circuit, region) in placed.regions.iter().zip(&view.regions) {
        let Some(free) = view.with_all_pairs(region) else { continue };
        let own = region.reduced().ops.iter().filter(|op| matches!(op, QuantumOp::Gate(gate) if gate.qubits.len() > 1));
        if circuit.swaps > 0 && 2 * circuit.two_qubit > 3 * free.max(own.count()) {
            out.about(view.facts.home, view.circuit_name(region), "{} spends its gates on swaps on the device")
                .note(format!(
                    "{} two-qubit gates on `{}`, {} of them with every pair coupled; {} swaps",
                    circuit.two_qubit, placed.device.name, free, circuit.swaps
                ))
                .help("let the circuit follow `dev.edges`, or minimise `device.two_qubit`");
        }
    }
}

//! `self-cancelling-entangler`: gates on several qubits that undo each other.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds gates on several qubits that are the identity together: `cz(0, 1)` and `cz(1, 0)` of a ring on two qubits, a ring of range
    /// n / 2, a mirrored layer around nothing.
    /// ## Why is this bad?
    /// What should entangle does not, for some sizes only, and the search compares such architectures with working ones.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     for i in 0..2 { cz q[i], q[(i + 1) % 2]; }
    ///     rx(weight[2]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     cz q[0], q[1];
    ///     rx(weight[2]) q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered: an entangler was meant.
    pub SELF_CANCELLING_ENTANGLER =
        ("QL0112", "self-cancelling-entangler", "gates on several qubits undo each other"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for &at in region.undone() {
            let QuantumOp::Gate(gate) = &region.region.ops[at] else { continue };
            if gate.qubits.len() < 2 {
                continue;
            }
            let qubits: Vec<String> = gate.qubits.iter().map(|&q| region.region.qubit_name(q)).collect();
            let place = view.place(region, &[region.op_span(at)]);
            out.about(
                place,
                quoted(&qubits.join(", ")),
                format!("this `{}` on {{}} is undone by another gate", gate.name()),
            )
            .note("the two are the identity together, and what stands between them commutes with one of them");
        }
    }
}

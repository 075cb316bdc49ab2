//! `dead-gate`: a gate that can be left out although a read-out reaches its qubits.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use crate::passes::effect::Reason;

declare_lint! {
    /// ## What it does
    /// Finds gates that change no output, although a read-out reaches their qubits: a `cz` right before Z is read, a `cx` whose
    /// control is in |0⟩. A gate with weights or data is named here if they have an effect elsewhere; if not, they are the finding.
    /// ## Why is this bad?
    /// An entangler that does nothing is depth, noise and two-qubit count for nothing, and a search that counts two-qubit
    /// gates compares architectures by it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; ry(weight[2]) q; cz q[0], q[1]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// Safe where everything the statement makes is proved to do nothing.
    pub DEAD_GATE = ("QL0104", "dead-gate", "a gate changes no output"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for (at, (op, effect)) in region.region.ops.iter().zip(&region.effects.ops).enumerate() {
            let (QuantumOp::Gate(gate), Some(reason)) = (op, &effect.removable) else { continue };
            let other = gate.name() == "id" || matches!(reason, Reason::OutsideLightCone);
            if other || !super::is_own_finding(gate, region) {
                continue;
            }
            let qubits: Vec<String> = gate.qubits.iter().map(|&q| region.region.qubit_name(q)).collect();
            let place = view.place(region, &[region.op_span(at)]);
            out.about(place, quoted(&qubits.join(", ")), format!("this `{}` on {{}} changes no output", gate.name()))
                .here("it can be left out")
                .note(reason.explain())
                .proof(reason.explain())
                .remove();
        }
    }
}

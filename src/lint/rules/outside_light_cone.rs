//! `outside-light-cone`: a gate on qubits that no read-out reaches.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use crate::passes::effect::Reason;

declare_lint! {
    /// ## What it does
    /// Finds gates whose qubits no read-out reaches, not even through later gates.
    /// ## Why is this bad?
    /// The gate is simulated, counted and sent to hardware, and changes nothing. Most often a read-out names fewer qubits than the
    /// circuit has.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real { qubit[3] q; ry(x) q[0..2]; cx q[0], q[1]; h q[2]; expect(Z(q[1])) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real { qubit[2] q; ry(x) q; cx q[0], q[1]; expect(Z(q[1])) }
    /// ```
    /// ## Fix safety
    /// Safe where everything the statement makes is proved to do nothing.
    pub OUTSIDE_LIGHT_CONE = ("QL0103", "outside-light-cone", "no read-out reaches a gate"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for (at, (op, effect)) in region.region.ops.iter().zip(&region.effects.ops).enumerate() {
            let QuantumOp::Gate(gate) = op else { continue };
            if effect.removable != Some(Reason::OutsideLightCone) || !super::is_own_finding(gate, region) {
                continue;
            }
            let qubits: Vec<String> = gate.qubits.iter().map(|&q| region.region.qubit_name(q)).collect();
            let place = view.place(region, &[region.op_span(at)]);
            out.about(place, quoted(&qubits.join(", ")), format!("no read-out reaches this `{}` on {{}}", gate.name()))
                .note("what happens on qubits that nothing reads changes no output")
                .remove();
        }
    }
}

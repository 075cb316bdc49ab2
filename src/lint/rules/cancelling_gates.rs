//! `cancelling-gates`: gates on single qubits that undo each other, or do nothing by themselves.

use crate::gates::Gate;
use crate::ir::{Operation, QuantumOp, Region};
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use crate::passes::remove_identities::RemoveIdentities;
use crate::passes::{Pass, PassContext};

declare_lint! {
    /// ## What it does
    /// Finds gates on single qubits that meet their inverse (`h q; h q;`), and gates whose angle makes them the identity
    /// (`rx(0) q`, `rz(2 * pi) q`).
    /// ## Why is this bad?
    /// Depth and noise for nothing. `id`, written on purpose, is not reported.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real) -> real { qubit q; ry(x) q; h q; h q; rx(weight) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real) -> real { qubit q; ry(x) q; rx(weight) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub CANCELLING_GATES = ("QL0113", "cancelling-gates", "gates undo each other or do nothing"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for &at in region.undone() {
            let QuantumOp::Gate(gate) = &region.region.ops[at] else { continue };
            if gate.qubits.len() == 1 && region.effects.ops[at].removable.is_none() {
                let place = view.place(region, &[region.op_span(at)]);
                let qubit = quoted(&region.region.qubit_name(gate.qubits[0]));
                out.about(place, qubit, format!("this `{}` on {{}} is undone by another gate", gate.name()));
            }
        }
        for (at, op) in region.region.ops.iter().enumerate() {
            let QuantumOp::Gate(gate) = op else { continue };
            let Operation::Gate { gate: kind, params } = &gate.operation else { continue };
            let written = is_id(kind) || params.is_empty() || params.iter().any(|angle| angle.as_constant().is_none());
            if written || region.effects.ops[at].removable.is_some() {
                continue;
            }
            let mut alone = Region { n_qubits: region.region.n_qubits, ops: vec![op.clone()], ..Region::default() };
            RemoveIdentities.run(&mut alone, &PassContext::default());
            if alone.ops.is_empty() {
                let qubits: Vec<String> = gate.qubits.iter().map(|&q| region.region.qubit_name(q)).collect();
                let place = view.place(region, &[region.op_span(at)]);
                out.about(place, quoted(&qubits.join(", ")), format!("this `{}` on {{}} is the identity", gate.name()));
            }
        }
    }
}

fn is_id(gate: &Gate) -> bool {
    gate.meta.name == "id"
}

//! `unmeasured-qubit`: a qubit without which every output is the same.

use crate::ir::GateOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds qubits that could be left out: no read-out names them, and no step on them has an effect on one.
    /// ## Why is this bad?
    /// Every qubit doubles the cost of a simulation and takes one of a device's few.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real { qubit[3] q; ry(x) q[0..2]; cx q[0], q[1]; expect(Z(q[1])) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real { qubit[2] q; ry(x) q; cx q[0], q[1]; expect(Z(q[1])) }
    /// ```
    /// ## Fix safety
    /// None is offered: other qubits change their numbers.
    pub UNMEASURED_QUBIT = ("QL0108", "unmeasured-qubit", "a qubit has no part in any output"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        let read = super::read_qubits(region.region);
        for (qubit, &live) in (0u32..).zip(&region.effects.qubits) {
            let copied = |gate: &GateOp| gate.is_copy() && gate.targets().contains(&qubit);
            if live || read.contains(&qubit) || region.region.gates().any(copied) {
                continue;
            }
            let place = view.place(region, &[]);
            out.about(place, quoted(&region.region.qubit_name(qubit)), "the qubit {} has no part in any output")
                .note("no read-out names it, and no step on it has an effect on one");
        }
    }
}

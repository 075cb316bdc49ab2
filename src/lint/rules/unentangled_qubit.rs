//! `unentangled-qubit`: a qubit that is read and never meets another.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds qubits that take part in read-outs of a circuit with several qubits, and that no gate with an effect connects
    /// with another qubit.
    /// ## Why is this bad?
    /// The qubit is a function of one variable that a classical unit computes at once; as a part of a quantum model it adds
    /// nothing. Often an entangler begins one qubit late or a choice removes it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[3]) -> real[3] { qubit[3] q; ry(x) q; cx q[0], q[1]; ry(weight[3]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[3]) -> real[3] { qubit[3] q; ry(x) q; cx q[0], q[1]; cx q[1], q[2]; ry(weight[3]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNENTANGLED_QUBIT = ("QL0106", "unentangled-qubit", "a qubit never meets another"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.region.n_qubits > 1) {
        let blocks = super::factorising_circuit::blocks(region);
        // A circuit in which no qubit meets another is one finding of its own.
        if blocks.iter().all(|block| block.len() < 2) {
            continue;
        }
        for block in blocks.iter().filter(|block| block.len() == 1) {
            let qubit = block[0];
            let last = region.region.ops.iter().rposition(|op| {
                matches!(op, QuantumOp::Gate(_) | QuantumOp::Prepare { .. }) && op.qubits().contains(&qubit)
            });
            let place = view.place(region, &last.map(|at| region.op_span(at)).into_iter().collect::<Vec<_>>());
            out.about(place, quoted(&region.region.qubit_name(qubit)), "the qubit {} never meets another")
                .note("no gate on several qubits that has an effect acts on it");
        }
    }
}

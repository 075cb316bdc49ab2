//! `global-observable`: a read-out over many qubits behind a deep circuit.

use crate::ir::Readout;
use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds read-outs that act on at least eight qubits at once (a product of eight Paulis, or all probabilities of eight qubits)
    /// in circuits with weights and two-qubit gates.
    /// ## Why is this bad?
    /// For global observables the variance of gradients falls exponentially with the number of qubits even at constant depth; for
    /// sums of local ones only with depth (Cerezo et al., Nat. Commun. 12, 1791, 2021, arXiv:2001.00550). `--sampled` measures it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[8]) -> real {
    ///     qubit[8] q;
    ///     ry(x) q;
    ///     for i in 0..7 { cx q[i], q[i + 1]; }
    ///     rx(weight[8]) q;
    ///     expect(Z(q[0]) * Z(q[1]) * Z(q[2]) * Z(q[3]) * Z(q[4]) * Z(q[5]) * Z(q[6]) * Z(q[7]))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[8]) -> real[8] { qubit[8] q; ry(x) q; for i in 0..7 { cx q[i], q[i + 1]; } rx(weight[8]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub GLOBAL_OBSERVABLE = ("QL0401", "global-observable", "a read-out acts on many qubits at once"); Heuristic, Graph(check)
}

const MANY: usize = 8;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.region.n_qubits as usize >= MANY) {
        let entangled = region.region.gates().any(|gate| gate.qubits.len() > 1);
        let trained = region.effects.variables.keys().any(|&variable| view.is_trainable(variable));
        let widest = region.region.readouts.iter().map(|readout| match readout {
            Readout::Expectation(sum) => sum.terms().iter().map(|term| term.1.weight()).max().unwrap_or(0),
            Readout::Probabilities(qubits) => qubits.len(),
        });
        let widest = widest.max().unwrap_or(0);
        if entangled && trained && widest >= MANY {
            let place = view.place(region, &[]);
            out.about(
                place,
                view.circuit_name(region),
                format!("a read-out of {{}} acts on {widest} qubits at once"),
            )
            .note("gradients of global observables vanish exponentially with the number of qubits, whatever the depth")
            .help("read sums of local observables, or measure the gradients with `--sampled`");
        }
    }
}

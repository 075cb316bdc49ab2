//! `large-state`: a circuit whose state no usual machine holds.

use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds circuits on more than 28 qubits in searches: one state in double precision then takes 8 GiB, and training needs
    /// several for every sample of a batch.
    /// ## Why is this bad?
    /// The search stops hours later with an error about memory, at the first such architecture.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { let n = choose 4..=32 step 28; qubit[n] q; ry(weight[n]) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } expect(Z(q[n - 1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { let n = choose 4..=12 step 8; qubit[n] q; ry(weight[n]) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } expect(Z(q[n - 1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub LARGE_STATE = ("QL0205", "large-state", "a circuit is too large to be simulated"); Cost, Graph(check)
}

const QUBITS: u32 = 28;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    if view.facts.train.is_none() {
        return;
    }
    for region in view.regions.iter().filter(|region| region.region.n_qubits > QUBITS) {
        let place = view.place(region, &[]);
        let bytes = 2f64.powi(i32::try_from(region.region.n_qubits).unwrap_or(i32::MAX)) * 16.0 / f64::from(1 << 30);
        out.about(place, view.circuit_name(region), "the state of the circuit {} fits no usual machine")
            .note(format!("{} qubits: one state takes {bytes:.0} GiB in double precision", region.region.n_qubits))
            .help("`require: [qubits <= 24]`");
    }
}

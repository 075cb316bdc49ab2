//! `device-violation`: a circuit that the search's device cannot run.

use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Transpiles circuits to the device that the search names, and reports those that do not fit it: more qubits than it has, or than any
    /// connected part of it has, or gates its native ones do not make.
    /// ## Why is this bad?
    /// Metrics of the device are as bad as can be there, and what wins by the others cannot be run.
    /// ## Example
    /// ```qnas wrong
    /// device tee { qubits: 5, edges: [(0, 1), (1, 2), (1, 3), (3, 4)], native: [rz, sx, x, cx] }
    /// circuit c[n]() -> real { qubit[n] q; ry(weight[n]) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } expect(Z(q[n - 1])) }
    /// search s { model: c[n: choose 3..=6], device: tee, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// device tee { qubits: 5, edges: [(0, 1), (1, 2), (1, 3), (3, 4)], native: [rz, sx, x, cx] }
    /// circuit c[n]() -> real { qubit[n] q; ry(weight[n]) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } expect(Z(q[n - 1])) }
    /// search s { model: c[n: choose 3..=5], device: tee, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DEVICE_VIOLATION = ("QL0216", "device-violation", "a circuit does not fit the device"); Cost, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let Some(Err(why)) = view.on_device() else { return };
    let Some(device) = &view.facts.device else { return };
    let finding = out.about(view.facts.home, crate::lint::quoted(&device.name), "a circuit does not fit the device {}");
    finding.note(why.message.clone());
    why.notes.iter().for_each(|note| {
        finding.note(note.clone());
    });
    finding.help("choose fewer qubits or another device");
}

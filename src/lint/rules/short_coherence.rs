//! `short-coherence`: a circuit that takes longer than the qubits of its device remember.

use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Transpiles circuits to the device that the search names, and reports those whose gates and read-out take longer than the shortest
    /// dephasing time (T2) of a qubit in use. Devices without stated durations or times are passed over.
    /// ## Why is this bad?
    /// What is read out is mostly noise. The device would have to repeat it exponentially often to tell.
    /// ## Example
    /// ```qnas wrong
    /// device pair { qubits: 2, edges: [(0, 1)], native: [rz, sx, x, cx], duration: (sx: 50e-9, x: 50e-9, cx: 500e-9, readout: 1e-6), t1: 50e-6, t2: 20e-6 }
    /// circuit c() -> real { qubit[2] q; for k in 0..40 { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, device: pair, train: fit(adam(lr: 0.1), loss: output, steps: 50), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// device pair { qubits: 2, edges: [(0, 1)], native: [rz, sx, x, cx], duration: (sx: 50e-9, x: 50e-9, cx: 500e-9, readout: 1e-6), t1: 50e-6, t2: 20e-6 }
    /// circuit c() -> real { qubit[2] q; for k in 0..4 { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, device: pair, train: fit(adam(lr: 0.1), loss: output, steps: 50), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub SHORT_COHERENCE = ("QL0217", "short-coherence", "a circuit outlasts the memory of its qubits"); Cost, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let Some(Ok(placed)) = view.on_device() else { return };
    for (circuit, region) in placed.regions.iter().zip(&view.regions) {
        let read = crate::cost::device::measured(circuit);
        let reading = read.iter().map(|&qubit| placed.device.readout_time(qubit)).fold(0.0, f64::max);
        let seconds = circuit.schedule.duration + reading;
        let active = (0u32..).zip(&circuit.schedule.active).filter(|(qubit, active)| **active || read.contains(qubit));
        let shortest = active.map(|(qubit, _)| placed.device.t2(qubit)).fold(f64::INFINITY, f64::min);
        if seconds > shortest {
            out.about(
                view.facts.home,
                view.circuit_name(region),
                "{} takes longer on the device than its qubits remember",
            )
            .note(format!(
                "it takes {:.1} microseconds on `{}`, and the shortest T2 of a qubit in use is {:.1}",
                1e6 * seconds,
                placed.device.name,
                1e6 * shortest
            ))
            .help("choose fewer layers, or minimise `device.duration`");
        }
    }
}

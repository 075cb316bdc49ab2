//! `device.hanas`: the logarithmic cost of Hyb-HANAS.

use super::{OnDevice, measured};
use crate::ir::QuantumOp;
use crate::target::Transpiled;

device_metric! {
    /// `ln T + T / min T2 - Σ n ln(1 - e)`: `T` adds the seconds of every native gate and of every measurement one after another, `T2` is the
    /// shortest among the qubits in use, the sum runs over gates on one qubit, gates on two and measurements with their number
    /// and mean error. The logarithm of the paper's time to a success; a ranking, never seconds. A certain failure counts as an error of
    /// `1 - 1e-12`. Without stated durations the first two terms are left out. Summed over the circuits of a model.
    pub HANAS = ("device.hanas", "logarithmic cost of Hyb-HANAS", "Hyb-HANAS, arXiv:2603.00625");
    unit: "",
    worst: f64::INFINITY,
    evaluate: |on| on.sum(|region| of(on, region)),
}

fn of(on: &OnDevice<'_>, region: &Transpiled) -> f64 {
    let device = on.device;
    let mut seconds = 0.0;
    // Per number of qubits how many gates and the sum of their errors.
    let mut buckets = [(0.0, 0.0); 3];
    for op in &region.region.ops {
        if let QuantumOp::Gate(gate) = op {
            let bucket = &mut buckets[usize::from(gate.qubits.len() > 1)];
            bucket.0 += 1.0;
            bucket.1 += device.gate_error(gate.name(), &gate.qubits);
            seconds += device.gate_time(gate.name(), &gate.qubits);
        }
    }
    for qubit in measured(region) {
        buckets[2].0 += 1.0;
        buckets[2].1 += device.readout_error(qubit);
        seconds += device.readout_time(qubit);
    }
    let active = (0u32..).zip(&region.schedule.active).filter(|(_, active)| **active);
    let shortest = active.map(|(qubit, _)| device.t2(qubit)).fold(f64::INFINITY, f64::min);
    let failures: f64 = buckets
        .iter()
        .filter(|(count, _)| *count > 0.0)
        .map(|(count, errors)| -count * (1.0 - (errors / count).min(1.0 - 1e-12)).ln())
        .sum();
    let time = if seconds > 0.0 { seconds.ln() + seconds / shortest } else { 0.0 };
    time + failures
}

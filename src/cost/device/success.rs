//! `device.success`: the chance that a shot goes right.

use super::{OnDevice, measured};
use crate::ir::QuantumOp;
use crate::target::Transpiled;

device_metric! {
    /// The product over all native gates of `1 - error` where they stand, over all measured qubits of `1 - readout error`, and over
    /// all idle times of the fidelity that relaxation and dephasing leave: `1/2 + exp(-t/T1)/6 + exp(-t/T2)/3`. Errors that are
    /// not stated count as none. A product over the circuits of a model.
    pub SUCCESS = ("device.success", "estimated chance that a shot goes right", "average fidelity from process fidelity: Nielsen, quant-ph/0205035");
    unit: "",
    worst: 0.0,
    evaluate: |on| on.regions.iter().map(|region| of(on, region)).product(),
}

/// The chance of one region.
pub(super) fn of(on: &OnDevice<'_>, region: &Transpiled) -> f64 {
    let device = on.device;
    let gates: f64 = region
        .region
        .ops
        .iter()
        .map(|op| match op {
            QuantumOp::Gate(gate) => 1.0 - device.gate_error(gate.name(), &gate.qubits),
            _ => 1.0,
        })
        .product();
    let reading: f64 = measured(region).into_iter().map(|qubit| 1.0 - device.readout_error(qubit)).product();
    let waiting: f64 = (0u32..)
        .zip(&region.schedule.idle)
        .filter(|(_, seconds)| **seconds > 0.0)
        .map(|(qubit, seconds)| {
            0.5 + (-seconds / device.t1(qubit)).exp() / 6.0 + (-seconds / device.t2(qubit)).exp() / 3.0
        })
        .product();
    gates * reading * waiting
}

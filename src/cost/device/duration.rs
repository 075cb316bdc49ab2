//! `device.duration`: how long a circuit runs.

use super::{OnDevice, measured};
use crate::target::Transpiled;

device_metric! {
    /// Seconds from the first gate to the end of reading out: every gate begins as soon as its qubits are free, by the
    /// device's durations. Gates whose duration is not stated take no time. Circuits of one model run one after another.
    pub DURATION = ("device.duration", "seconds that one shot runs", "");
    unit: "s",
    worst: f64::INFINITY,
    evaluate: |on| on.sum(|region| of(on, region)),
}

/// Seconds of one shot of one region.
pub(super) fn of(on: &OnDevice<'_>, region: &Transpiled) -> f64 {
    let reading = measured(region).into_iter().map(|qubit| on.device.readout_time(qubit)).fold(0.0, f64::max);
    region.schedule.duration + reading
}

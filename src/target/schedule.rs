//! When each native gate begins: as soon as its qubits are free, by the device's durations.

use crate::device::Device;
use crate::ir::{GateOp, QuantumOp};

/// When what happens.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Schedule {
    /// Per step its beginning and its end in seconds; `None` for what takes no part.
    pub steps: Vec<Option<(f64, f64)>>,
    /// Seconds until the last gate has ended.
    pub duration: f64,
    /// Per qubit of the device seconds without a gate between its first gate and the end of the circuit.
    pub idle: Vec<f64>,
    /// Per qubit of the device: does any gate touch it?
    pub active: Vec<bool>,
    /// Longest chain of gates that wait for each other, and of gates on two qubits.
    pub depth: [usize; 2],
}

/// The schedule of native gates.
#[must_use]
pub fn schedule(device: &Device, ops: &[QuantumOp]) -> Schedule {
    let n = device.n_qubits as usize;
    let mut out = Schedule { idle: vec![0.0; n], active: vec![false; n], ..Schedule::default() };
    let mut free = vec![0.0f64; n];
    let mut depth = [vec![0usize; n], vec![0usize; n]];
    for op in ops {
        let QuantumOp::Gate(gate) = op else {
            out.steps.push(None);
            continue;
        };
        let places = || gate.qubits.iter().map(|&qubit| qubit as usize);
        let start = places().map(|at| free[at]).fold(0.0, f64::max);
        let end = start + gate_time(device, gate);
        for at in places() {
            if out.active[at] {
                out.idle[at] += start - free[at];
            }
            out.active[at] = true;
            free[at] = end;
        }
        for (counts, chain) in depth.iter_mut().zip([true, gate.qubits.len() > 1]) {
            let layer = places().map(|at| counts[at]).max().unwrap_or(0) + usize::from(chain);
            places().for_each(|at| counts[at] = layer);
        }
        out.steps.push(Some((start, end)));
        out.duration = out.duration.max(end);
    }
    for ((idle, active), free) in out.idle.iter_mut().zip(&out.active).zip(free) {
        if *active {
            *idle += out.duration - free;
        }
    }
    out.depth = depth.map(|counts| counts.into_iter().max().unwrap_or(0));
    out
}

/// Seconds a native gate takes where it stands.
#[must_use]
pub fn gate_time(device: &Device, gate: &GateOp) -> f64 {
    device.gate_time(gate.name(), &gate.qubits)
}

//! `device.clifford_noise_resilience`: how well read-outs survive the device's noise.

use crate::device::Device;
use crate::ir::GateOp;
use crate::probe::{self, Noise};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

device_metric! {
    /// As `clifford_noise_resilience`, on the transpiled circuit with the errors that the device states for its gates and read-outs;
    /// what is not stated counts as none. The least over the circuits of a model.
    pub CLIFFORD_NOISE_RESILIENCE = ("device.clifford_noise_resilience", "agreement of noisy and noiseless Clifford replicas on the device", "Élivágar: Anagolum et al., ASPLOS 2024, arXiv:2401.09393");
    unit: "of 1",
    worst: 0.0,
    evaluate: |on| {
        let one = |circuit: &crate::target::Transpiled| {
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            probe::clifford_noise_resilience(&circuit.region, probe::REPLICAS, &Stated(on.device), &mut rng)
        };
        on.regions.iter().map(one).fold(1.0, f64::min)
    },
}

/// The figures of a device.
struct Stated<'d>(&'d Device);

impl Noise for Stated<'_> {
    fn gate(&self, gate: &GateOp) -> f64 {
        self.0.gate_error(gate.name(), &gate.qubits)
    }

    fn readout(&self, qubit: u32) -> f64 {
        self.0.readout_error(qubit)
    }
}

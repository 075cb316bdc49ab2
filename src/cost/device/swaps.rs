//! `device.swaps`: swaps that routing puts in.

device_metric! {
    /// Swaps that bring together qubits which the device does not couple. A swap beside a gate of the same pair merges with it,
    /// so `device.two_qubit` says better what they cost.
    pub SWAPS = ("device.swaps", "swaps that routing puts in", "");
    unit: "swaps",
    worst: f64::INFINITY,
    evaluate: |on| on.sum(|region| region.swaps as f64),
}

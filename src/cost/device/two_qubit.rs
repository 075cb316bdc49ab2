//! `device.two_qubit`: two-qubit gates on the device.

device_metric! {
    /// Native gates on two qubits after layout, routing and synthesis, swaps included.
    pub TWO_QUBIT = ("device.two_qubit", "two-qubit gates on the device", "");
    unit: "gates",
    worst: f64::INFINITY,
    evaluate: |on| on.sum(|region| region.two_qubit as f64),
}

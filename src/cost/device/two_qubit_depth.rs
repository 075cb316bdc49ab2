//! `device.two_qubit_depth`: depth on the device if only two-qubit gates took time.

device_metric! {
    /// The longest chain of native two-qubit gates that wait for each other; the largest over the circuits of a model.
    pub TWO_QUBIT_DEPTH = ("device.two_qubit_depth", "depth in two-qubit gates on the device", "");
    unit: "layers",
    worst: f64::INFINITY,
    evaluate: |on| on.largest(|region| region.schedule.depth[1]),
}

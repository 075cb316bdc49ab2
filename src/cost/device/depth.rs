//! `device.depth`: depth on the device.

device_metric! {
    /// The longest chain of native gates that wait for each other, turns about Z included; the largest over the circuits of a model.
    pub DEPTH = ("device.depth", "depth on the device", "");
    unit: "layers",
    worst: f64::INFINITY,
    evaluate: |on| on.largest(|region| region.schedule.depth[0]),
}

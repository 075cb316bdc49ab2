//! `device.seconds`: how long the machine is busy.

use super::{duration, shots};

device_metric! {
    /// Seconds of one job that estimates the expectation values of one sample: `job + shots × (rep_delay + duration of a shot)`,
    /// with the shots of `device.shots` and the device's `job` and `rep_delay`. IBM's public estimate has this form.
    pub SECONDS = ("device.seconds", "seconds of the machine for one sample", "IBM's estimate of job usage, Qiskit documentation");
    unit: "s",
    worst: f64::INFINITY,
    evaluate: |on| {
        if !shots::any(on) {
            return 0.0;
        }
        let running = on.regions.iter().map(|region| shots::of(region) * (on.device.rep_delay + duration::of(on, region)));
        on.device.job_time + running.sum::<f64>()
    },
}

//! Delayed quantum control: a train of Gaussian pulses under a decaying envelope.

use super::own;
use crate::diag::Diagnostic;
use crate::driver::data::{DataOptions, Raw};

/// The signal at one moment.
pub(super) fn pulses(x: f64) -> f64 {
    let train: f64 = (0..=10).map(|k| (-10.0 * (x - 2.0 * f64::from(k)).powi(2)).exp()).sum();
    train * (-x / 16.0).exp()
}

/// 2,200 points from -2 on, a hundredth apart.
pub(in super::super) fn control(options: &DataOptions) -> Result<Raw, Diagnostic> {
    let series: Vec<f64> = (0..2200).map(|k| pulses(-2.0 + 0.01 * f64::from(k))).collect();
    own("delayed_control", &series, options)
}

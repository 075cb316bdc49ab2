//! The Bessel function J₂ on 2..100.

use super::own;
use crate::diag::Diagnostic;
use crate::driver::data::{DataOptions, Raw};

/// Points of the integral: enough for full precision up to arguments of several hundred.
const POINTS: u32 = 1024;

/// J₂(x), from Bessel's integral. The integrand is periodic, so the trapezoid rule converges faster than any power.
pub(super) fn bessel_j2(x: f64) -> f64 {
    let turn = std::f64::consts::TAU / f64::from(POINTS);
    let sum: f64 = (0..POINTS).map(|k| turn * f64::from(k)).map(|t| (2.0 * t - x * t.sin()).cos()).sum();
    sum / f64::from(POINTS)
}

/// 256 points from 2 to 100, ends included.
pub(in super::super) fn bessel(options: &DataOptions) -> Result<Raw, Diagnostic> {
    let series: Vec<f64> = (0..256).map(|k| bessel_j2(2.0 + 98.0 * f64::from(k) / 255.0)).collect();
    own("bessel", &series, options)
}

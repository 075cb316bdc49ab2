//! Nonlinear autoregressive moving averages.

use super::windows;
use crate::diag::Diagnostic;
use crate::driver::data::{DataOptions, Raw};
use std::f64::consts::TAU;

/// Steps of the series.
const STEPS: usize = 300;

/// What drives the system at step `t`: the product of three sines, lifted and scaled into 0..0.2.
pub(super) fn narma_input(t: usize) -> f64 {
    let wave = |frequency: f64| (TAU * frequency * t as f64 / STEPS as f64).sin();
    0.1 * (wave(2.11) * wave(3.73) * wave(4.11) + 1.0)
}

/// The response of order `order`: `y[t+1] = 0.3 y[t] + 0.05 y[t] Σ y[t-j] + 1.5 u[t-order+1] u[t] + 0.1`, from `y[0] = 0.196`
/// with nothing before it.
pub(super) fn narma(order: usize) -> Vec<f64> {
    let mut y = vec![0.196];
    for t in 0..STEPS - 1 {
        let past: f64 = (0..order).filter_map(|back| t.checked_sub(back)).map(|at| y[at]).sum();
        let early = (t + 1).checked_sub(order).map_or(0.0, narma_input);
        y.push(0.3 * y[t] + 0.05 * y[t] * past + 1.5 * early * narma_input(t) + 0.1);
    }
    y
}

/// Windows of the drive, and the response that comes next.
pub(in super::super) fn response(name: &str, order: usize, options: &DataOptions) -> Result<Raw, Diagnostic> {
    let drive: Vec<f64> = (0..STEPS).map(narma_input).collect();
    windows(name, &drive, &narma(order), options)
}

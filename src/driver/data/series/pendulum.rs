//! The velocity of a damped pendulum.

use super::own;
use crate::diag::Diagnostic;
use crate::driver::data::{DataOptions, Raw};

/// Steps of the integrator between two points of the series: its error is far below the last digit anybody keeps.
const SUBSTEPS: u32 = 400;

/// Angle and velocity change: `θ'' = -(b/m) θ' - g sin θ`, with l = m = 1, b = 0.15, g = 9.81.
fn change([angle, velocity]: [f64; 2]) -> [f64; 2] {
    [velocity, -0.15 * velocity - 9.81 * angle.sin()]
}

/// The velocity at `points` times, evenly from 0 to `end`, from θ = 0 and θ' = 3; Runge and Kutta's fourth-order rule.
pub(super) fn velocity(points: u32, end: f64) -> Vec<f64> {
    let step = end / f64::from(points - 1) / f64::from(SUBSTEPS);
    let along = |[a, v]: [f64; 2], [da, dv]: [f64; 2], by: f64| [a + by * da, v + by * dv];
    let mut state = [0.0, 3.0];
    let mut series = vec![state[1]];
    for _ in 1..points {
        for _ in 0..SUBSTEPS {
            let k1 = change(state);
            let k2 = change(along(state, k1, step / 2.0));
            let k3 = change(along(state, k2, step / 2.0));
            let k4 = change(along(state, k3, step));
            let sum = |at: usize| k1[at] + 2.0 * k2[at] + 2.0 * k3[at] + k4[at];
            state = along(state, [sum(0), sum(1)], step / 6.0);
        }
        series.push(state[1]);
    }
    series
}

/// 240 points from 0 to 20.
pub(in super::super) fn pendulum(options: &DataOptions) -> Result<Raw, Diagnostic> {
    own("damped_shm", &velocity(240, 20.0), options)
}

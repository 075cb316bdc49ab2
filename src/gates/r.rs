//! `r(theta, phi)`: rotation about an axis in the xy plane.

use super::Inverse;
use super::matrices::{euler, euler_derivative};
use crate::math::c;
use std::f64::consts::FRAC_PI_2;

gate! {
    /// `exp(-i theta (cos(phi) X + sin(phi) Y) / 2)`: rotation by `theta` about the axis at `phi` in the equator, native to
    /// trapped ions and IQM machines (`prx`).
    ///
    /// - `r(theta, phi) a; = rz(-phi) a; rx(theta) a; rz(phi) a;`
    /// - `r(theta, phi) a; = u(theta, phi - pi/2, pi/2 - phi) a;`
    pub R = ("r", "rotation about an axis in the xy plane", "Qiskit, RGate; IQM prx");
    controls: 0, targets: 1, params: &["theta", "phi"],
    matrix: |p| euler(p[0], p[1] - FRAC_PI_2, FRAC_PI_2 - p[1]),
    derivative: |p, k| {
        let part = |k| euler_derivative(p[0], p[1] - FRAC_PI_2, FRAC_PI_2 - p[1], k);
        if k == 0 { part(0) } else { part(1).plus(&part(2).scale(c(-1.0, 0.0))) }
    },
    generator: &[],
    inverse: Inverse::Params(&[(0, -1.0), (1, 1.0)]),
    qasm_definition: "gate r(theta, phi) a { u3(theta, phi - pi/2, pi/2 - phi) a; }",
}

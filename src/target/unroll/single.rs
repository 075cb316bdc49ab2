//! Gates on one target as a phase and three turns, angles open.

use super::constant;
use crate::ir::{Angle, Operation};
use crate::math::C64;
use crate::math::turn;
use std::f64::consts::FRAC_PI_2;

/// `e^(i phase) rz(phi) ry(theta) rz(lambda)`.
#[derive(Clone, Debug, Default)]
pub(super) struct Single {
    pub(super) theta: Angle,
    pub(super) phi: Angle,
    pub(super) lambda: Angle,
    pub(super) phase: Angle,
}

impl Single {
    /// The matrix, if no angle is open.
    pub(super) fn matrix(&self) -> Option<turn::One> {
        let number = Angle::as_constant;
        let (theta, phi) = (number(&self.theta)?, number(&self.phi)?);
        let (lambda, phase) = (number(&self.lambda)?, number(&self.phase)?);
        let (sin, cos) = (theta / 2.0).sin_cos();
        let entry = |size: f64, angle: f64| C64::from_polar(size, phase + angle / 2.0);
        Some([entry(cos, -phi - lambda), -entry(sin, lambda - phi), entry(sin, phi - lambda), entry(cos, phi + lambda)])
    }
}

/// The form of an operation on one target; `None` for a gate whose angles are open and whose family is not known.
pub(super) fn of(operation: &Operation) -> Option<Single> {
    if let Some(matrix) = constant(operation) {
        return Some(of_matrix(&turn::from_matrix(&matrix)));
    }
    let Operation::Gate { gate, params } = operation else { return None };
    let number = Angle::constant;
    let half = |angle: &Angle| angle.scaled(0.5);
    let turned = |theta: &Angle, phi: Angle, lambda: Angle, phase: Angle| {
        Some(Single { theta: theta.clone(), phi, lambda, phase })
    };
    match (gate.meta.name.trim_start_matches('c'), &**params) {
        ("p" | "u1", [angle]) => turned(&number(0.0), angle.clone(), number(0.0), half(angle)),
        ("rz", [angle]) => turned(&number(0.0), angle.clone(), number(0.0), number(0.0)),
        ("ry", [angle]) => turned(angle, number(0.0), number(0.0), number(0.0)),
        ("rx", [angle]) => turned(angle, number(-FRAC_PI_2), number(FRAC_PI_2), number(0.0)),
        ("r", [angle, phi]) => {
            let quarter = number(FRAC_PI_2);
            turned(angle, phi.add_scaled(&quarter, -1.0), quarter.add_scaled(phi, -1.0), number(0.0))
        }
        ("u2", [phi, lambda]) => turned(&number(FRAC_PI_2), phi.clone(), lambda.clone(), half(&phi.plus(lambda))),
        ("u" | "u3", [theta, phi, lambda]) => turned(theta, phi.clone(), lambda.clone(), half(&phi.plus(lambda))),
        ("u", [theta, phi, lambda, gamma]) => {
            turned(theta, phi.clone(), lambda.clone(), half(&phi.plus(lambda)).plus(gamma))
        }
        _ => None,
    }
}

/// The form of a constant unitary.
pub(super) fn of_matrix(m: &turn::One) -> Single {
    let (theta, phi, lambda) = turn::euler(m);
    let (sin, cos) = (theta / 2.0).sin_cos();
    let (phi_half, lambda_half) = (phi / 2.0, lambda / 2.0);
    // The larger of the two entries of the first column tells the phase.
    let phase = if cos >= sin {
        (m[0] * C64::cis(phi_half + lambda_half)).arg()
    } else {
        (m[2] * C64::cis(lambda_half - phi_half)).arg()
    };
    let number = Angle::constant;
    Single { theta: number(theta), phi: number(phi), lambda: number(lambda), phase: number(phase) }
}

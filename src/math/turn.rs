//! Two-by-two unitaries and Euler angles, up to a global phase.

use super::{C64, Matrix, c};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A unitary on one qubit, row-major.
pub type One = [C64; 4];

/// Numbers closer than this to a special angle are that angle: rounding of a few products of exact matrices.
pub const NEAR: f64 = 1e-10;

/// The identity.
pub const IDENTITY: One = [c(1.0, 0.0), c(0.0, 0.0), c(0.0, 0.0), c(1.0, 0.0)];

/// `a · b`: first `b`, then `a`.
#[must_use]
pub fn times(a: &One, b: &One) -> One {
    [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]]
}

/// The conjugate transpose.
#[must_use]
pub fn dagger(a: &One) -> One {
    [a[0].conj(), a[2].conj(), a[1].conj(), a[3].conj()]
}

/// `exp(-i angle Z / 2)`.
#[must_use]
pub fn rz(angle: f64) -> One {
    [C64::cis(-angle / 2.0), c(0.0, 0.0), c(0.0, 0.0), C64::cis(angle / 2.0)]
}

/// `exp(-i pi X / 4)`, which is `sx` up to a phase.
#[must_use]
pub fn sx() -> One {
    let h = std::f64::consts::FRAC_1_SQRT_2;
    [c(h, 0.0), c(0.0, -h), c(0.0, -h), c(h, 0.0)]
}

/// From a matrix of the catalogue.
#[must_use]
pub fn from_matrix(m: &Matrix) -> One {
    [m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]]
}

/// `(theta, phi, lambda)` of `rz(phi) · ry(theta) · rz(lambda)`, special angles exact.
#[must_use]
pub fn euler(m: &One) -> (f64, f64, f64) {
    let (cos, sin) = (m[0].norm(), m[2].norm());
    let snapped = |angle: f64| snap(angle);
    if sin < NEAR {
        return (0.0, snapped((m[3] / m[0]).arg()), 0.0);
    }
    if cos < NEAR {
        return (PI, snapped((m[2] / -m[1]).arg()), 0.0);
    }
    let theta = snapped(2.0 * sin.atan2(cos));
    (theta, snapped((m[2] / m[0]).arg()), snapped((-m[1] / m[0]).arg()))
}

/// A number within `(-period / 2, period / 2]`.
#[must_use]
pub fn wrap(value: f64, period: f64) -> f64 {
    let turns = (value / period - 0.5).ceil();
    if turns == 0.0 { value } else { value - turns * period }
}

/// An angle of a turn about Z within `(-pi, pi]`, multiples of an eighth turn exact.
#[must_use]
pub fn snap(angle: f64) -> f64 {
    let wrapped = wrap(angle, TAU);
    let eighths = (wrapped / (FRAC_PI_2 / 2.0)).round();
    let special = eighths * (FRAC_PI_2 / 2.0);
    if (wrapped - special).abs() > NEAR {
        wrapped
    } else if eighths == -4.0 {
        PI
    } else {
        special
    }
}

/// The quarter turns of an angle, 0 to 3, if it is a whole number of them.
#[must_use]
pub fn quarters(angle: f64) -> Option<u8> {
    let turned = wrap(angle, TAU) / FRAC_PI_2;
    let whole = turned.round();
    // -1, 0, 1, 2 are the only whole numbers that wrapping leaves; -2 comes of rounding.
    ((turned - whole).abs() < NEAR).then_some(match whole as i8 {
        0 => 0,
        1 => 1,
        -1 => 3,
        _ => 2,
    })
}

/// Largest difference of two unitaries up to a global phase.
#[cfg(test)]
pub(crate) fn difference(a: &One, b: &One) -> f64 {
    let product = times(a, &dagger(b));
    let overlap = (product[0] + product[3]).norm() / 2.0;
    (1.0 - overlap).abs().sqrt()
}

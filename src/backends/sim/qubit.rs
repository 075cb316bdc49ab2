//! Gates on one qubit: 2x2 matrices, rotations of the Bloch vector, and runs of gates fused into one matrix.
//!
//! Gradients of a whole run follow from three numbers, the overlaps `Im<λ|σ|φ>` with the Paulis at its start: going
//! through the run, they turn like a Bloch vector, and a gate `exp(-iθ a·σ)` reads its derivative off as `2 a·r`.

use super::angle::Affine;
use crate::gates::Gate;
use crate::math::{C64, Matrix, c};

/// A 2x2 matrix, row-major.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct C2(pub(crate) [C64; 4]);

impl C2 {
    pub(crate) const IDENTITY: Self = Self([c(1.0, 0.0), c(0.0, 0.0), c(0.0, 0.0), c(1.0, 0.0)]);

    pub(crate) fn of(matrix: &Matrix) -> Self {
        let m = matrix.as_slice();
        Self([m[0], m[1], m[2], m[3]])
    }

    /// `exp(-iθ a·σ)`.
    pub(crate) fn exponential(axis: [f64; 3], theta: f64) -> Self {
        Self::turned(axis, half_turn(axis, theta))
    }

    /// The same, given the cosine of `|a| θ` and its sine over `|a|`.
    fn turned(axis: [f64; 3], [cos, sin]: [f64; 2]) -> Self {
        let [x, y, z] = axis.map(|a| a * sin);
        Self([c(cos, -z), c(-y, -x), c(y, -x), c(cos, z)])
    }

    pub(crate) fn times(&self, b: &Self) -> Self {
        let (a, b) = (&self.0, &b.0);
        Self([
            a[0] * b[0] + a[1] * b[2],
            a[0] * b[1] + a[1] * b[3],
            a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3],
        ])
    }

    pub(crate) fn dagger(&self) -> Self {
        let a = &self.0;
        Self([a[0].conj(), a[2].conj(), a[1].conj(), a[3].conj()])
    }

    /// The rotation of the Bloch vector: `U (r·σ) U† = (R r)·σ`, row-major.
    pub(crate) fn bloch(&self) -> [[f64; 3]; 3] {
        let mut out = [[0.0; 3]; 3];
        for l in 0..3 {
            let mut r = [0.0; 3];
            r[l] = 1.0;
            let e = Self([c(r[2], 0.0), c(r[0], -r[1]), c(r[0], r[1]), c(-r[2], 0.0)]);
            let turned = self.times(&e).times(&self.dagger());
            for (row, value) in out.iter_mut().zip([turned.0[2].re, turned.0[2].im, turned.0[0].re]) {
                row[l] = value;
            }
        }
        out
    }

    pub(crate) fn is_diagonal(&self) -> bool {
        self.0[1].norm() < TINY && self.0[2].norm() < TINY
    }

    pub(crate) fn is_antidiagonal(&self) -> bool {
        self.0[0].norm() < TINY && self.0[3].norm() < TINY
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.is_diagonal() && (self.0[0] - self.0[3]).norm() < TINY
    }

    /// `(cos, sin, A, B)` with `U = phase · diag(1, A) [[cos, -sin], [sin, cos]] diag(1, B)`, `cos, sin >= 0`.
    pub(crate) fn euler(&self) -> Euler {
        let [u00, u01, u10, u11] = self.0;
        let (cos, sin) = (size(u00), size(u10));
        let phase = if cos > NOTHING { u00 / cos } else { c(1.0, 0.0) };
        let after = if sin > NOTHING { unit(u10 / phase) } else { c(1.0, 0.0) };
        let before = if sin >= cos { unit(-u01 / phase) } else { unit(u11 / phase / after) };
        Euler { cos, sin, after, before }
    }
}

/// Entries below this are zeros that rounding spoilt.
pub(crate) const TINY: f64 = 1e-15;

/// See [`C2::euler`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Euler {
    pub(crate) cos: f64,
    pub(crate) sin: f64,
    pub(crate) after: C64,
    pub(crate) before: C64,
}

/// Below this a square loses digits, and the entry matters to nobody.
const NOTHING: f64 = 1e-140;

/// The absolute value of an entry of a unitary matrix, which neither overflows nor matters where it vanishes.
fn size(z: C64) -> f64 {
    z.norm_sqr().sqrt()
}

fn unit(z: C64) -> C64 {
    z / size(z)
}

/// The cosine of `|a| θ`, and its sine over `|a|`.
fn half_turn(axis: [f64; 3], theta: f64) -> [f64; 2] {
    let length = norm(axis);
    let (sin, cos) = (theta * length).sin_cos();
    [cos, sin / length]
}

pub(crate) fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn turn(rotation: &[[f64; 3]; 3], r: [f64; 3]) -> [f64; 3] {
    rotation.map(|row| dot(row, r))
}

/// What a gate on one qubit is, up to a global phase.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OneQubit {
    /// A constant.
    Constant(C2),
    /// `exp(-iθ a·σ)`.
    Generated([f64; 3]),
    /// Any other function of its angles.
    General(&'static Gate),
}

impl OneQubit {
    /// Reads the structure of a catalogue gate with one target.
    pub(crate) fn of(gate: &'static Gate) -> Self {
        if gate.generator.is_empty() {
            return Self::General(gate);
        }
        let mut axis = [0.0; 3];
        for &(coefficient, letters) in gate.generator {
            match letters {
                "X" => axis[0] += coefficient,
                "Y" => axis[1] += coefficient,
                "Z" => axis[2] += coefficient,
                _ => {}
            }
        }
        Self::Generated(axis)
    }

    pub(crate) fn matrix(&self, angles: &[f64]) -> C2 {
        match self {
            Self::Constant(matrix) => *matrix,
            Self::Generated(axis) => C2::exponential(*axis, angles[0]),
            Self::General(gate) => C2::of(&(gate.matrix)(angles)),
        }
    }

    /// `a` with `U†∂U = -i a·σ` up to a phase, for a gate that is not generated.
    pub(crate) fn tangent(gate: &Gate, angles: &[f64], k: usize) -> [f64; 3] {
        let u = C2::of(&(gate.matrix)(angles));
        let derivative = C2::of(&(gate.derivative)(angles, k));
        let a = u.dagger().times(&derivative).0.map(|x| x * C64::i());
        [a[2].re, a[2].im, (a[0] - a[3]).re / 2.0]
    }

    /// Is the matrix diagonal for all angles?
    pub(crate) fn is_diagonal(&self) -> bool {
        match self {
            Self::Constant(matrix) => matrix.is_diagonal(),
            Self::Generated([x, y, _]) => *x == 0.0 && *y == 0.0,
            Self::General(gate) => always_diagonal(gate),
        }
    }
}

/// Is the matrix of a gate diagonal whatever its angles? Asked at two generic places: an entry that is an analytic
/// function of the angles and vanishes at both by accident does not occur in a catalogue.
pub(crate) fn always_diagonal(gate: &Gate) -> bool {
    [[0.73, 1.19, 0.41, 2.07], [2.31, 0.57, 1.87, 0.29]].iter().all(|angles| {
        let matrix = (gate.matrix)(&angles[..gate.params.len()]);
        let dim = matrix.dim();
        (0..dim).all(|i| (0..dim).all(|j| i == j || matrix[(i, j)].norm() == 0.0))
    })
}

/// One gate of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunGate {
    pub(crate) op: OneQubit,
    pub(crate) angles: Vec<Affine>,
}

impl RunGate {
    pub(crate) fn per_sample(&self) -> bool {
        self.angles.iter().any(Affine::per_sample)
    }
}

/// Gates on one qubit that all samples share, first to last: one matrix.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedRun {
    pub(crate) gates: Vec<RunGate>,
}

impl SharedRun {
    pub(crate) fn matrix(&self, param: &dyn Fn(usize) -> f64) -> C2 {
        self.matrix_with(param, &mut [])
    }

    /// The same; keeps what [`half_turn`] says of its gates, as long as there is room.
    pub(crate) fn matrix_with(&self, param: &dyn Fn(usize) -> f64, turns: &mut [[f64; 2]]) -> C2 {
        let mut out: Option<C2> = None;
        for (at, gate) in self.gates.iter().enumerate() {
            let matrix = with_angles(gate, param, |angles| match &gate.op {
                OneQubit::Generated(axis) => {
                    let turn = half_turn(*axis, angles[0]);
                    turns.get_mut(at).into_iter().for_each(|kept| *kept = turn);
                    C2::turned(*axis, turn)
                }
                op => op.matrix(angles),
            });
            out = Some(out.map_or(matrix, |before| matrix.times(&before)));
        }
        out.unwrap_or(C2::IDENTITY)
    }

    /// Is there anything to differentiate by?
    pub(crate) fn has_weights(&self) -> bool {
        self.gates.iter().flat_map(|gate| &gate.angles).any(|angle| !angle.weights.is_empty())
    }

    /// Adds the gradient, given the overlaps at the start of the run and what `matrix_with` kept.
    pub(crate) fn gradient(
        &self,
        mut r: [f64; 3],
        turns: &[[f64; 2]],
        param: &dyn Fn(usize) -> f64,
        add: &mut dyn FnMut(usize, f64),
    ) {
        for (at, gate) in self.gates.iter().enumerate() {
            if let (OneQubit::Generated(axis), Some(turn)) = (&gate.op, turns.get(at)) {
                push(&gate.angles[0], 2.0 * dot(*axis, r), add);
                r = rodrigues(*axis, *turn, r);
                continue;
            }
            with_angles(gate, param, |angles| match &gate.op {
                OneQubit::Constant(matrix) => r = turn(&matrix.bloch(), r),
                OneQubit::Generated(axis) => {
                    push(&gate.angles[0], 2.0 * dot(*axis, r), add);
                    r = rodrigues(*axis, half_turn(*axis, angles[0]), r);
                }
                OneQubit::General(general) => {
                    for (k, angle) in gate.angles.iter().enumerate() {
                        push(angle, 2.0 * dot(OneQubit::tangent(general, angles, k), r), add);
                    }
                    r = turn(&gate.op.matrix(angles).bloch(), r);
                }
            });
        }
    }
}

/// Hands `d angle` on to the weights of the angle.
pub(crate) fn push(angle: &Affine, d_angle: f64, add: &mut dyn FnMut(usize, f64)) {
    for &(at, coefficient) in &angle.weights {
        add(at, coefficient * d_angle);
    }
}

/// The Bloch vector after `exp(-iθ a·σ)`: Rodrigues' rotation by `2 |a| θ`, from half that turn (see [`half_turn`]).
fn rodrigues(a: [f64; 3], [cos, sin]: [f64; 2], r: [f64; 3]) -> [f64; 3] {
    let (double, rest) = (2.0 * cos * sin, 2.0 * sin * sin);
    let (stays, along) = (1.0 - rest * dot(a, a), rest * dot(a, r));
    let cross = [a[1] * r[2] - a[2] * r[1], a[2] * r[0] - a[0] * r[2], a[0] * r[1] - a[1] * r[0]];
    std::array::from_fn(|k| r[k] * stays + cross[k] * double + a[k] * along)
}

/// Calls `f` with the values of a gate's angles, without touching the heap.
fn with_angles<R>(gate: &RunGate, param: &dyn Fn(usize) -> f64, f: impl FnOnce(&[f64]) -> R) -> R {
    f(&Affine::all_shared(&gate.angles, param))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn euler_angles_multiply_back_to_the_matrix() {
        for (x, y, z) in
            [(0.3, 1.1, -0.4), (0.0, 0.0, 0.9), (std::f64::consts::PI, 0.0, 0.2), (0.0, 3.1, 0.0), (0.0, 0.0, 0.0)]
        {
            let u = C2::exponential([0.5, 0.0, 0.0], x)
                .times(&C2::exponential([0.0, 0.5, 0.0], y))
                .times(&C2::exponential([0.0, 0.0, 0.5], z));
            let e = u.euler();
            let back = [c(e.cos, 0.0), -e.before * e.sin, e.after * e.sin, e.after * e.before * e.cos];
            let phase = if u.0[0].norm() > 0.5 { u.0[0] / back[0] } else { u.0[2] / back[2] };
            for (a, b) in u.0.iter().zip(back) {
                assert!((a - b * phase).norm() < 1e-14, "{u:?}");
            }
        }
    }

    #[test]
    fn the_bloch_matrix_agrees_with_rodrigues() {
        let axis = [0.3, -0.5, 0.2];
        let r = [0.1, 0.7, -0.4];
        let a = turn(&C2::exponential(axis, 0.8).bloch(), r);
        let b = rodrigues(axis, half_turn(axis, 0.8), r);
        assert!(a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-14));
    }
}

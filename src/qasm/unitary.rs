//! Constant unitaries as gates: Euler angles of one qubit, two-level rotations along a Gray code for more.
//!
//! Exact in phase, so that the result may stand under a control. For two and more qubits this is correct and short to
//! tell, not small; transpilation for a device has better.

use crate::gates;
use crate::ir::{Angle, GateOp, Operation};
use crate::math::{C64, Matrix, c};
use std::sync::Arc;

/// Below this a number is rounding.
const TINY: f64 = 1e-13;

/// `[theta, phi, lambda, gamma]` with `matrix = e^(i gamma) u(theta, phi, lambda)` of a 2 x 2 unitary.
#[must_use]
pub fn euler(matrix: &Matrix) -> [f64; 4] {
    let (a, b, x, y) = (matrix[(0, 0)], matrix[(0, 1)], matrix[(1, 0)], matrix[(1, 1)]);
    let theta = 2.0 * x.norm().atan2(a.norm());
    if a.norm() >= x.norm() {
        let gamma = a.arg();
        let phi = if x.norm() > TINY { x.arg() - gamma } else { 0.0 };
        return [theta, phi, y.arg() - gamma - phi, gamma];
    }
    let gamma = if a.norm() > TINY { a.arg() } else { x.arg() };
    [theta, x.arg() - gamma, (-b).arg() - gamma, gamma]
}

/// The application of a constant unitary as applications of `u` and `gphase` under controls, in order of time.
#[must_use]
pub fn spelled(op: &GateOp) -> Vec<GateOp> {
    let Operation::Unitary(matrix) = &op.operation else { return vec![op.clone()] };
    if matrix.dim() == 2 {
        return one(op, matrix);
    }
    two_level(op, matrix).iter().flat_map(spelled).collect()
}

fn one(op: &GateOp, matrix: &Matrix) -> Vec<GateOp> {
    let [theta, phi, lambda, gamma] = euler(matrix);
    let gate = |name: &str, params: &[f64], qubits: &[u32]| {
        let params = params.iter().map(|value| Angle::constant(*value)).collect();
        let gate = gates::find(name).unwrap_or(&gates::id::ID);
        GateOp { operation: Operation::Gate { gate, params }, qubits: qubits.to_vec(), ..op.clone() }
    };
    let controls = &op.qubits[..op.extra_controls.len()];
    let mut out = vec![gate("u", &[theta, phi, lambda], &op.qubits)];
    if gamma.abs() > TINY {
        out.push(gate("gphase", &[gamma], controls));
    }
    out
}

/// A unitary as rotations of two basis states that differ in one bit, each a 2 x 2 unitary under controls.
fn two_level(op: &GateOp, matrix: &Matrix) -> Vec<GateOp> {
    let dim = matrix.dim();
    let gray = |k: usize| k ^ (k >> 1);
    let mut rest = matrix.clone();
    let mut out = Vec::new();
    for column in 0..dim - 1 {
        for row in (column + 1..dim).rev() {
            let (p, q) = (gray(row - 1), gray(row));
            let (a, b) = (rest[(p, gray(column))], rest[(q, gray(column))]);
            let norm = a.norm_sqr() + b.norm_sqr();
            let last = row == column + 1;
            if b.norm() < TINY && (!last || (a - c(1.0, 0.0)).norm() < TINY) {
                continue;
            }
            let r = norm.sqrt();
            let turn = [a.conj() / r, b.conj() / r, -b / r, a / r];
            apply(&mut rest, (p, q), turn);
            out.push(placed(op, (p, q), adjoint(turn), dim));
        }
    }
    let (p, q) = (gray(dim - 2), gray(dim - 1));
    let phase = rest[(q, q)];
    if (phase - c(1.0, 0.0)).norm() > TINY {
        let o = c(0.0, 0.0);
        out.push(placed(op, (p, q), [c(1.0, 0.0), o, o, phase], dim));
    }
    // The product of the rotations stands left to right, time runs right to left.
    out.reverse();
    out
}

fn adjoint([a, b, x, y]: [C64; 4]) -> [C64; 4] {
    [a.conj(), x.conj(), b.conj(), y.conj()]
}

fn apply(matrix: &mut Matrix, (p, q): (usize, usize), [a, b, x, y]: [C64; 4]) {
    for column in 0..matrix.dim() {
        let (up, down) = (matrix[(p, column)], matrix[(q, column)]);
        matrix[(p, column)] = a * up + b * down;
        matrix[(q, column)] = x * up + y * down;
    }
}

/// A 2 x 2 unitary on basis states `p` and `q` of the targets.
fn placed(op: &GateOp, (p, q): (usize, usize), [a, b, x, y]: [C64; 4], dim: usize) -> GateOp {
    let bit = (p ^ q).trailing_zeros() as usize;
    let rows = if p < q { vec![a, b, x, y] } else { vec![y, x, b, a] };
    let (mut extra, mut qubits) = (op.extra_controls.clone(), op.qubits[..op.extra_controls.len()].to_vec());
    for (k, &qubit) in op.targets().iter().enumerate().take(dim.ilog2() as usize) {
        if k != bit {
            extra.push(p >> k & 1 == 1);
            qubits.push(qubit);
        }
    }
    qubits.extend(op.targets().get(bit));
    let operation = Operation::Unitary(Arc::new(Matrix::from_rows(rows)));
    GateOp { operation, extra_controls: extra, qubits, path: op.path.clone(), span: op.span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn multiplied(ops: &[GateOp], n: usize) -> Matrix {
        let dim = 1 << n;
        let mut out = Matrix::identity(dim);
        for op in ops {
            let values: Vec<f64> = op.params().iter().filter_map(Angle::as_constant).collect();
            let small = op.target_matrix(&values);
            let local = |i: usize| op.targets().iter().enumerate().map(|(k, q)| (i >> q & 1) << k).sum::<usize>();
            let rest = |i: usize| op.targets().iter().fold(i, |i, q| i & !(1 << q));
            let mut full = Matrix::identity(dim);
            for row in 0..dim {
                for column in 0..dim {
                    if op.controls().all(|(q, value)| (column >> q & 1 == 1) == value) {
                        let same = rest(row) == rest(column);
                        full[(row, column)] = if same { small[(local(row), local(column))] } else { c(0.0, 0.0) };
                    }
                }
            }
            out = full.matmul(&out);
        }
        out
    }

    #[test]
    fn every_gate_of_the_catalogue_is_spelled_exactly() {
        for gate in gates::GATES.iter().filter(|gate| gate.targets > 0) {
            let params: Vec<f64> = (0..gate.params.len()).map(|k| 0.4 + 1.3 * k as f64).collect();
            let matrix = (gate.matrix)(&params);
            for controls in 0..2_usize {
                let n = gate.targets + controls;
                let op = GateOp {
                    operation: Operation::Unitary(Arc::new(matrix.clone())),
                    extra_controls: vec![false; controls],
                    qubits: (0..n as u32).rev().collect(),
                    path: "".into(),
                    span: Span::default(),
                };
                let (wanted, found) = (multiplied(std::slice::from_ref(&op), n), multiplied(&spelled(&op), n));
                assert!(found.distance(&wanted) < 1e-12, "{} under {controls}", gate.meta.name);
            }
        }
    }

    #[test]
    fn euler_angles_of_edges() {
        for [theta, phi, lambda] in
            [[0.0, 0.3, 0.4], [std::f64::consts::PI, 0.3, -0.9], [1e-9, 2.0, 1.0], [3.0, -3.0, 3.0]]
        {
            let u = gates::find("u").expect("listed");
            let matrix = (u.matrix)(&[theta, phi, lambda]).scale(C64::cis(0.7));
            let [a, b, x, y] = euler(&matrix);
            assert!((u.matrix)(&[a, b, x]).scale(C64::cis(y)).distance(&matrix) < 1e-14);
        }
    }
}

//! What a gate does on its own operands, read off its matrix: nobody writes a commutation or a propagation table.
//!
//! Operand `j` of a gate is bit `j` of a local index, controls included. Angles that are numbers are taken as they are;
//! an angle that depends on anything is *generic*: it is tried at two irrational-looking places. A coefficient of such a
//! matrix is an analytic function of the angle, so it is zero everywhere or at neither of two places picked without
//! regard to it.

use crate::gates::Gate;
use crate::ir::{Angle, GateOp, Operation};
use crate::math::{C64, Matrix, c};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// Entries of products of a few small exact matrices differ from zero by less than this only if they are zero.
pub(crate) const EPS: f64 = 1e-11;

/// Gates with more operands than this are not multiplied out.
pub(crate) const MAX_OPERANDS: usize = 4;

/// Most angles of a gate whose kind is written without allocating.
const FEW: usize = 4;

/// Everything about a gate but its operands and the names in its angles: equal keys, equal local behaviour.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct KindKey(Repr);

/// Spaces ask for the kinds of millions of gates, almost all of which are of the first form.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Repr {
    /// The catalogue's entry by its address, its extra controls (how many, and bit by bit on what they fire), the angles that are
    /// generic bit by bit, and the bits of the others.
    Few {
        gate: usize,
        controls: (u32, u32),
        generic: u32,
        numbers: [u64; FEW],
    },
    Many(Box<(OperationKey, Vec<bool>)>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum OperationKey {
    /// Name, and per parameter the bits of a number or `None` for a generic angle.
    Gate(&'static str, Vec<Option<u64>>),
    Unitary(Vec<(u64, u64)>),
}

/// The extra controls of a gate as a number of them and bits; `None` if they are too many.
pub(crate) fn control_bits(gate: &GateOp) -> Option<(u32, u32)> {
    let controls = &gate.extra_controls;
    let count = u32::try_from(controls.len()).ok().filter(|count| *count <= 32)?;
    Some((count, controls.iter().enumerate().fold(0, |bits, (at, &on_one)| bits | u32::from(on_one) << at)))
}

/// The bits of an angle by which a gate's kind differs from others: those of a number, unless it is as good as any.
fn number(kind: &Gate, angle: &Angle) -> Option<u64> {
    let value = angle.as_constant()?;
    (!(is_pauli_rotation(kind) && is_generic_turn(value))).then_some(value.to_bits())
}

/// Have all gates of this one's kind the same number for an angle?
pub(crate) fn is_kept_number(gate: &GateOp, param: usize) -> bool {
    matches!(&gate.operation, Operation::Gate { gate: kind, params } if number(kind, &params[param]).is_some())
}

impl KindKey {
    pub(crate) fn of(gate: &GateOp) -> Self {
        let operation = match &gate.operation {
            Operation::Gate { gate: kind, params } => {
                if params.len() <= FEW
                    && let Some(controls) = control_bits(gate)
                {
                    let (mut generic, mut numbers) = (0, [0; FEW]);
                    for (at, angle) in params.iter().enumerate() {
                        match number(kind, angle) {
                            Some(bits) => numbers[at] = bits,
                            None => generic |= 1 << at,
                        }
                    }
                    return Self(Repr::Few { gate: address(kind), controls, generic, numbers });
                }
                OperationKey::Gate(kind.meta.name, params.iter().map(|angle| number(kind, angle)).collect())
            }
            Operation::Unitary(matrix) => {
                OperationKey::Unitary(matrix.as_slice().iter().map(|x| (x.re.to_bits(), x.im.to_bits())).collect())
            }
        };
        Self(Repr::Many(Box::new((operation, gate.extra_controls.clone()))))
    }
}

/// Which entry of the catalogue a gate is, as a number to look things up by.
pub(crate) fn address(gate: &'static Gate) -> usize {
    std::ptr::from_ref(gate).addr()
}

/// `exp(-i angle P / 2)` for one Pauli string and without controls of its own.
fn is_pauli_rotation(gate: &Gate) -> bool {
    gate.generator.len() == 1 && gate.controls == 0 && gate.targets > 0
}

/// Is it no multiple of a quarter turn? All such rotations about a string have the same supports.
fn is_generic_turn(value: f64) -> bool {
    let quarters = value / FRAC_PI_2;
    (quarters - quarters.round()).abs() > 1e-6
}

/// The angle of a rotation about a Pauli string by a number that is no multiple of an eighth turn: it is no gate that has a name, nor
/// the inverse of one.
pub(crate) fn odd_turn(gate: &GateOp) -> Option<f64> {
    let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
    let [angle] = &**params else { return None };
    let eighths = angle.as_constant()? / FRAC_PI_4;
    let odd = (eighths - eighths.round()).abs() > 1e-6;
    (odd && is_pauli_rotation(kind)).then_some(angle.constant)
}

/// Values for the parameters: numbers as they are, the others generic and different from one `sample` to another.
pub(crate) fn sample_params(gate: &GateOp, sample: usize) -> Vec<f64> {
    const PLACES: [[f64; 4]; 2] =
        [[0.733_190_4, 1.216_045_8, 2.079_441_5, 0.412_378_1], [2.414_213_6, 0.577_215_7, 1.324_717_9, 2.665_144_1]];
    let generic = |k: usize| PLACES[sample % 2][k % 4] + 0.1 * (k / 4) as f64;
    gate.params().iter().enumerate().map(|(k, p)| p.as_constant().unwrap_or_else(|| generic(k))).collect()
}

/// Do all its angles stand for numbers?
pub(crate) fn is_constant(gate: &GateOp) -> bool {
    gate.params().iter().all(|angle| angle.as_constant().is_some())
}

/// The matrix on all operands, controls included; `None` beyond [`MAX_OPERANDS`].
pub(crate) fn operand_matrix(gate: &GateOp, params: &[f64]) -> Option<Matrix> {
    spread(gate, &gate.target_matrix(params), 1.0)
}

/// The derivative of [`operand_matrix`] with respect to parameter `k`; zero where a control does not fire.
pub(crate) fn operand_derivative(gate: &GateOp, params: &[f64], k: usize) -> Option<Matrix> {
    match &gate.operation {
        Operation::Gate { gate: kind, .. } => spread(gate, &(kind.derivative)(params, k), 0.0),
        Operation::Unitary(_) => None,
    }
}

fn spread(gate: &GateOp, targets: &Matrix, elsewhere: f64) -> Option<Matrix> {
    let (n, n_controls) = (gate.qubits.len(), gate.n_controls());
    if n > MAX_OPERANDS {
        return None;
    }
    let fires = gate.controls().enumerate().fold(0, |mask, (j, (_, on_one))| mask | usize::from(on_one) << j);
    let controls = (1 << n_controls) - 1;
    let mut out = Matrix::zeros(1 << n);
    for row in 0..1usize << n {
        if row & controls == fires {
            for column in 0..targets.dim() {
                out[(row, column << n_controls | fires)] = targets[(row >> n_controls, column)];
            }
        } else {
            out[(row, row)] = c(elsewhere, 0.0);
        }
    }
    Some(out)
}

/// Rewrites a matrix on operands to another order of them: bit `j` of an index becomes bit `place[j]` of `n`; other bits are untouched.
pub(crate) fn embed(matrix: &Matrix, place: &[usize], n: usize) -> Matrix {
    let spread = |local: usize| place.iter().enumerate().fold(0, |mask, (j, &at)| mask | (local >> j & 1) << at);
    let used = spread(matrix.dim() - 1);
    let mut out = Matrix::zeros(1 << n);
    for rest in (0..1usize << n).filter(|rest| rest & used == 0) {
        for row in 0..matrix.dim() {
            for column in 0..matrix.dim() {
                out[(rest | spread(row), rest | spread(column))] = matrix[(row, column)];
            }
        }
    }
    out
}

/// The factor if the matrix is a multiple of the identity.
pub(crate) fn as_scalar(matrix: &Matrix) -> Option<C64> {
    let factor = matrix[(0, 0)];
    (matrix.distance(&Matrix::identity(matrix.dim()).scale(factor)) < EPS).then_some(factor)
}

/// Is `a` a multiple of `b` by a phase? Then the phase: `a = phase * b`.
pub(crate) fn ratio(a: &Matrix, b: &Matrix) -> Option<C64> {
    if a.dim() != b.dim() {
        return None;
    }
    let phase = as_scalar(&a.matmul(&b.dagger()))?;
    ((phase.norm() - 1.0).abs() < EPS).then_some(phase)
}

/// A Pauli string on a few operands: bit `2j` says X on operand `j`, bit `2j + 1` says Z, both say Y.
pub(crate) type LocalPauli = u8;

/// The phase and the row of the one entry in column `b` of a local Pauli.
fn pauli_column(pauli: LocalPauli, n: usize, b: usize) -> (C64, usize) {
    let mut phase = c(1.0, 0.0);
    let mut row = b;
    for j in 0..n {
        let (x, z, bit) = (pauli >> (2 * j) & 1, pauli >> (2 * j + 1) & 1, b >> j & 1);
        row ^= usize::from(x) << j;
        if z == 1 && bit == 1 {
            phase = -phase;
        }
        if x == 1 && z == 1 {
            phase *= C64::i();
        }
    }
    (phase, row)
}

/// `left · P · right` for a local Pauli `P`.
pub(crate) fn sandwich(left: &Matrix, pauli: LocalPauli, n: usize, right: &Matrix) -> Matrix {
    let dim = 1 << n;
    let mut moved = Matrix::zeros(dim);
    for b in 0..dim {
        let (phase, row) = pauli_column(pauli, n, b);
        for column in 0..dim {
            moved[(row, column)] = phase * right[(b, column)];
        }
    }
    left.matmul(&moved)
}

/// The coefficients of a matrix in local Paulis, those that are not zero.
pub(crate) fn pauli_coefficients(matrix: &Matrix, n: usize) -> Vec<(LocalPauli, C64)> {
    let dim = 1usize << n;
    let mut out = Vec::new();
    for index in 0..1usize << (2 * n) {
        let Ok(pauli) = LocalPauli::try_from(index) else { break };
        let trace: C64 = (0..dim)
            .map(|b| {
                let (phase, row) = pauli_column(pauli, n, b);
                phase.conj() * matrix[(row, b)]
            })
            .sum();
        let coefficient = trace / dim as f64;
        if coefficient.norm() > EPS {
            out.push((pauli, coefficient));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paulis_expand_to_themselves() {
        for n in 1..=3usize {
            for pauli in 0..1u8 << (2 * n) {
                let one = Matrix::identity(1 << n);
                let expanded = pauli_coefficients(&sandwich(&one, pauli, n, &one), n);
                assert_eq!(expanded.len(), 1);
                assert_eq!(expanded[0].0, pauli);
                assert!((expanded[0].1 - c(1.0, 0.0)).norm() < 1e-15);
            }
        }
    }

    #[test]
    fn embedding_permutes_operands() {
        let cx = (crate::gates::find("cx").map(|g| (g.matrix)(&[]))).unwrap();
        assert_eq!(cx.dim(), 2);
        let swap = (crate::gates::find("swap").map(|g| (g.matrix)(&[]))).unwrap();
        assert_eq!(embed(&swap, &[1, 0], 2), swap);
        let on_high = embed(&cx, &[1], 2);
        assert_eq!(on_high[(0, 2)], c(1.0, 0.0));
        assert_eq!(on_high[(1, 3)], c(1.0, 0.0));
    }
}

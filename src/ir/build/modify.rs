//! Modifiers over some steps: controls, inverse, powers.

use super::super::{GateOp, Operation, QuantumOp};
use super::{Builder, MAX_OPERATIONS};
use crate::diag::Diagnostic;
use crate::hir::errors::types;
use crate::hir::fixed_real;
use crate::hir::template::{Modifier, Step};
use crate::math::{C64, Matrix, c};
use crate::source::Span;
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn modified(&mut self, modifier: &Modifier, body: &[Step], span: Span) -> Result<(), Diagnostic> {
        self.frames.push(Vec::new());
        let done = self.steps(body);
        let ops = self.frames.pop().unwrap_or_default();
        done?;
        let ops = match modifier {
            Modifier::Inverse => inverse(ops),
            Modifier::Controls(controls, value) => {
                let mut qubits = Vec::new();
                for control in controls {
                    let index = self.int(control, span)?;
                    qubits.push(u32::try_from(index).map_err(|_| super::too_large(span, "a qubit"))?);
                }
                ops.into_iter().map(|op| controlled(op, &qubits, *value)).collect()
            }
            Modifier::Power(flow) => {
                let power = fixed_real(flow, &self.bindings).ok_or_else(|| {
                    Diagnostic::error(&types::NOT_FIXED, span, "a power must be fixed, this depends on flowing numbers")
                })?;
                powered(ops, power, span)?
            }
        };
        ops.into_iter().try_for_each(|op| self.push(op, span))
    }
}

/// The steps undone, last first.
#[must_use]
pub fn inverse(ops: Vec<QuantumOp>) -> Vec<QuantumOp> {
    ops.into_iter()
        .rev()
        .map(|op| match op {
            QuantumOp::Gate(gate) => QuantumOp::Gate(gate.inverse()),
            other => other,
        })
        .collect()
}

/// A step under further controls, which fire on `value`; they become its first operands.
#[must_use]
pub fn controlled(op: QuantumOp, controls: &[u32], value: bool) -> QuantumOp {
    match op {
        QuantumOp::Gate(mut gate) => {
            gate.extra_controls.splice(0..0, controls.iter().map(|_| value));
            gate.qubits.splice(0..0, controls.iter().copied());
            QuantumOp::Gate(gate)
        }
        other => other,
    }
}

/// Whole powers repeat; others are taken of single gates: angles scale, constant unitaries get their principal power.
///
/// # Errors
/// `QN0311`: a power that is no integer of several steps, or of a gate with open angles.
pub fn powered(ops: Vec<QuantumOp>, power: f64, span: Span) -> Result<Vec<QuantumOp>, Diagnostic> {
    if power.fract() == 0.0 && power.abs() * ops.len() as f64 <= MAX_OPERATIONS as f64 {
        let once = if power < 0.0 { inverse(ops) } else { ops };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let times = power.abs() as usize;
        return Ok((0..times).flat_map(|_| once.iter().cloned()).collect());
    }
    match ops.as_slice() {
        [QuantumOp::Gate(gate)] => Ok(vec![QuantumOp::Gate(power_of(gate, power, span)?)]),
        _ => Err(Diagnostic::error(
            &types::BAD_OPERATION,
            span,
            format!("the power {power:?} is taken of single gates only; whole powers repeat a body"),
        )),
    }
}

fn power_of(gate: &GateOp, power: f64, span: Span) -> Result<GateOp, Diagnostic> {
    let mut out = gate.clone();
    if let Operation::Gate { gate: known, params } = &gate.operation {
        if !known.generator.is_empty() && params.len() == 1 {
            out.operation = Operation::Gate { gate: known, params: vec![params[0].scaled(power)] };
            return Ok(out);
        }
        let Some(values) = params.iter().map(super::Angle::as_constant).collect::<Option<Vec<f64>>>() else {
            return Err(Diagnostic::error(
                &types::BAD_OPERATION,
                span,
                format!("`{}` with open angles has no fractional power", known.meta.name),
            ));
        };
        let matrix = principal_power(&(known.matrix)(&values), power);
        // The gate's own controls become extra ones: the power of a controlled gate is the controlled power.
        out.extra_controls.extend(std::iter::repeat_n(true, known.controls));
        out.operation = Operation::Unitary(Arc::new(matrix));
    } else if let Operation::Unitary(matrix) = &gate.operation {
        out.operation = Operation::Unitary(Arc::new(principal_power(matrix, power)));
    }
    Ok(out)
}

/// `U^t` with eigenphases in (-π, π].
///
/// A unitary is normal, so Jacobi rotations of a generic Hermitian combination of its two commuting Hermitian parts
/// diagonalise it: `U = H₁ + i H₂`, `H₁ + √2 H₂` has the same eigenvectors unless phases meet by accident.
fn principal_power(unitary: &Matrix, power: f64) -> Matrix {
    let dim = unitary.dim();
    let dagger = unitary.dagger();
    let real = unitary.plus(&dagger).scale(c(0.5, 0.0));
    let imaginary = unitary.plus(&dagger.scale(c(-1.0, 0.0))).scale(c(0.0, -0.5));
    let mut hermitian = real.plus(&imaginary.scale(c(std::f64::consts::SQRT_2, 0.0)));
    let mut vectors = Matrix::identity(dim);
    for _ in 0..64 {
        let mut off = 0.0;
        for p in 0..dim {
            for q in p + 1..dim {
                off += hermitian[(p, q)].norm_sqr();
                rotate(&mut hermitian, &mut vectors, p, q);
            }
        }
        if off < 1e-30 {
            break;
        }
    }
    let inner = vectors.dagger().matmul(unitary).matmul(&vectors);
    let phases: Vec<C64> = (0..dim).map(|k| C64::from_polar(1.0, inner[(k, k)].arg() * power)).collect();
    vectors.matmul(&Matrix::diagonal(&phases)).matmul(&vectors.dagger())
}

/// One complex Jacobi rotation that makes entry `(p, q)` zero.
fn rotate(hermitian: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let off = hermitian[(p, q)];
    if off.norm() < 1e-300 {
        return;
    }
    let phase = off / off.norm();
    let tau = (hermitian[(q, q)].re - hermitian[(p, p)].re) / (2.0 * off.norm());
    let t = if tau >= 0.0 { 1.0 } else { -1.0 } / (tau.abs() + (1.0 + tau * tau).sqrt());
    let cos = 1.0 / (1.0 + t * t).sqrt();
    let sin = t * cos;
    let mut givens = Matrix::identity(hermitian.dim());
    givens[(p, p)] = c(cos, 0.0);
    givens[(q, q)] = c(cos, 0.0);
    givens[(p, q)] = phase * sin;
    givens[(q, p)] = -phase.conj() * sin;
    *hermitian = givens.dagger().matmul(hermitian).matmul(&givens);
    *vectors = vectors.matmul(&givens);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_catalogue_gates() {
        for gate in crate::gates::GATES.iter().filter(|gate| gate.targets > 0) {
            let params: Vec<f64> = (0..gate.params.len()).map(|k| 0.3 + 0.7 * k as f64).collect();
            let matrix = (gate.matrix)(&params);
            let half = principal_power(&matrix, 0.5);
            assert!(half.matmul(&half).distance(&matrix) < 1e-9, "{}", gate.meta.name);
            assert!(half.is_unitary(1e-9), "{}", gate.meta.name);
            assert!(principal_power(&matrix, 1.0).distance(&matrix) < 1e-9, "{}", gate.meta.name);
        }
    }

    #[test]
    fn root_of_x_is_sx() {
        let x = crate::gates::find("x").expect("in the catalogue");
        let sx = crate::gates::find("sx").expect("in the catalogue");
        assert!(principal_power(&(x.matrix)(&[]), 0.5).distance(&(sx.matrix)(&[])) < 1e-12);
    }
}

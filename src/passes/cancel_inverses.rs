//! `cancel-inverses`: a gate and its inverse, with only commuting gates between them, both go.

use super::local::{EPS, embed, is_constant, operand_matrix};
use super::rotation::turn_of;
use super::slide::{Meeting, sweep};
use super::{Changed, PassContext, declare_pass};
use crate::ir::{GateOp, Region};
use crate::math::Matrix;

declare_pass! {
    /// Removes a gate together with its inverse where everything between them commutes with one of the two.
    ///
    /// Constant gates are multiplied out, so `cz a, b` cancels `cz b, a` and `ecr` itself; gates with angles cancel if the
    /// angles are the same affine form with opposite sign.
    pub CancelInverses = ("cancel-inverses", "removes gates that undo each other", ""); Unitary, cancel
}

fn cancel(region: &mut Region, cx: &PassContext) -> Changed {
    sweep(region, cx, |earlier, later| if undo(earlier, later) { Meeting::Vanish } else { Meeting::Pass })
}

fn undo(earlier: &GateOp, later: &GateOp) -> bool {
    if is_constant(earlier) && is_constant(later) {
        return product(earlier, later).is_some_and(|m| m.distance(&Matrix::identity(m.dim())) < EPS);
    }
    if let (Some(a), Some(b)) = (turn_of(earlier), turn_of(later)) {
        return a.family == b.family && a.angle.plus(&b.angle).as_constant() == Some(0.0);
    }
    let inverse = earlier.inverse();
    inverse.qubits == later.qubits
        && inverse.extra_controls == later.extra_controls
        && inverse.operation == later.operation
}

/// The matrix of both, on the operands of the earlier.
fn product(earlier: &GateOp, later: &GateOp) -> Option<Matrix> {
    let numbers = |gate: &GateOp| gate.params().iter().filter_map(crate::ir::Angle::as_constant).collect::<Vec<f64>>();
    let first = operand_matrix(earlier, &numbers(earlier))?;
    let place: Vec<usize> =
        later.qubits.iter().map(|q| earlier.qubits.iter().position(|other| other == q)).collect::<Option<_>>()?;
    let second = embed(&operand_matrix(later, &numbers(later))?, &place, place.len());
    Some(second.matmul(&first))
}

//! `cancel-inverses`: a gate and its inverse, with only commuting gates between them, both go.

use super::local::{EPS, address, control_bits, embed, is_constant, odd_turn, operand_matrix};
use super::rotation::{base_of, turn_of};
use super::slide::{Meeting, sweep};
use super::{Changed, PassContext, declare_pass};
use crate::ir::{GateOp, Operation, Region};
use crate::math::Matrix;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::f64::consts::PI;

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
    match (is_constant(earlier), is_constant(later)) {
        (true, true) => return constants_undo(earlier, later),
        (false, false) => {}
        _ => return false,
    }
    if let (Some(a), Some(b)) = (base_of(earlier), base_of(later))
        && !std::ptr::eq(a, b)
    {
        return false;
    }
    if let (Some(a), Some(b)) = (turn_of(earlier), turn_of(later)) {
        return a.family == b.family && a.angle.plus(&b.angle).as_constant() == Some(0.0);
    }
    let inverse = earlier.inverse();
    inverse.qubits == later.qubits
        && inverse.extra_controls == later.extra_controls
        && inverse.operation == later.operation
}

/// Two gates without angles: entries of the catalogue, extra controls, and where the operands of the later stand among those of the
/// earlier.
type Pair = (usize, (u32, u32), usize, (u32, u32), u32);

thread_local! {
    /// Do they undo each other?
    static PAIRS: RefCell<FxHashMap<Pair, bool>> = RefCell::default();
}

/// Most operands of a gate that is remembered.
const REMEMBERED: usize = 4;

fn pair(earlier: &GateOp, later: &GateOp) -> Option<Pair> {
    let plain = |gate: &GateOp| match &gate.operation {
        Operation::Gate { gate: kind, params } if params.is_empty() => Some((address(kind), control_bits(gate)?)),
        _ => None,
    };
    let (first, second) = (plain(earlier)?, plain(later)?);
    let place = later.qubits.iter().try_fold(0, |code, qubit| {
        let at = earlier.qubits.iter().position(|other| other == qubit)?;
        Some(code << 4 | u32::try_from(at).ok()?)
    })?;
    (earlier.qubits.len() <= REMEMBERED).then_some((first.0, first.1, second.0, second.1, place))
}

/// Is it quickly seen that two gates without variables do not undo each other?
fn differ(earlier: &GateOp, later: &GateOp) -> bool {
    let (first, second) = (odd_turn(earlier), odd_turn(later));
    let plain = |gate: &GateOp| gate.params().is_empty() && matches!(gate.operation, Operation::Gate { .. });
    let free = earlier.n_controls() == 0 && later.n_controls() == 0;
    match (first, second) {
        (Some(_), Some(_)) if free && earlier.name() != later.name() => true,
        (Some(a), Some(b)) if free && earlier.qubits == later.qubits => {
            let turns = (a + b) / (4.0 * PI);
            (turns - turns.round()).abs() > 1e-6
        }
        (Some(_), None) => free && plain(later),
        (None, Some(_)) => free && plain(earlier),
        _ => false,
    }
}

fn constants_undo(earlier: &GateOp, later: &GateOp) -> bool {
    if differ(earlier, later) {
        return false;
    }
    let undo = || product(earlier, later).is_some_and(|m| m.distance(&Matrix::identity(m.dim())) < EPS);
    match pair(earlier, later) {
        Some(pair) => PAIRS.with_borrow_mut(|known| *known.entry(pair).or_insert_with(undo)),
        None => undo(),
    }
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

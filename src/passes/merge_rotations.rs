//! `merge-rotations`: rotations about one axis that can reach each other become one, angles added.

use super::rotation::{Family, Turn, base_of, turn_of};
use super::slide::{Meeting, sweep};
use super::{Changed, PassContext, declare_pass};
use crate::gates;
use crate::ir::{GateOp, Region};
use std::f64::consts::PI;

declare_pass! {
    /// Adds the angles of two rotations of one family on the same qubits where everything between them commutes.
    ///
    /// Angles are affine forms, so a merged angle is one addition and never an expression tree. `rz` and `p` (and `z`, `s`, `t`)
    /// differ by a global phase only, and merge into `rz`; under controls phases merge with phases alone. A sum
    /// of no turn at all removes both.
    pub MergeRotations = ("merge-rotations", "adds angles of rotations about one axis", ""); UpToGlobalPhase, merge
}

fn merge(region: &mut Region, cx: &PassContext) -> Changed {
    sweep(region, cx, |earlier, later| meet(earlier, later).unwrap_or(Meeting::Pass))
}

fn meet(earlier: &GateOp, later: &GateOp) -> Option<Meeting> {
    let bases = [base_of(earlier)?, base_of(later)?];
    // Bases apart from `rz` and `p` merge with themselves alone.
    if !std::ptr::eq(bases[0], bases[1]) && !bases.iter().all(|base| ["p", "rz"].contains(&base.meta.name)) {
        return None;
    }
    let (a, b) = (turn_of(earlier)?, turn_of(later)?);
    let family = common(&a.family, &b.family)?;
    let turn = Turn { angle: a.angle.plus(&b.angle), family };
    let period = if turn.family.base.meta.name == "p" || turn.family.controls.is_empty() { 2.0 * PI } else { 4.0 * PI };
    let whole = |sum: f64| ((sum / period).round() * period - sum).abs() < 1e-12;
    if turn.angle.as_constant().is_some_and(whole) {
        return Some(Meeting::Vanish);
    }
    Some(Meeting::Become(Box::new(turn.gate(earlier)?)))
}

/// The family of the product of a turn of each.
fn common(a: &Family, b: &Family) -> Option<Family> {
    if a == b {
        return Some(a.clone());
    }
    let z_axis = |family: &Family| match (family.base.meta.name, &*family.controls, &*family.targets) {
        ("p", &[(qubit, true)], []) | ("rz", [], &[qubit]) => Some(qubit),
        _ => None,
    };
    let qubit = z_axis(a)?;
    (z_axis(b)? == qubit).then_some(Family { base: &gates::rz::RZ, controls: Vec::new(), targets: vec![qubit] })
}

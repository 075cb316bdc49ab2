//! The canonical order of a region's gates.
//!
//! Two steps. Passes that treat commuting orders alike reduce the region; then every gate gets the level of Foata's normal form, one more than
//! the highest level of an earlier gate it does not commute with, and gates are sorted by level and content. From there on equal regions are
//! equal lists, so passes that look at neighbours may run too, and the order is taken once more.

use super::super::commute::{Commuter, Kind};
use super::super::effect::{Limits, analyse, screen::all_matters};
use super::super::local::{embed, is_constant, operand_matrix};
use super::super::rotation::{turn_of, wrap};
use super::super::{
    Changed, Pass, PassContext, cancel_inverses::CancelInverses, drop_no_effect::drop_proved, drop_unread::DropUnread,
    fold_clifford_suffix::FoldCliffordSuffix, fold_constants::FoldConstants, fuse_single_qubit::FuseSingleQubit,
    light_cone::LightCone, merge_rotations::MergeRotations, product_prefix::ProductPrefix,
    remove_identities::RemoveIdentities, run_region, simplify_zero_state::SimplifyZeroState,
};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region, Variable};
use crate::math::{C64, Matrix};
use std::f64::consts::PI;

/// Passes whose result does not depend on the order of commuting gates, up to that order. The zero-effect engine comes between
/// them, once they have settled: it costs more than all of them together.
static REDUCE: &[&dyn Pass] = &[
    &FoldConstants,
    &RemoveIdentities,
    &SimplifyZeroState,
    &LightCone,
    &DropUnread,
    &CancelInverses,
    &MergeRotations,
    &FoldCliffordSuffix,
];

/// Passes that look at neighbours, once the order is canonical.
static NEIGHBOURS: &[&dyn Pass] = &[&ProductPrefix, &FuseSingleQubit];

/// A reduction may make room for another order, and an order for another fusion; circuits settle after one or two rounds.
const MAX_ROUNDS: usize = 4;

/// How far a gate looks back on one wire for gates it does not commute with, before it takes all earlier ones for such.
const WINDOW: usize = 512;

pub(super) fn canonical(region: &Region) -> Region {
    let mut out = region.clone();
    out.ops.retain(|op| !matches!(op, QuantumOp::Barrier { .. }));
    let cx = PassContext::default();
    for _ in 0..MAX_ROUNDS {
        run_region(&mut out, REDUCE, &cx);
        while drop_dead(&mut out) == Changed::Yes {
            run_region(&mut out, REDUCE, &cx);
        }
        order(&mut out);
        let before = out.ops.clone();
        run_region(&mut out, NEIGHBOURS, &cx);
        if out.ops == before {
            break;
        }
    }
    out
}

/// Takes out what the engine proves removable, and angles that have no effect although their gate has.
fn drop_dead(region: &mut Region) -> Changed {
    if all_matters(region) {
        return Changed::No;
    }
    let effects = analyse(region, &Limits::default());
    let mut changed = Changed::No;
    for (op, effect) in region.ops.iter_mut().zip(&effects.ops) {
        let QuantumOp::Gate(gate) = op else { continue };
        let Operation::Gate { params, .. } = &mut gate.operation else { continue };
        for (angle, _) in params.iter_mut().zip(&effect.params).filter(|(_, reason)| reason.is_some()) {
            if angle.as_constant().is_none() {
                *angle = Angle::constant(0.0);
                changed = Changed::Yes;
            }
        }
    }
    changed.or(drop_proved(region, &effects))
}

/// Sorts the steps by level and content.
fn order(region: &mut Region) {
    let levels = levels(region);
    let ops = std::mem::take(&mut region.ops);
    let mut keyed: Vec<_> = ops
        .into_iter()
        .zip(levels)
        .enumerate()
        .map(|(at, (op, level))| ((level, sorted(op.qubits()), content(&op, &mut |_| Vec::new()), at), op))
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    region.ops = keyed.into_iter().map(|(_, op)| op).collect();
}

fn sorted(qubits: &[u32]) -> Vec<u32> {
    let mut qubits = qubits.to_vec();
    qubits.sort_unstable();
    qubits
}

/// Per step the length of the longest chain of steps up to it in which neighbours do not commute.
fn levels(region: &Region) -> Vec<usize> {
    let mut commuter = Commuter::default();
    let kinds: Vec<Option<Kind>> = region.ops.iter().map(|op| commuter.kind(op)).collect();
    // Per qubit its steps, each with the highest level up to it.
    let mut wires: Vec<Vec<(usize, usize)>> = vec![Vec::new(); region.n_qubits as usize];
    let mut levels: Vec<usize> = Vec::with_capacity(region.ops.len());
    for (at, op) in region.ops.iter().enumerate() {
        let mut level = 0;
        for &qubit in op.qubits() {
            for (back, &(earlier, highest)) in wires[qubit as usize].iter().rev().enumerate() {
                if highest < level {
                    break;
                }
                if back == WINDOW {
                    level = highest + 1;
                    break;
                }
                if levels[earlier] >= level
                    && !commuter.commute((kinds[earlier], region.ops[earlier].qubits()), (kinds[at], op.qubits()))
                {
                    level = levels[earlier] + 1;
                }
            }
        }
        for &qubit in op.qubits() {
            let wire = &mut wires[qubit as usize];
            let highest = wire.last().map_or(level, |entry| entry.1.max(level));
            wire.push((at, highest));
        }
        levels.push(level);
    }
    levels
}

/// A number to eight decimal places, so that rounding in different orders does not show.
pub(super) fn number(out: &mut Vec<u8>, value: f64) {
    let scaled = (value * 1e8).round();
    if scaled.abs() < 1e15 {
        out.push(b'd');
        #[allow(clippy::cast_possible_truncation)] // Below 2^53.
        out.extend((scaled as i64).to_be_bytes());
    } else {
        out.push(b'f');
        out.extend(value.to_bits().to_be_bytes());
    }
}

fn angle(out: &mut Vec<u8>, angle: &Angle, variable: &mut dyn FnMut(Variable) -> Vec<u8>) {
    number(out, angle.constant);
    out.extend((angle.terms().len() as u64).to_be_bytes());
    let mut spelled: Vec<Vec<u8>> = angle
        .terms()
        .iter()
        .map(|&(v, coefficient)| {
            let mut term = Vec::new();
            number(&mut term, coefficient);
            let name = variable(v);
            // Inputs are content wherever they stand; weights only once they are numbered.
            match v {
                Variable::Input(index) if name.is_empty() => term.extend(index.to_be_bytes()),
                _ => term.extend(name),
            }
            term
        })
        .collect();
    spelled.sort();
    spelled.into_iter().for_each(|term| out.extend(term));
}

/// What a step does, without names; `variable` spells the variables of angles.
pub(super) fn content(op: &QuantumOp, variable: &mut dyn FnMut(Variable) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    match op {
        QuantumOp::Gate(gate) => gate_content(&mut out, gate, variable),
        QuantumOp::Prepare { qubits, values, .. } => {
            out.push(b'p');
            qubits.iter().for_each(|qubit| out.extend(qubit.to_be_bytes()));
            values.iter().for_each(|value| angle(&mut out, value, variable));
        }
        QuantumOp::Barrier { .. } => out.push(b'b'),
    }
    out
}

fn gate_content(out: &mut Vec<u8>, gate: &GateOp, variable: &mut dyn FnMut(Variable) -> Vec<u8>) {
    if is_constant(gate)
        && let Some(matrix) = constant_matrix(gate)
    {
        out.push(b'c');
        sorted(&gate.qubits).iter().for_each(|qubit| out.extend(qubit.to_be_bytes()));
        for entry in matrix.as_slice() {
            number(out, entry.re);
            number(out, entry.im);
        }
    } else if let Some(turn) = turn_of(gate) {
        // A phase on one qubit is a rotation about Z, up to a global phase.
        let alone = turn.family.base.meta.name == "p" && turn.family.controls.len() == 1;
        out.push(b't');
        out.extend(if alone { "rz" } else { turn.family.base.meta.name }.bytes());
        turn.family.controls.iter().for_each(|(qubit, on_one)| {
            out.push(u8::from(!alone && *on_one) + u8::from(alone) * 2);
            out.extend(qubit.to_be_bytes());
        });
        turn.family.targets.iter().for_each(|qubit| {
            out.push(2);
            out.extend(qubit.to_be_bytes());
        });
        let period =
            if turn.family.controls.is_empty() || turn.family.base.meta.name == "p" { 2.0 * PI } else { 4.0 * PI };
        let mut turned = turn.angle;
        turned.constant = wrap(turned.constant, period);
        angle(out, &turned, variable);
    } else {
        out.push(b'g');
        out.extend(if gate.name() == "u3" { "u" } else { gate.name() }.bytes());
        let controls: Vec<(u32, bool)> = gate.controls().collect();
        let (extra, own) = controls.split_at(gate.extra_controls.len());
        let mut extra = extra.to_vec();
        extra.sort_unstable();
        extra.iter().chain(own).for_each(|(qubit, on_one)| {
            out.push(u8::from(*on_one));
            out.extend(qubit.to_be_bytes());
        });
        gate.targets().iter().for_each(|qubit| out.extend(qubit.to_be_bytes()));
        gate.params().iter().for_each(|param| angle(out, param, variable));
    }
}

/// The matrix on the gate's qubits in ascending order, its first entry that is not zero made positive.
fn constant_matrix(gate: &GateOp) -> Option<Matrix> {
    let numbers: Vec<f64> = gate.params().iter().filter_map(Angle::as_constant).collect();
    let matrix = operand_matrix(gate, &numbers)?;
    let order = sorted(&gate.qubits);
    let place: Vec<usize> = gate.qubits.iter().filter_map(|q| order.binary_search(q).ok()).collect();
    let matrix = embed(&matrix, &place, place.len());
    let first = matrix.as_slice().iter().copied().find(|entry| entry.norm() > 1e-6)?;
    Some(matrix.scale(C64::new(first.norm(), 0.0) / first))
}

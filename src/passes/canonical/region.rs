//! The canonical order of a region's gates.
//!
//! Two steps. Passes that treat commuting orders alike reduce the region; then every gate gets the level of Foata's normal form, one more than
//! the highest level of an earlier gate it does not commute with, and gates are sorted by level and content. From there on equal regions are
//! equal lists, so passes that look at neighbours may run too, and the order is taken once more.

use super::super::commute::{Commuter, Kind};
use super::super::effect::idle;
use super::super::local::{address, control_bits, embed, is_constant, operand_matrix};
use super::super::rotation::{turn_of, wrap};
use super::super::{
    Changed, Pass, PassContext, cancel_inverses::CancelInverses, drop_no_effect::drop_proved, drop_unread::DropUnread,
    fold_clifford_suffix::FoldCliffordSuffix, fold_constants::FoldConstants, fuse_single_qubit::FuseSingleQubit,
    light_cone::LightCone, manager::run_changing, merge_rotations::MergeRotations, product_prefix::ProductPrefix,
    remove_identities::RemoveIdentities, run_region, simplify_zero_state::SimplifyZeroState,
};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region, Variable};
use crate::math::{C64, Matrix};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::f64::consts::PI;
use std::rc::Rc;

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
        if run_changing(&mut out, NEIGHBOURS, &cx).1 == Changed::No {
            break;
        }
    }
    out
}

/// Takes out what the engine proves removable, and angles that have no effect although their gate has.
fn drop_dead(region: &mut Region) -> Changed {
    let Some((ops, readouts)) = idle(region) else { return Changed::No };
    let mut changed = Changed::No;
    for (op, effect) in region.ops.iter_mut().zip(&ops) {
        let QuantumOp::Gate(gate) = op else { continue };
        let Operation::Gate { params, .. } = &mut gate.operation else { continue };
        for (angle, _) in params.iter_mut().zip(&effect.params).filter(|(_, reason)| reason.is_some()) {
            if angle.as_constant().is_none() {
                *angle = Angle::constant(0.0);
                changed = Changed::Yes;
            }
        }
    }
    changed.or(drop_proved(region, &ops, &readouts))
}

/// Sorts the steps by level and content.
fn order(region: &mut Region) {
    let levels = levels(region);
    let inputs = &mut |variable: Variable, out: &mut Vec<u8>| {
        // Inputs are content wherever they stand; weights only once they are numbered.
        if let Variable::Input(index) = variable {
            out.extend(index.to_be_bytes());
        }
    };
    let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(region.ops.len()));
    let mut places: Vec<(usize, Vec<u32>)> = Vec::with_capacity(region.ops.len());
    for (op, level) in region.ops.iter().zip(levels) {
        content(&mut bytes, op, &[], inputs);
        ends.push(bytes.len());
        places.push((level, sorted(op.qubits())));
    }
    let text = |at: usize| &bytes[if at == 0 { 0 } else { ends[at - 1] }..ends[at]];
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|&a, &b| (&places[a], text(a)).cmp(&(&places[b], text(b))));
    let mut ops: Vec<Option<QuantumOp>> = std::mem::take(&mut region.ops).into_iter().map(Some).collect();
    region.ops = order.into_iter().filter_map(|at| ops[at].take()).collect();
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

/// Spells a variable.
pub(super) type Speller<'s> = &'s mut dyn FnMut(Variable, &mut Vec<u8>);

fn angle(out: &mut Vec<u8>, angle: &Angle, variable: Speller<'_>) {
    number(out, angle.constant);
    out.extend((angle.terms().len() as u64).to_be_bytes());
    if let &[(v, coefficient)] = angle.terms() {
        number(out, coefficient);
        variable(v, out);
        return;
    }
    let mut spelled: Vec<Vec<u8>> = angle
        .terms()
        .iter()
        .map(|&(v, coefficient)| {
            let mut term = Vec::new();
            number(&mut term, coefficient);
            variable(v, &mut term);
            term
        })
        .collect();
    spelled.sort();
    spelled.into_iter().for_each(|term| out.extend(term));
}

/// What a step does, without names. `ranks` numbers the qubits upwards, unless it is empty; `variable` spells the variables of angles.
pub(super) fn content(out: &mut Vec<u8>, op: &QuantumOp, ranks: &[u32], variable: Speller<'_>) {
    match op {
        QuantumOp::Gate(gate) => gate_content(out, gate, ranks, variable),
        QuantumOp::Prepare { qubits, values, .. } => {
            out.push(b'p');
            qubits.iter().for_each(|&qubit| spell(out, qubit, ranks));
            values.iter().for_each(|value| angle(out, value, variable));
        }
        QuantumOp::Barrier { .. } => out.push(b'b'),
    }
}

fn spell(out: &mut Vec<u8>, qubit: u32, ranks: &[u32]) {
    out.extend(ranks.get(qubit as usize).copied().unwrap_or(qubit).to_be_bytes());
}

fn gate_content(out: &mut Vec<u8>, gate: &GateOp, ranks: &[u32], variable: Speller<'_>) {
    if is_constant(gate)
        && let Some(matrix) = constant(gate)
    {
        out.push(b'c');
        sorted(&gate.qubits).into_iter().for_each(|qubit| spell(out, qubit, ranks));
        out.extend(&*matrix);
    } else if let Some(turn) = turn_of(gate) {
        // A phase on one qubit is a rotation about Z, up to a global phase.
        let alone = turn.family.base.meta.name == "p" && turn.family.controls.len() == 1;
        out.push(b't');
        out.extend(if alone { "rz" } else { turn.family.base.meta.name }.bytes());
        turn.family.controls.iter().for_each(|&(qubit, on_one)| {
            out.push(u8::from(!alone && on_one) + u8::from(alone) * 2);
            spell(out, qubit, ranks);
        });
        turn.family.targets.iter().for_each(|&qubit| {
            out.push(2);
            spell(out, qubit, ranks);
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
        extra.iter().chain(own).for_each(|&(qubit, on_one)| {
            out.push(u8::from(on_one));
            spell(out, qubit, ranks);
        });
        gate.targets().iter().for_each(|&qubit| spell(out, qubit, ranks));
        gate.params().iter().for_each(|param| angle(out, param, variable));
    }
}

/// A gate without angles: its entry in the catalogue, its extra controls, and its operands' places in ascending order.
type Plain = (usize, (u32, u32), u32);

thread_local! {
    /// The matrices of gates without angles, spelled.
    static SPELLED: RefCell<FxHashMap<Plain, Option<Rc<[u8]>>>> = RefCell::default();
}

/// Most operands of a gate whose matrix is remembered.
const REMEMBERED: usize = 4;

/// The matrix of a constant gate, spelled.
fn constant(gate: &GateOp) -> Option<Rc<[u8]>> {
    let spelled = || {
        let mut out = Vec::new();
        for entry in constant_matrix(gate)?.as_slice() {
            number(&mut out, entry.re);
            number(&mut out, entry.im);
        }
        Some(out.into())
    };
    match &gate.operation {
        Operation::Gate { gate: kind, params } if params.is_empty() && gate.qubits.len() <= REMEMBERED => {
            let order = gate.qubits.iter().fold(0, |code, qubit| {
                let below = gate.qubits.iter().filter(|other| *other < qubit).count();
                code << 4 | u32::try_from(below).unwrap_or(u32::MAX)
            });
            let controls = control_bits(gate)?;
            SPELLED
                .with_borrow_mut(|known| known.entry((address(kind), controls, order)).or_insert_with(spelled).clone())
        }
        _ => spelled(),
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

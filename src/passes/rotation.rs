//! Gates seen as turns: which family of rotations a gate belongs to, by how much it turns, and back.
//!
//! A turn keeps its angle as an affine form, so that two of them merge by addition.

use super::local::address;
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation};
use rustc_hash::FxHashMap;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use std::sync::LazyLock;

/// A family of one-parameter gates whose angles add.
#[derive(Clone, Debug)]
pub(super) struct Family {
    /// The gate with its own controls taken off: `rx`, `p`, `rzz`.
    pub(super) base: &'static Gate,
    /// Controls with their values, ascending. Of a phase they hold every operand that fires on |1>, since it is symmetric in them.
    pub(super) controls: Vec<(u32, bool)>,
    /// Targets; ascending where the gate is symmetric.
    pub(super) targets: Vec<u32>,
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.base, other.base) && self.controls == other.controls && self.targets == other.targets
    }
}

/// A gate as a member of a family.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) family: Family,
    pub(super) angle: Angle,
}

/// Names of gates whose target operation is a turn by a number, with the turn.
const FIXED: [(&str, &str, f64); 7] = [
    ("z", "p", PI),
    ("s", "p", FRAC_PI_2),
    ("sdg", "p", -FRAC_PI_2),
    ("t", "p", FRAC_PI_4),
    ("tdg", "p", -FRAC_PI_4),
    ("cz", "p", PI),
    ("ccz", "p", PI),
];

/// Gates whose target operation is another gate of the catalogue with the same angle.
const SAME: [(&str, &str); 6] = [("u1", "p"), ("cu1", "p"), ("cp", "p"), ("crx", "rx"), ("cry", "ry"), ("crz", "rz")];

/// Is the two-qubit rotation the same with its targets swapped?
fn symmetric(base: &Gate) -> bool {
    base.targets == 2
        && base.generator.iter().all(|(_, letters)| {
            let letters = letters.as_bytes();
            letters.first() == letters.last()
        })
}

/// What kind of turn a gate of the catalogue is.
#[derive(Clone, Copy)]
struct Role {
    base: &'static Gate,
    /// By how much, if that is fixed.
    turn: Option<f64>,
}

/// The roles of all gates that are turns, by their address.
static ROLES: LazyLock<FxHashMap<usize, Role>> = LazyLock::new(|| {
    let role = |kind: &'static Gate| {
        let name = kind.meta.name;
        if let Some(&(_, base, turn)) = FIXED.iter().find(|row| row.0 == name) {
            return Some(Role { base: gates::find(base)?, turn: Some(turn) });
        }
        if let Some(&(_, base)) = SAME.iter().find(|row| row.0 == name) {
            return Some(Role { base: gates::find(base)?, turn: None });
        }
        let turns = !kind.generator.is_empty() && kind.controls == 0 && kind.params.len() == 1 && kind.targets > 0;
        turns.then_some(Role { base: kind, turn: None })
    };
    gates::GATES.iter().filter_map(|&kind| Some((address(kind), role(kind)?))).collect()
});

fn role_of(gate: &GateOp) -> Option<Role> {
    match &gate.operation {
        Operation::Gate { gate: kind, .. } if !gate.qubits.is_empty() => ROLES.get(&address(kind)).copied(),
        _ => None,
    }
}

/// The family's gate of the turn a gate is, if it is one; without its angle and its operands.
pub(super) fn base_of(gate: &GateOp) -> Option<&'static Gate> {
    role_of(gate).map(|role| role.base)
}

/// The turn a gate is, if it is one.
pub(super) fn turn_of(gate: &GateOp) -> Option<Turn> {
    let Role { base, turn } = role_of(gate)?;
    let angle = match turn {
        Some(turn) => Angle::constant(turn),
        None => gate.params().first()?.clone(),
    };
    let mut controls: Vec<(u32, bool)> = gate.controls().collect();
    let mut targets = gate.targets().to_vec();
    if base.meta.name == "p" {
        controls.extend(targets.drain(..).map(|target| (target, true)));
    }
    controls.sort_unstable();
    if symmetric(base) {
        targets.sort_unstable();
    }
    Some(Turn { family: Family { base, controls, targets }, angle })
}

impl Turn {
    /// The gate that makes this turn, with path and place of `like`.
    pub(super) fn gate(&self, like: &GateOp) -> Option<GateOp> {
        let mut controls = self.family.controls.clone();
        let mut targets = self.family.targets.clone();
        if targets.is_empty() {
            let last = controls.iter().rposition(|control| control.1)?;
            targets.push(controls.remove(last).0);
        }
        Some(controlled(self.family.base, vec![self.angle.clone()], &controls, &targets, like))
    }
}

/// A gate under controls, by the catalogue's name for it where the innermost control makes one; path and place of `like`.
pub(super) fn controlled(
    base: &'static Gate,
    params: Vec<Angle>,
    controls: &[(u32, bool)],
    targets: &[u32],
    like: &GateOp,
) -> GateOp {
    // Controls on |0> first, so that one on |1> is innermost.
    let mut ordered = controls.to_vec();
    ordered.sort_by_key(|control| control.1);
    let own =
        ["p", "rx", "ry", "rz", "x", "y", "z", "h"].contains(&base.meta.name) && ordered.last().is_some_and(|c| c.1);
    let wanted = format!("c{}", base.meta.name);
    let (gate, extra) = match gates::find(&wanted) {
        Some(gate) if own => (gate, ordered.len() - 1),
        _ => (base, ordered.len()),
    };
    GateOp {
        operation: Operation::Gate { gate, params },
        extra_controls: ordered[..extra].iter().map(|control| control.1).collect(),
        qubits: ordered.iter().map(|control| control.0).chain(targets.iter().copied()).collect(),
        path: like.path.clone(),
        span: like.span,
    }
}

/// A number within `(-period/2, period/2]`.
pub(super) fn wrap(value: f64, period: f64) -> f64 {
    let turns = (value / period - 0.5).ceil();
    if turns == 0.0 { value } else { value - turns * period }
}

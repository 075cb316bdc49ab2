//! `remove-identities`: gates that are a multiple of the identity go, or become the phase they are.

use super::local::{EPS, KindKey, as_scalar, sample_params};
use super::rotation::controlled;
use super::{Changed, PassContext, declare_pass};
use crate::gates;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};
use crate::math::C64;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

declare_pass! {
    /// Removes gates whose matrix is the identity for every value of their angles: `id`, `rx(0)`, `rz(2*pi)`, `p(2*pi)`.
    ///
    /// A rotation by a full turn is -1: nothing without controls, but `crx(2*pi) a, b` is `z a`, and only `crx(4*pi)` is nothing.
    /// So a multiple of the identity under controls becomes a phase on the controls, on one qubit fewer. A
    /// global phase alone is dropped, since no read-out sees it.
    pub RemoveIdentities = ("remove-identities", "removes gates that do nothing", ""); UpToGlobalPhase, remove
}

fn remove(region: &mut Region, _: &PassContext) -> Changed {
    let mut changed = false;
    let mut kept = Vec::with_capacity(region.ops.len());
    for op in std::mem::take(&mut region.ops) {
        match op {
            QuantumOp::Gate(gate) if is_kept(&gate) => kept.push(QuantumOp::Gate(gate)),
            QuantumOp::Gate(gate) => match reduced(&gate) {
                Reduced::Keep => kept.push(QuantumOp::Gate(gate)),
                Reduced::Nothing => changed = true,
                Reduced::Phase(phase) => {
                    changed = true;
                    kept.push(QuantumOp::Gate(*phase));
                }
            },
            op => kept.push(op),
        }
    }
    region.ops = kept;
    Changed::when(changed)
}

enum Reduced {
    Keep,
    Nothing,
    Phase(Box<GateOp>),
}

/// Kinds remembered at most: constants make ever new ones.
const REMEMBERED: usize = 512;

thread_local! {
    /// Kinds of gates that are kept. Turns by numbers that share a kind are all kept.
    static KEPT: RefCell<FxHashMap<KindKey, bool>> = RefCell::default();
}

fn is_kept(gate: &GateOp) -> bool {
    KEPT.with_borrow_mut(|known| {
        if known.len() > REMEMBERED {
            known.clear();
        }
        *known.entry(KindKey::of(gate)).or_insert_with(|| matches!(reduced(gate), Reduced::Keep))
    })
}

fn reduced(gate: &GateOp) -> Reduced {
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    if let Operation::Gate { gate: kind, params } = &gate.operation
        && kind.targets == 0
    {
        return match params.first() {
            Some(angle) if !controls.is_empty() => phase_on(gate, &controls, angle.clone()),
            _ => Reduced::Nothing,
        };
    }
    let factors = [0, 1].map(|sample| as_scalar(&gate.target_matrix(&sample_params(gate, sample))));
    let [Some(factor), Some(other)] = factors else { return Reduced::Keep };
    let one = C64::new(1.0, 0.0);
    if controls.is_empty() || (factor - one).norm() < EPS && (other - one).norm() < EPS {
        Reduced::Nothing
    } else if (factor - other).norm() < EPS {
        phase_on(gate, &controls, Angle::constant(factor.arg()))
    } else {
        Reduced::Keep
    }
}

/// A phase where every control has its value; on a control that fires on |1>, since on |0> there is no single gate.
fn phase_on(gate: &GateOp, controls: &[(u32, bool)], angle: Angle) -> Reduced {
    let Some(at) = controls.iter().rposition(|control| control.1) else { return Reduced::Keep };
    let mut rest = controls.to_vec();
    let (target, _) = rest.remove(at);
    Reduced::Phase(Box::new(controlled(&gates::p::P, vec![angle], &rest, &[target], gate)))
}

//! `fold-constants`: angles within one period, and gates whose angles are numbers by their simplest name.

use super::local::{EPS, address, control_bits, is_constant, odd_turn, ratio};
use super::rotation::{controlled, wrap};
use super::{Changed, PassContext, declare_pass};
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};
use crate::math::Matrix;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::f64::consts::{FRAC_PI_2, PI};

declare_pass! {
    /// Brings the constant part of every angle into one period and renames gates to simpler ones.
    ///
    /// `rx(pi)` becomes `x`, `u(0, a, b)` becomes `p(a + b)`, `r(a, 0)` becomes `rx(a)`, `cp(pi)` becomes `cz`. The period is a
    /// whole turn of the Bloch sphere where nothing controls the gate, and two turns under controls, where the sign is seen.
    pub FoldConstants = ("fold-constants", "simplest names and smallest numbers for constant angles", "");
    UpToGlobalPhase, fold
}

fn fold(region: &mut Region, _: &PassContext) -> Changed {
    let mut changed = false;
    for op in &mut region.ops {
        if let QuantumOp::Gate(gate) = op
            && !is_simplest(gate)
            && let Some(simpler) = different(gate)
        {
            *gate = simpler;
            changed = true;
        }
    }
    Changed::when(changed)
}

/// A gate's address, and its extra controls as bits: how many, and which fire on |1⟩.
type Kind = (usize, (u32, u32));

thread_local! {
    /// Gates without angles, with their extra controls: are they written as they would be anyway?
    static PLAIN: RefCell<FxHashMap<Kind, bool>> = RefCell::default();
}

/// Most extra controls of a gate that is remembered.
const REMEMBERED: u32 = 4;

/// Is it quickly seen that nothing simpler stands for the gate?
fn is_simplest(gate: &GateOp) -> bool {
    let Operation::Gate { gate: kind, params } = &gate.operation else { return false };
    match control_bits(gate) {
        Some(controls) if params.is_empty() && controls.0 <= REMEMBERED => PLAIN.with_borrow_mut(|known| {
            *known.entry((address(kind), controls)).or_insert_with(|| different(gate).is_none())
        }),
        _ => {
            let period = period(gate);
            let within = |angle: &Angle| wrap(angle.constant, period) == angle.constant;
            let unnamed = !is_constant(gate) || odd_turn(gate).is_some();
            unnamed && params.iter().all(within) && euler(gate).is_none()
        }
    }
}

/// The simplest way to write a gate, if that is another one.
fn different(gate: &GateOp) -> Option<GateOp> {
    simpler(gate).filter(|simpler| simpler.operation != gate.operation || simpler.extra_controls != gate.extra_controls)
}

fn simpler(gate: &GateOp) -> Option<GateOp> {
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    let targets = gate.targets();
    if targets.len() == 1 {
        if is_constant(gate) {
            let numbers: Vec<f64> = gate.params().iter().filter_map(Angle::as_constant).collect();
            if let Some(fixed) = named(&gate.target_matrix(&numbers), controls.is_empty()) {
                return Some(controlled(fixed, Vec::new(), &controls, targets, gate));
            }
        }
        if let Some((base, params)) = euler(gate) {
            return Some(wrapped(controlled(base, params, &controls, targets, gate)));
        }
    }
    Some(wrapped(gate.clone()))
}

/// A gate without angles that has this matrix, up to a phase where that is free.
pub(super) fn named(matrix: &Matrix, free_phase: bool) -> Option<&'static Gate> {
    const NAMES: [&Gate; 10] = [
        &gates::x::X,
        &gates::y::Y,
        &gates::z::Z,
        &gates::h::H,
        &gates::s::S,
        &gates::sdg::SDG,
        &gates::t::T,
        &gates::tdg::TDG,
        &gates::sx::SX,
        &gates::sxdg::SXDG,
    ];
    NAMES.into_iter().find(|gate| {
        let candidate = (gate.matrix)(&[]);
        if free_phase { ratio(matrix, &candidate).is_some() } else { matrix.distance(&candidate) < EPS }
    })
}

/// Gates of several angles, of which some are numbers, as gates of fewer angles.
fn euler(gate: &GateOp) -> Option<(&'static Gate, Vec<Angle>)> {
    let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
    let near = |angle: &Angle, value: f64| angle.as_constant().is_some_and(|a| wrap(a - value, 4.0 * PI).abs() < 1e-12);
    match (kind.meta.name, &**params) {
        ("u" | "u3" | "cu3", [theta, phi, lambda]) => {
            if near(theta, 0.0) {
                Some((&gates::p::P, vec![phi.plus(lambda)]))
            } else if near(phi, 0.0) && near(lambda, 0.0) {
                Some((&gates::ry::RY, vec![theta.clone()]))
            } else if near(phi, -FRAC_PI_2) && near(lambda, FRAC_PI_2) {
                Some((&gates::rx::RX, vec![theta.clone()]))
            } else {
                None
            }
        }
        ("r", [theta, phi]) if near(phi, 0.0) => Some((&gates::rx::RX, vec![theta.clone()])),
        ("r", [theta, phi]) if near(phi, FRAC_PI_2) => Some((&gates::ry::RY, vec![theta.clone()])),
        _ => None,
    }
}

/// The period of a gate's angles.
fn period(gate: &GateOp) -> f64 {
    match &gate.operation {
        Operation::Gate { gate: kind, .. }
            if gate.extra_controls.is_empty() && kind.controls == 0 && kind.generator.len() == 1 =>
        {
            2.0 * PI
        }
        _ => 4.0 * PI,
    }
}

fn wrapped(mut gate: GateOp) -> GateOp {
    let period = period(&gate);
    if let Operation::Gate { params, .. } = &mut gate.operation {
        params.iter_mut().for_each(|angle| angle.constant = wrap(angle.constant, period));
    }
    gate
}

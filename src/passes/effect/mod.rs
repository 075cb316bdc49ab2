//! The zero-effect engine: proves which weights, inputs, gates and qubits no output can depend on, for every value of the weights.
//!
//! It goes back from the read-outs with exact Pauli strings while they are few (`trace`) and with per-qubit types before
//! that (`types`), and meets what is known of the state from the beginning (`forward`). Nothing is simulated, and the cost is linear
//! in the number of gates up to a constant bound. An answer "no effect" is a proof; "has an effect" is the absence of one.

mod alike;
mod certificate;
mod forward;
mod prepared;
mod screen;
mod strings;
pub(crate) mod table;
mod trace;
pub(crate) mod types;
mod walk;

pub use certificate::{Certificate, Reason, Subject};
pub use trace::Limits;

use crate::ir::{QuantumOp, Readout, Region, Variable};
use crate::passes::{Changed, PassContext, manager::run_changing, pipeline};
use screen::Screen;
use std::collections::BTreeMap;
use strings::Bits;
use table::Tables;
use trace::Trace;
use types::Types;
use walk::Walk;

/// What is proved about one step.
#[derive(Clone, PartialEq, Debug)]
pub struct OpEffect {
    /// Why the step can be left out, if it can; all such steps of a region can be left out together.
    pub removable: Option<Reason>,
    /// Per angle (or amplitude) that is no number: `None` if an output may depend on it, else why not. For numbers as for the step.
    pub params: Vec<Option<Reason>>,
}

/// On what one read-out may depend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadoutEffect {
    /// On a weight?
    pub weights: bool,
    /// On an input?
    pub inputs: bool,
    /// Per term of the observable: may its expectation differ from zero? Empty for probabilities.
    pub terms: Vec<bool>,
}

/// Everything proved about a region.
#[derive(Clone, PartialEq, Debug)]
pub struct Effects {
    /// Per step.
    pub ops: Vec<OpEffect>,
    /// Per variable that an angle reads: `None` if an output may depend on it, else the proof.
    pub variables: BTreeMap<Variable, Option<Certificate>>,
    /// Per read-out.
    pub readouts: Vec<ReadoutEffect>,
    /// Per qubit: does a step on it have an effect?
    pub qubits: Vec<bool>,
}

impl Effects {
    /// Is it proved that no output depends on the variable? Variables that no angle reads have no effect.
    #[must_use]
    pub fn is_dead(&self, variable: Variable) -> bool {
        self.variables.get(&variable).is_none_or(Option::is_some)
    }

    /// The proofs for variables, ascending.
    pub fn dead_variables(&self) -> impl Iterator<Item = &Certificate> {
        self.variables.values().flatten()
    }
}

/// Proves what it can, first on the region as it is, then on what the default passes leave of it.
#[must_use]
pub fn prove(region: &Region) -> Effects {
    prove_and_reduce(region).0
}

/// As [`prove`], with what the default passes leave of the region if they were run for it.
#[must_use]
pub fn prove_and_reduce(region: &Region) -> (Effects, Option<Region>) {
    let mut effects = quick(region, true).unwrap_or_else(|| analyse(region, &Limits::default()));
    if effects.variables.values().all(Option::is_some) {
        return (effects, None);
    }
    let mut reduced = region.clone();
    let passes = pipeline::find("default").map_or(&[][..], |pipeline| pipeline.passes);
    if run_changing(&mut reduced, passes, &PassContext::default()).1 == Changed::No {
        return (effects, Some(reduced));
    }
    let again = quick(&reduced, false).unwrap_or_else(|| {
        let (ops, readouts) = look(&reduced, &Limits::default(), false);
        finish(&reduced, ops, readouts)
    });
    for (&variable, proof) in effects.variables.iter_mut().filter(|(_, proof)| proof.is_none()) {
        if again.is_dead(variable) {
            *proof = Some(Certificate {
                subject: Subject::Variable(variable),
                places: Vec::new(),
                reasons: vec![Reason::Simplified],
            });
        }
    }
    for (mine, other) in effects.readouts.iter_mut().zip(again.readouts) {
        mine.weights &= other.weights;
        mine.inputs &= other.inputs;
    }
    (effects, Some(reduced))
}

/// What [`analyse`] proves, where the engine need not go back to the beginning for it.
fn quick(region: &Region, explain: bool) -> Option<Effects> {
    // The quick look follows single Zs of probabilities, which are not all there is.
    let wide = |readout: &Readout| matches!(readout, Readout::Probabilities(qubits) if qubits.len() > 1);
    if region.readouts.iter().any(wide) {
        return None;
    }
    let mut screen = Screen::new(region)?;
    let (ops, mut readouts) = match screen.first_open().map(|from| idle_from(&mut screen, from, explain)) {
        Some(Ok(found)) => found,
        Some(Err(trace)) => {
            let (ops, readouts) = judge_from(&screen.walk, trace, explain);
            return Some(finish(region, ops, readouts));
        }
        None => all_live(&screen, explain),
    };
    screen.be_thorough();
    for (at, readout) in readouts.iter_mut().enumerate() {
        let flags = screen.depends(at, &ops)?;
        (readout.weights, readout.inputs) = (flags & WEIGHTS != 0, flags & INPUTS != 0);
    }
    Some(finish(region, ops, readouts))
}

/// Proves what it can about the region as it is.
#[must_use]
pub fn analyse(region: &Region, limits: &Limits) -> Effects {
    let (ops, readouts) = look(region, limits, true);
    finish(region, ops, readouts)
}

/// What [`analyse`] proves of steps, angles and terms, for who asks whether and not why: reasons and the rest are arbitrary. `None` if
/// everything has an effect.
pub(crate) fn idle(region: &Region) -> Option<Found> {
    let (mut ops, readouts) = match Screen::new(region) {
        Some(mut screen) => match screen.first_open() {
            Some(from) => {
                idle_from(&mut screen, from, false).unwrap_or_else(|trace| judge_from(&screen.walk, trace, false))
            }
            None if screen.has_phases() => all_live(&screen, false),
            None => return None,
        },
        None => look(region, &Limits::default(), false),
    };
    constants_follow(region, &mut ops);
    Some((ops, readouts))
}

/// What is said where everything has an effect but the steps that only turn the phase.
fn all_live(screen: &Screen<'_>, explain: bool) -> Found {
    let region = screen.walk.region;
    let live = |op: &QuantumOp| OpEffect { removable: None, params: vec![None; op.angles().len()] };
    let readout = |readout: &Readout| match readout {
        Readout::Expectation(sum) => effect_of(0, vec![true; sum.terms().len()]),
        Readout::Probabilities(_) => effect_of(0, Vec::new()),
    };
    let mut ops: Vec<OpEffect> = region.ops.iter().map(live).collect();
    turn_phases(screen, region.ops.len(), &mut ops, explain);
    (ops, region.readouts.iter().map(readout).collect())
}

/// The steps before `end` that only turn the phase. What can go besides stands behind them, so the state that it meets stays what it is.
fn turn_phases(screen: &Screen<'_>, end: usize, ops: &mut [OpEffect], explain: bool) {
    if !screen.has_phases() {
        return;
    }
    let region = screen.walk.region;
    let reason = |string: Bits<1>| match explain {
        true => Reason::PhaseOnly { stabiliser: string.to_string(region.n_qubits) },
        false => UNSAID,
    };
    let phases: Vec<Option<Reason>> = screen.phases.iter().map(|found| found.map(reason)).collect();
    // Where no read-out reaches them, that is what is said.
    let mut said = blank(region);
    if explain {
        coarse(region, &screen.walk.tables, &mut Types::of_readouts(region), &phases, &mut said);
    }
    for (at, _) in phases[..end].iter().enumerate().filter(|(_, phase)| phase.is_some()) {
        ops[at].clone_from(&said[at]);
    }
}

/// What is idle if everything before step `from` has an effect or only turns the phase; how far the engine went back if that is too far.
fn idle_from(screen: &mut Screen<'_>, from: usize, explain: bool) -> Result<Found, Trace<1>> {
    let mut trace = Trace::<1>::new(&screen.walk, &Limits::default(), from);
    if trace.cut > from {
        return Err(trace);
    }
    screen.be_thorough();
    trace.settle(|string| screen.decide(from, string).unwrap_or(true));
    let region = screen.walk.region;
    let mut ops = blank(region);
    for op in &mut ops[..from] {
        op.removable = None;
        op.params.fill(None);
    }
    exact(region, &trace, &mut ops, explain);
    turn_phases(screen, from, &mut ops, explain);
    let readouts = trace.roots.iter().zip(&region.readouts).map(|(roots, readout)| match readout {
        Readout::Expectation(_) => effect_of(0, roots.iter().map(|&node| trace.useful[node as usize]).collect()),
        Readout::Probabilities(_) => effect_of(0, Vec::new()),
    });
    let readouts = readouts.collect();
    Ok((ops, readouts))
}

/// What is found of steps and read-outs.
type Found = (Vec<OpEffect>, Vec<ReadoutEffect>);

fn look(region: &Region, limits: &Limits, explain: bool) -> Found {
    match region.n_qubits {
        0..=64 => judge::<1>(region, limits, explain),
        65..=128 => judge::<2>(region, limits, explain),
        129..=256 => judge::<4>(region, limits, explain),
        // Beyond this the strings cost more than they tell; the types alone remain.
        _ => judge_types(region),
    }
}

fn judge<const W: usize>(region: &Region, limits: &Limits, explain: bool) -> Found {
    let walk = Walk::<W>::new(region);
    let trace = Trace::<W>::new(&walk, limits, 0);
    judge_from(&walk, trace, explain)
}

fn judge_from<const W: usize>(walk: &Walk<'_, W>, mut trace: Trace<W>, explain: bool) -> Found {
    let region = walk.region;
    trace.meet_state(walk);
    let mut ops = blank(region);
    let mut types = Types(vec![0; region.n_qubits as usize]);
    if trace.cut == region.ops.len() {
        types = Types::of_readouts(region);
    }
    for (string, _) in &trace.active {
        (0..region.n_qubits).filter(|&q| string.get(q) != 0).for_each(|q| types.add(q, string.get(q)));
    }
    let phase = |string: Bits<W>| match explain {
        true => Reason::PhaseOnly { stabiliser: string.to_string(region.n_qubits) },
        false => UNSAID,
    };
    let phases: Vec<Option<Reason>> = trace.phase_only.iter().map(|found| found.map(phase)).collect();
    coarse(region, &walk.tables, &mut types, &phases, &mut ops);
    exact(region, &trace, &mut ops, explain);
    let early = (0..trace.cut).fold(0, |all, at| all | live_flags(region, &ops, at));
    let flags = trace.flags(|lever| param_flags(region, lever.op as usize, lever.param as usize), early);
    let readouts = trace.roots.iter().zip(&region.readouts).map(|(roots, readout)| {
        let useful = |node: u32| trace.useful[node as usize];
        let all = roots.iter().filter(|&&n| useful(n)).fold(0, |all, &n| all | flags[n as usize]);
        match readout {
            Readout::Expectation(_) => effect_of(all, roots.iter().map(|&n| useful(n)).collect()),
            // Probabilities of too many qubits have no nodes: everything was left to the types.
            Readout::Probabilities(_) if roots.is_empty() => effect_of(early, Vec::new()),
            Readout::Probabilities(_) => effect_of(all, Vec::new()),
        }
    });
    let readouts = readouts.collect();
    (ops, readouts)
}

/// Stands for a reason nobody asked for.
const UNSAID: Reason = Reason::OutsideLightCone;

fn judge_types(region: &Region) -> Found {
    let tables = Tables::new(region);
    let mut ops = blank(region);
    let end = region.ops.len();
    coarse(region, &tables, &mut Types::of_readouts(region), &vec![None; end], &mut ops);
    let all = (0..end).fold(0, |all, at| all | live_flags(region, &ops, at));
    let effect = |readout: &Readout| match readout {
        Readout::Expectation(sum) => effect_of(all, vec![true; sum.terms().len()]),
        Readout::Probabilities(_) => effect_of(all, Vec::new()),
    };
    let readouts = region.readouts.iter().map(effect).collect();
    (ops, readouts)
}

fn effect_of(flags: u8, terms: Vec<bool>) -> ReadoutEffect {
    ReadoutEffect { weights: flags & WEIGHTS != 0, inputs: flags & INPUTS != 0, terms }
}

const WEIGHTS: u8 = 1;
const INPUTS: u8 = 2;

fn param_flags(region: &Region, at: usize, param: usize) -> u8 {
    let angle = region.ops[at].angles().get(param);
    angle.iter().flat_map(|angle| angle.terms()).fold(0, |all, term| {
        all | match term.0 {
            Variable::Weight { .. } => WEIGHTS,
            Variable::Input(_) => INPUTS,
        }
    })
}

fn live_flags(region: &Region, ops: &[OpEffect], at: usize) -> u8 {
    let live = ops[at].params.iter().enumerate().filter(|(_, reason)| reason.is_none());
    live.fold(0, |all, (param, _)| all | param_flags(region, at, param))
}

/// Every step removable for a reason that is settled later.
fn blank(region: &Region) -> Vec<OpEffect> {
    let effect = |op: &QuantumOp| OpEffect {
        removable: match op {
            QuantumOp::Gate(gate) if gate.qubits.is_empty() => Some(Reason::GlobalPhase),
            QuantumOp::Barrier { .. } => None,
            _ => Some(Reason::OutsideLightCone),
        },
        params: vec![
            Some(if op.qubits().is_empty() { Reason::GlobalPhase } else { Reason::OutsideLightCone });
            op.angles().len()
        ],
    };
    region.ops.iter().map(effect).collect()
}

/// The steps of which it is known whether they only turn a phase, by types.
fn coarse(region: &Region, tables: &Tables, types: &mut Types, phases: &[Option<Reason>], ops: &mut [OpEffect]) {
    for at in (0..phases.len()).rev() {
        match &region.ops[at] {
            QuantumOp::Gate(gate) if !gate.qubits.is_empty() && types.touch(&gate.qubits) => {
                let here: Vec<(u32, u8)> = gate.qubits.iter().map(|&q| (q, types.0[q as usize])).collect();
                if phases[at].is_some() {
                    ops[at].removable.clone_from(&phases[at]);
                    ops[at].params.fill(phases[at].clone());
                    continue;
                }
                let step = types.back(gate, tables.of_op[at].as_deref());
                let reason = Reason::CommutesWithTypes { types: here };
                ops[at].removable = step.fixed.then(|| reason.clone());
                for (k, slot) in ops[at].params.iter_mut().enumerate() {
                    *slot = (step.live_params >> k & 1 == 0).then(|| reason.clone());
                }
            }
            QuantumOp::Prepare { qubits, .. } if types.touch(qubits) => {
                ops[at].removable = None;
                ops[at].params.fill(None);
                types.clear(qubits);
            }
            _ => {}
        }
    }
}

/// The steps from the cut on by strings.
fn exact<const W: usize>(region: &Region, trace: &Trace<W>, ops: &mut [OpEffect], explain: bool) {
    let mut stays = vec![false; ops.len()];
    let mut touched = vec![false; ops.len()];
    for touch in &trace.touches {
        let at = touch.op as usize;
        touched[at] = true;
        let without = touch.same.is_none_or(|same| trace.useful[same as usize]);
        stays[at] |= trace.useful[touch.parent as usize] || without;
    }
    for at in (0..ops.len()).filter(|&at| touched[at]) {
        ops[at].removable = (!stays[at]).then_some(UNSAID);
        ops[at].params.fill(Some(UNSAID));
    }
    for lever in trace.levers.iter().filter(|lever| trace.useful[lever.child as usize]) {
        ops[lever.op as usize].params[lever.param as usize] = None;
    }
    if !explain {
        return;
    }
    for at in trace.cut..region.ops.len() {
        let reason = match &region.ops[at] {
            _ if ops[at].removable.is_none() && ops[at].params.iter().all(Option::is_none) => continue,
            QuantumOp::Gate(gate) if trace.seen[at] != [0; 4] => {
                let strings = Trace::<W>::spell(&trace.seen[at], &gate.qubits);
                if touched[at] { Reason::Vanish { strings } } else { Reason::Commutes { strings } }
            }
            _ if touched[at] => Reason::Vanish { strings: Vec::new() },
            _ => continue,
        };
        let OpEffect { removable, params } = &mut ops[at];
        let said = params.iter_mut().chain([removable]).flatten();
        said.for_each(|said| said.clone_from(&reason));
    }
}

/// What is said of numbers is what is said of their step.
fn constants_follow(region: &Region, ops: &mut [OpEffect]) {
    for (op, effect) in region.ops.iter().zip(ops) {
        for (angle, reason) in op.angles().iter().zip(&mut effect.params) {
            if angle.as_constant().is_some() {
                reason.clone_from(&effect.removable);
            }
        }
    }
}

fn finish(region: &Region, mut ops: Vec<OpEffect>, readouts: Vec<ReadoutEffect>) -> Effects {
    constants_follow(region, &mut ops);
    let mut variables: BTreeMap<Variable, Option<Certificate>> = BTreeMap::new();
    let mut qubits = vec![false; region.n_qubits as usize];
    for (at, (op, effect)) in region.ops.iter().zip(&ops).enumerate() {
        if effect.removable.is_none() && !matches!(op, QuantumOp::Barrier { .. }) {
            op.qubits().iter().for_each(|&qubit| qubits[qubit as usize] = true);
        }
        for (param, (angle, reason)) in op.angles().iter().zip(&effect.params).enumerate() {
            for &(variable, _) in angle.terms() {
                let empty = || {
                    Some(Certificate { subject: Subject::Variable(variable), places: Vec::new(), reasons: Vec::new() })
                };
                let slot = variables.entry(variable).or_insert_with(empty);
                match (reason, slot.as_mut()) {
                    (Some(reason), Some(proof)) => {
                        proof.places.push((at, param));
                        proof.reasons.push(reason.clone());
                    }
                    (None, _) => *slot = None,
                    (Some(_), None) => {}
                }
            }
        }
    }
    Effects { ops, variables, readouts, qubits }
}

//! The whole way from a region to a device.

use super::basis::Basis;
use super::circuit::Circuit;
use super::emit::emit;
use super::errors::{DEVICE_DISCONNECTED, DEVICE_TOO_SMALL};
use super::place::place;
use super::route::{Event, Layout, Plan, Trial, perfect, straight, trials};
use super::schedule::{Schedule, schedule};
use super::unroll::{Preparation, unroll};
use crate::device::{Device, Values};
use crate::diag::Diagnostic;
use crate::ir::{QuantumOp, Readout, Region};
use crate::math::{PauliString, PauliSum};
use crate::passes::{self, Pass, PassContext};
use rayon::prelude::*;

/// How to transpile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Seed of the trials.
    pub seed: u64,
    /// How many trials of layout and routing; the same number gives the same result on any number of threads.
    pub trials: usize,
    /// What becomes of data-dependent `prepare`.
    pub preparation: Preparation,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, trials: 16, preparation: Preparation::Refuse }
    }
}

/// A region on a device.
#[derive(Clone, Debug)]
pub struct Transpiled {
    /// Native gates on the device's qubits, in an order of time; read-outs are those of the original, on the qubits that carry them.
    pub region: Region,
    /// `initial[q]` is the device's qubit that carries qubit `q` at the beginning.
    pub initial: Vec<u32>,
    /// And at the end.
    pub last: Vec<u32>,
    /// Swaps that routing put in.
    pub swaps: usize,
    /// Was a layout found in which all that meet are neighbours?
    pub perfect: bool,
    /// Native two-qubit gates.
    pub two_qubit: usize,
    /// When everything happens.
    pub schedule: Schedule,
}

/// Routed circuits that are written in native gates, of which the best is kept.
const FINALISTS: usize = 4;

/// Steps of depth that are given for one two-qubit gate less.
const GATE: usize = 3;

/// Passes that keep the unitary, run before anything is taken apart.
static BEFORE: [&dyn Pass; 4] = [
    &passes::remove_identities::RemoveIdentities,
    &passes::fold_constants::FoldConstants,
    &passes::cancel_inverses::CancelInverses,
    &passes::merge_rotations::MergeRotations,
];

/// Transpiles a region to a device: native gates on coupled pairs, equal to the original up to a global phase and the permutation
/// from `initial` to `last`.
///
/// # Errors
/// `QN0620` the device is too small, `QN0621` it falls apart, `QN0622` its gates do not suffice, `QN0625` open amplitudes.
pub fn transpile(region: &Region, device: &Device, options: &Options) -> Result<Transpiled, Diagnostic> {
    let basis = Basis::of(device)?;
    let allowed = allowed(region, device)?;
    let mut simplified = region.clone();
    passes::run_region(&mut simplified, &BEFORE, &PassContext::default());
    let circuit = unroll(&simplified, options.preparation)?;
    let plan = Plan::new(&circuit, &basis);
    let coupling = device.coupling();
    let found = perfect(&plan, coupling, is_uniform(device), |layout| layout_price(device, &plan, layout));
    let is_perfect = found.is_some();
    let candidates: Vec<Trial> = match found {
        Some(layout) => vec![straight(&plan, layout, coupling)],
        None => trials(&plan, coupling, &allowed, (options.seed, options.trials, FINALISTS)),
    };
    let finished: Vec<_> =
        candidates.into_par_iter().map(|trial| finish(&circuit, &plan, device, &basis, trial)).collect();
    let best =
        finished.into_iter().min_by_key(|(out, _)| (GATE * out.two_qubit + out.schedule.depth[0], out.two_qubit));
    let (mut out, ops) = best.ok_or_else(|| Diagnostic::global(&DEVICE_TOO_SMALL, "nothing could be placed"))?;
    out.perfect = is_perfect;
    out.region = Region {
        path: region.path.clone(),
        n_qubits: device.n_qubits,
        registers: Vec::new(),
        n_inputs: region.n_inputs,
        ops,
        readouts: region.readouts.iter().map(|readout| moved(readout, &out.last)).collect(),
    };
    Ok(out)
}

fn finish(
    circuit: &Circuit,
    plan: &Plan,
    device: &Device,
    basis: &Basis,
    trial: Trial,
) -> (Transpiled, Vec<QuantumOp>) {
    let (initial, routed) = trial;
    let placed = place(circuit, plan, device.n_qubits as usize, &initial, &routed);
    let ops = emit(&placed, device, basis);
    let schedule = schedule(device, &ops);
    let swaps = routed.events.iter().filter(|event| matches!(event, Event::Swap(..) | Event::Move(..))).count();
    let two_qubit = ops.iter().filter(|op| op.qubits().len() == 2).count();
    let region = Region::default();
    (Transpiled { region, initial, last: routed.layout, swaps, perfect: false, two_qubit, schedule }, ops)
}

/// The qubits of the device that may be used: its largest connected part.
fn allowed(region: &Region, device: &Device) -> Result<Vec<u32>, Diagnostic> {
    let needed = region.n_qubits;
    if needed > device.n_qubits {
        return Err(Diagnostic::global(
            &DEVICE_TOO_SMALL,
            format!("the circuit has {needed} qubits, `{}` has {}", device.name, device.n_qubits),
        )
        .help("choose a larger device: `qnas list devices` says how many qubits each has"));
    }
    let parts = device.coupling().parts();
    let largest = parts.into_iter().next().unwrap_or_default();
    if largest.len() < needed as usize {
        return Err(Diagnostic::global(
            &DEVICE_DISCONNECTED,
            format!(
                "the couplings of `{}` do not hang together: the circuit has {needed} qubits, its largest connected part {}",
                device.name,
                largest.len()
            ),
        )
        .help("add the missing pairs to `edges`"));
    }
    Ok(largest)
}

/// Are all places equally good?
fn is_uniform(device: &Device) -> bool {
    device.errors.entries().iter().all(|(_, values)| matches!(values, Values::Same(_)))
}

/// Errors that a perfect layout would collect.
fn layout_price(device: &Device, plan: &Plan, layout: &Layout) -> f64 {
    let lost = |error: f64| -(1.0 - error.clamp(0.0, 1.0 - 1e-9)).ln();
    let gates = device.native.iter().map(|native| native.gate.meta.name);
    let two: Vec<&str> =
        gates.filter(|name| crate::gates::find(name).is_some_and(|gate| gate.n_qubits() == 2)).collect();
    let mut price = 0.0;
    for task in &plan.tasks {
        let places = task.qubits.map(|qubit| layout[qubit as usize]);
        let best = two.iter().map(|name| lost(device.gate_error(name, &places))).fold(f64::INFINITY, f64::min);
        price += f64::from(task.gates) * best;
    }
    price
        + layout.iter().filter(|&&place| place != u32::MAX).map(|&place| lost(device.readout_error(place))).sum::<f64>()
}

/// A read-out on the qubits that carry the original ones.
fn moved(readout: &Readout, at: &[u32]) -> Readout {
    match readout {
        Readout::Probabilities(qubits) => {
            Readout::Probabilities(qubits.iter().map(|&qubit| at[qubit as usize]).collect())
        }
        Readout::Expectation(sum) => {
            Readout::Expectation(PauliSum::from_terms(sum.terms().iter().map(|(factor, string)| {
                let factors = string.factors().iter().map(|&(qubit, pauli)| (at[qubit as usize], pauli)).collect();
                (*factor, PauliString::from_factors(factors))
            })))
        }
    }
}

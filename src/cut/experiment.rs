//! The circuits of a plan: every fragment under everything that may be done at its cuts, and how their results add up.
//!
//! A circuit is a [`Region`] over the qubits of its fragment. A measurement in the middle, whose outcome is a sign, is a `cx` to a
//! fresh qubit behind them whose Z multiplies every observable: the same numbers, in a circuit that any back end runs. Hardware
//! measures instead ([`FragmentCircuits::qubits`] tells the two apart).

use super::errors::TOO_MANY_TERMS;
use super::instance::gates_at;
use super::plan::Plan;
use super::qpd::{Act, GateTerms, WIRE_TERMS, gate_terms, preparation};
use crate::diag::Diagnostic;
use crate::gates;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Region, Register, Variable};
use crate::math::{Matrix, Pauli, PauliString, PauliSum};
use std::collections::{BTreeMap, BTreeSet};

/// Most circuits of all fragments, and most terms of the sum over them.
pub const MOST_CIRCUITS: f64 = 200_000.0;
/// Most terms of the sum that puts results together.
pub const MOST_TERMS: f64 = 20_000_000.0;
/// Most qubits whose probabilities are put together.
const MOST_READ: usize = 8;

/// A place in a fragment where something may be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// An end of a cut gate: an index into [`Plan::gates`], and which end.
    Gate(usize, usize),
    /// The beginning of a wire after a cut: an index into [`Plan::wires`].
    Begin(usize),
}

/// One fragment.
#[derive(Clone, PartialEq, Debug)]
pub struct FragmentCircuits {
    /// Qubits of the fragment; qubits of a circuit from here on stand for measurements in the middle.
    pub qubits: u32,
    /// What may be done where, and in how many ways.
    pub slots: Vec<(Slot, usize)>,
    /// Cut wires that end here, as indices into [`Plan::wires`]: what is measured there is an index into `none, Z, X, Y`.
    pub ends: Vec<usize>,
    /// A circuit per combination, the last slot varying fastest. Read-outs: per string and combination at the ends.
    pub circuits: Vec<Region>,
}

/// All circuits of a plan for given angles.
#[derive(Clone, PartialEq, Debug)]
pub struct Experiments {
    /// Per fragment.
    pub fragments: Vec<FragmentCircuits>,
    /// The terms of the cut gates.
    pub gates: Vec<GateTerms>,
    /// Fragments of the two ends of every cut gate.
    between: Vec<[usize; 2]>,
    wires: usize,
    /// What is measured.
    pub strings: Vec<PauliString>,
    /// Per number that the read-outs give what it is of the strings.
    pub outputs: Vec<PauliSum>,
}

/// A region with numbers for angles.
#[must_use]
pub fn bound(region: &Region, variable: &mut dyn FnMut(Variable) -> f64) -> Region {
    let mut out = region.clone();
    let mut number = |angle: &mut Angle| *angle = Angle::constant(angle.evaluate(&mut *variable));
    for op in &mut out.ops {
        match op {
            QuantumOp::Gate(GateOp { operation: Operation::Gate { params, .. }, .. }) => {
                params.iter_mut().for_each(&mut number)
            }
            QuantumOp::Prepare { values, .. } => values.iter_mut().for_each(&mut number),
            _ => {}
        }
    }
    out.n_inputs = 0;
    out
}

/// The gate `u` that equals a unitary on one qubit up to a phase.
fn spelled(matrix: &Matrix, qubit: u32) -> QuantumOp {
    let theta = 2.0 * matrix[(1, 0)].norm().atan2(matrix[(0, 0)].norm());
    let (sum, difference) =
        (matrix[(1, 1)].arg() - matrix[(0, 0)].arg(), matrix[(1, 0)].arg() - (-matrix[(0, 1)]).arg());
    let (phi, lambda) = if matrix[(0, 0)].norm() < 1e-9 {
        (difference, 0.0)
    } else if matrix[(1, 0)].norm() < 1e-9 {
        (0.0, sum)
    } else {
        let phi = matrix[(1, 0)].arg() - matrix[(0, 0)].arg();
        (phi, sum - phi)
    };
    gate(&gates::u::U, [theta, phi, lambda].map(Angle::constant).to_vec(), vec![qubit])
}

fn gate(gate: &'static gates::Gate, params: Vec<Angle>, qubits: Vec<u32>) -> QuantumOp {
    QuantumOp::Gate(GateOp {
        operation: Operation::Gate { gate, params },
        extra_controls: Vec::new(),
        qubits,
        path: "cut".into(),
        span: crate::source::Span::default(),
    })
}

/// Something at a place of a fragment's circuit.
enum Piece {
    Op(QuantumOp),
    End(usize, u32),
}

impl Experiments {
    /// All circuits of a plan, given what angles depend on.
    ///
    /// # Errors
    /// `QN0604` if they are too many.
    pub fn new(plan: &Plan, variable: &mut dyn FnMut(Variable) -> f64) -> Result<Self, Diagnostic> {
        let region = bound(&plan.instance.region, variable);
        let terms = |step: usize| {
            gates_at(&region, &plan.instance.steps[step].ops).and_then(|gates| gate_terms(&gates, &mut |_| 0.0))
        };
        let gates: Vec<GateTerms> = plan.gates.iter().filter_map(|cut| terms(cut.step)).collect();
        let outputs = region.readouts.iter().map(numbers).collect::<Option<Vec<_>>>();
        let outputs: Vec<PauliSum> = outputs.ok_or_else(too_many_read)?.concat();
        let strings: BTreeSet<PauliString> =
            outputs.iter().flat_map(|sum| sum.terms()).map(|term| term.1.clone()).collect();
        let mut all = Self {
            fragments: Vec::new(),
            gates,
            between: plan.gates.iter().map(|cut| cut.between).collect(),
            wires: plan.wires.len(),
            strings: strings.into_iter().collect(),
            outputs,
        };
        let shells: Vec<FragmentCircuits> = (0..plan.fragments.len()).map(|at| all.shell(plan, at)).collect();
        let circuits: f64 = shells.iter().map(|f| f.slots.iter().map(|slot| slot.1 as f64).product::<f64>()).sum();
        let terms: f64 = all.gates.iter().map(|gate| gate.terms.len() as f64).product::<f64>()
            * 8f64.powi(i32::try_from(all.wires).unwrap_or(i32::MAX));
        if circuits > MOST_CIRCUITS || terms * all.strings.len() as f64 > MOST_TERMS {
            let message =
                format!("the plan has {circuits} circuits and {terms:.0} terms for {} observables", all.strings.len());
            return Err(Diagnostic::global(&TOO_MANY_TERMS, message).help("allow larger pieces, or cut one read-out"));
        }
        for (at, mut fragment) in shells.into_iter().enumerate() {
            let pieces = pieces(plan, &region, at, &fragment);
            let count: usize = fragment.slots.iter().map(|slot| slot.1).product();
            fragment.circuits = (0..count).map(|k| all.circuit(plan, at, &fragment, &pieces, k)).collect();
            all.fragments.push(fragment);
        }
        Ok(all)
    }

    fn shell(&self, plan: &Plan, at: usize) -> FragmentCircuits {
        let mut slots = Vec::new();
        for (k, cut) in plan.gates.iter().enumerate() {
            for side in (0..2).filter(|&side| cut.between[side] == at) {
                slots.push((Slot::Gate(k, side), self.gates[k].acts[side].len()));
            }
        }
        slots.extend((0..plan.wires.len()).filter(|&k| plan.wires[k].between[1] == at).map(|k| (Slot::Begin(k), 6)));
        FragmentCircuits {
            qubits: u32::try_from(plan.fragments[at].qubits.len()).unwrap_or(u32::MAX),
            slots,
            ends: (0..plan.wires.len()).filter(|&k| plan.wires[k].between[0] == at).collect(),
            circuits: Vec::new(),
        }
    }

    fn circuit(&self, plan: &Plan, at: usize, fragment: &FragmentCircuits, pieces: &[Piece], index: usize) -> Region {
        let picks = digits(index, &fragment.slots);
        let local = |wire: usize, segment: usize| local(plan, at, wire, segment).unwrap_or(0);
        let mut ops = Vec::new();
        let mut next = fragment.qubits;
        for ((slot, _), pick) in fragment.slots.iter().zip(&picks) {
            if let Slot::Begin(k) = slot {
                let cut = plan.wires[*k];
                ops.push(spelled(&preparation(*pick), local(cut.wire, cut.segment + 1)));
            }
        }
        for piece in pieces {
            match piece {
                Piece::Op(op) => ops.push(op.clone()),
                Piece::End(slot, qubit) => {
                    let Slot::Gate(k, side) = fragment.slots[*slot].0 else { continue };
                    for act in &self.gates[k].acts[side][picks[*slot]] {
                        match act {
                            Act::Apply(matrix) => ops.push(spelled(matrix, *qubit)),
                            Act::Sign => {
                                ops.push(gate(&gates::cx::CX, Vec::new(), vec![*qubit, next]));
                                next += 1;
                            }
                        }
                    }
                }
            }
        }
        let signs: Vec<(u32, Pauli)> = (fragment.qubits..next).map(|qubit| (qubit, Pauli::Z)).collect();
        Region {
            path: format!("piece_{at}_{index}"),
            n_qubits: next.max(1),
            registers: vec![Register { name: "q".into(), start: 0, len: next.max(1) }],
            n_inputs: 0,
            ops,
            readouts: self.readouts(plan, at, fragment, &signs),
        }
    }

    /// Per string, per combination of what is measured at the ends.
    fn readouts(&self, plan: &Plan, at: usize, fragment: &FragmentCircuits, signs: &[(u32, Pauli)]) -> Vec<Readout> {
        let mut out = Vec::new();
        for string in &self.strings {
            let here = string.factors().iter().filter_map(|(qubit, pauli)| {
                let wire = plan.instance.wires.binary_search(qubit).ok()?;
                Some((local(plan, at, wire, plan.division.wires[wire].len() - 1)?, *pauli))
            });
            let here: Vec<(u32, Pauli)> = here.collect();
            for combination in 0..1usize << (2 * fragment.ends.len()) {
                let ends = fragment.ends.iter().enumerate().filter_map(|(j, &k)| {
                    let cut = plan.wires[k];
                    let pauli = [None, Some(Pauli::Z), Some(Pauli::X), Some(Pauli::Y)][combination >> (2 * j) & 3]?;
                    Some((local(plan, at, cut.wire, cut.segment)?, pauli))
                });
                let factors = here.iter().copied().chain(ends).chain(signs.iter().copied()).collect();
                out.push(Readout::Expectation(PauliSum::string(PauliString::from_factors(factors))));
            }
        }
        out
    }

    /// The numbers of the read-outs from those of the circuits: `values[fragment][circuit][read-out]`.
    #[must_use]
    pub fn reconstruct(&self, values: &[Vec<Vec<f64>>]) -> Vec<f64> {
        let mut strings = vec![0.0; self.strings.len()];
        let mut gates = vec![0; self.gates.len()];
        loop {
            let mut wires = vec![0; self.wires];
            loop {
                let coefficient = self.coefficient(&gates, &wires);
                for (at, sum) in strings.iter_mut().enumerate() {
                    *sum += coefficient * self.factors(values, at, &gates, &wires).product::<f64>();
                }
                if !advance(&mut wires, |_| 8) {
                    break;
                }
            }
            if !advance(&mut gates, |k| self.gates[k].terms.len()) {
                break;
            }
        }
        self.combined(&strings)
    }

    /// The coefficient of a term: one term per cut gate, one per cut wire.
    #[must_use]
    pub fn coefficient(&self, gates: &[usize], wires: &[usize]) -> f64 {
        let gates: f64 = gates.iter().zip(&self.gates).map(|(&term, gate)| gate.terms[term].0).product();
        gates * wires.iter().map(|&term| WIRE_TERMS[term].0).product::<f64>()
    }

    /// What every fragment contributes to a string under a term.
    pub fn factors<'a>(
        &'a self,
        values: &'a [Vec<Vec<f64>>],
        string: usize,
        gates: &'a [usize],
        wires: &'a [usize],
    ) -> impl Iterator<Item = f64> + 'a {
        self.fragments.iter().zip(values).map(move |(fragment, values)| {
            let mut index = 0;
            for (slot, count) in &fragment.slots {
                let pick = match *slot {
                    Slot::Gate(k, side) => self.gates[k].terms[gates[k]].1[side],
                    Slot::Begin(k) => WIRE_TERMS[wires[k]].2,
                };
                index = index * count + pick;
            }
            let combination = fragment.ends.iter().enumerate().fold(0, |sum, (j, &k)| {
                let measured = match WIRE_TERMS[wires[k]].1 {
                    None => 0,
                    Some(Pauli::Z) => 1,
                    Some(Pauli::X) => 2,
                    Some(Pauli::Y) => 3,
                };
                sum | measured << (2 * j)
            });
            values[index][string << (2 * fragment.ends.len()) | combination]
        })
    }

    fn combined(&self, strings: &[f64]) -> Vec<f64> {
        let value = |string: &PauliString| self.strings.binary_search(string).map_or(0.0, |at| strings[at]);
        self.outputs.iter().map(|sum| sum.terms().iter().map(|(k, string)| k * value(string)).sum()).collect()
    }

    /// The sum of the magnitudes of all coefficients: its square is the overhead of these circuits.
    #[must_use]
    pub fn gamma(&self) -> f64 {
        let wires = super::gamma::WIRE.powi(i32::try_from(self.wires).unwrap_or(i32::MAX));
        self.gates.iter().map(GateTerms::gamma).product::<f64>() * wires
    }

    /// Number of cut wires.
    #[must_use]
    pub fn cut_wires(&self) -> usize {
        self.wires
    }

    /// The fragments at the two ends of every cut gate.
    #[must_use]
    pub fn ends(&self) -> &[[usize; 2]] {
        &self.between
    }
}

/// The standard error of an expectation value of a string, estimated with so many shots from terms drawn by the magnitudes of
/// their coefficients, which add up to `gamma`: outcomes are `±gamma`.
#[must_use]
pub fn standard_error(gamma: f64, value: f64, shots: f64) -> f64 {
    ((gamma * gamma - value * value).max(0.0) / shots).sqrt()
}

/// Shots after which the estimate of a string is within `error` with probability `1 - failure` (Hoeffding's inequality).
#[must_use]
pub fn shots(gamma: f64, error: f64, failure: f64) -> f64 {
    (2.0 * gamma * gamma * (2.0 / failure).ln() / (error * error)).ceil()
}

/// The next combination, the last place varying fastest; `false` after the last.
pub fn advance(places: &mut [usize], sizes: impl Fn(usize) -> usize) -> bool {
    for at in (0..places.len()).rev() {
        places[at] += 1;
        if places[at] < sizes(at) {
            return true;
        }
        places[at] = 0;
    }
    false
}

fn digits(mut index: usize, slots: &[(Slot, usize)]) -> Vec<usize> {
    let mut out: Vec<usize> = slots
        .iter()
        .rev()
        .map(|(_, count)| {
            let digit = index % count;
            index /= count;
            digit
        })
        .collect();
    out.reverse();
    out
}

/// The qubit of a fragment that a segment is.
fn local(plan: &Plan, fragment: usize, wire: usize, segment: usize) -> Option<u32> {
    u32::try_from(plan.fragments[fragment].qubits.binary_search(&(wire, segment)).ok()?).ok()
}

/// What stands in a fragment, in the order in which it is run.
fn pieces(plan: &Plan, region: &Region, at: usize, fragment: &FragmentCircuits) -> Vec<Piece> {
    let instance = &plan.instance;
    // Per wire and group the last segment that steps of the group use.
    let mut used: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); instance.wires.len()];
    for (step, places) in instance.steps.iter().zip(&plan.division.at) {
        for (touch, &segment) in step.touches.iter().zip(places) {
            let top = used[touch.wire].entry(touch.group).or_default();
            *top = segment.max(*top);
        }
    }
    let mut found: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
    for loose in &instance.loose {
        let wire = loose.touch.wire;
        let segment = used[wire].range(..loose.touch.group).next_back().map_or(0, |(_, &segment)| segment);
        if let Some(qubit) = local(plan, at, wire, segment) {
            let op = moved(&region.ops[loose.op], &|_| qubit);
            found.entry(loose.op).or_default().push(Piece::Op(op));
        }
    }
    for (k, (step, places)) in instance.steps.iter().zip(&plan.division.at).enumerate() {
        let place = step.ops.last().copied().unwrap_or(0);
        let mine: Vec<Option<u32>> =
            step.touches.iter().zip(places).map(|(touch, &segment)| local(plan, at, touch.wire, segment)).collect();
        let pieces = found.entry(place).or_default();
        match plan.gates.iter().position(|cut| cut.step == k) {
            Some(cut) => {
                for (slot, (which, _)) in fragment.slots.iter().enumerate() {
                    if let Slot::Gate(gate, side) = *which
                        && gate == cut
                        && let Some(qubit) = mine[side]
                    {
                        pieces.push(Piece::End(slot, qubit));
                    }
                }
            }
            None if mine.iter().all(Option::is_some) => {
                let qubit = |qubit: u32| {
                    let touch = step.touches.iter().position(|touch| instance.wires[touch.wire] == qubit);
                    touch.and_then(|touch| mine[touch]).unwrap_or(0)
                };
                pieces.extend(step.ops.iter().map(|&op| Piece::Op(moved(&region.ops[op], &qubit))));
            }
            None => {}
        }
    }
    found.into_values().flatten().collect()
}

fn moved(op: &QuantumOp, qubit: &dyn Fn(u32) -> u32) -> QuantumOp {
    let mut out = op.clone();
    match &mut out {
        QuantumOp::Gate(gate) => gate.qubits.iter_mut().for_each(|q| *q = qubit(*q)),
        QuantumOp::Prepare { qubits, .. } | QuantumOp::Barrier { qubits } => {
            qubits.iter_mut().for_each(|q| *q = qubit(*q))
        }
    }
    out
}

/// The numbers of a read-out as sums of strings; `None` for too many probabilities.
fn numbers(readout: &Readout) -> Option<Vec<PauliSum>> {
    let qubits = match readout {
        Readout::Expectation(sum) => return Some(vec![sum.clone()]),
        Readout::Probabilities(qubits) if qubits.len() > MOST_READ => return None,
        Readout::Probabilities(qubits) => qubits,
    };
    let all = 1usize << qubits.len();
    let string = |subset: usize| {
        let read = qubits.iter().enumerate().filter(|(j, _)| subset >> j & 1 == 1);
        PauliString::from_factors(read.map(|(_, &qubit)| (qubit, Pauli::Z)).collect())
    };
    let sign = |outcome: usize, subset: usize| if (outcome & subset).count_ones() % 2 == 0 { 1.0 } else { -1.0 };
    let number = |outcome: usize| {
        PauliSum::from_terms((0..all).map(|subset| (sign(outcome, subset) / all as f64, string(subset))))
    };
    Some((0..all).map(number).collect())
}

fn too_many_read() -> Diagnostic {
    Diagnostic::global(&TOO_MANY_TERMS, format!("probabilities of more than {MOST_READ} qubits are not put together"))
        .help("read out expectation values, or probabilities of fewer qubits")
}

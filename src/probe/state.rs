//! Exact states of small regions, their derivatives, and expectation values.
//!
//! The back ends give read-outs of batches; proxies need the state itself and its tangents, of a few qubits at a time, so
//! this is the plain product of matrices, in place.

use crate::ir::{Operation, QuantumOp, Readout, Region, Variable, WeightId};
use crate::math::{C64, Matrix, Pauli, PauliString, c};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Most qubits a proxy looks at: beyond, a state per sample takes too long for what is a hint.
pub const MOST_QUBITS: u32 = 10;

/// Values of all variables of a region.
#[derive(Clone, Debug, Default)]
pub struct Point(pub BTreeMap<Variable, f64>);

impl Point {
    /// Weights and inputs uniform over one period.
    #[must_use]
    pub fn random(region: &Region, rng: &mut ChaCha8Rng) -> Self {
        let mut out = Self::default();
        for angle in region.ops.iter().flat_map(QuantumOp::angles) {
            for &(variable, _) in angle.terms() {
                out.0.entry(variable).or_insert_with(|| rng.random_range(0.0..TAU));
            }
        }
        out
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, variable: Variable) -> f64 {
        self.0.get(&variable).copied().unwrap_or(0.0)
    }

    /// The same inputs with new weights.
    #[must_use]
    pub fn with_new_weights(&self, rng: &mut ChaCha8Rng) -> Self {
        let redraw = |(&variable, &value): (&Variable, &f64)| match variable {
            Variable::Weight { .. } => (variable, rng.random_range(0.0..TAU)),
            Variable::Input(_) => (variable, value),
        };
        Self(self.0.iter().map(redraw).collect())
    }
}

/// The weights that angles of a region read, ascending.
#[must_use]
pub fn trainable(region: &Region) -> Vec<Variable> {
    let angles = region.ops.iter().flat_map(QuantumOp::angles);
    let mut out: Vec<Variable> =
        angles.flat_map(|angle| angle.terms()).map(|term| term.0).filter(|v| weight_of(*v).is_some()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn weight_of(variable: Variable) -> Option<WeightId> {
    match variable {
        Variable::Weight { weight, .. } => Some(weight),
        Variable::Input(_) => None,
    }
}

/// The state at a point; `None` if an amplitude vector is zero.
pub(super) fn state(region: &Region, point: &Point) -> Option<Vec<C64>> {
    tangents(region, point, &[]).map(|(state, _)| state)
}

/// The state and its derivative along each of the variables.
pub(super) fn tangents(region: &Region, point: &Point, along: &[Variable]) -> Option<(Vec<C64>, Vec<Vec<C64>>)> {
    let mut state = vec![c(0.0, 0.0); 1 << region.n_qubits];
    state[0] = c(1.0, 0.0);
    let mut tangents = vec![vec![c(0.0, 0.0); state.len()]; along.len()];
    for op in &region.ops {
        match op {
            QuantumOp::Barrier { .. } => {}
            QuantumOp::Prepare { qubits, values, .. } => {
                let numbers: Vec<f64> = values.iter().map(|value| value.evaluate(|v| point.get(v))).collect();
                prepare(&mut state, qubits, &numbers)?;
            }
            QuantumOp::Gate(gate) => {
                let numbers: Vec<f64> = gate.params().iter().map(|angle| angle.evaluate(|v| point.get(v))).collect();
                let controls: Vec<(u32, bool)> = gate.controls().collect();
                let mut added: Vec<(usize, Vec<C64>)> = Vec::new();
                for (param, angle) in gate.params().iter().enumerate() {
                    let Operation::Gate { gate: kind, .. } = &gate.operation else { continue };
                    let slopes: Vec<(usize, f64)> = along
                        .iter()
                        .enumerate()
                        .filter_map(|(at, v)| angle.terms().iter().find(|term| term.0 == *v).map(|term| (at, term.1)))
                        .collect();
                    if !slopes.is_empty() {
                        let mut moved = state.clone();
                        apply(&mut moved, &(kind.derivative)(&numbers, param), gate.targets(), &controls, true);
                        for (at, slope) in slopes {
                            added.push((at, moved.iter().map(|amp| amp * slope).collect()));
                        }
                    }
                }
                let matrix = gate.target_matrix(&numbers);
                apply(&mut state, &matrix, gate.targets(), &controls, false);
                for tangent in &mut tangents {
                    apply(tangent, &matrix, gate.targets(), &controls, false);
                }
                for (at, extra) in added {
                    tangents[at].iter_mut().zip(extra).for_each(|(sum, amp)| *sum += amp);
                }
            }
        }
    }
    Some((state, tangents))
}

/// Multiplies the amplitudes of qubits in |0⟩ by a normalised vector; `None` if it is zero.
fn prepare(state: &mut [C64], qubits: &[u32], numbers: &[f64]) -> Option<()> {
    let norm = numbers.iter().map(|x| x * x).sum::<f64>().sqrt();
    if norm == 0.0 {
        return None;
    }
    let mask: usize = qubits.iter().map(|q| 1 << q).sum();
    for at in (0..state.len()).rev() {
        let base = state[at & !mask];
        let index: usize = qubits.iter().enumerate().map(|(k, q)| (at >> q & 1) << k).sum();
        if index != 0 {
            state[at] = base * (numbers[index] / norm);
        }
    }
    for at in (0..state.len()).filter(|at| at & mask == 0) {
        state[at] *= numbers[0] / norm;
    }
    Some(())
}

/// A matrix on targets where all controls have their values; elsewhere nothing happens, or, for a derivative, all is zero.
fn apply(state: &mut [C64], matrix: &Matrix, targets: &[u32], controls: &[(u32, bool)], derivative: bool) {
    let mask: usize = targets.iter().map(|q| 1 << q).sum();
    let dim = matrix.dim();
    let place = |local: usize| -> usize { targets.iter().enumerate().map(|(k, q)| (local >> k & 1) << q).sum() };
    let offsets: Vec<usize> = (0..dim).map(place).collect();
    let mut taken = vec![c(0.0, 0.0); dim];
    for base in (0..state.len()).filter(|base| base & mask == 0) {
        if controls.iter().any(|&(q, value)| (base >> q & 1 == 1) != value) {
            if derivative {
                offsets.iter().for_each(|offset| state[base | offset] = c(0.0, 0.0));
            }
            continue;
        }
        for (slot, offset) in taken.iter_mut().zip(&offsets) {
            *slot = state[base | offset];
        }
        for (row, offset) in offsets.iter().enumerate() {
            state[base | offset] =
                (0..dim).fold(c(0.0, 0.0), |sum, column| sum + matrix[(row, column)] * taken[column]);
        }
    }
}

/// `⟨a|P|b⟩` for a Pauli string.
pub(super) fn matrix_element(a: &[C64], string: &PauliString, b: &[C64]) -> C64 {
    let (mut flip, mut sum) = (0usize, c(0.0, 0.0));
    for &(qubit, pauli) in string.factors() {
        if pauli != Pauli::Z {
            flip |= 1 << qubit;
        }
    }
    for (at, amp) in a.iter().enumerate() {
        let from = at ^ flip;
        let mut factor = c(1.0, 0.0);
        for &(qubit, pauli) in string.factors() {
            let one = from >> qubit & 1 == 1;
            factor *= match (pauli, one) {
                (Pauli::X, _) | (Pauli::Z, false) => c(1.0, 0.0),
                (Pauli::Z, true) => c(-1.0, 0.0),
                // Y|0⟩ = i|1⟩ and Y|1⟩ = -i|0⟩.
                (Pauli::Y, false) => c(0.0, 1.0),
                (Pauli::Y, true) => c(0.0, -1.0),
            };
        }
        sum += amp.conj() * factor * b[from];
    }
    sum
}

/// The derivative of every read-out along a tangent: `2 Re ⟨ψ|O|∂ψ⟩`.
pub(super) fn slopes(region: &Region, state: &[C64], tangent: &[C64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(region.n_outputs());
    for readout in &region.readouts {
        match readout {
            Readout::Expectation(sum) => {
                let term =
                    |(factor, string): &(f64, PauliString)| 2.0 * factor * matrix_element(state, string, tangent).re;
                out.push(sum.terms().iter().map(term).sum());
            }
            Readout::Probabilities(qubits) => {
                let mut slopes = vec![0.0; 1 << qubits.len()];
                for (at, (amp, d)) in state.iter().zip(tangent).enumerate() {
                    let index: usize = qubits.iter().enumerate().map(|(k, q)| (at >> q & 1) << k).sum();
                    slopes[index] += 2.0 * (amp.conj() * d).re;
                }
                out.extend(slopes);
            }
        }
    }
    out
}

/// The value of every read-out.
pub(super) fn values(region: &Region, state: &[C64]) -> Vec<f64> {
    slopes(region, state, state).into_iter().map(|twice| twice / 2.0).collect()
}

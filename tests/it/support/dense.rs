//! The reference simulator: state vectors and full matrices by index arithmetic, exact derivatives by the product rule.
//!
//! Slow and obviously right on purpose: every amplitude is computed from the definition, nothing is shared with the
//! back ends. Qubit 0 is the least significant bit of an index; `weights[w]` are the numbers of weight `w`, row-major.

use qnas::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Region, Variable};
use qnas::math::{C64, Matrix, Pauli, PauliString, PauliSum, c};

/// The value of a variable.
pub fn variable_value(variable: Variable, weights: &[Vec<f64>], inputs: &[f64]) -> f64 {
    match variable {
        Variable::Weight { weight, index } => weights[weight.0 as usize][index as usize],
        Variable::Input(index) => inputs[index as usize],
    }
}

/// The value of an angle.
pub fn angle_value(angle: &Angle, weights: &[Vec<f64>], inputs: &[f64]) -> f64 {
    angle.evaluate(|variable| variable_value(variable, weights, inputs))
}

/// `|0…0⟩` on `n` qubits.
pub fn zero_state(n: u32) -> Vec<C64> {
    let mut state = vec![c(0.0, 0.0); 1 << n];
    state[0] = c(1.0, 0.0);
    state
}

/// `matrix` on `targets` (target 0 least significant) where every control has its value; `elsewhere` (1 for a gate, 0 for the
/// derivative of one) multiplies the amplitudes where some control has not.
pub fn apply_matrix(
    matrix: &Matrix,
    targets: &[u32],
    controls: &[(u32, bool)],
    elsewhere: f64,
    state: &[C64],
) -> Vec<C64> {
    let mut out = vec![c(0.0, 0.0); state.len()];
    for (row, slot) in out.iter_mut().enumerate() {
        if controls.iter().any(|&(qubit, value)| (row >> qubit & 1 == 1) != value) {
            *slot = state[row] * elsewhere;
            continue;
        }
        let local_row: usize = targets.iter().enumerate().map(|(k, &q)| (row >> q & 1) << k).sum();
        for local_column in 0..matrix.dim() {
            let mut column = row;
            for (k, &q) in targets.iter().enumerate() {
                column = column & !(1 << q) | (local_column >> k & 1) << q;
            }
            *slot += matrix[(local_row, local_column)] * state[column];
        }
    }
    out
}

/// A gate with its extra controls, on a state.
pub fn apply_gate(gate: &GateOp, params: &[f64], state: &[C64]) -> Vec<C64> {
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    apply_matrix(&gate.target_matrix(params), gate.targets(), &controls, 1.0, state)
}

/// A gate as a full `2^n` matrix.
pub fn full_matrix(gate: &GateOp, params: &[f64], n: u32) -> Matrix {
    let dim = 1 << n;
    let mut out = Matrix::zeros(dim);
    for column in 0..dim {
        let mut basis = vec![c(0.0, 0.0); dim];
        basis[column] = c(1.0, 0.0);
        for (row, amplitude) in apply_gate(gate, params, &basis).into_iter().enumerate() {
            out[(row, column)] = amplitude;
        }
    }
    out
}

/// All gates of a region without `prepare`, multiplied.
pub fn unitary(region: &Region, weights: &[Vec<f64>], inputs: &[f64]) -> Matrix {
    region.gates().fold(Matrix::identity(1 << region.n_qubits), |before, gate| {
        let params: Vec<f64> = gate.params().iter().map(|angle| angle_value(angle, weights, inputs)).collect();
        full_matrix(gate, &params, region.n_qubits).matmul(&before)
    })
}

/// Puts `amplitudes` (normalised here) on untouched qubits; a zero vector makes everything NaN.
pub fn prepare(qubits: &[u32], amplitudes: &[f64], state: &[C64]) -> Vec<C64> {
    let norm = amplitudes.iter().map(|a| a * a).sum::<f64>().sqrt();
    spread(qubits, &amplitudes.iter().map(|a| a / norm).collect::<Vec<_>>(), state)
}

/// The state with the |0…0⟩ on `qubits` replaced by `amplitudes` as they are.
fn spread(qubits: &[u32], amplitudes: &[f64], state: &[C64]) -> Vec<C64> {
    let mask: usize = qubits.iter().map(|q| 1usize << q).sum();
    (0..state.len())
        .map(|index| {
            let local: usize = qubits.iter().enumerate().map(|(k, &q)| (index >> q & 1) << k).sum();
            state[index & !mask] * amplitudes[local]
        })
        .collect()
}

/// The state at the end of a region.
pub fn final_state(region: &Region, weights: &[Vec<f64>], inputs: &[f64]) -> Vec<C64> {
    let mut state = zero_state(region.n_qubits);
    for op in &region.ops {
        let values: Vec<f64> = op.angles().iter().map(|angle| angle_value(angle, weights, inputs)).collect();
        state = match op {
            QuantumOp::Gate(gate) => apply_gate(gate, &values, &state),
            QuantumOp::Prepare { qubits, .. } => prepare(qubits, &values, &state),
            QuantumOp::Barrier { .. } => state,
        };
    }
    state
}

/// `P |state⟩` for a Pauli string.
pub fn apply_string(string: &PauliString, state: &[C64]) -> Vec<C64> {
    let mut out = state.to_vec();
    for &(qubit, pauli) in string.factors() {
        let i = C64::i();
        let (o, l) = (c(0.0, 0.0), c(1.0, 0.0));
        let matrix = Matrix::from_rows(match pauli {
            Pauli::X => vec![o, l, l, o],
            Pauli::Y => vec![o, -i, i, o],
            Pauli::Z => vec![l, o, o, -l],
        });
        out = apply_matrix(&matrix, &[qubit], &[], 1.0, &out);
    }
    out
}

/// `O |state⟩` for an observable.
pub fn apply_sum(sum: &PauliSum, state: &[C64]) -> Vec<C64> {
    let mut out = vec![c(0.0, 0.0); state.len()];
    for (coefficient, string) in sum.terms() {
        for (slot, amplitude) in out.iter_mut().zip(apply_string(string, state)) {
            *slot += amplitude * *coefficient;
        }
    }
    out
}

/// `⟨a|b⟩`.
pub fn inner(a: &[C64], b: &[C64]) -> C64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

/// `⟨state|O|state⟩`.
pub fn expectation(sum: &PauliSum, state: &[C64]) -> f64 {
    inner(state, &apply_sum(sum, state)).re
}

/// Joint outcome probabilities of `qubits`, `qubits[0]` least significant.
pub fn probabilities(qubits: &[u32], state: &[C64]) -> Vec<f64> {
    let mut out = vec![0.0; 1 << qubits.len()];
    for (index, amplitude) in state.iter().enumerate() {
        let local: usize = qubits.iter().enumerate().map(|(k, &q)| (index >> q & 1) << k).sum();
        out[local] += amplitude.norm_sqr();
    }
    out
}

/// The values of all read-outs, one after another, for one sample.
pub fn run_region(region: &Region, weights: &[Vec<f64>], inputs: &[f64]) -> Vec<f64> {
    let state = final_state(region, weights, inputs);
    let values = region.readouts.iter().flat_map(|readout| match readout {
        Readout::Expectation(sum) => vec![expectation(sum, &state)],
        Readout::Probabilities(qubits) => probabilities(qubits, &state),
    });
    values.collect()
}

/// The exact derivative of [`run_region`] with respect to one variable: the product rule carried along with the state.
pub fn differentiate(region: &Region, weights: &[Vec<f64>], inputs: &[f64], by: Variable) -> Vec<f64> {
    let mut state = zero_state(region.n_qubits);
    let mut tangent = vec![c(0.0, 0.0); state.len()];
    for op in &region.ops {
        let values: Vec<f64> = op.angles().iter().map(|angle| angle_value(angle, weights, inputs)).collect();
        let slope = |angle: &Angle| angle.terms().iter().find(|term| term.0 == by).map_or(0.0, |term| term.1);
        let slopes: Vec<f64> = op.angles().iter().map(slope).collect();
        match op {
            QuantumOp::Gate(gate) => {
                tangent = apply_gate(gate, &values, &tangent);
                if let Operation::Gate { gate: kind, .. } = &gate.operation {
                    let controls: Vec<(u32, bool)> = gate.controls().collect();
                    for (k, slope) in slopes.iter().enumerate().filter(|(_, slope)| **slope != 0.0) {
                        let matrix = (kind.derivative)(&values, k).scale(c(*slope, 0.0));
                        add(&mut tangent, &apply_matrix(&matrix, gate.targets(), &controls, 0.0, &state));
                    }
                }
                state = apply_gate(gate, &values, &state);
            }
            QuantumOp::Prepare { qubits, .. } => {
                let norm = values.iter().map(|a| a * a).sum::<f64>().sqrt();
                let radial = values.iter().zip(&slopes).map(|(a, s)| a * s).sum::<f64>() / (norm * norm);
                let turned: Vec<f64> = values.iter().zip(&slopes).map(|(a, s)| (s - a * radial) / norm).collect();
                tangent = prepare(qubits, &values, &tangent);
                add(&mut tangent, &spread(qubits, &turned, &state));
                state = prepare(qubits, &values, &state);
            }
            QuantumOp::Barrier { .. } => {}
        }
    }
    let values = region.readouts.iter().flat_map(|readout| match readout {
        Readout::Expectation(sum) => vec![2.0 * inner(&tangent, &apply_sum(sum, &state)).re],
        Readout::Probabilities(qubits) => {
            let sum: Vec<C64> = state.iter().zip(&tangent).map(|(s, t)| s + t).collect();
            let minus: Vec<C64> = state.iter().zip(&tangent).map(|(s, t)| s - t).collect();
            // |s + t|² - |s - t|² = 4 Re(s* t), twice the derivative of |s|².
            let (plus, minus) = (probabilities(qubits, &sum), probabilities(qubits, &minus));
            plus.iter().zip(&minus).map(|(p, m)| (p - m) / 2.0).collect()
        }
    });
    values.collect()
}

fn add(to: &mut [C64], what: &[C64]) {
    for (slot, value) in to.iter_mut().zip(what) {
        *slot += value;
    }
}

/// The gradient of `Σ upstream[i] · run_region[i]`: for every number of every weight, and for every input.
pub fn gradient(region: &Region, weights: &[Vec<f64>], inputs: &[f64], upstream: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let by = |variable| {
        differentiate(region, weights, inputs, variable).iter().zip(upstream).map(|(d, u)| d * u).sum::<f64>()
    };
    let of_weight = |weight: usize| {
        let id = qnas::ir::WeightId(u32::try_from(weight).expect("few weights"));
        (0..u32::try_from(weights[weight].len()).expect("small"))
            .map(|index| by(Variable::Weight { weight: id, index }))
            .collect()
    };
    let of_inputs = (0..u32::try_from(inputs.len()).expect("small")).map(|index| by(Variable::Input(index)));
    ((0..weights.len()).map(of_weight).collect(), of_inputs.collect())
}

/// `(f(x + step) - f(x - step)) / 2 step`, elementwise.
pub fn central_difference(step: f64, mut f: impl FnMut(f64) -> Vec<f64>) -> Vec<f64> {
    let (plus, minus) = (f(step), f(-step));
    plus.iter().zip(&minus).map(|(p, m)| (p - m) / (2.0 * step)).collect()
}

/// Largest absolute difference; infinite if the lengths differ or a number is NaN on one side only.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    a.iter().zip(b).fold(0.0, |worst: f64, (a, b)| match (a.is_nan(), b.is_nan()) {
        (true, true) => worst,
        (false, false) => worst.max((a - b).abs()),
        _ => f64::INFINITY,
    })
}

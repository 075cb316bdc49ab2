//! The neutral price of quantum steps; the rules stand in the documentation of `flops.quantum`.
//!
//! Prices follow from the structure of a gate's matrix, never from its name, so a new gate has its price by being listed.

use super::Share;
use crate::ir::{GateOp, Operation, QuantumOp, Readout, Region, Variable};
use crate::math::{C64, Matrix};

/// Powers of constant unitaries carry rounding; entries this close to 0, 1, a real number are that.
const TOLERANCE: f64 = 1e-13;

/// Angles at which no entry of a catalogue gate is 0, 1 or real by accident.
const GENERIC: [f64; 4] = [0.731, 1.913, -1.327, 2.459];

/// All of a region.
pub(super) fn region_flops(region: &Region) -> f64 {
    region.ops.iter().map(|op| step_flops(region, op)).sum::<f64>() + readout_flops(region)
}

/// The steps that read the region's input.
pub(super) fn embedding_flops(region: &Region) -> f64 {
    region.ops.iter().filter(|op| reads_input(op)).map(|op| step_flops(region, op)).sum()
}

/// Does a step read the region's input?
pub(super) fn reads_input(op: &QuantumOp) -> bool {
    op.angles().iter().flat_map(|angle| angle.terms()).any(|term| matches!(term.0, Variable::Input(_)))
}

/// `2^exponent`.
pub(super) fn power(exponent: usize) -> f64 {
    2f64.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

fn step_flops(region: &Region, op: &QuantumOp) -> f64 {
    let n = region.n_qubits as usize;
    match op {
        QuantumOp::Gate(_) => step_share(op).of(region.n_qubits),
        QuantumOp::Prepare { qubits, .. } => {
            let spread = if qubits.len() == n { 0.0 } else { 2.0 * power(n) };
            3.0 * power(qubits.len()) + 1.0 + spread
        }
        QuantumOp::Barrier { .. } => 0.0,
    }
}

/// What a gate adds: its price per group of `2^targets` amplitudes. What `prepare` costs depends on how many qubits it leaves.
pub(super) fn step_share(op: &QuantumOp) -> Share {
    let QuantumOp::Gate(gate) = op else { return Share::number(0) };
    let matrix = structure(gate);
    let price: u32 = (0..matrix.dim()).map(|row| row_flops(&entries(&matrix, row))).sum();
    Share::groups(price.into(), gate.qubits.len())
}

/// The matrix on the targets with generic angles.
pub(super) fn structure(gate: &GateOp) -> Matrix {
    match &gate.operation {
        Operation::Gate { gate, .. } => (gate.matrix)(&GENERIC[..gate.params.len().min(GENERIC.len())]),
        Operation::Unitary(matrix) => (**matrix).clone(),
    }
}

/// `(column, entry)` of a row, zeros left out.
pub(super) fn entries(matrix: &Matrix, row: usize) -> Vec<(usize, C64)> {
    let all = (0..matrix.dim()).map(|column| (column, matrix[(row, column)]));
    all.filter(|(_, entry)| entry.norm() > TOLERANCE).collect()
}

fn row_flops(entries: &[(usize, C64)]) -> u32 {
    let real = |entry: &C64| entry.im.abs() <= TOLERANCE;
    let unit = |value: f64| (value.abs() - 1.0).abs() <= TOLERANCE;
    match entries {
        [] => 0,
        [(_, entry)] => match (real(entry), entry.re.abs() <= TOLERANCE) {
            (true, _) if unit(entry.re) => {
                if entry.re > 0.0 {
                    0
                } else {
                    2
                }
            }
            (_, true) if unit(entry.im) => 1,
            (true, _) | (_, true) => 2,
            _ => 6,
        },
        many => {
            let m = u32::try_from(many.len()).unwrap_or(u32::MAX);
            let product = if many.iter().all(|(_, entry)| real(entry)) { 2 } else { 6 };
            product * m + 2 * (m - 1)
        }
    }
}

fn readout_flops(region: &Region) -> f64 {
    let dim = power(region.n_qubits as usize);
    let mut total = if reads_probabilities(region) { 3.0 * dim } else { 0.0 };
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => total += dim - power(qubits.len()),
            Readout::Expectation(sum) => {
                for (coefficient, string) in sum.terms() {
                    total += match (string.weight(), string.is_diagonal()) {
                        (0, _) => 0.0,
                        (_, true) => dim - 1.0,
                        (_, false) => 2.0 * dim,
                    };
                    total += f64::from(u8::from(*coefficient != 1.0));
                }
                total += sum.terms().len().saturating_sub(1) as f64;
            }
        }
    }
    total
}

/// Does some read-out need `|a|²`?
pub(super) fn reads_probabilities(region: &Region) -> bool {
    region.readouts.iter().any(|readout| match readout {
        Readout::Probabilities(_) => true,
        Readout::Expectation(sum) => sum.terms().iter().any(|(_, string)| string.weight() > 0 && string.is_diagonal()),
    })
}

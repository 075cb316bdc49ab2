//! Which frequencies of a feature the outputs of a circuit have.

use super::probe;
use super::state::{MOST_QUBITS, Point, state, values};
use crate::ir::{QuantumOp, Region, Variable};
use crate::math::{C64, c};
use rand::rngs::ChaCha8Rng;
use std::f64::consts::TAU;

probe! {
    /// The highest integer frequency of an input with which any output varies, over random weights, the smallest over all
    /// inputs: 1 says that some feature enters as a single sine.
    pub FOURIER_DEGREE = ("fourier_degree", "highest frequency of the least encoded input", "Schuld, Sweke and Meyer, Phys. Rev. A 103, 032430, 2021, arXiv:2008.08605");
    |region, samples, rng| fourier_degree(region, samples, rng).map(|degree| degree as f64)
}

/// Coefficients smaller than this are rounding.
const ZERO: f64 = 1e-9;

/// The degree; `None` without inputs, for inputs with factors that are no integers, or too many qubits.
#[must_use]
pub fn fourier_degree(region: &Region, samples: usize, rng: &mut ChaCha8Rng) -> Option<usize> {
    let inputs: std::collections::BTreeSet<u32> = region
        .ops
        .iter()
        .flat_map(QuantumOp::angles)
        .flat_map(|angle| angle.terms())
        .filter_map(|term| if let Variable::Input(input) = term.0 { Some(input) } else { None })
        .collect();
    let mut least: Option<usize> = None;
    for input in inputs {
        let mut degree = 0;
        for _ in 0..samples.max(1) {
            let point = Point::random(region, rng);
            let largest = spectrum(region, input, &point)?.iter().rposition(|size| *size > ZERO).unwrap_or(0);
            degree = degree.max(largest);
        }
        least = Some(least.map_or(degree, |known| known.min(degree)));
    }
    least
}

/// The sizes of the Fourier coefficients of frequency 0, 1, .. of one input, the largest over all outputs, everything else fixed;
/// `None` where the input stands in amplitudes or with a factor that is no integer.
#[must_use]
pub fn spectrum(region: &Region, input: u32, point: &Point) -> Option<Vec<f64>> {
    if region.n_qubits > MOST_QUBITS {
        return None;
    }
    let mut most = 0.0;
    for op in &region.ops {
        for term in op.angles().iter().flat_map(|angle| angle.terms()).filter(|term| term.0 == Variable::Input(input)) {
            let gate = matches!(op, QuantumOp::Gate(_));
            if !gate || (term.1 - term.1.round()).abs() > 1e-12 {
                return None;
            }
            // A gate on several qubits can have frequencies up to twice those of a rotation.
            most += term.1.abs() * if op.qubits().len() > 1 { 2.0 } else { 1.0 };
        }
    }
    let degree = most as usize;
    let count = 2 * (2 * degree + 1);
    let mut rows = Vec::with_capacity(count);
    for k in 0..count {
        let mut moved = point.clone();
        // Half frequencies of controlled rotations need two periods.
        moved.0.insert(Variable::Input(input), 2.0 * TAU * k as f64 / count as f64);
        rows.push(values(region, &state(region, &moved)?));
    }
    let outputs = rows.first().map_or(0, Vec::len);
    let size = |frequency: usize| {
        let coefficient = |output: usize| -> f64 {
            let sum = rows.iter().enumerate().fold(c(0.0, 0.0), |sum, (k, row)| {
                let angle = -TAU * (2 * frequency * k) as f64 / count as f64;
                sum + C64::from_polar(row[output], angle)
            });
            sum.norm() / count as f64
        };
        (0..outputs).map(coefficient).fold(0.0, f64::max)
    };
    Some((0..=degree).map(size).collect())
}

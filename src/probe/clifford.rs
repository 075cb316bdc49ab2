//! How well read-outs survive noise, measured on Clifford circuits of the same shape.
//!
//! A replica has every angle at a random multiple of a quarter turn. Its gates take Pauli strings to Pauli strings, and depolarising noise only
//! shrinks them, so noisy and noiseless values are exact at any size: nothing is sampled but the replicas.

use crate::ir::{GateOp, QuantumOp, Readout, Region};
use crate::math::{C64, Matrix, Pauli, PauliString, c};
use crate::meta::Meta;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

/// What the metric is called and where it comes from; it needs figures of noise, so it is no [`super::Probe`].
pub static CLIFFORD_NOISE_RESILIENCE: Meta = crate::meta!(
    "clifford_noise_resilience",
    "agreement of noisy and noiseless Clifford replicas",
    doc = "1 minus the mean total-variation distance between what read-outs of Clifford replicas give with and without noise, over 32 \
           replicas: circuits of the same gates whose angles are random multiples of a quarter turn. 1 is untouched by noise. The larger \
           the better: minimise `1 - clifford_noise_resilience`.\n\n\
           Exact for each replica: every gate is followed by depolarising noise of its error, which shrinks Pauli strings, and \
           every qubit read is flipped with its error. A read-out that is an expectation value is an outcome of two values; probabilities of more \
           than six qubits are compared qubit by qubit. Gates that are no Clifford gates at any multiple (`ccx`, `t`) act as the identity in \
           replicas, and make noise; amplitudes of `prepare` are |0…0⟩.\n\n\
           Without a device a gate on one qubit fails 1 time in 1,000, a wider one and a read-out 1 time in 100; \
           `device.clifford_noise_resilience` takes the figures of the device after transpilation.",
    source = "Élivágar: Anagolum et al., ASPLOS 2024, arXiv:2401.09393"
);

/// Replicas that are averaged.
pub const REPLICAS: usize = 32;

/// Probabilities of at most so many qubits are compared as one distribution.
const JOINT: usize = 6;

/// How often gates and read-outs fail.
pub trait Noise {
    /// The average infidelity of a gate.
    fn gate(&self, gate: &GateOp) -> f64;
    /// The chance that a qubit is read wrongly.
    fn readout(&self, qubit: u32) -> f64;
}

/// Figures for a machine that is not known: 0.1 % for gates on one qubit, 1 % for wider ones and read-outs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typical;

impl Noise for Typical {
    fn gate(&self, gate: &GateOp) -> f64 {
        if gate.qubits.len() > 1 { 1e-2 } else { 1e-3 }
    }

    fn readout(&self, _: u32) -> f64 {
        1e-2
    }
}

/// The resilience from `replicas` replicas; 1 without read-outs.
#[must_use]
pub fn clifford_noise_resilience(region: &Region, replicas: usize, noise: &dyn Noise, rng: &mut ChaCha8Rng) -> f64 {
    let mut conjugations = BTreeMap::new();
    let mut sum = 0.0;
    for _ in 0..replicas {
        let replica = Replica::draw(region, &mut conjugations, rng);
        let each = region.readouts.iter().map(|readout| replica.distance(region, readout, noise));
        sum += each.sum::<f64>() / region.readouts.len().max(1) as f64;
    }
    1.0 - sum / replicas.max(1) as f64
}

/// Where each Pauli of a gate's qubits goes, as codes with two bits per qubit, and its sign.
type Conjugation = Vec<(usize, f64)>;

/// Conjugations by gate and angles in quarter turns; `None` for what is no Clifford gate.
type Known = BTreeMap<(&'static str, Vec<bool>, Vec<i64>), Option<Conjugation>>;

/// One Clifford circuit: per step the conjugation, if it has one.
struct Replica(Vec<Option<Conjugation>>);

impl Replica {
    fn draw(region: &Region, known: &mut Known, rng: &mut ChaCha8Rng) -> Self {
        let one = |op: &QuantumOp| match op {
            QuantumOp::Gate(gate) => snapped(gate, known, rng),
            _ => None,
        };
        Self(region.ops.iter().map(one).collect())
    }

    /// The total-variation distance of what a read-out gives with and without noise.
    fn distance(&self, region: &Region, readout: &Readout, noise: &dyn Noise) -> f64 {
        match readout {
            Readout::Expectation(sum) => {
                let strings = sum.terms().iter().filter(|term| term.1.weight() > 0);
                let (mut moved, mut size) = (0.0, 0.0);
                for (factor, string) in strings {
                    let (plain, noisy) = self.expectation(region, string, noise);
                    moved += factor.abs() * (plain - noisy).abs() / 2.0;
                    size += factor.abs();
                }
                if size > 0.0 { moved / size } else { 0.0 }
            }
            Readout::Probabilities(qubits) if qubits.len() > JOINT => {
                let one = |&qubit: &u32| {
                    let (plain, noisy) = self.expectation(region, &PauliString::single(qubit, Pauli::Z), noise);
                    (plain - noisy).abs() / 2.0
                };
                qubits.iter().map(one).sum::<f64>() / qubits.len() as f64
            }
            Readout::Probabilities(qubits) => self.joint(region, qubits, noise),
        }
    }

    /// The distance of two distributions over the outcomes of a few qubits, from the values of all products of Zs.
    fn joint(&self, region: &Region, qubits: &[u32], noise: &dyn Noise) -> f64 {
        let count = 1usize << qubits.len();
        let chosen = |set: usize| {
            let picked = qubits.iter().enumerate().filter(move |(k, _)| set >> k & 1 == 1);
            PauliString::from_factors(picked.map(|(_, &qubit)| (qubit, Pauli::Z)).collect())
        };
        let differences: Vec<f64> = (0..count)
            .map(|set| {
                let (plain, noisy) = self.expectation(region, &chosen(set), noise);
                plain - noisy
            })
            .collect();
        let outcome = |x: usize| {
            let signed = |(set, value): (usize, &f64)| if (set & x).count_ones() % 2 == 1 { -value } else { *value };
            (differences.iter().enumerate().map(signed).sum::<f64>() / count as f64).abs()
        };
        (0..count).map(outcome).sum::<f64>() / 2.0
    }

    /// `⟨P⟩` without and with noise, from the last gate to the first.
    fn expectation(&self, region: &Region, string: &PauliString, noise: &dyn Noise) -> (f64, f64) {
        let mut codes = vec![0usize; region.n_qubits as usize];
        let mut damped = 1.0;
        for &(qubit, pauli) in string.factors() {
            codes[qubit as usize] = code(pauli);
            damped *= 1.0 - 2.0 * noise.readout(qubit);
        }
        let mut sign = 1.0;
        for (op, conjugation) in region.ops.iter().zip(&self.0).rev() {
            let QuantumOp::Gate(gate) = op else { continue };
            let local: usize = gate.qubits.iter().enumerate().map(|(k, &q)| codes[q as usize] << (2 * k)).sum();
            if local == 0 {
                continue;
            }
            let dim = 2f64.powi(i32::try_from(gate.qubits.len()).unwrap_or(1));
            damped *= (1.0 - noise.gate(gate) * dim / (dim - 1.0)).max(0.0);
            if let Some(conjugation) = conjugation {
                let (image, own) = conjugation[local];
                sign *= own;
                gate.qubits.iter().enumerate().for_each(|(k, &q)| codes[q as usize] = image >> (2 * k) & 3);
            }
        }
        // In |0…0⟩ strings of Zs have the value 1, all others 0.
        let plain = if codes.iter().all(|&code| code & 1 == 0) { sign } else { 0.0 };
        (plain, plain * damped)
    }
}

/// X is 1, Z is 2, Y is 3.
fn code(pauli: Pauli) -> usize {
    match pauli {
        Pauli::X => 1,
        Pauli::Z => 2,
        Pauli::Y => 3,
    }
}

/// The conjugation of a gate at random multiples of a quarter turn, or of a half turn where only those are Clifford gates.
fn snapped(gate: &GateOp, known: &mut Known, rng: &mut ChaCha8Rng) -> Option<Conjugation> {
    // Controlled gates on three qubits take Paulis to Paulis only as Paulis themselves.
    if gate.qubits.len() > 2 {
        return None;
    }
    let quarters: Vec<i64> = gate.params().iter().map(|_| rng.random_range(0..4)).collect();
    for factor in [1, 2] {
        let turns: Vec<i64> = quarters.iter().map(|quarter| factor * quarter).collect();
        let key = (gate.name(), gate.extra_controls.clone(), turns.clone());
        // A constant unitary has no name of its own.
        let found = match gate.name() {
            "unitary" => conjugation(gate, &turns),
            _ => known.entry(key).or_insert_with(|| conjugation(gate, &turns)).clone(),
        };
        if found.is_some() || turns.is_empty() {
            return found;
        }
    }
    None
}

/// `U† P U` for every Pauli on the gate's qubits; `None` if one of them is no Pauli.
fn conjugation(gate: &GateOp, turns: &[i64]) -> Option<Conjugation> {
    let angles: Vec<f64> = turns.iter().map(|&turn| turn as f64 * FRAC_PI_2).collect();
    let unitary = full_matrix(gate, &angles);
    let (n, dagger) = (gate.qubits.len(), unitary.dagger());
    let paulis: Vec<Matrix> = (0..1usize << (2 * n)).map(|code| pauli_matrix(code, n)).collect();
    let image = |pauli: &Matrix| {
        let moved = dagger.matmul(pauli).matmul(&unitary);
        let close = |(_, other): &(usize, &Matrix), sign: f64| moved.distance(&other.scale(c(sign, 0.0))) < 1e-9;
        let mut all = paulis.iter().enumerate();
        all.find_map(|one| match (close(&one, 1.0), close(&one, -1.0)) {
            (true, _) => Some((one.0, 1.0)),
            (_, true) => Some((one.0, -1.0)),
            _ => None,
        })
    };
    paulis.iter().map(image).collect()
}

/// The matrix on all qubits of a gate, the first operand least significant.
fn full_matrix(gate: &GateOp, angles: &[f64]) -> Matrix {
    let target = gate.target_matrix(angles);
    let position = |qubit: u32| gate.qubits.iter().position(|&own| own == qubit).unwrap_or(0);
    let controls: Vec<(usize, bool)> = gate.controls().map(|(qubit, value)| (position(qubit), value)).collect();
    let targets: Vec<usize> = gate.targets().iter().map(|&qubit| position(qubit)).collect();
    let dim = 1usize << gate.qubits.len();
    let mask: usize = targets.iter().map(|at| 1 << at).sum();
    let local = |index: usize| -> usize { targets.iter().enumerate().map(|(k, at)| (index >> at & 1) << k).sum() };
    let entry = |row: usize, column: usize| -> C64 {
        if controls.iter().any(|&(at, value)| (column >> at & 1 == 1) != value) {
            return c(f64::from(u8::from(row == column)), 0.0);
        }
        if row & !mask == column & !mask { target[(local(row), local(column))] } else { c(0.0, 0.0) }
    };
    Matrix::from_rows((0..dim * dim).map(|at| entry(at / dim, at % dim)).collect())
}

/// A product of Paulis as a matrix.
fn pauli_matrix(code: usize, n: usize) -> Matrix {
    let single = |code: usize| match code {
        0 => Matrix::identity(2),
        1 => Matrix::of([c(0.0, 0.0), c(1.0, 0.0), c(1.0, 0.0), c(0.0, 0.0)]),
        2 => Matrix::of([c(1.0, 0.0), c(0.0, 0.0), c(0.0, 0.0), c(-1.0, 0.0)]),
        _ => Matrix::of([c(0.0, 0.0), c(0.0, -1.0), c(0.0, 1.0), c(0.0, 0.0)]),
    };
    (1..n).fold(single(code & 3), |low, k| low.kron_high(&single(code >> (2 * k) & 3)))
}

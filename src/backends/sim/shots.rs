//! Read-outs as a device gives them: averages over measurements of the final state.
//!
//! Observables that can be read off the same measurement share one: strings that agree on every qubit they have in
//! common (qubit-wise commuting) are put together, first fit, in the order of the program, and every such setting is
//! measured as often as asked for. Each outcome is drawn from the exact probabilities of all qubits of its setting
//! together, so estimates from one setting are correlated as they are on a device. A draw depends on the seed, the
//! path of the circuit, the number of the setting and the row alone.

use super::simd::Isa;
use super::single::SingleEngine;
use crate::backends::Real;
use crate::backends::errors::SHOTS_HAVE_NO_GRADIENT;
use crate::diag::Diagnostic;
use crate::ir::{GateOp, Operation, QuantumOp, Readout, Region, WeightId};
use crate::math::{Pauli, PauliString};
use crate::source::Span;
use rand::SeedableRng;
use rand::distr::{Distribution, StandardUniform};
use rand::rngs::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often to measure, and the seed of the outcomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shots {
    /// Measurements per setting and row, at least 1.
    pub count: u32,
    /// The seed.
    pub seed: u64,
}

/// What one setting contributes to the outputs.
#[derive(Debug)]
enum Share {
    /// `coefficient` times the parity of these bits of the outcome.
    Parity { output: usize, coefficient: f64, bits: usize },
    /// The frequencies of these bits, the first least significant.
    Frequencies { output: usize, bits: Vec<usize> },
}

/// A choice of bases that is measured as one.
#[derive(Debug)]
struct Setting<T> {
    engine: SingleEngine<T>,
    n_outcomes: usize,
    shares: Vec<Share>,
}

/// A region whose read-outs are estimated.
#[derive(Debug)]
pub(crate) struct Sampler<T> {
    shots: Shots,
    path: Arc<str>,
    n_inputs: usize,
    n_outputs: usize,
    settings: Vec<Setting<T>>,
    /// Constants that observables add.
    constants: Vec<(usize, f64)>,
    probabilities: Vec<T>,
    cumulative: Vec<f64>,
}

/// Bases by qubit, and what is read off them.
#[derive(Debug, Default)]
struct Draft {
    bases: BTreeMap<u32, Pauli>,
    strings: Vec<(usize, f64, PauliString)>,
    frequencies: Vec<(usize, Vec<u32>)>,
}

impl Draft {
    fn fits(&self, factors: &[(u32, Pauli)]) -> bool {
        factors.iter().all(|(qubit, pauli)| self.bases.get(qubit).is_none_or(|basis| basis == pauli))
    }
}

/// The first draft that these factors fit, new if there is none.
fn place<'a>(drafts: &'a mut Vec<Draft>, factors: &[(u32, Pauli)]) -> &'a mut Draft {
    let at = drafts.iter().position(|draft| draft.fits(factors)).unwrap_or_else(|| {
        drafts.push(Draft::default());
        drafts.len() - 1
    });
    drafts[at].bases.extend(factors.iter().copied());
    &mut drafts[at]
}

impl<T: Real> Sampler<T> {
    /// Plans a region; see [`super::compile`].
    pub(crate) fn new(
        region: &Region,
        offset: &dyn Fn(WeightId) -> usize,
        isa: Isa,
        shots: Shots,
    ) -> Result<Self, Diagnostic> {
        let (mut drafts, mut constants, mut output) = (Vec::new(), Vec::new(), 0);
        for readout in &region.readouts {
            match readout {
                Readout::Probabilities(qubits) => {
                    let factors: Vec<(u32, Pauli)> = qubits.iter().map(|&qubit| (qubit, Pauli::Z)).collect();
                    place(&mut drafts, &factors).frequencies.push((output, qubits.clone()));
                }
                Readout::Expectation(sum) => {
                    for (coefficient, string) in sum.terms() {
                        if string.factors().is_empty() {
                            constants.push((output, *coefficient));
                        } else {
                            let strings = &mut place(&mut drafts, string.factors()).strings;
                            strings.push((output, *coefficient, string.clone()));
                        }
                    }
                }
            }
            output += readout.len();
        }
        let settings = drafts.iter().map(|draft| setting(region, draft, offset, isa));
        Ok(Self {
            shots,
            path: region.path.as_str().into(),
            n_inputs: region.n_inputs as usize,
            n_outputs: region.n_outputs(),
            settings: settings.collect::<Result<_, Diagnostic>>()?,
            constants,
            probabilities: Vec::new(),
            cumulative: Vec::new(),
        })
    }

    /// See [`super::Runner::forward`].
    pub(crate) fn forward(
        &mut self,
        params: &[T],
        inputs: &[T],
        rows: usize,
        outputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        let (n_in, n_out) = (self.n_inputs, self.n_outputs);
        for (row, outputs) in outputs.chunks_exact_mut(n_out).take(rows).enumerate() {
            let inputs = &inputs[row * n_in..(row + 1) * n_in];
            let mut sums = vec![0.0; n_out];
            self.constants.iter().for_each(|&(output, value)| sums[output] += value);
            for (at, setting) in self.settings.iter_mut().enumerate() {
                self.probabilities.resize(setting.n_outcomes, T::zero());
                setting.engine.forward(params, inputs, 1, &mut self.probabilities, parallel)?;
                accumulate(&self.probabilities, &mut self.cumulative);
                let mut rng = stream(self.shots.seed, &self.path, at, row);
                setting.measure(&self.cumulative, self.shots.count, &mut rng, &mut sums);
            }
            outputs.iter_mut().zip(sums).for_each(|(output, sum)| *output = T::of(sum));
        }
        Ok(())
    }

    /// Estimates are not differentiated.
    ///
    /// # Errors
    /// [`SHOTS_HAVE_NO_GRADIENT`], always.
    pub(crate) fn backward(&self) -> Result<(), Diagnostic> {
        let message = format!("`{}` is measured with shots, and estimates have no exact gradient", self.path);
        Err(Diagnostic::global(&SHOTS_HAVE_NO_GRADIENT, message).help("leave the shots out"))
    }

    /// The first setting's engine: what a pass costs, but for the number of settings.
    pub(crate) fn engines(&self) -> impl Iterator<Item = &SingleEngine<T>> {
        self.settings.iter().map(|setting| &setting.engine)
    }
}

/// A setting: the circuit, then turns into its bases, then the probabilities of all its qubits.
fn setting<T: Real>(
    region: &Region,
    draft: &Draft,
    offset: &dyn Fn(WeightId) -> usize,
    isa: Isa,
) -> Result<Setting<T>, Diagnostic> {
    let qubits: Vec<u32> = draft.bases.keys().copied().collect();
    let mut turned = region.clone();
    for (&qubit, basis) in &draft.bases {
        let names: &[&str] = match basis {
            Pauli::X => &["h"],
            Pauli::Y => &["sdg", "h"],
            Pauli::Z => &[],
        };
        for gate in names.iter().filter_map(|name| crate::gates::find(name)) {
            turned.ops.push(QuantumOp::Gate(GateOp {
                operation: Operation::Gate { gate, params: Vec::new() },
                extra_controls: Vec::new(),
                qubits: vec![qubit],
                path: region.path.as_str().into(),
                span: Span::default(),
            }));
        }
    }
    let bit = |qubit: u32| qubits.binary_search(&qubit).unwrap_or(0);
    let mut shares = Vec::new();
    for (output, coefficient, string) in &draft.strings {
        let bits = string.factors().iter().fold(0, |bits, &(qubit, _)| bits | 1 << bit(qubit));
        shares.push(Share::Parity { output: *output, coefficient: *coefficient, bits });
    }
    for (output, of) in &draft.frequencies {
        shares.push(Share::Frequencies { output: *output, bits: of.iter().map(|&qubit| bit(qubit)).collect() });
    }
    let n_outcomes = 1 << qubits.len();
    turned.readouts = vec![Readout::Probabilities(qubits)];
    Ok(Setting { engine: SingleEngine::new(&turned, offset, isa)?, n_outcomes, shares })
}

impl<T> Setting<T> {
    /// Adds the estimates of `shots` draws.
    fn measure(&self, cumulative: &[f64], shots: u32, rng: &mut ChaCha8Rng, sums: &mut [f64]) {
        let total = cumulative.last().copied().unwrap_or(0.0);
        if total.is_nan() {
            // A zero vector was to be prepared: there is nothing to measure.
            for share in &self.shares {
                match share {
                    Share::Parity { output, .. } => sums[*output] = f64::NAN,
                    Share::Frequencies { output, bits } => sums[*output..*output + (1 << bits.len())].fill(f64::NAN),
                }
            }
            return;
        }
        let weight = 1.0 / f64::from(shots);
        for _ in 0..shots {
            let u: f64 = StandardUniform.sample(rng);
            let outcome = cumulative.partition_point(|&sum| sum <= u * total).min(cumulative.len() - 1);
            for share in &self.shares {
                match share {
                    Share::Parity { output, coefficient, bits } => {
                        let odd = (outcome & bits).count_ones() & 1 == 1;
                        sums[*output] += if odd { -coefficient * weight } else { coefficient * weight };
                    }
                    Share::Frequencies { output, bits } => {
                        let class = bits.iter().enumerate().fold(0, |class, (k, &b)| class | (outcome >> b & 1) << k);
                        sums[output + class] += weight;
                    }
                }
            }
        }
    }
}

/// Running sums of probabilities; rounding may leave one a little below zero.
fn accumulate<T: Real>(probabilities: &[T], cumulative: &mut Vec<f64>) {
    let mut sum = 0.0;
    cumulative.clear();
    cumulative.extend(probabilities.iter().map(|p| {
        let p = p.wide();
        sum += if p < 0.0 { 0.0 } else { p };
        sum
    }));
}

/// A generator of its own for every setting and row.
fn stream(seed: u64, path: &str, setting: usize, row: usize) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(b"shots");
    hash.update(seed.to_le_bytes());
    hash.update((path.len() as u64).to_le_bytes());
    hash.update(path.as_bytes());
    hash.update((setting as u64).to_le_bytes());
    hash.update((row as u64).to_le_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

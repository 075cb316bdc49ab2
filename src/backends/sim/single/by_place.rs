//! Read-outs that only ask for the probability of every place: probabilities of outcomes, and diagonal observables.
//!
//! All diagonal strings together are one Walsh-Hadamard transform of the probabilities, whatever their number.

use super::plan::{Bit, Places, SinglePlan};
use super::walsh::transform;
use crate::backends::Real;
use crate::backends::sim::simd::Isa;
use crate::ir::Readout;

/// Read-outs by place.
#[derive(Debug)]
pub(crate) struct ByPlace {
    /// Output, coefficient, and the bits of the place whose parity is the sign.
    strings: Vec<(usize, f64, u32)>,
    outcomes: Vec<Outcomes>,
}

#[derive(Debug)]
struct Outcomes {
    output: usize,
    len: usize,
    /// The outcome at every place.
    table: Vec<u32>,
    /// Sums, where several places make one outcome.
    sums: Vec<f64>,
}

impl ByPlace {
    /// Do the read-outs of a plan ask for nothing else?
    pub(super) fn fits(plan: &SinglePlan) -> bool {
        plan.readouts.iter().all(|readout| match readout {
            Readout::Expectation(sum) => sum.terms().iter().all(|(_, string)| string.is_diagonal()),
            Readout::Probabilities(_) => true,
        })
    }

    /// The read-outs of a plan that [fits](Self::fits).
    pub(super) fn new(plan: &SinglePlan, places: &Places) -> Self {
        let mut out = Self { strings: Vec::new(), outcomes: Vec::new() };
        let mut output = 0;
        for readout in &plan.readouts {
            match readout {
                Readout::Expectation(sum) => {
                    for (coefficient, string) in sum.terms() {
                        let (mut mask, mut odd) = (0, false);
                        for &(qubit, _) in string.factors() {
                            let bit = places.bit(qubit as usize);
                            mask ^= bit.reads;
                            odd ^= bit.flipped;
                        }
                        out.strings.push((output, if odd { -coefficient } else { *coefficient }, mask));
                    }
                }
                Readout::Probabilities(qubits) => {
                    let bits: Vec<Bit> = qubits.iter().map(|&qubit| places.bit(qubit as usize)).collect();
                    let (len, table) = (readout.len(), table(&bits, plan.bits));
                    out.outcomes.push(Outcomes { output, len, table, sums: Vec::new() });
                }
            }
            output += readout.len();
        }
        out
    }

    /// Sets `outputs`, given the probability of every place, which is spoilt.
    pub(super) fn read<T: Real>(&mut self, isa: Isa, probabilities: &mut [T], outputs: &mut [T]) {
        outputs.fill(T::zero());
        for Outcomes { output, len, table, sums } in &mut self.outcomes {
            let out = &mut outputs[*output..*output + *len];
            if *len == table.len() {
                table.iter().zip(&*probabilities).for_each(|(&outcome, &p)| out[outcome as usize] = p);
                continue;
            }
            sums.clear();
            sums.resize(*len, 0.0);
            table.iter().zip(&*probabilities).for_each(|(&outcome, p)| sums[outcome as usize] += p.wide());
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out = T::of(*sum));
        }
        if !self.strings.is_empty() {
            transform(isa, probabilities);
            for &(output, coefficient, mask) in &self.strings {
                outputs[output] += T::of(coefficient * probabilities[mask as usize].wide());
            }
        }
    }

    /// Sets the gradient by the probability of every place.
    pub(super) fn back<T: Real>(&self, isa: Isa, upstream: &[f64], gradient: &mut [T]) {
        gradient.fill(T::zero());
        if !self.strings.is_empty() {
            for &(output, coefficient, mask) in &self.strings {
                gradient[mask as usize] += T::of(coefficient * upstream[output]);
            }
            transform(isa, gradient);
        }
        for Outcomes { output, len, table, .. } in &self.outcomes {
            let upstream = &upstream[*output..*output + *len];
            gradient.iter_mut().zip(table).for_each(|(g, &outcome)| *g += T::of(upstream[outcome as usize]));
        }
    }
}

/// The outcome that `bits` make at every place: an affine map, so each place follows from one with a bit less.
fn table(bits: &[Bit], count: usize) -> Vec<u32> {
    let pack =
        |of: &dyn Fn(&Bit) -> bool| bits.iter().enumerate().fold(0, |sum, (k, bit)| sum | u32::from(of(bit)) << k);
    let mut out = vec![0; 1 << count];
    out[0] = pack(&|bit| bit.flipped);
    for at in 0..count {
        let change = pack(&|bit| bit.reads >> at & 1 == 1);
        let (known, next) = out.split_at_mut(1 << at);
        next[..1 << at].iter_mut().zip(known).for_each(|(next, known)| *next = *known ^ change);
    }
    out
}

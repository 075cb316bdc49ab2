//! Read-outs of one state: Pauli strings over places, and probabilities.

use super::laid::{lane_bits, lane_order};
use super::plan::{Places, SinglePlan};
use crate::backends::Real;
use crate::ir::Readout;
use crate::math::{C64, Pauli, PauliString, c};

/// A diagonal string: its value at a place is `scale · sign[lane]`, negative where `slot & mask` is odd.
#[derive(Debug)]
pub(crate) struct DiagonalTerm {
    pub(crate) output: usize,
    pub(crate) mask: u32,
    /// Per lane, the coefficient included.
    pub(crate) signs: Vec<f64>,
}

/// A string that flips bits.
#[derive(Debug)]
pub(crate) struct FlipTerm<T> {
    pub(crate) output: usize,
    pub(crate) mask: u32,
    pub(crate) offset: u32,
    pub(crate) order: Vec<u32>,
    /// Per lane, the coefficient included.
    pub(crate) factors: Vec<C64>,
    /// The same, times an upstream gradient: a complex vector.
    pub(crate) scaled: Vec<T>,
}

/// Probabilities of outcomes: bits of the outcome are parities of the slot, plus what the lane adds.
#[derive(Debug)]
pub(crate) struct Outcomes {
    pub(crate) output: usize,
    pub(crate) len: usize,
    pub(crate) masks: Vec<u32>,
    pub(crate) lane_class: Vec<usize>,
}

/// All read-outs.
#[derive(Debug, Default)]
pub(crate) struct SingleReadouts<T> {
    pub(crate) diagonal: Vec<DiagonalTerm>,
    pub(crate) masks: Vec<u32>,
    pub(crate) flips: Vec<FlipTerm<T>>,
    pub(crate) outcomes: Vec<Outcomes>,
}

impl<T: Real> SingleReadouts<T> {
    pub(crate) fn new(plan: &SinglePlan, places: &Places) -> Self {
        let mut out = Self { diagonal: Vec::new(), masks: Vec::new(), flips: Vec::new(), outcomes: Vec::new() };
        let mut output = 0;
        for readout in &plan.readouts {
            match readout {
                Readout::Expectation(sum) => {
                    sum.terms()
                        .iter()
                        .for_each(|(coefficient, string)| out.string(output, *coefficient, string, places));
                }
                Readout::Probabilities(qubits) => {
                    let bits: Vec<_> = qubits.iter().map(|&qubit| places.bit(qubit as usize)).collect();
                    let class = |lane: u32| {
                        bits.iter().enumerate().fold(0, |class, (k, bit)| class | usize::from(bit.at(lane)) << k)
                    };
                    out.outcomes.push(Outcomes {
                        output,
                        len: readout.len(),
                        masks: bits.iter().map(|bit| bit.reads >> lane_bits::<T>()).collect(),
                        lane_class: (0..T::LANES as u32).map(class).collect(),
                    });
                }
            }
            output += readout.len();
        }
        out.masks = out.diagonal.iter().map(|term| term.mask).collect();
        out
    }

    fn string(&mut self, output: usize, coefficient: f64, string: &PauliString, places: &Places) {
        let (mut moves, mut reads, mut odd, mut ys) = (0, 0, false, 0);
        for &(qubit, pauli) in string.factors() {
            let bit = places.bit(qubit as usize);
            if pauli != Pauli::Z {
                moves ^= bit.moves;
            }
            if pauli != Pauli::X {
                reads ^= bit.reads;
                odd ^= bit.flipped;
            }
            ys += usize::from(pauli == Pauli::Y);
        }
        // (Pψ)[p] = i^ys (-1)^(bits read at the place it comes from) ψ[p ^ moves].
        let sign = |lane: u32| {
            let parity = ((lane ^ moves & (T::LANES as u32 - 1)) & reads).count_ones() + u32::from(odd);
            let slots = (moves >> lane_bits::<T>() & reads >> lane_bits::<T>()).count_ones();
            if (parity + slots) % 2 == 0 { coefficient } else { -coefficient }
        };
        let signs = (0..T::LANES as u32).map(sign);
        let mask = reads >> lane_bits::<T>();
        if moves == 0 {
            self.diagonal.push(DiagonalTerm { output, mask, signs: signs.collect() });
        } else {
            let phase = [c(1.0, 0.0), c(0.0, 1.0), c(-1.0, 0.0), c(0.0, -1.0)][ys % 4];
            self.flips.push(FlipTerm {
                output,
                mask,
                offset: moves >> lane_bits::<T>(),
                order: lane_order::<T>(moves),
                factors: signs.map(|sign| phase * sign).collect(),
                scaled: vec![T::zero(); 2 * T::LANES],
            });
        }
    }
}

impl<T: Real> FlipTerm<T> {
    /// Sets `scaled` to the factors times `by`.
    pub(crate) fn scale(&mut self, by: f64) {
        for (lane, factor) in self.factors.iter().enumerate() {
            self.scaled[lane] = T::of(factor.re * by);
            self.scaled[T::LANES + lane] = T::of(factor.im * by);
        }
    }
}

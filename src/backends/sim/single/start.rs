//! The state a circuit starts from: |0...0>, a product of qubits, or prepared amplitudes; and the way back.

use super::SingleEngine;
use super::plan::{INPUTS, SingleOp, Turn};
use crate::backends::Real;
use crate::backends::sim::qubit::push;
use crate::math::{C64, c};

impl<T: Real> SingleEngine<T> {
    /// Sets the state; returns whether the first layer is in it already.
    pub(super) fn start(&mut self, param: &dyn Fn(usize) -> f64) -> bool {
        let len = self.len();
        self.state.as_mut_slice()[..len].fill(T::zero());
        self.prepared.clear();
        for (_, values) in &self.plan.prepared {
            let mut amplitudes: Vec<f64> = values.iter().map(|value| value.shared(param)).collect();
            let norm = amplitudes.iter().map(|a| a * a).sum::<f64>().sqrt();
            if norm > 0.0 {
                amplitudes.iter_mut().for_each(|a| *a /= norm);
            } else {
                amplitudes[0] = 1.0;
            }
            self.prepared.push((amplitudes, norm));
        }
        if self.plan.product {
            if let Some(SingleOp::Layer { turns, .. }) = self.plan.ops.first() {
                // A turn that reads and moves one bit of the place alone makes a factor; others need the general way.
                if turns.iter().all(|turn| turn.bit.moves == turn.bit.reads && turn.bit.moves.is_power_of_two()) {
                    let turns = turns.clone();
                    self.product(&turns);
                    return true;
                }
            }
        }
        for (place, amplitude) in self.combinations() {
            self.put(place, c(amplitude, 0.0));
        }
        false
    }

    fn put(&mut self, place: u32, z: C64) {
        let (slot, lane) = (place as usize / T::LANES, place as usize % T::LANES);
        let state = self.state.as_mut_slice();
        state[slot * 2 * T::LANES + lane] = T::of(z.re);
        state[(2 * slot + 1) * T::LANES + lane] = T::of(z.im);
    }

    /// Doubles up from one amplitude: each turn splits every amplitude there is into two.
    fn product(&mut self, turns: &[Turn]) {
        let mut sorted: Vec<&Turn> = turns.iter().collect();
        sorted.sort_by_key(|turn| turn.bit.moves);
        let lanes = T::LANES;
        self.put(0, c(1.0, 0.0));
        for turn in sorted {
            let matrix = self.matrices[turn.run].0;
            let from = usize::from(turn.bit.flipped);
            let (stay, go) = (matrix[3 * from], matrix[2 - from]);
            let reach = turn.bit.moves as usize;
            let state = self.state.as_mut_slice();
            let mut split = |place: usize, other: usize| {
                let at = |place: usize| (place / lanes) * 2 * lanes + place % lanes;
                let a = C64::new(state[at(place)].wide(), state[at(place) + lanes].wide());
                let (x, y) = (a * stay, a * go);
                (state[at(place)], state[at(place) + lanes]) = (T::of(x.re), T::of(x.im));
                (state[at(other)], state[at(other) + lanes]) = (T::of(y.re), T::of(y.im));
            };
            (0..reach).for_each(|place| split(place, place | reach));
        }
    }

    /// Places and amplitudes of the product of all prepared states.
    fn combinations(&self) -> Vec<(u32, f64)> {
        let mut out = vec![(0, 1.0)];
        for ((qubits, _), (amplitudes, _)) in self.plan.prepared.iter().zip(&self.prepared) {
            let mut next = Vec::with_capacity(out.len() * amplitudes.len());
            for (index, amplitude) in amplitudes.iter().enumerate() {
                let bits = qubits.iter().enumerate().fold(0, |bits, (k, &q)| bits | ((index >> k & 1) as u32) << q);
                next.extend(out.iter().map(|&(place, factor)| (place | bits, factor * amplitude)));
            }
            out = next;
        }
        out
    }

    /// From λ at the start to prepared amplitudes.
    pub(super) fn back_prepared(&mut self, add: &mut dyn FnMut(usize, f64)) {
        if self.plan.prepared.is_empty() {
            return;
        }
        let lambda = self.lambda.as_slice();
        let combinations = self.combinations();
        let mut stride = 1;
        for ((_, values), (amplitudes, norm)) in self.plan.prepared.iter().zip(&self.prepared) {
            let mut g = vec![0.0; amplitudes.len()];
            for (at, &(place, _)) in combinations.iter().enumerate() {
                let index = at / stride % amplitudes.len();
                let others = self.others(at, stride);
                let (slot, lane) = (place as usize / T::LANES, place as usize % T::LANES);
                g[index] += 2.0 * others * lambda[slot * 2 * T::LANES + lane].wide();
            }
            stride *= amplitudes.len();
            if *norm == 0.0 {
                continue;
            }
            let along: f64 = amplitudes.iter().zip(&g).map(|(v, g)| v * g).sum();
            for ((value, v), g) in values.iter().zip(amplitudes).zip(&g) {
                push(value, (g - v * along) / norm, add);
            }
        }
    }

    /// The product of the amplitudes of all prepared states but the one with this stride, in combination `at`.
    fn others(&self, at: usize, own: usize) -> f64 {
        let mut stride = 1;
        let mut product = 1.0;
        for (amplitudes, _) in &self.prepared {
            if stride != own {
                product *= amplitudes[at / stride % amplitudes.len()];
            }
            stride *= amplitudes.len();
        }
        product
    }
}

/// Splits a gradient by position: parameters, or inputs of the sample.
pub(super) fn sink<'a, T: Real>(d_params: &'a mut [T], d_inputs: &'a mut [T]) -> impl FnMut(usize, f64) + 'a {
    move |at, value| match at.checked_sub(INPUTS) {
        None => d_params[at] += T::of(value),
        Some(input) if input < d_inputs.len() => d_inputs[input] += T::of(value),
        Some(_) => {}
    }
}

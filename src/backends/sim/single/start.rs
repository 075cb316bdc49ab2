//! The state a circuit starts from: |0...0>, a product of qubits, or prepared amplitudes; and the way back.

use super::kernels::Split;
use super::plan::{INPUTS, SingleOp, SinglePlan, Turn};
use super::{CHUNK_SLOTS, Shared, SingleEngine, Way, chunked};
use crate::backends::Real;
use crate::backends::sim::qubit::push;
use crate::math::{C64, c};

/// The turns of the first layer in the order in which they make a product; none if they do not.
pub(super) fn product(plan: &SinglePlan) -> Vec<Turn> {
    // A turn that reads and moves one bit of the place alone makes a factor; others need the general way.
    let simple = |turn: &Turn| !turn.string && turn.bit.moves == turn.bit.reads && turn.bit.moves.is_power_of_two();
    match plan.ops.first() {
        Some(SingleOp::Layer { turns, .. }) if plan.product && turns.iter().all(simple) => {
            let mut turns = turns.clone();
            turns.sort_by_key(|turn| turn.bit.moves);
            turns
        }
        _ => Vec::new(),
    }
}

impl<T: Real> SingleEngine<T> {
    /// Sets the state; returns whether the first layer is in it already.
    pub(super) fn start(&mut self, param: &dyn Fn(usize) -> f64, parallel: bool) -> bool {
        let turns = std::mem::take(&mut self.room.product);
        let product = !turns.is_empty();
        if self.way == Way::Real {
            self.room.product = turns;
            self.start_real(product);
            return product;
        }
        if product {
            self.make_product(&turns, parallel);
        } else {
            let len = self.len();
            self.state.as_mut_slice()[..len].fill(T::zero());
            self.normalise(param);
            self.combine();
            for at in 0..self.room.combinations[0].len() {
                let (place, amplitude) = self.room.combinations[0][at];
                self.put(place, c(amplitude, 0.0));
            }
        }
        self.room.product = turns;
        product
    }

    /// The prepared amplitudes, divided by their norm.
    fn normalise(&mut self, param: &dyn Fn(usize) -> f64) {
        for ((_, values), (amplitudes, norm)) in self.plan.prepared.iter().zip(&mut self.prepared) {
            amplitudes.clear();
            amplitudes.extend(values.iter().map(|value| value.shared(param)));
            *norm = amplitudes.iter().map(|a| a * a).sum::<f64>().sqrt();
            if *norm > 0.0 {
                amplitudes.iter_mut().for_each(|a| *a /= *norm);
            } else {
                amplitudes[0] = 1.0;
            }
        }
    }

    fn put(&mut self, place: u32, z: C64) {
        let (slot, lane) = (place as usize / T::LANES, place as usize % T::LANES);
        let state = self.state.as_mut_slice();
        state[slot * 2 * T::LANES + lane] = T::of(z.re);
        state[(2 * slot + 1) * T::LANES + lane] = T::of(z.im);
    }

    /// Doubles up from one amplitude: each turn splits every amplitude there is into two. A qubit that no turn touches
    /// has zeros where it is 1.
    fn make_product(&mut self, turns: &[Turn], parallel: bool) {
        let (isa, lanes) = (self.isa, T::LANES);
        self.state.as_mut_slice()[..2 * lanes].fill(T::zero());
        self.put(0, c(1.0, 0.0));
        let mut turns = turns.iter().peekable();
        for bit in 0..self.plan.bits {
            let reach = 1usize << bit;
            let turn = turns.next_if(|turn| turn.bit.moves as usize == reach);
            let (stay, go) = match turn {
                Some(turn) => {
                    let (matrix, from) = (self.matrices[turn.run][0].0, usize::from(turn.bit.flipped));
                    (matrix[3 * from], matrix[2 - from])
                }
                None => (c(1.0, 0.0), c(0.0, 0.0)),
            };
            if reach < lanes {
                let state = &mut self.state.as_mut_slice()[..2 * lanes];
                for lane in 0..reach {
                    let a = C64::new(state[lane].wide(), state[lanes + lane].wide());
                    let (x, y) = (a * stay, a * go);
                    (state[lane], state[lanes + lane]) = (T::of(x.re), T::of(x.im));
                    (state[lane + reach], state[lanes + lane + reach]) = (T::of(y.re), T::of(y.im));
                }
            } else {
                let state = Shared(self.state.as_mut_slice().as_mut_ptr());
                let (slots, narrow) = (reach / lanes, |z: C64| [T::of(z.re), T::of(z.im)]);
                let (stay, go) = (narrow(stay), narrow(go));
                chunked(parallel, (slots, CHUNK_SLOTS, 0), &mut self.sums, |first, last, _| {
                    T::dispatch(isa, Split { state: state.get(), first, last, reach: slots, stay, go });
                });
            }
        }
    }

    /// Places and amplitudes of the product of all prepared states, into `room.combinations[0]`.
    fn combine(&mut self) {
        let [now, next] = &mut self.room.combinations;
        now.clear();
        now.push((0, 1.0));
        for ((qubits, _), (amplitudes, _)) in self.plan.prepared.iter().zip(&self.prepared) {
            next.clear();
            for (index, amplitude) in amplitudes.iter().enumerate() {
                let bits = qubits.iter().enumerate().fold(0, |bits, (k, &q)| bits | ((index >> k & 1) as u32) << q);
                next.extend(now.iter().map(|&(place, factor)| (place | bits, factor * amplitude)));
            }
            std::mem::swap(now, next);
        }
    }

    /// From λ at the start to prepared amplitudes.
    pub(super) fn back_prepared(&mut self, add: &mut dyn FnMut(usize, f64)) {
        if self.plan.prepared.is_empty() {
            return;
        }
        self.combine();
        let lambda = self.lambda.as_slice();
        let mut g = std::mem::take(&mut self.room.block);
        let mut stride = 1;
        for ((_, values), (amplitudes, norm)) in self.plan.prepared.iter().zip(&self.prepared) {
            g.clear();
            g.resize(amplitudes.len(), 0.0);
            for (at, &(place, _)) in self.room.combinations[0].iter().enumerate() {
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
        self.room.block = g;
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

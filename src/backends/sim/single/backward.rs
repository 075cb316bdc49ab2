//! Gradients of one state: state and adjoint go back together, undoing every step.

use super::kernels::{FlipString, GeneralOverlaps, Groups, SeedDiagonal, UndoTurns, class_of};
use super::laid::Wide;
use super::plan::{SingleOp, TurnGroup};
use super::start::sink;
use super::{Bound, CHUNK_SLOTS, Shared, SingleEngine, add_up, apply_wide, chunked, reader};
use crate::backends::Real;
use crate::backends::sim::engine::phases_gradient;
use crate::backends::sim::lower::fires;
use crate::backends::sim::program::DenseSource;
use crate::backends::sim::qubit::push;
use crate::diag::Diagnostic;
use crate::math::C64;

impl<T: Real> SingleEngine<T> {
    /// See [`super::super::Engine::backward`].
    pub(crate) fn backward(
        &mut self,
        params: &[T],
        (inputs, rows): (&[T], usize),
        d_outputs: &[T],
        d_params: &mut [T],
        d_inputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        self.reserve()?;
        let len = self.len();
        self.lambda.reserve(len)?;
        d_inputs.fill(T::zero());
        let (n_in, n_out) = (self.plan.n_inputs, self.plan.n_outputs);
        let mut upstream = vec![0.0; n_out];
        for row in 0..rows {
            let d = &d_outputs[row * n_out..(row + 1) * n_out];
            if self.reads_inputs {
                upstream.fill(0.0);
            }
            upstream.iter_mut().zip(d).for_each(|(sum, d)| *sum += d.wide());
            if self.reads_inputs || row + 1 == rows {
                let inputs = &inputs[row * n_in..(row + 1) * n_in];
                if rows > 1 && self.reads_inputs || !self.fresh {
                    self.run(params, inputs, parallel);
                }
                let d_inputs =
                    if d_inputs.is_empty() { &mut [][..] } else { &mut d_inputs[row * n_in..(row + 1) * n_in] };
                self.sample(&reader(params, inputs), &upstream, &mut sink(d_params, d_inputs), parallel);
            }
        }
        Ok(())
    }

    fn sample(
        &mut self,
        param: &dyn Fn(usize) -> f64,
        upstream: &[f64],
        add: &mut dyn FnMut(usize, f64),
        parallel: bool,
    ) {
        self.fresh = false;
        self.seed(upstream, parallel);
        for at in (0..self.plan.ops.len()).rev() {
            self.undo(at, param, add, parallel);
        }
        for (run, r) in self.plan.runs.iter().zip(&self.overlaps) {
            if run.has_weights() {
                run.gradient(*r, param, add);
            }
        }
        self.back_prepared(add);
    }

    /// Starts the adjoint state.
    fn seed(&mut self, upstream: &[f64], parallel: bool) {
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        let state = Shared(self.state.as_mut_slice().as_mut_ptr());
        let lambda = Shared(self.lambda.as_mut_slice().as_mut_ptr());
        let masks = &self.readouts.masks[..];
        let diagonal = self.readouts.diagonal.iter();
        let weights: Vec<T> =
            diagonal.flat_map(|term| term.signs.iter().map(|sign| T::of(sign * upstream[term.output]))).collect();
        chunked(parallel, (slots, CHUNK_SLOTS, 0), &mut self.sums, |first, last, _| {
            let (state, lambda, weights) = (state.get(), lambda.get(), &weights[..]);
            T::dispatch(isa, SeedDiagonal { state, lambda, first, last, masks, weights });
        });
        for term in &mut self.readouts.flips {
            term.scale(upstream[term.output]);
            let (offset, order, mask, factor) = (term.offset, &term.order[..], term.mask, &term.scaled[..]);
            chunked(parallel, (slots, CHUNK_SLOTS, lanes), &mut self.sums, |first, last, out| {
                let (state, lambda, out) = (state.get(), Some(lambda.get()), out.as_mut_ptr());
                T::dispatch(isa, FlipString { state, lambda, first, last, offset, order, mask, factor, out });
            });
        }
        for outcomes in &self.readouts.outcomes {
            let g = &upstream[outcomes.output..outcomes.output + outcomes.len];
            let state = self.state.as_slice()[..slots * 2 * lanes].chunks_exact(2 * lanes);
            for (slot, (a, l)) in state.zip(self.lambda.as_mut_slice().chunks_exact_mut(2 * lanes)).enumerate() {
                let class = class_of(slot as u32, &outcomes.masks);
                for lane in 0..lanes {
                    let g = T::of(g[class ^ outcomes.lane_class[lane]]);
                    l[lane] += g * a[lane];
                    l[lanes + lane] += g * a[lanes + lane];
                }
            }
        }
    }

    fn undo(&mut self, at: usize, param: &dyn Fn(usize) -> f64, add: &mut dyn FnMut(usize, f64), parallel: bool) {
        if let (SingleOp::Layer { groups, .. }, Bound::Layer { .. }) = (&self.plan.ops[at], &self.bound[at]) {
            for group in 0..groups.len() {
                self.undo_group(at, group, parallel);
            }
            return;
        }
        let (isa, slots) = (self.isa, self.slots);
        let Bound::Wide { back, .. } = &self.bound[at] else { return };
        let in_place = matches!(self.plan.ops[at], SingleOp::Phases { .. });
        let Self { state, spare, lambda, sums, totals, plan, .. } = self;
        apply_wide(isa, slots, parallel, sums, (state, spare), in_place, back);
        match &plan.ops[at] {
            SingleOp::Phases { many, .. } => {
                apply_wide(isa, slots, parallel, sums, (lambda, spare), true, back);
                if many.has_weights() {
                    overlaps(isa, (slots, parallel), sums, totals, (lambda.as_slice(), state.as_slice()), back);
                    let mut by_class = vec![0.0; 1 << back.masks.len()];
                    back.each(totals, |_, class, z| by_class[class] += z.im);
                    phases_gradient(many, &by_class, param, add);
                }
            }
            SingleOp::General { controls, source, .. } => {
                if let DenseSource::Shared { gate, angles } = source {
                    overlaps(isa, (slots, parallel), sums, totals, (lambda.as_slice(), state.as_slice()), back);
                    let dim = back.moves.len();
                    let controls: Vec<bool> = controls.iter().map(|control| control.1).collect();
                    let mut m = vec![C64::new(0.0, 0.0); dim * dim];
                    back.each(totals, |by, class, z| {
                        if fires(class / dim, &controls) {
                            m[class % dim * dim + (class % dim ^ by)] += z;
                        }
                    });
                    let values: Vec<f64> = angles.iter().map(|angle| angle.shared(param)).collect();
                    for (k, angle) in angles.iter().enumerate() {
                        let derivative = (gate.derivative)(&values, k);
                        let sum: f64 = derivative.as_slice().iter().zip(&m).map(|(d, m)| (d * m).re).sum();
                        push(angle, 2.0 * sum, add);
                    }
                }
                apply_wide(isa, slots, parallel, sums, (lambda, spare), false, back);
            }
            SingleOp::Layer { .. } => {}
        }
    }

    fn undo_group(&mut self, at: usize, group: usize, parallel: bool) {
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        let (SingleOp::Layer { turns, groups }, Bound::Layer { back, .. }) = (&self.plan.ops[at], &self.bound[at])
        else {
            return;
        };
        let group: &TurnGroup = &groups[group];
        let phi = Shared(self.state.as_mut_slice().as_mut_ptr());
        let lambda = Shared(self.lambda.as_mut_slice().as_mut_ptr());
        let shift = group.across.len();
        let width = 3 * (shift + group.within.len()) * lanes;
        chunked(parallel, (slots >> shift, CHUNK_SLOTS >> shift, width), &mut self.sums, |first, last, out| {
            let groups = Groups { pivots: &group.pivots, offsets: &group.offsets, first, last };
            let (across, within) = (&group.across[..], &group.within[..]);
            let (phi, lambda) = (phi.get(), lambda.get());
            T::dispatch(isa, UndoTurns { phi, lambda, groups, across, within, laid: back, out });
        });
        add_up(&self.sums, width, &mut self.totals);
        let order = group.across.iter().chain(&group.within);
        for (&turn, totals) in order.zip(self.totals.chunks_exact(3 * lanes)) {
            let turn = &turns[turn];
            let sign = |lane: usize| if turn.bit.at(lane as u32) { -1.0 } else { 1.0 };
            let signed = |axis: usize| (0..lanes).map(|lane| sign(lane) * totals[axis * lanes + lane]).sum::<f64>();
            self.overlaps[turn.run] = [totals[..lanes].iter().sum(), signed(1), signed(2)];
        }
    }
}

/// `Σ conj(λ) φ` by move and class, per lane, into `totals`.
fn overlaps<T: Real>(
    isa: super::Isa,
    (slots, parallel): (usize, bool),
    sums: &mut Vec<T>,
    totals: &mut Vec<f64>,
    (lambda, phi): (&[T], &[T]),
    wide: &Wide<T>,
) {
    let width = wide.factors.len();
    chunked(parallel, (slots, CHUNK_SLOTS, width), sums, |first, last, out| {
        let (lambda, phi) = (lambda.as_ptr(), phi.as_ptr());
        T::dispatch(isa, GeneralOverlaps { lambda, phi, first, last, moves: &wide.moves, masks: &wide.masks, out });
    });
    add_up(sums, width, totals);
}

//! Gradients of one state: state and adjoint go back together, undoing every step.

use super::kernels::{FlipString, GeneralOverlaps, Groups, MoveBlock, SeedDiagonal, class_of, deposit};
use super::laid::Wide;
use super::plan::{SingleOp, TurnGroup};
use super::start::sink;
use super::turns::UndoTurns;
use super::{Bound, CHUNK_SLOTS, Shared, SingleEngine, Way, add_up, apply_wide, blocked, chunked, fires, reader};
use crate::backends::Real;
use crate::backends::sim::angle::Affine;
use crate::backends::sim::engine::phases_gradient;
use crate::backends::sim::program::DenseSource;
use crate::backends::sim::qubit::push;
use crate::diag::Diagnostic;
use crate::math::{C64, Matrix};

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
        let mut upstream = std::mem::take(&mut self.room.outputs);
        upstream.clear();
        upstream.resize(n_out, 0.0);
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
        self.room.outputs = upstream;
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
        if self.way == Way::Commuting {
            return self.back_commuting(add);
        }
        let shared = self.origin.as_ref().map_or(0, |fork| fork.at);
        for at in (shared..self.plan.ops.len()).rev() {
            self.join(at + 1);
            self.undo(at, param, add, parallel);
        }
        self.hand_back();
        for (run, r) in self.plan.runs.iter().zip(&self.overlaps) {
            run.gradient(*r, param, add);
        }
        self.back_prepared(add);
    }

    /// Starts the adjoint state.
    fn seed(&mut self, upstream: &[f64], parallel: bool) {
        if self.by_place.is_some() {
            return self.seed_by_place(upstream);
        }
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        let state = Shared(self.state.as_mut_slice().as_mut_ptr());
        let lambda = Shared(self.lambda.as_mut_slice().as_mut_ptr());
        let masks = &self.readouts.masks[..];
        let weights = &mut self.room.weights;
        weights.clear();
        for term in &self.readouts.diagonal {
            weights.extend(term.signs.iter().map(|sign| T::of(sign * upstream[term.output])));
        }
        let weights = &weights[..];
        chunked(parallel, (slots, CHUNK_SLOTS, 0), &mut self.sums, |first, last, _| {
            let (state, lambda) = (state.get(), lambda.get());
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
        if self.way == Way::Real {
            return self.undo_real(at, parallel);
        }
        if let SingleOp::Layer { blocks, .. } = &self.plan.ops[at] {
            return (0..blocks.len()).for_each(|block| self.undo_block(at, block, parallel));
        }
        let (isa, slots) = (self.isa, self.slots);
        let Bound::Wide { back, .. } = &self.bound[at] else { return };
        let in_place = matches!(self.plan.ops[at], SingleOp::Phases { .. });
        let Self { state, spare, lambda, sums, totals, plan, room, .. } = self;
        apply_wide(isa, slots, parallel, sums, (state, spare), in_place, back);
        match &plan.ops[at] {
            SingleOp::Phases { many, .. } => {
                apply_wide(isa, slots, parallel, sums, (lambda, spare), true, back);
                if many.has_weights() {
                    overlaps(isa, (slots, parallel), sums, totals, (lambda.as_slice(), state.as_slice()), back);
                    let weights = &mut room.classes.weights;
                    weights.clear();
                    weights.resize(1 << back.masks.len(), 0.0);
                    back.each(totals, |_, class, z| weights[class] += z.im);
                    phases_gradient(many, &mut room.classes, param, add);
                }
            }
            SingleOp::General { controls, source, .. } => {
                if let DenseSource::Shared { gate, angles } = source {
                    overlaps(isa, (slots, parallel), sums, totals, (lambda.as_slice(), state.as_slice()), back);
                    let dim = back.moves.len();
                    let mut m = Matrix::zeros(dim);
                    back.each(totals, |by, class, z| {
                        if fires(class / dim, controls) {
                            m[(class % dim, (class % dim) ^ by)] += z;
                        }
                    });
                    let values = Affine::all_shared(angles, param);
                    for (k, angle) in angles.iter().enumerate() {
                        let derivative = (gate.derivative)(&values, k);
                        let products = derivative.as_slice().iter().zip(m.as_slice());
                        let sum: f64 = products.map(|(d, m): (&C64, &C64)| (d * m).re).sum();
                        push(angle, 2.0 * sum, add);
                    }
                }
                apply_wide(isa, slots, parallel, sums, (lambda, spare), false, back);
            }
            SingleOp::Layer { .. } => {}
        }
    }

    fn undo_block(&mut self, at: usize, block: usize, parallel: bool) {
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        let (SingleOp::Layer { turns, blocks }, Bound::Layer { back, .. }) = (&self.plan.ops[at], &self.bound[at])
        else {
            return;
        };
        let block = &blocks[block];
        let states = [Shared(self.state.as_mut_slice().as_mut_ptr()), Shared(self.lambda.as_mut_slice().as_mut_ptr())];
        let undo = |[phi, lambda]: [*mut T; 2], group: &TurnGroup, (first, last, origin), out: &mut [T]| {
            let groups = Groups { pivots: &group.pivots, offsets: &group.offsets, first, last, origin };
            let (across, within) = (&group.across[..], &group.within[..]);
            T::dispatch(isa, UndoTurns::<_, false> { phi, lambda, groups, across, within, laid: back, out });
        };
        let width = |group: &TurnGroup| 3 * (group.across.len() + group.within.len()) * lanes;
        let mut totals = emptied(&mut self.room.block);
        if block.offsets.is_empty() {
            for group in &block.groups {
                let shift = group.across.len();
                let sizes = (slots >> shift, CHUNK_SLOTS >> shift, width(group));
                chunked(parallel, sizes, &mut self.sums, |first, last, out| {
                    undo(states.map(Shared::get), group, (first, last, 0), out);
                });
                add_up(&self.sums, width(group), &mut self.totals);
                totals.extend_from_slice(&self.totals);
            }
        } else {
            let all: usize = block.groups.iter().map(width).sum();
            let (len, offsets) = (block.offsets.len(), &block.offsets[..]);
            blocked(parallel, (slots / len, all), &mut self.sums, &mut self.rooms, |first, last, out, room| {
                let (near, far) = room.as_mut_slice().split_at_mut(len * 2 * lanes);
                let rooms = [near.as_mut_ptr(), far.as_mut_ptr()];
                for t in first..last {
                    let base = deposit(t as u32, &block.pivots);
                    let copy = |back: bool| {
                        for (state, room) in states.iter().zip(rooms) {
                            T::dispatch(isa, MoveBlock { state: state.get(), room, offsets, base, back });
                        }
                    };
                    copy(false);
                    let mut rest = &mut out[..];
                    for group in &block.groups {
                        let (own, others) = rest.split_at_mut(width(group));
                        undo(rooms, group, (0, len >> group.across.len(), base), own);
                        rest = others;
                    }
                    copy(true);
                }
            });
            add_up(&self.sums, all, &mut totals);
        }
        let order = block.groups.iter().flat_map(|group| group.across.iter().chain(&group.within));
        for (&turn, totals) in order.zip(totals.chunks_exact(3 * lanes)) {
            let turn = &turns[turn];
            let sign = |lane: usize| if turn.bit.at(lane as u32) { -1.0 } else { 1.0 };
            let signed = |axis: usize| (0..lanes).map(|lane| sign(lane) * totals[axis * lanes + lane]).sum::<f64>();
            let plain = || totals[..lanes].iter().sum();
            self.overlaps[turn.run] = [if turn.string { signed(0) } else { plain() }, signed(1), signed(2)];
        }
        self.room.block = totals;
    }
}

/// Takes a list for its memory.
fn emptied<T>(room: &mut Vec<T>) -> Vec<T> {
    let mut out = std::mem::take(room);
    out.clear();
    out
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

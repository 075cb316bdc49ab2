//! States of real amplitudes: circuits of real rotations, hadamards and permutations of basis states that are read out by
//! the probability of places.
//!
//! Such a state never leaves the real numbers, and neither does the adjoint of a real observable.

use super::by_place::ByPlace;
use super::kernels::Groups;
use super::plan::{Run, SingleOp, SinglePlan, TurnBlock, TurnGroup};
use super::turns::{ApplyTurns, UndoTurns};
use super::{Bound, CHUNK_SLOTS, Shared, SingleEngine, Way, add_up, chunked};
use crate::backends::Real;
use crate::backends::sim::qubit::{OneQubit, SharedRun};

impl Way {
    /// The cheapest way to run a plan.
    pub(super) fn of(plan: &SinglePlan) -> Self {
        let layers = plan.ops.iter().all(|op| matches!(op, SingleOp::Layer { .. }));
        if !layers || !plan.prepared.is_empty() || plan.reads_inputs() || !ByPlace::fits(plan) {
            return Self::Complex;
        }
        match () {
            () if super::commuting::commutes(plan) => Self::Commuting,
            () if plan.runs.iter().all(is_real) => Self::Real,
            () => Self::Complex,
        }
    }
}

/// Is the matrix of a run real whatever its angles?
fn is_real(run: &Run) -> bool {
    let Run::Qubit(SharedRun { gates }) = run else { return false };
    gates.iter().all(|gate| match &gate.op {
        OneQubit::Constant(matrix) => matrix.0.iter().all(|entry| entry.im == 0.0),
        OneQubit::Generated([x, _, z]) => *x == 0.0 && *z == 0.0,
        OneQubit::General(_) => false,
    })
}

/// One pass over the whole state for every few turns: a real state is small.
pub(super) fn whole(plan: &mut SinglePlan, lane_bits: usize) {
    for op in &mut plan.ops {
        if let SingleOp::Layer { turns, blocks } = op {
            let masks = turns.iter().enumerate().map(|(k, turn)| (k, turn.bit.reads >> lane_bits)).collect();
            let groups = super::plan::group(turns, lane_bits);
            *blocks = vec![TurnBlock { groups, masks, ..TurnBlock::default() }];
        }
    }
}

impl<T: Real> SingleEngine<T> {
    /// Sets the state to a product, as [`Self::make_product`], or to |0..0>.
    pub(super) fn start_real(&mut self, product: bool) {
        let len = self.len();
        let state = &mut self.state.as_mut_slice()[..len];
        if !product {
            state.fill(T::zero());
        }
        state[0] = T::one();
        let mut turns = self.room.product.iter().peekable();
        for bit in 0..if product { self.plan.bits } else { 0 } {
            let reach = 1usize << bit;
            let (stay, go) = match turns.next_if(|turn| turn.bit.moves as usize == reach) {
                Some(turn) => {
                    let (matrix, from) = (self.matrices[turn.run][0].0, usize::from(turn.bit.flipped));
                    (T::of(matrix[3 * from].re), T::of(matrix[2 - from].re))
                }
                None => (T::one(), T::zero()),
            };
            let (low, high) = state.split_at_mut(reach);
            for (low, high) in low.iter_mut().zip(high) {
                (*low, *high) = (stay * *low, go * *low);
            }
        }
    }

    /// A layer forwards.
    pub(super) fn apply_real(&mut self, at: usize, parallel: bool) {
        let (isa, slots) = (self.isa, self.slots);
        let (SingleOp::Layer { blocks, .. }, Bound::Layer { forward, .. }) = (&self.plan.ops[at], &self.bound[at])
        else {
            return;
        };
        let state = Shared(self.state.as_mut_slice().as_mut_ptr());
        for group in blocks.iter().flat_map(|block| &block.groups) {
            let shift = group.across.len();
            chunked(parallel, (slots >> shift, CHUNK_SLOTS >> shift, 0), &mut self.sums, |first, last, _| {
                let groups = Groups { pivots: &group.pivots, offsets: &group.offsets, first, last, origin: 0 };
                let (across, within) = (&group.across[..], &group.within[..]);
                T::dispatch(isa, ApplyTurns::<_, true> { state: state.get(), groups, across, within, laid: forward });
            });
        }
    }

    /// A layer backwards: state and adjoint, and the overlaps of its turns.
    pub(super) fn undo_real(&mut self, at: usize, parallel: bool) {
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        let (SingleOp::Layer { turns, blocks }, Bound::Layer { back, .. }) = (&self.plan.ops[at], &self.bound[at])
        else {
            return;
        };
        let phi = Shared(self.state.as_mut_slice().as_mut_ptr());
        let lambda = Shared(self.lambda.as_mut_slice().as_mut_ptr());
        let undo = |group: &TurnGroup, (first, last), out: &mut [T]| {
            let groups = Groups { pivots: &group.pivots, offsets: &group.offsets, first, last, origin: 0 };
            let (across, within) = (&group.across[..], &group.within[..]);
            T::dispatch(
                isa,
                UndoTurns::<_, true> { phi: phi.get(), lambda: lambda.get(), groups, across, within, laid: back, out },
            );
        };
        for group in blocks.iter().flat_map(|block| &block.groups) {
            let (shift, width) = (group.across.len(), (group.across.len() + group.within.len()) * lanes);
            let sizes = (slots >> shift, CHUNK_SLOTS >> shift, width);
            chunked(parallel, sizes, &mut self.sums, |first, last, out| undo(group, (first, last), out));
            add_up(&self.sums, width, &mut self.totals);
            for (&turn, totals) in group.across.iter().chain(&group.within).zip(self.totals.chunks_exact(lanes)) {
                let turn = &turns[turn];
                let sign = |lane: usize| if turn.bit.at(lane as u32) { -1.0 } else { 1.0 };
                let y = totals.iter().enumerate().map(|(lane, total)| sign(lane) * total).sum();
                self.overlaps[turn.run] = [0.0, y, 0.0];
            }
        }
    }

    /// The read-outs of a state by place.
    pub(super) fn read_by_place(&mut self, outputs: &mut [T]) {
        let places = self.slots * T::LANES;
        let Some(by_place) = &mut self.by_place else { return };
        let p = &mut self.probabilities.as_mut_slice()[..places];
        let (re, im) = self.state.as_slice().split_at(places);
        match self.way {
            Way::Real => p.iter_mut().zip(re).for_each(|(p, &a)| *p = a * a),
            _ => p.iter_mut().zip(re.iter().zip(im)).for_each(|(p, (&a, &b))| *p = a * a + b * b),
        }
        by_place.read(self.isa, p, outputs);
    }

    /// The adjoint of a state by place.
    pub(super) fn seed_by_place(&mut self, upstream: &[f64]) {
        let places = self.slots * T::LANES;
        let Some(by_place) = &self.by_place else { return };
        let g = &mut self.probabilities.as_mut_slice()[..places];
        by_place.back(self.isa, upstream, g);
        let parts = if self.way == Way::Real { 1 } else { 2 };
        let state = self.state.as_slice().chunks_exact(places).take(parts);
        for (lambda, state) in self.lambda.as_mut_slice().chunks_exact_mut(places).zip(state) {
            lambda.iter_mut().zip(state).zip(&*g).for_each(|((l, &a), &g)| *l = g * a);
        }
    }
}

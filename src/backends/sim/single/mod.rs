//! One state whose own amplitudes fill the lanes: regions without data, and regions with too many qubits for tiles of
//! samples, which then run sample by sample.
//!
//! Gates work in place and gradients undo them again, so three states are all the memory there is: the state, its
//! adjoint, and room for gates on several qubits if there are any. Work is cut into chunks by its size alone, and sums of
//! chunks are added in order: the same bytes at any number of threads.

#![allow(unsafe_code)]

mod backward;
mod by_place;
mod commuting;
mod fork;
mod kernels;
mod laid;
mod lower;
mod plan;
mod readout;
mod real;
mod start;
mod turns;
mod walsh;

use super::angle::Affine;
use super::bind::phases_of;
use super::buffer::Aligned;
use super::engine::ClassRoom;
use super::program::DenseSource;
use super::qubit::C2;
use super::simd::Isa;
use crate::backends::Real;
use crate::diag::Diagnostic;
use crate::ir::{Region, WeightId};
use crate::math::{C64, Matrix};
use by_place::ByPlace;
use fork::Fork;
use kernels::{ApplyGeneral, ClassSums, FlipString, Groups, Laid, MoveBlock, class_of, deposit};
use laid::{Wide, blank, lane_bits, lay};
use plan::{Bit, INPUTS, Places, Turn, TurnBlock, TurnGroup};
pub(crate) use plan::{SingleOp, SinglePlan};
use rayon::prelude::*;
use readout::SingleReadouts;
use turns::ApplyTurns;

/// Most chunks of a pass.
const CHUNKS: usize = 64;
/// Chunks of a pass in blocks.
const ROOMS: usize = 8;
/// Fewest slots of a chunk.
const CHUNK_SLOTS: usize = 1 << 10;

/// How amplitudes are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Complex numbers, gate by gate.
    Complex,
    /// Real numbers, gate by gate.
    Real,
    /// Complex numbers, all gates at once.
    Commuting,
}

/// The numbers of a step.
#[derive(Debug)]
enum Bound<T> {
    Layer { forward: Vec<Laid<T>>, back: Vec<Laid<T>> },
    Wide { forward: Wide<T>, back: Wide<T> },
}

/// Small lists of a pass, kept so that no pass has to make them again.
#[derive(Debug, Default)]
struct Room<T> {
    /// Of the classes of a diagonal gate.
    classes: ClassRoom,
    phases: Vec<C64>,
    /// Sums of a block.
    block: Vec<f64>,
    /// Outputs before rounding, or their upstream gradients.
    outputs: Vec<f64>,
    /// Upstream gradients of diagonal strings, per lane.
    weights: Vec<T>,
    /// The first layer in the order in which it makes a product.
    product: Vec<Turn>,
    /// Places and amplitudes of the product of prepared states, twice.
    combinations: [Vec<(u32, f64)>; 2],
}

/// A region ready to run as one state.
#[derive(Debug)]
pub(crate) struct SingleEngine<T> {
    plan: SinglePlan,
    way: Way,
    isa: Isa,
    slots: usize,
    bound: Vec<Bound<T>>,
    /// Of every run: its matrix and the inverse.
    matrices: Vec<[C2; 2]>,
    readouts: SingleReadouts<T>,
    state: Aligned<T>,
    lambda: Aligned<T>,
    spare: Aligned<T>,
    /// Parts of the states that workers have in the cache.
    rooms: Vec<Aligned<T>>,
    sums: Vec<T>,
    totals: Vec<f64>,
    overlaps: Vec<[f64; 3]>,
    room: Room<T>,
    /// Prepared amplitudes with their norms, of the current sample.
    prepared: Vec<(Vec<f64>, f64)>,
    reads_inputs: bool,
    /// Read-outs of states that are not [`Way::Complex`].
    by_place: Option<ByPlace>,
    /// Probabilities by place, or gradients by them.
    probabilities: Aligned<T>,
    /// Of [`Way::Commuting`]: phases by place, or gradients by string.
    phases: Aligned<f64>,
    /// Where later circuits leave this one's path.
    forks: Vec<Fork<T>>,
    /// Where this circuit leaves an earlier one's path.
    origin: Option<Fork<T>>,
    /// Does `state` hold the end of the last forward pass?
    fresh: bool,
}

/// A pointer that chunks of one pass share; they write to different slots.
#[derive(Clone, Copy)]
struct Shared<T>(*mut T);

// SAFETY: every kernel that is given one writes only to the slots of its own chunk.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn get(self) -> *mut T {
        self.0
    }
}

/// Runs `f(first, last, sums)` over `0..n` in chunks of at least `least`, each with `width` sums of its own, which are left
/// one after another in `sums`.
fn chunked<T: Real>(
    parallel: bool,
    (n, least, width): (usize, usize, usize),
    sums: &mut Vec<T>,
    f: impl Fn(usize, usize, &mut [T]) + Sync,
) {
    let len = n.div_ceil(CHUNKS).max(least).max(1);
    let count = n.div_ceil(len);
    let width = width.max(1);
    sums.clear();
    sums.resize(count * width, T::zero());
    let run = |(chunk, sums): (usize, &mut [T])| f(chunk * len, n.min((chunk + 1) * len), sums);
    if parallel && count > 1 {
        sums.par_chunks_mut(width).enumerate().for_each(run);
    } else {
        sums.chunks_mut(width).enumerate().for_each(run);
    }
}

/// Adds the sums of all chunks, in order.
fn add_up<T: Real>(sums: &[T], width: usize, totals: &mut Vec<f64>) {
    totals.clear();
    totals.resize(width, 0.0);
    for part in sums.chunks_exact(width.max(1)) {
        totals.iter_mut().zip(part).for_each(|(total, &part)| *total += part.wide());
    }
}

/// Reads parameters and the inputs of a sample by one number.
fn reader<'a, T: Real>(params: &'a [T], inputs: &'a [T]) -> impl Fn(usize) -> f64 + 'a {
    move |at| if at >= INPUTS { inputs[at - INPUTS].wide() } else { params[at].wide() }
}

impl<T: Real> SingleEngine<T> {
    pub(crate) fn new(region: &Region, offset: &dyn Fn(WeightId) -> usize, isa: Isa) -> Result<Self, Diagnostic> {
        let mut plan = lower::lower(region, offset, lane_bits::<T>())?;
        let way = Way::of(&plan);
        if way == Way::Real {
            real::whole(&mut plan, lane_bits::<T>());
        }
        let layer = |turns: &[plan::Turn], blocks: &[TurnBlock]| {
            let mut laid: Vec<Laid<T>> = turns.iter().map(blank).collect();
            blocks.iter().flat_map(|block| &block.masks).for_each(|&(turn, mask)| laid[turn].mask = mask);
            laid
        };
        let bound = plan
            .ops
            .iter()
            .map(|op| match op {
                SingleOp::Layer { turns, blocks } => {
                    Bound::Layer { forward: layer(turns, blocks), back: layer(turns, blocks) }
                }
                SingleOp::Phases { bits, .. } => {
                    Bound::Wide { forward: Wide::new(&[], bits), back: Wide::new(&[], bits) }
                }
                SingleOp::General { targets, controls, .. } => {
                    let bits: Vec<_> =
                        targets.iter().copied().chain(controls.iter().map(|control| control.0)).collect();
                    Bound::Wide { forward: Wide::new(targets, &bits), back: Wide::new(targets, &bits) }
                }
            })
            .collect();
        let identity = Places::identity(plan.bits);
        let places = plan.places.as_ref().unwrap_or(&identity);
        let by_place = (way != Way::Complex).then(|| ByPlace::new(&plan, places));
        let readouts = if way == Way::Complex { SingleReadouts::new(&plan, places) } else { SingleReadouts::default() };
        let reads_inputs = plan.reads_inputs();
        Ok(Self {
            slots: 1 << (plan.bits - lane_bits::<T>()),
            isa,
            bound,
            matrices: vec![[C2::IDENTITY; 2]; plan.runs.len()],
            readouts,
            state: Aligned::default(),
            lambda: Aligned::default(),
            spare: Aligned::default(),
            rooms: Vec::new(),
            sums: Vec::new(),
            totals: Vec::new(),
            overlaps: vec![[0.0; 3]; plan.runs.len()],
            room: Room { product: start::product(&plan), ..Room::default() },
            prepared: plan.prepared.iter().map(|_| (Vec::new(), 0.0)).collect(),
            reads_inputs,
            by_place,
            probabilities: Aligned::default(),
            phases: Aligned::default(),
            forks: Vec::new(),
            origin: None,
            way,
            fresh: false,
            plan,
        })
    }

    /// Its plan.
    pub(crate) fn plan(&self) -> &SinglePlan {
        &self.plan
    }

    /// Bytes of its states.
    pub(crate) fn bytes(&self, gradient: bool) -> u128 {
        let states = 1 + usize::from(self.needs_spare()) + usize::from(gradient) + 2 * self.forks.len();
        let places = self.slots * T::LANES;
        let by_place = match self.way {
            Way::Complex => 0,
            Way::Real => size_of::<T>(),
            Way::Commuting => size_of::<T>() + size_of::<f64>(),
        };
        states as u128 * (self.len() * size_of::<T>()) as u128 + (by_place * places) as u128
    }

    /// How it keeps amplitudes.
    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Length of a state in numbers.
    fn len(&self) -> usize {
        let parts = if self.way == Way::Real { 1 } else { 2 };
        self.slots * parts * T::LANES
    }

    fn needs_spare(&self) -> bool {
        self.way == Way::Commuting || self.plan.ops.iter().any(|op| matches!(op, SingleOp::General { .. }))
    }

    /// See [`super::Engine::forward`].
    pub(crate) fn forward(
        &mut self,
        params: &[T],
        inputs: &[T],
        rows: usize,
        outputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        self.reserve()?;
        let (n_in, n_out) = (self.plan.n_inputs, self.plan.n_outputs);
        for row in 0..if self.reads_inputs { rows } else { rows.min(1) } {
            self.run(params, &inputs[row * n_in..(row + 1) * n_in], parallel);
            self.read(&mut outputs[row * n_out..(row + 1) * n_out], parallel);
        }
        if !self.reads_inputs {
            (1..rows).for_each(|row| outputs.copy_within(0..n_out, row * n_out));
        }
        Ok(())
    }

    fn reserve(&mut self) -> Result<(), Diagnostic> {
        let len = self.len();
        self.state.reserve(len)?;
        let blocks = self.plan.ops.iter().flat_map(|op| match op {
            SingleOp::Layer { blocks, .. } => &blocks[..],
            _ => &[],
        });
        let room = blocks.map(|block| block.offsets.len()).max().unwrap_or(0);
        if room > 0 {
            self.rooms.resize_with(ROOMS, Aligned::default);
            self.rooms.iter_mut().try_for_each(|each| each.reserve(2 * room * 2 * T::LANES))?;
        }
        if self.needs_spare() {
            self.spare.reserve(len)?;
        }
        if self.way != Way::Complex {
            self.probabilities.reserve(self.slots * T::LANES)?;
        }
        if self.way == Way::Commuting {
            self.phases.reserve(self.slots * T::LANES)?;
        }
        self.reserve_forks()
    }

    /// Makes the final state of a sample.
    fn run(&mut self, params: &[T], inputs: &[T], parallel: bool) {
        let param = reader(params, inputs);
        self.fresh = true;
        if self.way == Way::Commuting {
            return self.run_commuting(&param);
        }
        self.bind(&param);
        let done = match self.take_up() {
            Some(done) => done,
            None => usize::from(self.start(&param, parallel)),
        };
        for at in done..self.plan.ops.len() {
            self.leave(at);
            self.apply(at, parallel);
        }
        self.leave(self.plan.ops.len());
    }

    fn bind(&mut self, param: &dyn Fn(usize) -> f64) {
        for (matrices, run) in self.matrices.iter_mut().zip(&self.plan.runs) {
            *matrices = run.matrices(param);
        }
        let phases = &mut self.room.phases;
        for (op, bound) in self.plan.ops.iter().zip(&mut self.bound) {
            match (op, bound) {
                (SingleOp::Layer { turns, .. }, Bound::Layer { forward, back }) => {
                    for (turn, (forward, back)) in turns.iter().zip(forward.iter_mut().zip(back)) {
                        lay(forward, &turn.bit, &self.matrices[turn.run][0]);
                        lay(back, &turn.bit, &self.matrices[turn.run][1]);
                    }
                }
                (SingleOp::Phases { many, .. }, Bound::Wide { forward, back }) => {
                    phases_of(many, param, phases);
                    forward.fill(|_, class| phases[class]);
                    back.fill(|_, class| phases[class].conj());
                }
                (SingleOp::General { controls, source, .. }, Bound::Wide { forward, back }) => {
                    let matrix = general_matrix(source, param);
                    forward.fill(|m, class| general_factor(&matrix, controls, m, class));
                    let dagger = matrix.dagger();
                    back.fill(|m, class| general_factor(&dagger, controls, m, class));
                }
                _ => {}
            }
        }
    }

    /// One step forwards, in place.
    fn apply(&mut self, at: usize, parallel: bool) {
        if self.way == Way::Real {
            return self.apply_real(at, parallel);
        }
        let (isa, slots) = (self.isa, self.slots);
        match (&self.plan.ops[at], &self.bound[at]) {
            (SingleOp::Layer { blocks, .. }, Bound::Layer { forward, .. }) => {
                let state = Shared(self.state.as_mut_slice().as_mut_ptr());
                for block in blocks {
                    layer_block(isa, slots, parallel, (&mut self.sums, &mut self.rooms), state, block, forward);
                }
            }
            (op, Bound::Wide { forward, .. }) => {
                let in_place = matches!(op, SingleOp::Phases { .. });
                apply_wide(isa, slots, parallel, &mut self.sums, (&mut self.state, &mut self.spare), in_place, forward);
            }
            _ => {}
        }
    }

    /// The read-outs of the state.
    fn read(&mut self, outputs: &mut [T], parallel: bool) {
        if self.by_place.is_some() {
            return self.read_by_place(outputs);
        }
        let (isa, slots, lanes) = (self.isa, self.slots, T::LANES);
        outputs.fill(T::zero());
        let state = Shared(self.state.as_mut_slice().as_mut_ptr());
        let mut sums = std::mem::take(&mut self.room.outputs);
        sums.clear();
        sums.resize(outputs.len(), 0.0);
        let masks = &self.readouts.masks[..];
        if !masks.is_empty() {
            let width = masks.len() * lanes;
            chunked(parallel, (slots, CHUNK_SLOTS, width), &mut self.sums, |first, last, out| {
                T::dispatch(isa, ClassSums { state: state.get(), first, last, masks, out });
            });
            add_up(&self.sums, width, &mut self.totals);
            for (term, totals) in self.readouts.diagonal.iter().zip(self.totals.chunks_exact(lanes)) {
                sums[term.output] += term.signs.iter().zip(totals).map(|(sign, total)| sign * total).sum::<f64>();
            }
        }
        for term in &mut self.readouts.flips {
            term.scale(1.0);
            let (offset, order, mask, factor) = (term.offset, &term.order[..], term.mask, &term.scaled[..]);
            chunked(parallel, (slots, CHUNK_SLOTS, lanes), &mut self.sums, |first, last, out| {
                let (state, out) = (state.get(), out.as_mut_ptr());
                T::dispatch(isa, FlipString { state, lambda: None, first, last, offset, order, mask, factor, out });
            });
            add_up(&self.sums, lanes, &mut self.totals);
            sums[term.output] += self.totals.iter().sum::<f64>();
        }
        for outcomes in &self.readouts.outcomes {
            let out = &mut sums[outcomes.output..outcomes.output + outcomes.len];
            for (slot, a) in self.state.as_slice()[..slots * 2 * lanes].chunks_exact(2 * lanes).enumerate() {
                let class = class_of(slot as u32, &outcomes.masks);
                for lane in 0..lanes {
                    let (re, im) = (a[lane].wide(), a[lanes + lane].wide());
                    out[class ^ outcomes.lane_class[lane]] += re * re + im * im;
                }
            }
        }
        let bad = self.prepared.iter().any(|(_, norm)| *norm == 0.0);
        outputs.iter_mut().zip(&sums).for_each(|(out, &sum)| *out = if bad { T::nan() } else { T::of(sum) });
        self.room.outputs = sums;
    }
}

/// The turns of a block, on the whole state or on one part after another in a worker's room.
fn layer_block<T: Real>(
    isa: Isa,
    slots: usize,
    parallel: bool,
    (sums, rooms): (&mut Vec<T>, &mut [Aligned<T>]),
    state: Shared<T>,
    block: &TurnBlock,
    laid: &[Laid<T>],
) {
    let apply = |state: *mut T, group: &TurnGroup, (first, last, origin): (usize, usize, u32)| {
        let groups = Groups { pivots: &group.pivots, offsets: &group.offsets, first, last, origin };
        T::dispatch(isa, ApplyTurns::<_, false> { state, groups, across: &group.across, within: &group.within, laid });
    };
    if block.offsets.is_empty() {
        for group in &block.groups {
            let shift = group.across.len();
            chunked(parallel, (slots >> shift, CHUNK_SLOTS >> shift, 0), sums, |first, last, _| {
                apply(state.get(), group, (first, last, 0));
            });
        }
        return;
    }
    let (len, offsets) = (block.offsets.len(), &block.offsets[..]);
    blocked(parallel, (slots / len, 0), sums, rooms, |first, last, _, room| {
        let room = room.as_mut_slice().as_mut_ptr();
        for t in first..last {
            let base = deposit(t as u32, &block.pivots);
            T::dispatch(isa, MoveBlock { state: state.get(), room, offsets, base, back: false });
            block.groups.iter().for_each(|group| apply(room, group, (0, len >> group.across.len(), base)));
            T::dispatch(isa, MoveBlock { state: state.get(), room, offsets, base, back: true });
        }
    });
}

/// As [`chunked`] over blocks, every chunk with a room of its own.
fn blocked<T: Real>(
    parallel: bool,
    (n, width): (usize, usize),
    sums: &mut Vec<T>,
    rooms: &mut [Aligned<T>],
    f: impl Fn(usize, usize, &mut [T], &mut Aligned<T>) + Sync,
) {
    let len = n.div_ceil(rooms.len().max(1)).max(1);
    let width = width.max(1);
    sums.clear();
    sums.resize(n.div_ceil(len) * width, T::zero());
    let run = |(chunk, (sums, room)): (usize, (&mut [T], &mut Aligned<T>))| {
        f(chunk * len, n.min((chunk + 1) * len), sums, room);
    };
    if parallel {
        sums.par_chunks_mut(width).zip(rooms.par_iter_mut()).enumerate().for_each(run);
    } else {
        sums.chunks_mut(width).zip(rooms.iter_mut()).enumerate().for_each(run);
    }
}

/// A matrix on several bits: `state = matrix · state`. Only phases work in place; others use `spare` and swap.
fn apply_wide<T: Real>(
    isa: Isa,
    slots: usize,
    parallel: bool,
    sums: &mut Vec<T>,
    (state, spare): (&mut Aligned<T>, &mut Aligned<T>),
    in_place: bool,
    wide: &Wide<T>,
) {
    let src = Shared(state.as_mut_slice().as_mut_ptr());
    let dst = if in_place { src } else { Shared(spare.as_mut_slice().as_mut_ptr()) };
    chunked(parallel, (slots, CHUNK_SLOTS, 0), sums, |first, last, _| {
        let (moves, masks, factors) = (&wide.moves[..], &wide.masks[..], &wide.factors[..]);
        T::dispatch(isa, ApplyGeneral { src: src.get(), dst: dst.get(), first, last, moves, masks, factors });
    });
    if !in_place {
        std::mem::swap(state, spare);
    }
}

/// The matrix of a general step.
fn general_matrix(source: &DenseSource, param: &dyn Fn(usize) -> f64) -> Matrix {
    match source {
        DenseSource::Constant(matrix) => (**matrix).clone(),
        DenseSource::Shared { gate, angles } => (gate.matrix)(&Affine::all_shared(angles, param)),
        DenseSource::Lane { .. } => Matrix::identity(1),
    }
}

/// The factor of the amplitude whose targets differ by `m`, for an amplitude of this class.
fn general_factor(matrix: &Matrix, controls: &[(Bit, bool)], m: usize, class: usize) -> C64 {
    let dim = matrix.dim();
    let row = class % dim;
    match (fires(class / dim, controls), m) {
        (true, _) => matrix[(row, row ^ m)],
        (false, 0) => C64::new(1.0, 0.0),
        (false, _) => C64::new(0.0, 0.0),
    }
}

/// Do the controls fire on these bits?
fn fires(bits: usize, controls: &[(Bit, bool)]) -> bool {
    controls.iter().enumerate().all(|(k, &(_, value))| (bits >> k & 1 == 1) == value)
}

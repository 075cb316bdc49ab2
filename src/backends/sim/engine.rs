//! Runs a planned region over a batch: tiles of samples, workers, and the gradients they add up to.
//!
//! The batch is cut into tiles of `LANES` samples and the tiles into at most [`WORKERS`] stretches, by the size of the
//! batch alone. Each stretch sums its own gradients and the stretches are added in order, so results are the same bytes
//! whatever the number of threads.

use super::angle::Affine;
use super::bind::{Bound, phases_of};
use super::pauli::TurnAngle;
use super::program::{Block, DenseSource, Factor, Group, Many, One, Phases, Program, Step};
use super::qubit::push;
use super::simd::Isa;
use super::store::{RawLayout, StoreLayout, Worker};
use super::{backward, forward};
use crate::backends::Real;
use crate::diag::Diagnostic;
use crate::math::C64;
use rayon::prelude::*;

/// Most stretches of a batch.
const WORKERS: usize = 8;
/// States of a whole batch are kept for the backward pass up to so many bytes, and computed again beyond.
const KEEP_BYTES: usize = 32 << 20;

/// A batch whose states have fewer numbers is done before another thread has woken up.
const PARALLEL_NUMBERS: usize = 1 << 16;

/// What tiles read.
pub(crate) struct Shared<'a, T> {
    pub(crate) program: &'a Program,
    pub(crate) isa: Isa,
    pub(crate) bound: &'a Bound<T>,
    pub(crate) store: &'a StoreLayout,
    pub(crate) raw: &'a RawLayout,
    pub(crate) values: &'a [T],
    pub(crate) flips: &'a [Vec<T>],
    pub(crate) angle_base: &'a [T],
    pub(crate) prepared_base: &'a [Vec<T>],
    /// Slots of all partial products.
    pub(crate) levels: usize,
}

/// A region ready to run.
#[derive(Debug)]
pub(crate) struct Engine<T> {
    program: Program,
    isa: Isa,
    bound: Bound<T>,
    store: StoreLayout,
    raw: RawLayout,
    values: Vec<T>,
    flips: Vec<Vec<T>>,
    angle_base: Vec<T>,
    prepared_base: Vec<Vec<T>>,
    levels: usize,
    workers: Vec<Worker<T>>,
    keep: bool,
    sums: Vec<f64>,
    by_state: Vec<f64>,
    room: ClassRoom,
}

impl<T: Real> Engine<T> {
    pub(crate) fn new(program: Program, isa: Isa) -> Self {
        let store = StoreLayout::new::<T>(&program);
        let raw = RawLayout::new(&program);
        let mut len = 1;
        let mut levels = 0;
        for factor in &program.factors {
            levels += len;
            len *= factor.dim();
        }
        let complex = |factor: &Vec<C64>| factor.iter().flat_map(|z| [T::of(z.re), T::of(z.im)]).collect();
        let zeros = |factor: &Factor| match factor {
            Factor::Prepared(values) => vec![T::zero(); values.len()],
            Factor::Run(_) => Vec::new(),
        };
        Self {
            bound: Bound::new(&program),
            values: program.readouts.values.iter().map(|&value| T::of(value)).collect(),
            flips: program.readouts.flips.iter().map(|flip| complex(&flip.factor)).collect(),
            angle_base: vec![T::zero(); program.lane_angles.len()],
            prepared_base: program.factors.iter().map(zeros).collect(),
            sums: vec![0.0; raw.len],
            by_state: vec![0.0; program.slots()],
            room: ClassRoom::default(),
            levels,
            workers: Vec::new(),
            keep: true,
            program,
            isa,
            store,
            raw,
        }
    }

    /// Bytes of the memory of all workers at least.
    pub(crate) fn bytes(&self, gradient: bool) -> u128 {
        let tile = self.store.len + self.store.state * if gradient { 2 } else { 1 };
        (tile * WORKERS * size_of::<T>()) as u128
    }

    /// Its plan.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    fn shared(&self) -> Shared<'_, T> {
        Shared {
            program: &self.program,
            isa: self.isa,
            bound: &self.bound,
            store: &self.store,
            raw: &self.raw,
            values: &self.values,
            flips: &self.flips,
            angle_base: &self.angle_base,
            prepared_base: &self.prepared_base,
            levels: self.levels,
        }
    }

    /// Rows a worker owns.
    fn rows_per_worker(rows: usize) -> usize {
        let tiles = rows.div_ceil(T::LANES);
        tiles.div_ceil(WORKERS.min(tiles).max(1)).max(1) * T::LANES
    }

    /// Are there several workers, and enough for them to do?
    fn shares(&self, rows: usize, n_workers: usize) -> bool {
        n_workers > 1 && rows.div_ceil(T::LANES).saturating_mul(self.store.len) >= PARALLEL_NUMBERS
    }

    fn bind(&mut self, params: &[T]) {
        let param = |at: usize| params[at].wide();
        self.bound.bind(&self.program, &param);
        for (base, affine) in self.angle_base.iter_mut().zip(&self.program.lane_angles) {
            *base = T::of(affine.shared(&param));
        }
        for (bases, factor) in self.prepared_base.iter_mut().zip(&self.program.factors) {
            if let Factor::Prepared(values) = factor {
                bases.iter_mut().zip(values).for_each(|(base, value)| *base = T::of(value.shared(&param)));
            }
        }
    }

    /// `outputs[rows, n_outputs]` from `inputs[rows, n_inputs]`.
    ///
    /// # Errors
    /// [`crate::backends::errors::STATE_TOO_LARGE`].
    pub(crate) fn forward(
        &mut self,
        params: &[T],
        inputs: &[T],
        rows: usize,
        outputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        self.bind(params);
        let per_worker = Self::rows_per_worker(rows);
        let n_workers = rows.div_ceil(per_worker);
        let tiles = per_worker / T::LANES;
        let bytes = self.store.len.saturating_mul(tiles * n_workers * size_of::<T>());
        self.keep = bytes <= KEEP_BYTES;
        let mut workers = std::mem::take(&mut self.workers);
        if workers.len() < n_workers {
            workers.resize_with(n_workers, Worker::default);
        }
        for worker in &mut workers[..n_workers] {
            worker.reserve(&self.program, &self.store, if self.keep { tiles } else { 1 })?;
        }
        let cx = self.shared();
        let (n_in, n_out) = (self.program.n_inputs, self.program.n_outputs);
        let run = |(worker, outputs): (&mut Worker<T>, &mut [T]), at: usize| {
            let rows = outputs.len() / n_out.max(1);
            for (tile, outputs) in outputs.chunks_mut(T::LANES * n_out).enumerate() {
                let first = at * per_worker + tile * T::LANES;
                let count = T::LANES.min(rows - tile * T::LANES);
                gather(&inputs[first * n_in..(first + count) * n_in], n_in, worker.inputs.as_mut_slice());
                forward::tile(&cx, worker, if self.keep { tile * self.store.len } else { 0 });
                scatter(worker.outputs.as_slice(), n_out, outputs);
            }
        };
        let chunk = (per_worker * n_out).max(1);
        if parallel && self.shares(rows, n_workers) {
            let work = workers[..n_workers].par_iter_mut().zip(outputs.par_chunks_mut(chunk));
            work.enumerate().for_each(|(at, work)| run(work, at));
        } else {
            let work = workers[..n_workers].iter_mut().zip(outputs.chunks_mut(chunk));
            work.enumerate().for_each(|(at, work)| run(work, at));
        }
        self.workers = workers;
        Ok(())
    }

    /// Adds to `d_params`, and sets `d_inputs[rows, n_inputs]`, given `d_outputs[rows, n_outputs]`, after a forward pass
    /// with the same numbers.
    ///
    /// # Errors
    /// [`crate::backends::errors::STATE_TOO_LARGE`].
    pub(crate) fn backward(
        &mut self,
        params: &[T],
        (inputs, rows): (&[T], usize),
        d_outputs: &[T],
        d_params: &mut [T],
        d_inputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        let per_worker = Self::rows_per_worker(rows);
        let n_workers = rows.div_ceil(per_worker);
        let mut workers = std::mem::take(&mut self.workers);
        for worker in &mut workers[..n_workers] {
            worker.reserve_backward(&self.program, &self.store, self.raw.len)?;
        }
        let cx = self.shared();
        let (n_in, n_out) = (self.program.n_inputs, self.program.n_outputs);
        let run = |(worker, d_inputs): (&mut Worker<T>, Option<&mut [T]>), at: usize| {
            let end = rows.min((at + 1) * per_worker);
            let mut d_inputs = d_inputs;
            for (tile, first) in (at * per_worker..end).step_by(T::LANES).enumerate() {
                let last = end.min(first + T::LANES);
                if !self.keep {
                    gather(&inputs[first * n_in..last * n_in], n_in, worker.inputs.as_mut_slice());
                    forward::tile(&cx, worker, 0);
                }
                gather(&d_outputs[first * n_out..last * n_out], n_out, worker.outputs.as_mut_slice());
                backward::tile(&cx, worker, if self.keep { tile * self.store.len } else { 0 });
                if let Some(d_inputs) = d_inputs.as_deref_mut() {
                    let from = tile * T::LANES * n_in;
                    scatter(worker.d_inputs.as_slice(), n_in, &mut d_inputs[from..from + (last - first) * n_in]);
                }
            }
        };
        let workers_now = &mut workers[..n_workers];
        let chunk = per_worker * n_in;
        match (parallel && self.shares(rows, n_workers), d_inputs.is_empty() || chunk == 0) {
            (true, true) => workers_now.par_iter_mut().enumerate().for_each(|(at, worker)| run((worker, None), at)),
            (true, false) => workers_now
                .par_iter_mut()
                .zip(d_inputs.par_chunks_mut(chunk))
                .enumerate()
                .for_each(|(at, (worker, d_inputs))| run((worker, Some(d_inputs)), at)),
            (false, true) => workers_now.iter_mut().enumerate().for_each(|(at, worker)| run((worker, None), at)),
            (false, false) => workers_now
                .iter_mut()
                .zip(d_inputs.chunks_mut(chunk))
                .enumerate()
                .for_each(|(at, (worker, d_inputs))| run((worker, Some(d_inputs)), at)),
        }
        self.sums.fill(0.0);
        for worker in &workers[..n_workers] {
            self.sums.iter_mut().zip(&worker.raw).for_each(|(sum, &part)| *sum += part.wide());
        }
        self.workers = workers;
        self.gradient(params, d_params);
        Ok(())
    }

    /// From sums over samples to parameters.
    fn gradient(&mut self, params: &[T], d_params: &mut [T]) {
        let param = |at: usize| params[at].wide();
        let Self { program, raw, bound, sums, by_state, room, .. } = self;
        let mut add = |at: usize, value: f64| d_params[at] += T::of(value);
        for (at, step) in program.steps.iter().enumerate() {
            match step {
                Step::Block(block) => back_table(block, (raw, raw.steps[at]), sums, (by_state, room), &param, &mut add),
                Step::Dense(dense) => {
                    let DenseSource::Shared { gate, angles } = &dense.source else { continue };
                    let values = Affine::all_shared(angles, &param);
                    for (k, angle) in angles.iter().enumerate().filter(|(_, angle)| !angle.weights.is_empty()) {
                        let derivative = (gate.derivative)(&values, k);
                        let overlaps = sums[raw.steps[at]..].chunks_exact(2);
                        let sum: f64 =
                            derivative.as_slice().iter().zip(overlaps).map(|(d, m)| d.re * m[0] - d.im * m[1]).sum();
                        push(angle, 2.0 * sum, &mut add);
                    }
                }
                Step::Paulis(paulis) => {
                    for (turn, &sum) in paulis.turns.iter().zip(&sums[raw.steps[at]..]) {
                        if let TurnAngle::Shared(angle) = &turn.angle {
                            push(angle, 2.0 * turn.scale * sum, &mut add);
                        }
                    }
                }
                Step::LanePhases(_) => {}
            }
            if let Step::Block(block) = step {
                // The overlaps of a rotation were taken behind the phases it begins with.
                for &(_, run) in &block.rotations {
                    let at = raw.runs + 3 * run;
                    let turned = C64::new(sums[at], sums[at + 1]) * bound.eulers[run].before.conj();
                    (sums[at], sums[at + 1]) = (turned.re, turned.im);
                }
            }
        }
        for (at, run) in program.runs.iter().enumerate().filter(|(_, run)| run.has_weights()) {
            let r = [sums[raw.runs + 3 * at], sums[raw.runs + 3 * at + 1], sums[raw.runs + 3 * at + 2]];
            run.gradient(r, &bound.half_turns[at], &param, &mut add);
        }
        for (affine, &d) in program.lane_angles.iter().zip(&sums[raw.angles..]) {
            push(affine, d, &mut add);
        }
        for (factor, &at) in program.factors.iter().zip(&raw.prepared) {
            if let Factor::Prepared(values) = factor {
                values.iter().zip(&sums[at..]).for_each(|(value, &d)| push(value, d, &mut add));
            }
        }
    }
}

/// Hands the weights of the slots on to the phases of a table.
fn back_table(
    block: &Block,
    (raw, at): (&RawLayout, usize),
    sums: &mut [f64],
    (by_state, room): (&mut [f64], &mut ClassRoom),
    param: &dyn Fn(usize) -> f64,
    add: &mut dyn FnMut(usize, f64),
) {
    let slots = by_state.len();
    for Group { placement, ones, many } in &block.table.groups {
        for (slot, &state) in placement.state_of.iter().enumerate() {
            by_state[state as usize] = sums[at + slot];
        }
        for many in many {
            back_many(many, by_state, room, param, add);
        }
        let mut len = slots;
        for qubit in (0..slots.trailing_zeros() as usize).rev() {
            len /= 2;
            let mut z = 0.0;
            for state in 0..len {
                z += by_state[state] - by_state[state + len];
                by_state[state] += by_state[state + len];
            }
            for (_, one) in ones.iter().filter(|(of, _)| *of == qubit) {
                if let One::Run(run) | One::Before(run) = one {
                    sums[raw.runs + 3 * run + 2] += z;
                }
            }
        }
    }
}

/// Numbers by class of one diagonal gate.
#[derive(Debug, Default)]
pub(crate) struct ClassRoom {
    /// `Im Σ conj(λ) φ`.
    pub(crate) weights: Vec<f64>,
    phases: Vec<C64>,
}

fn back_many(
    many: &Many,
    by_state: &[f64],
    room: &mut ClassRoom,
    param: &dyn Fn(usize) -> f64,
    add: &mut dyn FnMut(usize, f64),
) {
    if !many.has_weights() {
        return;
    }
    room.weights.clear();
    room.weights.resize(1 << many.qubits.len(), 0.0);
    for (state, weight) in by_state.iter().enumerate() {
        room.weights[super::passes::class(state as u32, &many.qubits)] += weight;
    }
    phases_gradient(many, room, param, add);
}

/// The gradient of a diagonal gate, given the weights of its classes.
pub(crate) fn phases_gradient(
    many: &Many,
    room: &mut ClassRoom,
    param: &dyn Fn(usize) -> f64,
    add: &mut dyn FnMut(usize, f64),
) {
    let Phases::Gate { gate, angles, controls } = &many.phases else { return };
    phases_of(many, param, &mut room.phases);
    let ClassRoom { weights, phases } = room;
    let values = Affine::all_shared(angles, param);
    for (k, angle) in angles.iter().enumerate() {
        let derivative = (gate.derivative)(&values, k);
        let dim = derivative.dim();
        // U†∂U = iκ on the diagonal, and 2 Re (iκ Σ conj(λ) φ) = -2 κ Im Σ conj(λ) φ.
        let term = |class: usize| {
            let row = class % dim;
            match super::lower::fires(class / dim, controls) {
                true => (phases[class].conj() * derivative[(row, row)]).im * weights[class],
                false => 0.0,
            }
        };
        push(angle, -2.0 * (0..phases.len()).map(term).sum::<f64>(), add);
    }
}

/// Rows to lanes: `tile[column][lane]`, zero beyond the last row.
fn gather<T: Real>(rows: &[T], width: usize, tile: &mut [T]) {
    if rows.len() < width * T::LANES {
        tile[..width * T::LANES].fill(T::zero());
    }
    for (lane, row) in rows.chunks_exact(width.max(1)).enumerate() {
        for (column, &value) in row.iter().enumerate() {
            tile[column * T::LANES + lane] = value;
        }
    }
}

/// Lanes to rows.
fn scatter<T: Real>(tile: &[T], width: usize, rows: &mut [T]) {
    for (lane, row) in rows.chunks_exact_mut(width.max(1)).enumerate() {
        for (column, value) in row.iter_mut().enumerate() {
            *value = tile[column * T::LANES + lane];
        }
    }
}

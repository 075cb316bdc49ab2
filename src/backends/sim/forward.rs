//! The forward pass of one tile: as many samples as a vector has lanes.

#![allow(unsafe_code)]

use super::engine::Shared;
use super::kernels::{
    ClassPhases, DenseApply, Expectations, FlipTerms, Grow, LARGEST, Link, Pairs, PauliApply, Phases, Probabilities,
    Rotations, RunMatrix, SinCos,
};
use super::pauli::{PauliPass, Paulis, TurnAngle};
use super::program::{Block, Dense, DenseSource, Factor, LanePhase, Segment, Step};
use super::qubit::{OneQubit, norm};
use super::store::Worker;
use crate::backends::Real;

/// Runs a tile whose inputs lie in `worker.inputs`; leaves the outputs in `worker.outputs`.
pub(crate) fn tile<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    angles(cx, worker, at);
    matrices(cx, worker, at);
    prepare(cx, worker, at);
    product(cx, worker, at, true);
    for step in 0..cx.program.steps.len() {
        apply(cx, worker, at, step);
    }
    outputs(cx, worker, at);
}

/// The angles per sample, with their cosines and sines.
fn angles<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let inputs = worker.inputs.as_slice();
    let store = &mut worker.store.as_mut_slice()[at..at + cx.store.len];
    for (k, affine) in cx.program.lane_angles.iter().enumerate() {
        let theta = &mut store[cx.store.theta + k * lanes..][..lanes];
        theta.fill(cx.angle_base[k]);
        for &(input, coefficient) in &affine.inputs {
            let coefficient = T::of(coefficient);
            for (theta, &x) in theta.iter_mut().zip(&inputs[input * lanes..][..lanes]) {
                *theta += coefficient * x;
            }
        }
        if cx.store.inner[k] != 0.0 {
            let theta = store[cx.store.theta..].as_ptr().wrapping_add(k * lanes);
            let cos = store[cx.store.cos..].as_mut_ptr().wrapping_add(k * lanes);
            let sin = store[cx.store.sin..].as_mut_ptr().wrapping_add(k * lanes);
            // SAFETY: three vectors of the store that do not overlap.
            unsafe { sin_cos(cx, theta, T::of(cx.store.inner[k]), (cos, sin)) };
        }
    }
}

/// Cosines and sines of `factor · theta`.
///
/// # Safety
/// All three point at a vector; they do not overlap.
unsafe fn sin_cos<T: Real>(cx: &Shared<'_, T>, theta: *const T, factor: T, (cos, sin): (*mut T, *mut T)) {
    // SAFETY: the caller vouches for the vectors.
    let angles = unsafe { std::slice::from_raw_parts(theta, T::LANES) };
    if T::SINGLE && angles.iter().all(|&angle| (angle * factor).abs() < T::of(LARGEST)) {
        return T::dispatch(cx.isa, SinCos { theta, factor, cos, sin });
    }
    for (lane, &angle) in angles.iter().enumerate() {
        let (s, c) = (angle * factor).sin_cos();
        // SAFETY: as above.
        unsafe { (*cos.add(lane), *sin.add(lane)) = (c, s) };
    }
}

/// A part of a run as kernels read it.
///
/// # Safety
/// `store` is the memory of a tile whose angles are set.
pub(crate) unsafe fn link<'a, T: Real>(cx: &Shared<'a, T>, segment: &Segment, store: *const T) -> Link<'a, T> {
    let lanes = T::LANES;
    match segment {
        Segment::Shared(run) => Link::Shared { matrix: &cx.bound.flat[*run], bloch: &cx.bound.bloch[*run] },
        Segment::Lane { op: OneQubit::Generated(axis), angles } => {
            let length = norm(*axis);
            let axis = axis.map(|a| T::of(a / length));
            // SAFETY: the layout of the store.
            unsafe {
                let (cos, sin) =
                    (store.add(cx.store.cos + angles[0] * lanes), store.add(cx.store.sin + angles[0] * lanes));
                Link::Generated { axis, cos, sin }
            }
        }
        // SAFETY: the layout of the store.
        Segment::Lane { angles, .. } => Link::General(unsafe { store.add(cx.store.general + angles[0] * 8 * lanes) }),
    }
}

/// The matrices of runs that differ between samples.
fn matrices<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let store = &mut worker.store.as_mut_slice()[at..at + cx.store.len];
    for (run, lane_run) in cx.program.lane_runs.iter().enumerate() {
        for segment in &lane_run.segments {
            if let Segment::Lane { op: op @ OneQubit::General(_), angles } = segment {
                for lane in 0..lanes {
                    let matrix = op.matrix(&lane_values(cx, store, angles, lane)[..angles.len()]);
                    for (k, entry) in matrix.0.iter().enumerate() {
                        let to = cx.store.general + (angles[0] * 8 + 2 * k) * lanes + lane;
                        store[to] = T::of(entry.re);
                        store[to + lanes] = T::of(entry.im);
                    }
                }
            }
        }
        let store = store.as_mut_ptr();
        // SAFETY: the layout of the store.
        let out = unsafe { store.add(cx.store.matrices + run * 8 * lanes) };
        if lane_run.segments.is_empty() {
            T::dispatch(cx.isa, RunMatrix { links: &[], more: false, out });
        }
        for (k, part) in lane_run.segments.chunks(4).enumerate() {
            // SAFETY: the angles of this tile are set; the layout of the store.
            let links: [Link<'_, T>; 4] =
                std::array::from_fn(|k| unsafe { link(cx, &part[k.min(part.len() - 1)], store) });
            T::dispatch(cx.isa, RunMatrix { links: &links[..part.len()], more: k > 0, out });
        }
    }
}

/// The values of some angles for one lane.
pub(crate) fn lane_values<T: Real>(cx: &Shared<'_, T>, store: &[T], angles: &[usize], lane: usize) -> [f64; 8] {
    let mut out = [0.0; 8];
    for (value, angle) in out.iter_mut().zip(angles) {
        *value = store[cx.store.theta + angle * T::LANES + lane].wide();
    }
    out
}

/// Normalised amplitudes of prepared factors. A zero vector becomes |0...0> and marks its lane, so that nothing of it
/// reaches another sample or a gradient.
fn prepare<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let inputs = worker.inputs.as_slice();
    let store = &mut worker.store.as_mut_slice()[at..at + cx.store.len];
    store[cx.store.bad..cx.store.bad + lanes].fill(T::zero());
    for (factor, values) in cx.program.factors.iter().enumerate() {
        let Factor::Prepared(values) = values else { continue };
        let start = cx.store.prepared[factor];
        let norm_at = start + 2 * values.len() * lanes;
        store[start..norm_at + lanes].fill(T::zero());
        for (k, value) in values.iter().enumerate() {
            let base = cx.prepared_base[factor][k];
            for lane in 0..lanes {
                let terms = value.inputs.iter().map(|&(input, c)| T::of(c) * inputs[input * lanes + lane]);
                let amplitude = base + terms.sum::<T>();
                store[start + 2 * k * lanes + lane] = amplitude;
                store[norm_at + lane] += amplitude * amplitude;
            }
        }
        for lane in 0..lanes {
            let norm = store[norm_at + lane].sqrt();
            store[norm_at + lane] = norm;
            if norm > T::zero() {
                (0..values.len()).for_each(|k| store[start + 2 * k * lanes + lane] /= norm);
            } else {
                store[cx.store.bad + lane] = T::nan();
                store[norm_at + lane] = T::one();
                (0..values.len()).for_each(|k| store[start + 2 * k * lanes + lane] = T::zero());
                store[start + lane] = T::one();
            }
        }
    }
}

/// Where a factor's amplitudes lie, and how far apart (in complex vectors).
pub(crate) fn factor_at<T: Real>(cx: &Shared<'_, T>, factor: usize) -> (usize, usize) {
    match &cx.program.factors[factor] {
        Factor::Run(run) => (cx.store.matrices + run * 8 * T::LANES, 2),
        Factor::Prepared(_) => (cx.store.prepared[factor], 1),
    }
}

/// Builds the product state; the partial products stay in `worker.levels`. The last product is made if `whole`.
pub(crate) fn product<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, whole: bool) {
    let stride = 2 * T::LANES;
    let levels = worker.levels.as_mut_slice();
    levels[..T::LANES].fill(T::one());
    levels[T::LANES..stride].fill(T::zero());
    let levels = levels.as_mut_ptr();
    let store = worker.store.as_mut_slice()[at..at + cx.store.len].as_mut_ptr();
    let (mut len, mut from) = (1, 0);
    for (factor, kind) in cx.program.factors.iter().enumerate() {
        let last = factor + 1 == cx.program.factors.len();
        if last && !whole {
            return;
        }
        let (position, step) = factor_at(cx, factor);
        // SAFETY: the partial products of all factors but the last have fewer than 2^n slots in all; the whole product is
        // the first stored state.
        unsafe {
            let dst = if last { store } else { levels.add((from + len) * stride) };
            let src = levels.add(from * stride);
            T::dispatch(cx.isa, Grow { src, dst, len, factor: store.add(position), step, dim: kind.dim() });
        }
        from += len;
        len *= kind.dim();
    }
}

/// A step: from stored state `step` to `step + 1`. A block leaves its phases in the state it starts from.
fn apply<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, step: usize) {
    let Worker { store, dense: scratch, .. } = worker;
    let store = &mut store.as_mut_slice()[at..at + cx.store.len];
    match &cx.program.steps[step] {
        Step::Block(block) => apply_block(cx, store, step, block),
        Step::LanePhases(phases) => {
            let base = store.as_mut_ptr();
            for (at, phase) in phases.iter().enumerate() {
                lane_phases(cx, store, phase, scratch.as_mut_slice());
                let phases = scratch.as_slice();
                // SAFETY: the layout of the store.
                let (src, state) = unsafe {
                    (base.add(cx.store.state_at(step + usize::from(at > 0))), base.add(cx.store.state_at(step + 1)))
                };
                T::dispatch(cx.isa, ClassPhases { src, state, classes: &phase.classes, phases, conjugate: false });
            }
        }
        Step::Paulis(paulis) => {
            let whole = paulis.passes.first().is_some_and(|pass| pass.whole);
            if !whole {
                copy(cx, store, step);
            }
            let base = store.as_mut_ptr();
            for (at, pass) in paulis.passes.iter().enumerate() {
                let numbers = pauli_numbers(cx, store, (step, paulis, pass), scratch.as_mut_slice());
                // SAFETY: the layout of the store.
                let (start, end) =
                    unsafe { (base.add(cx.store.state_at(step)).cast_const(), base.add(cx.store.state_at(step + 1))) };
                let src = if at == 0 && whole { start } else { end.cast_const() };
                let (pairs, dagger) = (pairs(paulis, pass), false);
                T::dispatch(cx.isa, PauliApply { src, dst: end, pairs, numbers, dagger });
            }
        }
        Step::Dense(dense) => {
            let whole = dense.groups.len() == cx.program.slots();
            if !whole {
                copy(cx, store, step);
            }
            lane_matrix(cx, store, dense, scratch.as_mut_slice());
            let base = store.as_mut_ptr();
            // SAFETY: the layout of the store.
            let states = unsafe {
                (base.add(cx.store.state_at(step + usize::from(!whole))), base.add(cx.store.state_at(step + 1)))
            };
            apply_dense(cx, states, step, dense, scratch.as_mut_slice(), false);
        }
    }
}

/// A pass as kernels read it.
pub(crate) fn pairs<'a>(paulis: &Paulis, pass: &'a PauliPass) -> Pairs<'a> {
    let mut real = [false; 3];
    real.iter_mut().zip(&pass.turns).for_each(|(real, &turn)| *real = paulis.turns[turn].masks.is_real());
    Pairs { groups: &pass.groups, signs: &pass.signs, count: pass.turns.len(), real }
}

/// Three vectors per turn of a pass, gathered in `out`.
pub(crate) fn pauli_numbers<'a, T: Real>(
    cx: &Shared<'_, T>,
    store: &[T],
    (step, paulis, pass): (usize, &Paulis, &PauliPass),
    out: &'a mut [T],
) -> &'a [T] {
    let lanes = T::LANES;
    for (&turn, out) in pass.turns.iter().zip(out.chunks_exact_mut(3 * lanes)) {
        match paulis.turns[turn].angle {
            TurnAngle::Shared(_) => out.copy_from_slice(&cx.bound.tables[step][3 * lanes * turn..][..3 * lanes]),
            TurnAngle::Lane(angle) => {
                let (cos, sines) = out.split_at_mut(lanes);
                let (sin, minus) = sines.split_at_mut(lanes);
                cos.copy_from_slice(&store[cx.store.cos + angle * lanes..][..lanes]);
                sin.copy_from_slice(&store[cx.store.sin + angle * lanes..][..lanes]);
                minus.iter_mut().zip(sin).for_each(|(minus, sin)| *minus = -*sin);
            }
        }
    }
    &out[..3 * lanes * pass.turns.len()]
}

fn copy<T: Real>(cx: &Shared<'_, T>, store: &mut [T], step: usize) {
    let from = cx.store.state_at(step);
    store.copy_within(from..from + cx.store.state, from + cx.store.state);
}

fn apply_block<T: Real>(cx: &Shared<'_, T>, store: &mut [T], step: usize, block: &Block) {
    let lanes = T::LANES;
    let base = store.as_mut_ptr();
    let (table, turns) = (&cx.bound.tables[step], &cx.bound.turns[step]);
    // SAFETY: the layout of the store; the groups of a block name slots.
    unsafe {
        let start = base.add(cx.store.state_at(step));
        let end = base.add(cx.store.state_at(step + 1));
        T::dispatch(cx.isa, Phases { src: start, dst: start, table, conjugate: false });
        if block.passes.is_empty() {
            start.copy_to_nonoverlapping(end, cx.store.state);
        }
        for (k, (pass, rotations)) in block.passes.iter().zip(turns).enumerate() {
            let src = if k == 0 { start } else { end };
            T::dispatch(cx.isa, Rotations { src, dst: end, groups: &pass.groups, rotations, transposed: false });
        }
        for (run, pairs) in &block.lane_rotations {
            let matrix = std::slice::from_raw_parts(base.add(cx.store.matrices + run * 8 * lanes), 8 * lanes);
            let apply = DenseApply {
                src: end,
                state: end,
                groups: pairs,
                dim: 2,
                matrix,
                per_lane: true,
                dagger: false,
                scratch: end,
            };
            T::dispatch(cx.isa, apply);
        }
    }
}

/// The phases of the classes of a gate, per lane, into `out`.
pub(crate) fn lane_phases<T: Real>(cx: &Shared<'_, T>, store: &[T], phase: &LanePhase, out: &mut [T]) {
    let lanes = T::LANES;
    let theta = store[cx.store.theta + phase.angle * lanes..][..lanes].as_ptr();
    for (&value, out) in phase.values.iter().zip(out.chunks_exact_mut(2 * lanes)) {
        let (cos, sin) = out.split_at_mut(lanes);
        // SAFETY: three vectors that do not overlap. The sine of the opposite angle is the opposite sine.
        unsafe { sin_cos(cx, theta, T::of(-value), (cos.as_mut_ptr(), sin.as_mut_ptr())) };
    }
}

/// The matrix per lane of a dense step, if it has one, into `out`.
pub(crate) fn lane_matrix<T: Real>(cx: &Shared<'_, T>, store: &[T], dense: &Dense, out: &mut [T]) {
    let DenseSource::Lane { gate, angles } = &dense.source else { return };
    for lane in 0..T::LANES {
        let matrix = (gate.matrix)(&lane_values(cx, store, angles, lane)[..angles.len()]);
        for (k, entry) in matrix.as_slice().iter().enumerate() {
            out[2 * k * T::LANES + lane] = T::of(entry.re);
            out[(2 * k + 1) * T::LANES + lane] = T::of(entry.im);
        }
    }
}

/// Applies the matrix of a dense step from the first state to the second, which may be the same; a matrix per lane lies
/// in `scratch`.
pub(crate) fn apply_dense<T: Real>(
    cx: &Shared<'_, T>,
    (src, state): (*mut T, *mut T),
    step: usize,
    dense: &Dense,
    scratch: &mut [T],
    dagger: bool,
) {
    let per_lane = matches!(dense.source, DenseSource::Lane { .. });
    let entries = 2 * dense.dim * dense.dim * T::LANES;
    let (matrices, rest) = scratch.split_at_mut(2 * entries);
    let matrix = if per_lane { &matrices[..entries] } else { &cx.bound.tables[step][..] };
    let (groups, dim) = (&dense.groups[..], dense.dim);
    let scratch = rest.as_mut_ptr();
    T::dispatch(cx.isa, DenseApply { src, state, groups, dim, matrix, per_lane, dagger, scratch });
}

/// The read-outs of the last state.
fn outputs<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let Worker { store, outputs, dense: scratch, .. } = worker;
    let store = &mut store.as_mut_slice()[at..at + cx.store.len];
    let out = outputs.as_mut_slice();
    let scratch = scratch.as_mut_slice();
    out.fill(T::zero());
    let state = store[cx.store.state_at(cx.program.steps.len())..].as_ptr();
    let readouts = &cx.program.readouts;
    let width = readouts.diagonal.len();
    let mut first = 0;
    while first < width {
        let count = [8, 4, 2, 1].into_iter().find(|&count| first + count <= width).unwrap_or(1);
        let values = cx.values;
        T::dispatch(cx.isa, Expectations { state, values, width, first, count, out: scratch.as_mut_ptr() });
        for (k, &output) in readouts.diagonal[first..first + count].iter().enumerate() {
            for lane in 0..lanes {
                out[output * lanes + lane] += scratch[k * lanes + lane];
            }
        }
        first += count;
    }
    for (output, outcomes) in &readouts.probabilities {
        T::dispatch(cx.isa, Probabilities { state, outcomes, out: &mut out[output * lanes..] });
    }
    for (flip, factor) in readouts.flips.iter().zip(cx.flips) {
        let out = out[flip.output * lanes..].as_mut_ptr();
        T::dispatch(cx.isa, FlipTerms { state, lambda: None, partner: &flip.partner, factor, out });
    }
    let bad = &store[cx.store.bad..cx.store.bad + lanes];
    if bad.iter().any(|bad| bad.is_nan()) {
        out.chunks_exact_mut(lanes).for_each(|out| out.iter_mut().zip(bad).for_each(|(out, &bad)| *out += bad));
    }
}

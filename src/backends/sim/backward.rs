//! The backward pass of one tile: the adjoint state goes back through the stored states.
//!
//! With λ = Hψ for the observable H that the upstream gradients weight, the derivative of a gate U is
//! `2 Re <λ|dU|φ>` with λ behind and φ before it. Each step takes its overlaps in one go, before λ moves on.
//! Source: T. Jones, J. Gacon, "Efficient calculation of gradients in classical simulations of variational quantum
//! algorithms", arXiv:2009.02823.

#![allow(unsafe_code)]

use super::engine::Shared;
use super::forward::{
    apply_dense, factor_at, lane_matrix, lane_phases, lane_values, link, pairs, pauli_numbers, product,
};
use super::kernels::{
    ClassPhases, ClassWeights, DenseApply, DenseOverlaps, FlipTerms, LaneOverlaps, PauliApply, PauliOverlaps, Phases,
    ProbabilitySeed, Rotations, Seed, SharedOverlaps, Shrink, SlotWeights, StartOverlaps, TurnOverlaps,
};
use super::pauli::{Paulis, TurnAngle};
use super::program::{Block, Dense, DenseSource, Factor, LanePhase, Segment, Step};
use super::qubit::OneQubit;
use super::store::{FACTOR_ADJOINT, Worker};
use crate::backends::Real;
use crate::math::C64;

/// Takes the upstream gradients in `worker.outputs` back through a tile: adds to `worker.raw`, sets `worker.d_inputs`.
pub(crate) fn tile<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    worker.d_inputs.as_mut_slice().fill(T::zero());
    worker.d_angles.as_mut_slice().fill(T::zero());
    seed(cx, worker, at);
    for step in (0..cx.program.steps.len()).rev() {
        match &cx.program.steps[step] {
            Step::Block(block) => back_block(cx, worker, at, step, block),
            Step::LanePhases(phases) => back_phases(cx, worker, at, step, phases),
            Step::Paulis(paulis) => back_paulis(cx, worker, at, step, paulis),
            Step::Dense(dense) => back_dense(cx, worker, at, step, dense),
        }
    }
    back_product(cx, worker, at);
    back_angles(cx, worker);
}

/// Starts λ.
fn seed<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let store = &worker.store.as_slice()[at..at + cx.store.len];
    let upstream = worker.outputs.as_slice();
    let lambda = worker.lambda.as_mut_slice().as_mut_ptr();
    let state = store[cx.store.state_at(cx.program.steps.len())..].as_ptr();
    let readouts = &cx.program.readouts;
    let gathered = worker.seeds.as_mut_slice();
    for (k, &output) in readouts.diagonal.iter().enumerate() {
        gathered[k * lanes..][..lanes].copy_from_slice(&upstream[output * lanes..][..lanes]);
    }
    let (slots, values) = (cx.program.slots(), cx.values);
    let upstream_of = &gathered[..readouts.diagonal.len() * lanes];
    T::dispatch(cx.isa, Seed { state, lambda, slots, values, upstream: upstream_of });
    for (output, outcomes) in &readouts.probabilities {
        T::dispatch(cx.isa, ProbabilitySeed { state, lambda, outcomes, upstream: &upstream[output * lanes..] });
    }
    for (flip, factor) in readouts.flips.iter().zip(cx.flips) {
        let start = &mut gathered[..lanes];
        start.copy_from_slice(&upstream[flip.output * lanes..][..lanes]);
        let out = start.as_mut_ptr();
        T::dispatch(cx.isa, FlipTerms { state, lambda: Some(lambda), partner: &flip.partner, factor, out });
    }
}

fn back_block<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, step: usize, block: &Block) {
    let lanes = T::LANES;
    let lambda = worker.lambda.as_mut_slice().as_mut_ptr();
    let store = worker.store.as_slice()[at..at + cx.store.len].as_ptr();
    // SAFETY: the layout of the store.
    let phi = unsafe { store.add(cx.store.state_at(step)) };
    for (run, pairs) in &block.lane_rotations {
        // SAFETY: the layout of the store.
        let matrix = unsafe { std::slice::from_raw_parts(store.add(cx.store.matrices + run * 8 * lanes), 8 * lanes) };
        let (dim, per_lane, dagger) = (2, true, true);
        T::dispatch(
            cx.isa,
            DenseApply { src: lambda, state: lambda, groups: pairs, dim, matrix, per_lane, dagger, scratch: lambda },
        );
    }
    for (pass, rotations) in block.passes.iter().zip(&cx.bound.turns[step]) {
        let groups = &pass.groups;
        T::dispatch(cx.isa, Rotations { src: lambda, dst: lambda, groups, rotations, transposed: true });
    }
    for pass in &block.overlaps {
        let mut out = [T::zero(); 4];
        T::dispatch(cx.isa, SharedOverlaps { lambda, phi, count: pass.count, groups: &pass.groups, out: &mut out });
        for (k, &(_, run)) in block.rotations[pass.first..pass.first + pass.count].iter().enumerate() {
            worker.raw[cx.raw.runs + 3 * run] += out[2 * k];
            worker.raw[cx.raw.runs + 3 * run + 1] += out[2 * k + 1];
        }
    }
    let weights = &mut worker.raw[cx.raw.steps[step]..][..cx.program.slots()];
    T::dispatch(cx.isa, SlotWeights { lambda, phi, weights });
    for (run, pairs) in &block.lane_rotations {
        T::dispatch(cx.isa, LaneOverlaps { lambda, phi, pairs, out: &mut worker.small.as_mut_slice()[..3 * lanes] });
        walk(cx, worker, at, *run);
    }
    let table = &cx.bound.tables[step];
    T::dispatch(cx.isa, Phases { src: lambda, dst: lambda, table, conjugate: true });
}

/// Walks a run per sample from the overlaps at its start, which lie in `worker.small`.
fn walk<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, run: usize) {
    let lanes = T::LANES;
    let Worker { store, small, d_angles, raw, .. } = worker;
    let store = &store.as_slice()[at..at + cx.store.len];
    let r = small.as_mut_slice();
    for segment in &cx.program.lane_runs[run].segments {
        match segment {
            Segment::Shared(shared) => {
                for axis in 0..3 {
                    raw[cx.raw.runs + 3 * shared + axis] += total(&r[axis * lanes..][..lanes]);
                }
            }
            Segment::Lane { op: OneQubit::Generated(axis), angles } => {
                let d = &mut d_angles.as_mut_slice()[angles[0] * lanes..][..lanes];
                let [x, y, z] = axis.map(|a| T::of(2.0 * a));
                for lane in 0..lanes {
                    d[lane] += x * r[lane] + y * r[lanes + lane] + z * r[2 * lanes + lane];
                }
            }
            Segment::Lane { op, angles } => {
                let OneQubit::General(gate) = op else { continue };
                for lane in 0..lanes {
                    let values = lane_values(cx, store, angles, lane);
                    for (k, &angle) in angles.iter().enumerate() {
                        let [x, y, z] = OneQubit::tangent(gate, &values[..angles.len()], k).map(|a| T::of(2.0 * a));
                        let d = x * r[lane] + y * r[lanes + lane] + z * r[2 * lanes + lane];
                        d_angles.as_mut_slice()[angle * lanes + lane] += d;
                    }
                }
            }
        }
        // SAFETY: the angles of this tile are set.
        let link = unsafe { link(cx, segment, store.as_ptr()) };
        T::dispatch(cx.isa, TurnOverlaps { link, r: r.as_mut_ptr() });
    }
}

fn total<T: Real>(lanes: &[T]) -> T {
    lanes.iter().copied().sum()
}

fn back_phases<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, step: usize, phases: &[LanePhase]) {
    let lanes = T::LANES;
    let Worker { store, lambda, dense: scratch, d_angles, .. } = worker;
    let store = &store.as_slice()[at..at + cx.store.len];
    let phi = store[cx.store.state_at(step)..].as_ptr();
    let lambda = lambda.as_mut_slice().as_mut_ptr();
    let scratch = scratch.as_mut_slice();
    for phase in phases {
        lane_phases(cx, store, phase, scratch);
        let (classes, phases) = (&phase.classes[..], &scratch[..]);
        T::dispatch(cx.isa, ClassPhases { src: lambda, state: lambda, classes, phases, conjugate: true });
    }
    // All these phases commute and leave conj(λ) φ alone, so every overlap may be taken in front of all of them. (The state
    // behind them already holds the phases of the block that follows.)
    for phase in phases {
        let sums = &mut scratch[..phase.values.len() * lanes];
        sums.fill(T::zero());
        T::dispatch(cx.isa, ClassWeights { lambda, phi, classes: &phase.classes, out: sums });
        let d = &mut d_angles.as_mut_slice()[phase.angle * lanes..][..lanes];
        for (class, &value) in phase.values.iter().enumerate() {
            for lane in 0..lanes {
                d[lane] += T::of(2.0 * value) * scratch[class * lanes + lane];
            }
        }
    }
}

fn back_paulis<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, step: usize, paulis: &Paulis) {
    let lanes = T::LANES;
    let Worker { store, lambda, dense: scratch, d_angles, raw, .. } = worker;
    let store = &store.as_slice()[at..at + cx.store.len];
    let phi = store[cx.store.state_at(step)..].as_ptr();
    let lambda = lambda.as_mut_slice().as_mut_ptr();
    let scratch = scratch.as_mut_slice();
    for pass in paulis.passes.iter().rev() {
        let numbers = pauli_numbers(cx, store, (step, paulis, pass), scratch);
        let (pairs, dagger) = (pairs(paulis, pass), true);
        T::dispatch(cx.isa, PauliApply { src: lambda, dst: lambda, pairs, numbers, dagger });
    }
    for pass in &paulis.overlaps {
        let pairs = pairs(paulis, pass);
        T::dispatch(cx.isa, PauliOverlaps { lambda, phi, pairs, out: scratch });
        for (&turn, sums) in pass.turns.iter().zip(scratch.chunks_exact(lanes)) {
            match paulis.turns[turn].angle {
                TurnAngle::Shared(_) => raw[cx.raw.steps[step] + turn] += total(sums),
                TurnAngle::Lane(angle) => {
                    let by = T::of(2.0 * paulis.turns[turn].scale);
                    let d = &mut d_angles.as_mut_slice()[angle * lanes..][..lanes];
                    d.iter_mut().zip(sums).for_each(|(d, &sum)| *d += by * sum);
                }
            }
        }
    }
}

fn back_dense<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, step: usize, dense: &Dense) {
    let lanes = T::LANES;
    let Worker { store, lambda, dense: scratch, d_angles, raw, .. } = worker;
    let store = &store.as_slice()[at..at + cx.store.len];
    let phi = store[cx.store.state_at(step)..].as_ptr();
    let lambda = lambda.as_mut_slice().as_mut_ptr();
    let scratch = scratch.as_mut_slice();
    let entries = 2 * dense.dim * dense.dim;
    lane_matrix(cx, store, dense, scratch);
    if !matches!(dense.source, DenseSource::Constant(_)) {
        let sums = &mut scratch[entries * lanes..2 * entries * lanes];
        T::dispatch(cx.isa, DenseOverlaps { lambda, phi, groups: &dense.groups, dim: dense.dim, out: sums });
        match &dense.source {
            DenseSource::Lane { gate, angles } => {
                for lane in 0..lanes {
                    let values = lane_values(cx, store, angles, lane);
                    for (k, &angle) in angles.iter().enumerate() {
                        let derivative = (gate.derivative)(&values[..angles.len()], k);
                        let entry = |(at, d): (usize, &C64)| {
                            d.re * sums[2 * at * lanes + lane].wide() - d.im * sums[(2 * at + 1) * lanes + lane].wide()
                        };
                        let sum: f64 = derivative.as_slice().iter().enumerate().map(entry).sum();
                        d_angles.as_mut_slice()[angle * lanes + lane] += T::of(2.0 * sum);
                    }
                }
            }
            _ => {
                let raw = &mut raw[cx.raw.steps[step]..][..entries];
                raw.iter_mut().zip(sums.chunks_exact(lanes)).for_each(|(raw, sum)| *raw += total(sum));
            }
        }
    }
    apply_dense(cx, (lambda, lambda), step, dense, scratch, true);
}

fn back_product<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize) {
    let lanes = T::LANES;
    let stride = 2 * lanes;
    // The partial products again: another tile may have used their memory since the forward pass.
    product(cx, worker, at, false);
    let (mut len, mut from) = (cx.program.slots(), cx.levels);
    for factor in (0..cx.program.factors.len()).rev() {
        let dim = cx.program.factors[factor].dim();
        len /= dim;
        from -= len;
        let (position, step) = factor_at(cx, factor);
        let store = worker.store.as_slice()[at..at + cx.store.len].as_ptr();
        let small = worker.small.as_mut_slice().as_mut_ptr();
        // SAFETY: the layout of the store and of `small`; levels lie one after another.
        unsafe {
            let lambda = worker.lambda.as_mut_slice().as_mut_ptr();
            let src = worker.levels.as_slice().as_ptr().add(from * stride);
            let e = small.add(FACTOR_ADJOINT * lanes);
            T::dispatch(cx.isa, Shrink { lambda, src, len, factor: store.add(position), step, dim, out: e });
            if matches!(cx.program.factors[factor], Factor::Run(_)) {
                T::dispatch(cx.isa, StartOverlaps { e, matrix: store.add(position), out: small });
            }
        }
        match &cx.program.factors[factor] {
            Factor::Run(run) => walk(cx, worker, at, *run),
            Factor::Prepared(_) => back_prepared(cx, worker, at, factor),
        }
    }
}

/// `v = a / |a|`: `da = (g - v (v·g)) / |a|` with `g = 2 Re e`.
fn back_prepared<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>, at: usize, factor: usize) {
    let lanes = T::LANES;
    let Factor::Prepared(values) = &cx.program.factors[factor] else { return };
    let Worker { store, small, d_inputs, raw, .. } = worker;
    let store = &store.as_slice()[at..at + cx.store.len];
    let start = cx.store.prepared[factor];
    let amplitudes = &store[start..];
    let norms = &store[start + 2 * values.len() * lanes..][..lanes];
    let bad = &store[cx.store.bad..][..lanes];
    let e = &small.as_slice()[FACTOR_ADJOINT * lanes..];
    let d_inputs = d_inputs.as_mut_slice();
    let two = T::of(2.0);
    for lane in 0..lanes {
        if bad[lane].is_nan() {
            continue;
        }
        let v = |k: usize| amplitudes[2 * k * lanes + lane];
        let g = |k: usize| two * e[2 * k * lanes + lane];
        let along: T = (0..values.len()).map(|k| v(k) * g(k)).sum();
        for (k, value) in values.iter().enumerate() {
            let d = (g(k) - v(k) * along) / norms[lane];
            for &(input, coefficient) in &value.inputs {
                d_inputs[input * lanes + lane] += T::of(coefficient) * d;
            }
            if !value.weights.is_empty() {
                raw[cx.raw.prepared[factor] + k] += d;
            }
        }
    }
}

/// From angles to inputs, and to the sums over samples.
fn back_angles<T: Real>(cx: &Shared<'_, T>, worker: &mut Worker<T>) {
    let lanes = T::LANES;
    let Worker { d_angles, d_inputs, raw, .. } = worker;
    for (k, affine) in cx.program.lane_angles.iter().enumerate() {
        let d = &d_angles.as_slice()[k * lanes..][..lanes];
        for &(input, coefficient) in &affine.inputs {
            let coefficient = T::of(coefficient);
            let out = &mut d_inputs.as_mut_slice()[input * lanes..][..lanes];
            out.iter_mut().zip(d).for_each(|(out, &d)| *out += coefficient * d);
        }
        if !affine.weights.is_empty() {
            raw[cx.raw.angles + k] += total(d);
        }
    }
}

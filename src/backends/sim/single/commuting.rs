//! Circuits that are rotations about X and permutations of basis states by CNOTs, begun in |0..0>.
//!
//! CNOTs turn strings of X into strings of X, which commute: the state is `exp(-i Σ_k φ_k X_k)|0..0>` with all strings at
//! once. The Walsh-Hadamard transform diagonalises them, so the state is the transform of `exp(-i F(z))`, where F itself is the
//! transform of the angles by string (D. Shepherd, M. Bremner, "Temporally unstructured quantum computation", 2009). However
//! many gates there are, a state costs three transforms and its gradient three more.

#![allow(unsafe_code)]

use super::SingleEngine;
use super::plan::{Run, SingleOp, SinglePlan, Turn};
use super::walsh::transform;
use crate::backends::Real;
use crate::backends::sim::kernels::SinCos;
use crate::backends::sim::qubit::{OneQubit, push};
use std::f64::consts::TAU;

/// All turns of a plan of layers.
fn turns(plan: &SinglePlan) -> impl Iterator<Item = &Turn> {
    plan.ops.iter().flat_map(|op| match op {
        SingleOp::Layer { turns, .. } => &turns[..],
        _ => &[],
    })
}

/// Is every turn of a plan of layers the exponential of a string of Xs?
pub(super) fn commutes(plan: &SinglePlan) -> bool {
    let is_x = |axis: &[f64; 3]| axis[1] == 0.0 && axis[2] == 0.0;
    turns(plan).all(|turn| match &plan.runs[turn.run] {
        Run::Qubit(run) => run.gates.iter().all(|gate| matches!(&gate.op, OneQubit::Generated(axis) if is_x(axis))),
        Run::String { ys, flips, .. } => *ys == 0 && *flips && turn.bit.reads == 0,
    })
}

/// Half the angle by which a turn rotates.
fn half(run: &Run, param: &dyn Fn(usize) -> f64) -> f64 {
    match run {
        Run::Qubit(run) => run.gates.iter().map(|gate| axis(&gate.op) * gate.angles[0].shared(param)).sum(),
        Run::String { scale, angle, .. } => scale * angle.shared(param),
    }
}

fn axis(op: &OneQubit) -> f64 {
    if let OneQubit::Generated(axis) = op { axis[0] } else { 0.0 }
}

impl<T: Real> SingleEngine<T> {
    /// Makes the final state: real parts by place, then imaginary parts. The amplitudes before the last transform stay in
    /// `spare`.
    pub(super) fn run_commuting(&mut self, param: &dyn Fn(usize) -> f64) {
        let places = self.slots * T::LANES;
        let phases = &mut self.phases.as_mut_slice()[..places];
        phases.fill(0.0);
        for turn in turns(&self.plan) {
            phases[turn.bit.moves as usize] += half(&self.plan.runs[turn.run], param);
        }
        transform(self.isa, phases);
        let (cos, sin) = self.spare.as_mut_slice()[..2 * places].split_at_mut(places);
        if T::SINGLE {
            // Single precision would lose the angles of many turns: only what is left of a period is rounded.
            sin.iter_mut().zip(&*phases).for_each(|(s, f)| *s = T::of(f - TAU * (f / TAU).round()));
            for (cos, sin) in cos.chunks_exact_mut(T::LANES).zip(sin.chunks_exact_mut(T::LANES)) {
                let theta = sin.as_ptr();
                let kernel = SinCos { theta, factor: -T::one(), cos: cos.as_mut_ptr(), sin: sin.as_mut_ptr() };
                T::dispatch(self.isa, kernel);
            }
        } else {
            for ((cos, sin), f) in cos.iter_mut().zip(sin.iter_mut()).zip(&*phases) {
                let (s, c) = f.sin_cos();
                (*cos, *sin) = (T::of(c), T::of(-s));
            }
        }
        let share = T::of(1.0 / places as f64);
        let state = &mut self.state.as_mut_slice()[..2 * places];
        state.iter_mut().zip(cos.iter().chain(&*sin)).for_each(|(a, &b)| *a = share * b);
        state.chunks_exact_mut(places).for_each(|part| transform(self.isa, part));
    }

    /// Adds the gradient, given the adjoint of the final state.
    pub(super) fn back_commuting(&mut self, add: &mut dyn FnMut(usize, f64)) {
        let places = self.slots * T::LANES;
        let lambda = &mut self.lambda.as_mut_slice()[..2 * places];
        lambda.chunks_exact_mut(places).for_each(|part| transform(self.isa, part));
        let (re, im) = lambda.split_at(places);
        let (cos, sin) = self.spare.as_slice()[..2 * places].split_at(places);
        let phases = &mut self.phases.as_mut_slice()[..places];
        // d/dF of Re<λ|ψ> is Im(conj(B) a), B the transform of λ and a what ψ is the transform of.
        let twice = 2.0 / places as f64;
        for (z, d) in phases.iter_mut().enumerate() {
            *d = twice * (re[z] * sin[z] - im[z] * cos[z]).wide();
        }
        transform(self.isa, phases);
        for turn in turns(&self.plan) {
            let d = phases[turn.bit.moves as usize];
            match &self.plan.runs[turn.run] {
                Run::Qubit(run) => run.gates.iter().for_each(|gate| push(&gate.angles[0], axis(&gate.op) * d, add)),
                Run::String { scale, angle, .. } => push(angle, scale * d, add),
            }
        }
    }
}

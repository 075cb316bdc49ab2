//! Simulation of quantum regions with exact gradients.
//!
//! `lower` plans a region once (`program`), `bind` gives the plan the numbers all samples share, `forward` and `backward`
//! run one tile of samples through `kernels`, and `engine` runs all tiles.

mod angle;
mod backward;
mod bind;
pub(crate) mod buffer;
mod cost;
mod engine;
mod forward;
mod idle;
mod kernels;
mod lower;
mod passes;
mod pauli;
mod program;
mod qubit;
mod readout;
mod shots;
pub mod simd;
mod single;
mod store;

use super::Real;
use crate::diag::Diagnostic;
use crate::ir::{QuantumOp, Region, Variable, WeightId};
use engine::Engine;
use shots::Sampler;
pub use shots::Shots;
use single::SingleEngine;

/// A region ready to run.
#[derive(Debug)]
pub(crate) enum Runner<T> {
    /// Samples in the lanes.
    Batched(Box<Engine<T>>),
    /// Amplitudes in the lanes.
    Single(Box<SingleEngine<T>>),
    /// Measured.
    Sampled(Box<Sampler<T>>),
}

/// From so many qubits on, samples run one after another: a tile of them would not stay in the caches.
const SINGLE_FROM: u32 = 15;
/// Beyond these no machine holds a state, and places do not fit their numbers.
const MOST_QUBITS: u32 = 31;

/// Plans a region; `offset` is the position of a weight in the flat vector of parameters, `shared` says that all samples
/// have the same inputs, `shots` that the read-outs are to be measured.
///
/// # Errors
/// [`super::errors::STATE_TOO_LARGE`] and [`super::errors::PREPARE_AFTER_GATE`].
pub(crate) fn compile<T: Real>(
    region: &Region,
    offset: &dyn Fn(WeightId) -> usize,
    isa: simd::Isa,
    shared: bool,
    shots: Option<Shots>,
) -> Result<Runner<T>, Diagnostic> {
    let busy = idle::without_idle(region);
    let region = &*busy;
    if region.n_qubits > MOST_QUBITS {
        let amplitude = 2 * size_of::<T>() as u128;
        return Err(buffer::too_large(amplitude.checked_shl(region.n_qubits).unwrap_or(u128::MAX)));
    }
    if let Some(shots) = shots {
        return Ok(Runner::Sampled(Box::new(Sampler::new(region, offset, isa, shots)?)));
    }
    let mut variables = region.ops.iter().flat_map(QuantumOp::angles).flat_map(|angle| angle.terms());
    let reads = variables.any(|(variable, _)| matches!(variable, Variable::Input(_)));
    Ok(if shared || !reads || region.n_qubits >= SINGLE_FROM {
        Runner::Single(Box::new(SingleEngine::new(region, offset, isa)?))
    } else {
        Runner::Batched(Box::new(Engine::new(lower::lower(region, offset)?, isa)))
    })
}

impl<T: Real> Runner<T> {
    /// How many steps it has in common with another at the beginning, so that it could [follow](Self::follow) it.
    pub(crate) fn common(&self, other: &Self) -> usize {
        match (self, other) {
            (Self::Single(a), Self::Single(b)) => a.common(b),
            _ => 0,
        }
    }

    /// Takes the first `steps` steps from another, which from now on runs before this one, and goes back after it.
    pub(crate) fn follow(&mut self, earlier: &mut Self, steps: usize) {
        if let (Self::Single(own), Self::Single(earlier)) = (self, earlier) {
            own.follow(earlier, steps);
        }
    }

    /// Bytes that states take, the adjoint ones included if a `gradient` is wanted.
    pub(crate) fn bytes(&self, gradient: bool) -> u128 {
        match self {
            Self::Batched(engine) => engine.bytes(gradient),
            Self::Single(engine) => engine.bytes(gradient),
            Self::Sampled(sampler) => sampler.engines().map(|engine| engine.bytes(false)).sum(),
        }
    }

    /// `outputs[rows, n_outputs]` from `inputs[rows, n_inputs]`.
    ///
    /// # Errors
    /// [`super::errors::STATE_TOO_LARGE`].
    pub(crate) fn forward(
        &mut self,
        params: &[T],
        inputs: &[T],
        rows: usize,
        outputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        if outputs.is_empty() {
            return Ok(());
        }
        match self {
            Self::Batched(engine) => engine.forward(params, inputs, rows, outputs, parallel),
            Self::Single(engine) => engine.forward(params, inputs, rows, outputs, parallel),
            Self::Sampled(sampler) => sampler.forward(params, inputs, rows, outputs, parallel),
        }
    }

    /// Adds to `d_params`, and sets `d_inputs[rows, n_inputs]` unless that is empty, given `d_outputs[rows, n_outputs]`,
    /// after a forward pass with the same numbers.
    ///
    /// # Errors
    /// [`super::errors::STATE_TOO_LARGE`].
    pub(crate) fn backward(
        &mut self,
        params: &[T],
        inputs: (&[T], usize),
        d_outputs: &[T],
        d_params: &mut [T],
        d_inputs: &mut [T],
        parallel: bool,
    ) -> Result<(), Diagnostic> {
        if d_outputs.is_empty() {
            d_inputs.fill(T::zero());
            return Ok(());
        }
        match self {
            Self::Batched(engine) => engine.backward(params, inputs, d_outputs, d_params, d_inputs, parallel),
            Self::Single(engine) => engine.backward(params, inputs, d_outputs, d_params, d_inputs, parallel),
            Self::Sampled(sampler) => sampler.backward(),
        }
    }
}

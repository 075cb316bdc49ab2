//! Simulation of quantum regions with exact gradients.
//!
//! `lower` plans a region once (`program`), `bind` gives the plan the numbers all samples share, `forward` and `backward`
//! run one tile of samples through `kernels`, and `engine` runs all tiles.

mod angle;
mod backward;
mod bind;
mod buffer;
mod engine;
mod forward;
mod kernels;
mod lower;
mod passes;
mod program;
mod qubit;
mod readout;
pub mod simd;
mod store;

pub(crate) use engine::Engine;

use super::Real;
use crate::diag::Diagnostic;
use crate::ir::{Region, WeightId};

/// Plans a region; `offset` is the position of a weight in the flat vector of parameters.
///
/// # Errors
/// [`super::errors::STATE_TOO_LARGE`] and [`super::errors::PREPARE_AFTER_GATE`].
pub(crate) fn compile<T: Real>(
    region: &Region,
    offset: &dyn Fn(WeightId) -> usize,
    isa: simd::Isa,
) -> Result<Engine<T>, Diagnostic> {
    if region.n_qubits > MOST_QUBITS {
        let amplitude = 2 * T::LANES as u128 * size_of::<T>() as u128;
        return Err(buffer::too_large(amplitude.checked_shl(region.n_qubits).unwrap_or(u128::MAX)));
    }
    Ok(Engine::new(lower::lower(region, offset)?, isa))
}

/// Beyond these a tile of samples does not fit any machine this runs on.
const MOST_QUBITS: u32 = 26;

//! What is kept per tile between the forward and the backward pass, and the working memory of a worker.

use super::buffer::Aligned;
use super::pauli::TurnAngle;
use super::program::{DenseSource, Factor, Program, Segment, Step};
use super::qubit::{OneQubit, norm};
use crate::backends::Real;
use crate::diag::Diagnostic;

/// Positions of everything in the memory of one tile, in numbers.
#[derive(Debug, Default)]
pub(crate) struct StoreLayout {
    /// Length of a state.
    pub(crate) state: usize,
    pub(crate) theta: usize,
    pub(crate) cos: usize,
    pub(crate) sin: usize,
    /// Four complex vectors per run.
    pub(crate) matrices: usize,
    /// Four complex vectors per angle: the matrix of a gate that is no exponential, at its first angle.
    pub(crate) general: usize,
    /// Per factor: its amplitudes, then its norm.
    pub(crate) prepared: Vec<usize>,
    /// Per lane: 0, or NaN for a sample whose amplitudes were all zero.
    pub(crate) bad: usize,
    /// Length of everything.
    pub(crate) len: usize,
    /// Per angle: the factor inside its cosine, 0 if nobody wants one.
    pub(crate) inner: Vec<f64>,
}

impl StoreLayout {
    pub(crate) fn new<T: Real>(program: &Program) -> Self {
        let lanes = T::LANES;
        let mut inner = vec![0.0; program.lane_angles.len()];
        let mut any_general = false;
        for segment in program.lane_runs.iter().flat_map(|run| &run.segments) {
            match segment {
                Segment::Lane { op: OneQubit::Generated(axis), angles } => inner[angles[0]] = norm(*axis),
                Segment::Lane { op: OneQubit::General(_), .. } => any_general = true,
                _ => {}
            }
        }
        for step in &program.steps {
            let Step::Paulis(paulis) = step else { continue };
            for turn in &paulis.turns {
                if let TurnAngle::Lane(angle) = turn.angle {
                    inner[angle] = turn.scale;
                }
            }
        }
        let mut out = Self { state: 2 * lanes * program.slots(), inner, ..Self::default() };
        let mut at = out.state * (program.steps.len() + 1);
        let mut take = |len: usize| {
            let start = at;
            at += len;
            start
        };
        let angles = program.lane_angles.len() * lanes;
        out.theta = take(angles);
        out.cos = take(angles);
        out.sin = take(angles);
        out.matrices = take(program.lane_runs.len() * 8 * lanes);
        out.general = take(if any_general { 8 * angles } else { 0 });
        for factor in &program.factors {
            let dim = factor.dim();
            out.prepared.push(take(if matches!(factor, Factor::Prepared(_)) { (2 * dim + 1) * lanes } else { 0 }));
        }
        out.bad = take(lanes);
        out.len = at;
        out
    }

    /// Position of a stored state.
    pub(crate) fn state_at(&self, step: usize) -> usize {
        step * self.state
    }
}

/// Positions in the sums a worker collects over its samples.
#[derive(Debug, Default)]
pub(crate) struct RawLayout {
    /// Three per run.
    pub(crate) runs: usize,
    /// Per step: a number per slot of a block, a complex matrix of a dense step.
    pub(crate) steps: Vec<usize>,
    /// One per angle.
    pub(crate) angles: usize,
    /// Per factor: one per prepared amplitude.
    pub(crate) prepared: Vec<usize>,
    pub(crate) len: usize,
}

impl RawLayout {
    pub(crate) fn new(program: &Program) -> Self {
        let mut out = Self { runs: 0, ..Self::default() };
        let mut at = 3 * program.runs.len();
        for step in &program.steps {
            out.steps.push(at);
            at += match step {
                Step::Block(_) => program.slots(),
                Step::Paulis(paulis) => paulis.turns.len(),
                Step::Dense(dense) if matches!(dense.source, DenseSource::Shared { .. }) => 2 * dense.dim * dense.dim,
                _ => 0,
            };
        }
        out.angles = at;
        at += program.lane_angles.len();
        for factor in &program.factors {
            out.prepared.push(at);
            at += if let Factor::Prepared(values) = factor { values.len() } else { 0 };
        }
        out.len = at;
        out
    }
}

/// A worker: a fixed stretch of the batch and its memory.
#[derive(Debug, Default)]
pub(crate) struct Worker<T> {
    /// One tile, or all tiles of the stretch.
    pub(crate) store: Aligned<T>,
    pub(crate) lambda: Aligned<T>,
    pub(crate) levels: Aligned<T>,
    pub(crate) inputs: Aligned<T>,
    pub(crate) d_inputs: Aligned<T>,
    pub(crate) outputs: Aligned<T>,
    /// Upstream gradients of the diagonal observables.
    pub(crate) seeds: Aligned<T>,
    pub(crate) d_angles: Aligned<T>,
    /// Small vectors: overlaps of a run, then the adjoint of a factor.
    pub(crate) small: Aligned<T>,
    /// Matrices per lane, overlaps of matrices, phases of classes.
    pub(crate) dense: Aligned<T>,
    pub(crate) raw: Vec<T>,
}

/// Where the adjoint of a factor starts in [`Worker::small`], in vectors.
pub(crate) const FACTOR_ADJOINT: usize = 4;

impl<T: Real> Worker<T> {
    pub(crate) fn reserve(&mut self, program: &Program, store: &StoreLayout, tiles: usize) -> Result<(), Diagnostic> {
        let lanes = T::LANES;
        let dim = program.steps.iter().map(|step| if let Step::Dense(dense) = step { dense.dim } else { 4 }).max();
        let dim = dim.unwrap_or(4).max(4);
        let factor = program.factors.iter().map(Factor::dim).max().unwrap_or(1);
        let total = store.len.saturating_mul(tiles);
        self.store.reserve(total)?;
        self.inputs.reserve(program.n_inputs * lanes)?;
        self.outputs.reserve(program.n_outputs * lanes)?;
        self.levels.reserve(store.state)?;
        self.small.reserve((FACTOR_ADJOINT + 2 * factor) * lanes)?;
        self.dense.reserve((2 * dim * dim + dim) * 2 * lanes)
    }

    pub(crate) fn reserve_backward(
        &mut self,
        program: &Program,
        store: &StoreLayout,
        raw: usize,
    ) -> Result<(), Diagnostic> {
        let lanes = T::LANES;
        self.lambda.reserve(store.state)?;
        self.d_inputs.reserve(program.n_inputs * lanes)?;
        self.seeds.reserve((program.readouts.diagonal.len() + 1) * lanes)?;
        self.d_angles.reserve(program.lane_angles.len() * lanes)?;
        self.raw.clear();
        self.raw.resize(raw, T::zero());
        Ok(())
    }
}

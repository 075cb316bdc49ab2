//! The plan of a quantum region: what to compute, without numbers.
//!
//! Amplitudes live in *slots*. A map from basis states to slots absorbs every permutation gate, so `x`, `cx`, `swap` and
//! `ccx` cost nothing. Gates that are diagonal and shared by all samples collect in a [`Table`] of phases, one
//! multiplication per amplitude whatever their number. Gates on one qubit fuse, and their Euler form leaves a real
//! rotation in the state while its phases join the tables.

use super::angle::Affine;
use super::pauli::Paulis;
use super::qubit::{OneQubit, SharedRun};
use crate::gates::Gate;
use crate::math::{C64, Matrix};
use std::sync::Arc;

/// Basis state of every slot, and slot of every basis state.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    pub(crate) state_of: Arc<Vec<u32>>,
    pub(crate) slot_of: Arc<Vec<u32>>,
}

/// A region, ready to be given numbers.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) n_qubits: usize,
    pub(crate) n_inputs: usize,
    pub(crate) n_outputs: usize,
    /// The product state at the start; later factors are more significant in the slot number.
    pub(crate) factors: Vec<Factor>,
    pub(crate) steps: Vec<Step>,
    pub(crate) readouts: Readouts,
    /// Fused gates that all samples share.
    pub(crate) runs: Vec<SharedRun>,
    /// Fused gates that differ between samples.
    pub(crate) lane_runs: Vec<LaneRun>,
    /// Angles that differ between samples (and those standing beside them in one gate).
    pub(crate) lane_angles: Vec<Affine>,
}

impl Program {
    /// Number of amplitudes.
    pub(crate) fn slots(&self) -> usize {
        1 << self.n_qubits
    }
}

/// A factor of the product state.
#[derive(Debug)]
pub(crate) enum Factor {
    /// A qubit in |0> after a run.
    Run(usize),
    /// Prepared amplitudes.
    Prepared(Vec<Affine>),
}

impl Factor {
    /// Its number of amplitudes.
    pub(crate) fn dim(&self) -> usize {
        match self {
            Self::Run(_) => 2,
            Self::Prepared(values) => values.len(),
        }
    }
}

/// Gates on one qubit, some of them per sample, first to last.
#[derive(Debug)]
pub(crate) struct LaneRun {
    pub(crate) segments: Vec<Segment>,
}

/// A part of a [`LaneRun`].
#[derive(Debug)]
pub(crate) enum Segment {
    /// A shared run.
    Shared(usize),
    /// A gate with angles per sample (indices into `lane_angles`).
    Lane {
        /// What it is.
        op: OneQubit,
        /// Its angles.
        angles: Vec<usize>,
    },
}

/// A step between two stored states.
#[derive(Debug)]
pub(crate) enum Step {
    /// Phases, then rotations of different qubits.
    Block(Block),
    /// Phases per sample.
    LanePhases(Vec<LanePhase>),
    /// Exponentials of Pauli strings that commute.
    Paulis(Paulis),
    /// A matrix on a few qubits.
    Dense(Dense),
}

/// Phases, then rotations of different qubits.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) table: Table,
    pub(crate) placement: Placement,
    /// `(qubit, run)`, shared.
    pub(crate) rotations: Vec<(usize, usize)>,
    /// The rotations in groups of up to three.
    pub(crate) passes: Vec<Pass>,
    /// The rotations again in pairs, to take overlaps.
    pub(crate) overlaps: Vec<Pass>,
    /// Per sample: the run and the pairs of slots of its qubit.
    pub(crate) lane_rotations: Vec<(usize, Vec<u32>)>,
}

/// Rotations `first .. first + count` of a block, done on groups of `2^count` slots.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) groups: Vec<u32>,
}

/// A product of diagonal gates that all samples share.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) groups: Vec<Group>,
}

/// Diagonal gates that see basis states in one placement.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) placement: Placement,
    pub(crate) ones: Vec<(usize, One)>,
    pub(crate) many: Vec<Many>,
}

/// Phases of one qubit.
#[derive(Debug)]
pub(crate) enum One {
    /// Constant.
    Constant([C64; 2]),
    /// A run that is diagonal.
    Run(usize),
    /// What a run does before its rotation.
    Before(usize),
    /// What a run does after its rotation.
    After(usize),
}

/// A diagonal gate on several qubits; `qubits[0]` is least significant in its list of phases.
#[derive(Debug)]
pub(crate) struct Many {
    pub(crate) qubits: Vec<usize>,
    pub(crate) phases: Phases,
}

impl Many {
    /// Is there anything to differentiate by?
    pub(crate) fn has_weights(&self) -> bool {
        self.angles().iter().any(|angle| !angle.weights.is_empty())
    }

    /// Its angles.
    pub(crate) fn angles(&self) -> &[Affine] {
        match &self.phases {
            Phases::Constant(_) => &[],
            Phases::Gate { angles, .. } => angles,
        }
    }
}

/// Where the phases come from.
#[derive(Debug)]
pub(crate) enum Phases {
    /// Constant.
    Constant(Vec<C64>),
    /// The diagonal of a gate; the targets are the less significant qubits, then the controls with the values they fire on.
    Gate { gate: &'static Gate, angles: Vec<Affine>, controls: Vec<bool> },
}

/// A diagonal gate with one angle per sample: phase `exp(-i θ values[class])`.
#[derive(Debug)]
pub(crate) struct LanePhase {
    pub(crate) angle: usize,
    pub(crate) values: Vec<f64>,
    /// The class of every slot.
    pub(crate) classes: Vec<u8>,
}

/// A matrix on groups of `dim` slots.
#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) dim: usize,
    pub(crate) groups: Vec<u32>,
    pub(crate) source: DenseSource,
}

/// Where the matrix comes from.
#[derive(Debug)]
pub(crate) enum DenseSource {
    /// Constant.
    Constant(Box<Matrix>),
    /// A gate that all samples share.
    Shared { gate: &'static Gate, angles: Vec<Affine> },
    /// A gate per sample (indices into `lane_angles`).
    Lane { gate: &'static Gate, angles: Vec<usize> },
}

/// The read-outs, over the final slots.
#[derive(Debug, Default)]
pub(crate) struct Readouts {
    /// Outputs that are expectation values of diagonal observables.
    pub(crate) diagonal: Vec<usize>,
    /// Their values: `[slot][output]`.
    pub(crate) values: Vec<f64>,
    /// First output and the outcome of every slot.
    pub(crate) probabilities: Vec<(usize, Vec<u32>)>,
    /// Parts of observables that flip bits.
    pub(crate) flips: Vec<Flip>,
}

/// `(Oψ)[s] = factor[s] ψ[partner[s]]`.
#[derive(Debug)]
pub(crate) struct Flip {
    pub(crate) output: usize,
    pub(crate) partner: Vec<u32>,
    pub(crate) factor: Vec<C64>,
}

//! The plan of one state whose amplitudes fill the lanes.
//!
//! The low bits of an amplitude's place are its lane, the others its slot. Which basis state stands at a place is an
//! affine map over bits, so `x`, `cx`, `swap` and their like only change the map: bit `q` of the basis state at place `p` is
//! the parity of `p & reads[q]`, flipped if `flipped[q]`, and flipping it leads to the place `p ^ moves[q]`.

use crate::backends::sim::angle::Affine;
use crate::backends::sim::program::{DenseSource, Many};
use crate::backends::sim::qubit::SharedRun;
use crate::ir::Readout;

/// Where basis states stand.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) reads: Vec<u32>,
    pub(crate) moves: Vec<u32>,
    pub(crate) flipped: Vec<bool>,
}

impl Places {
    /// Qubit `q` is bit `q`.
    pub(crate) fn identity(n: usize) -> Self {
        let bits: Vec<u32> = (0..n).map(|q| 1 << q).collect();
        Self { reads: bits.clone(), moves: bits, flipped: vec![false; n] }
    }

    /// How one bit is read and flipped.
    pub(crate) fn bit(&self, qubit: usize) -> Bit {
        Bit { reads: self.reads[qubit], moves: self.moves[qubit], flipped: self.flipped[qubit] }
    }
}

/// How a bit of the basis state is read off a place, and flipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bit {
    pub(crate) reads: u32,
    pub(crate) moves: u32,
    pub(crate) flipped: bool,
}

impl Bit {
    /// Its value at a place.
    pub(crate) fn at(&self, place: u32) -> bool {
        ((place & self.reads).count_ones() & 1 == 1) != self.flipped
    }
}

/// A fused run on one qubit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) run: usize,
    pub(crate) bit: Bit,
}

/// A step.
#[derive(Debug)]
pub(crate) enum SingleOp {
    /// Runs on different qubits, done in groups.
    Layer { turns: Vec<Turn>, groups: Vec<TurnGroup> },
    /// A diagonal gate on several qubits.
    Phases { many: Many, bits: Vec<Bit> },
    /// Any matrix: targets (target 0 least significant), then controls with the values they fire on.
    General { targets: Vec<Bit>, controls: Vec<(Bit, bool)>, source: DenseSource },
}

/// Turns done in one pass: up to three that pair different slots, any number that stay within their slot.
#[derive(Debug)]
pub(crate) struct TurnGroup {
    /// Indices into the layer's turns.
    pub(crate) across: Vec<usize>,
    pub(crate) within: Vec<usize>,
    /// Slots of a group, relative to its first one: bit `k` of the index moves along turn `across[k]`.
    pub(crate) offsets: [u32; 8],
    /// Bits of the slot that are zero in the first slot of a group, ascending.
    pub(crate) pivots: Vec<u32>,
}

/// A region as one state.
#[derive(Debug, Default)]
pub(crate) struct SinglePlan {
    /// Bits of a place: at least those of the lane.
    pub(crate) bits: usize,
    pub(crate) n_inputs: usize,
    pub(crate) n_outputs: usize,
    pub(crate) runs: Vec<SharedRun>,
    pub(crate) prepared: Vec<(Vec<usize>, Vec<Affine>)>,
    /// Is the first step a layer on |0>, so that the state starts as a product?
    pub(crate) product: bool,
    pub(crate) ops: Vec<SingleOp>,
    pub(crate) readouts: Vec<Readout>,
    pub(crate) places: Option<Places>,
}

/// Inputs are parameters from here on.
pub(crate) const INPUTS: usize = usize::MAX / 2;

/// Reads inputs as parameters.
pub(crate) fn unify(mut affine: Affine) -> Affine {
    let inputs = std::mem::take(&mut affine.inputs);
    affine.weights.extend(inputs.into_iter().map(|(at, coefficient)| (INPUTS + at, coefficient)));
    affine
}

/// Groups the turns of a layer; the low `lane_bits` of a place are its lane.
pub(crate) fn group(turns: &[Turn], lane_bits: usize) -> Vec<TurnGroup> {
    let mut rest: Vec<usize> = (0..turns.len()).filter(|&k| turns[k].bit.moves >> lane_bits != 0).collect();
    let mut within: Vec<usize> = (0..turns.len()).filter(|&k| turns[k].bit.moves >> lane_bits == 0).collect();
    let mut groups = Vec::new();
    while !rest.is_empty() || !within.is_empty() {
        let mut basis: Vec<u32> = Vec::new();
        let mut across = Vec::new();
        rest.retain(|&k| {
            let reduced = reduce(&basis, turns[k].bit.moves >> lane_bits);
            let takes = across.len() < 3 && reduced != 0;
            if takes {
                basis.push(reduced);
                across.push(k);
            }
            !takes
        });
        let mut offsets = [0; 8];
        for (index, offset) in offsets.iter_mut().enumerate() {
            for (k, &turn) in across.iter().enumerate() {
                if index >> k & 1 == 1 {
                    *offset ^= turns[turn].bit.moves >> lane_bits;
                }
            }
        }
        let mut pivots: Vec<u32> = basis.iter().map(|&vector| 31 - vector.leading_zeros()).collect();
        pivots.sort_unstable();
        groups.push(TurnGroup { across, within: std::mem::take(&mut within), offsets, pivots });
    }
    groups
}

/// `vector` without the leading bits of the basis; 0 if it depends on the basis.
fn reduce(basis: &[u32], vector: u32) -> u32 {
    // Each basis vector is reduced by those before it, so going through them once in order of leading bits is enough.
    let mut sorted: Vec<u32> = basis.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.iter().fold(vector, |vector, &b| vector.min(vector ^ b))
}

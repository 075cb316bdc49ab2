//! The plan of one state whose amplitudes fill the lanes.
//!
//! The low bits of an amplitude's place are its lane, the others its slot. Which basis state stands at a place is an
//! affine map over bits, so `x`, `cx`, `swap` and their like only change the map: bit `q` of the basis state at place `p` is
//! the parity of `p & reads[q]`, flipped if `flipped[q]`, and flipping it leads to the place `p ^ moves[q]`.

use super::turns::WITHIN;
use crate::backends::sim::angle::Affine;
use crate::backends::sim::program::{DenseSource, Many};
use crate::backends::sim::qubit::{C2, SharedRun, push};
use crate::ir::Readout;
use crate::math::{C64, c};

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

/// A run, and the bit it turns. A Pauli string on several qubits reads one bit (the parity that is its sign) and moves
/// another way than that bit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) run: usize,
    pub(crate) bit: Bit,
    /// Is it the exponential of a string?
    pub(crate) string: bool,
}

/// What a turn does.
#[derive(Debug)]
pub(crate) enum Run {
    /// Gates on one qubit.
    Qubit(SharedRun),
    /// `exp(-i scale θ P)` of a string with so many Ys, which flips bits or not.
    String { scale: f64, angle: Affine, ys: u32, flips: bool },
}

impl Run {
    /// Its matrix and the inverse: row by the value of the bit, column by whether the number comes from the same place (the
    /// diagonal) or from the one it moves to.
    pub(crate) fn matrices(&self, param: &dyn Fn(usize) -> f64) -> [C2; 2] {
        match self {
            Self::Qubit(run) => {
                let matrix = run.matrix(param);
                [matrix, matrix.dagger()]
            }
            Self::String { scale, angle, ys, flips } => {
                let (sin, cos) = (scale * angle.shared(param)).sin_cos();
                [sin, -sin].map(|sin| {
                    if *flips {
                        // -i sin times the entry (-i)^ys of P where the bit is 0.
                        let off = [c(0.0, -sin), c(-sin, 0.0), c(0.0, sin), c(sin, 0.0)][*ys as usize % 4];
                        C2([c(cos, 0.0), off, -off, c(cos, 0.0)])
                    } else {
                        C2([c(cos, -sin), C64::default(), C64::default(), c(cos, sin)])
                    }
                })
            }
        }
    }

    /// Its angles.
    pub(crate) fn angles(&self) -> Box<dyn Iterator<Item = &Affine> + '_> {
        match self {
            Self::Qubit(run) => Box::new(run.gates.iter().flat_map(|gate| &gate.angles)),
            Self::String { angle, .. } => Box::new(std::iter::once(angle)),
        }
    }

    /// Adds the gradient, given the overlaps with X, Y and Z of its bit in front of it.
    pub(crate) fn gradient(&self, r: [f64; 3], param: &dyn Fn(usize) -> f64, add: &mut dyn FnMut(usize, f64)) {
        match self {
            Self::Qubit(run) if run.has_weights() => run.gradient(r, &[], param, add),
            Self::Qubit(_) => {}
            Self::String { scale, angle, ys, flips } => {
                let sign = if ys % 4 >= 2 { -1.0 } else { 1.0 };
                let axis = if *flips { (ys % 2) as usize } else { 2 };
                push(angle, 2.0 * scale * sign * r[axis], add);
            }
        }
    }
}

/// A step.
#[derive(Debug)]
pub(crate) enum SingleOp {
    /// Runs on different qubits, done in groups.
    Layer { turns: Vec<Turn>, blocks: Vec<TurnBlock> },
    /// A diagonal gate on several qubits.
    Phases { many: Many, bits: Vec<Bit> },
    /// Any matrix: targets (target 0 least significant), then controls with the values they fire on.
    General { targets: Vec<Bit>, controls: Vec<(Bit, bool)>, source: DenseSource },
}

/// Turns done while a part of the state lies in the cache.
#[derive(Debug, Default)]
pub(crate) struct TurnBlock {
    /// Slots of a block, relative to its first one, ascending; empty if the block is the whole state.
    pub(crate) offsets: Vec<u32>,
    /// Bits of the slot that are zero in the first slot of a block, ascending.
    pub(crate) pivots: Vec<u32>,
    /// The groups, over positions in the block.
    pub(crate) groups: Vec<TurnGroup>,
    /// Per turn: its index, and the bits of the position in the block whose parity counts.
    pub(crate) masks: Vec<(usize, u32)>,
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
    pub(crate) runs: Vec<Run>,
    pub(crate) prepared: Vec<(Vec<usize>, Vec<Affine>)>,
    /// Is the first step a layer on |0>, so that the state starts as a product?
    pub(crate) product: bool,
    pub(crate) ops: Vec<SingleOp>,
    pub(crate) readouts: Vec<Readout>,
    pub(crate) places: Option<Places>,
}

impl SinglePlan {
    /// Does anything depend on the inputs of a sample?
    pub(crate) fn reads_inputs(&self) -> bool {
        let others = self.ops.iter().flat_map(|op| match op {
            SingleOp::Phases { many, .. } => many.angles(),
            SingleOp::General { source: DenseSource::Shared { angles, .. }, .. } => &angles[..],
            _ => &[],
        });
        let values = self.prepared.iter().flat_map(|prepared| &prepared.1);
        let mut all = self.runs.iter().flat_map(Run::angles).chain(others).chain(values);
        all.any(|angle| angle.weights.iter().any(|&(at, _)| at >= INPUTS))
    }
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
        let stay = within.drain(..within.len().min(WITHIN)).collect();
        groups.push(TurnGroup { across, within: stay, offsets, pivots });
    }
    groups
}

/// Bits of the slot up to which a state is worked on as a whole.
const WHOLE_BITS: usize = 13;
/// Bits of the position in a block.
const BLOCK_BITS: usize = 12;
/// How many of them turns may ask for; the rest keeps neighbouring slots together.
const TURN_BITS: usize = 11;

/// Cuts a layer into blocks: as many turns at a time as move within a part of the state that fits a cache. Moves are
/// vectors over bits, so any turns whose moves span few dimensions will do, wherever in memory they lead.
pub(crate) fn block(turns: &[Turn], bits: usize, lane_bits: usize) -> Vec<TurnBlock> {
    let slot_bits = bits - lane_bits;
    if slot_bits <= WHOLE_BITS {
        let masks = turns.iter().enumerate().map(|(k, turn)| (k, turn.bit.reads >> lane_bits)).collect();
        return vec![TurnBlock { groups: group(turns, lane_bits), masks, ..TurnBlock::default() }];
    }
    let mut rest: Vec<usize> = (0..turns.len()).collect();
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let mut basis: Vec<u32> = Vec::new();
        for &k in &rest {
            if basis.len() < TURN_BITS {
                extend(&mut basis, turns[k].bit.moves >> lane_bits);
            }
        }
        for bit in 0..slot_bits {
            if basis.len() < BLOCK_BITS {
                extend(&mut basis, 1 << bit);
            }
        }
        let basis = echelon(basis);
        let (inside, outside) = rest.iter().partition(|&&k| reduce(&basis, turns[k].bit.moves >> lane_bits) == 0);
        rest = outside;
        blocks.push(one_block(turns, inside, &basis, lane_bits));
    }
    blocks
}

fn one_block(turns: &[Turn], inside: Vec<usize>, basis: &[u32], lane_bits: usize) -> TurnBlock {
    let pivots: Vec<u32> = basis.iter().map(|&vector| 31 - vector.leading_zeros()).collect();
    // In a reduced basis the coordinate of a vector is its bit at the pivot.
    let position =
        |slot: u32| pivots.iter().enumerate().fold(0, |position, (k, &pivot)| position | (slot >> pivot & 1) << k);
    let parity = |a: u32, b: u32| (a & b).count_ones() & 1;
    let read = |reads: u32| basis.iter().enumerate().fold(0, |mask, (k, &vector)| mask | parity(reads, vector) << k);
    let local: Vec<Turn> = inside
        .iter()
        .map(|&k| {
            let Turn { bit, .. } = turns[k];
            let lanes = bit.moves & ((1 << lane_bits) - 1);
            Turn { bit: Bit { moves: position(bit.moves >> lane_bits) << lane_bits | lanes, ..bit }, ..turns[k] }
        })
        .collect();
    let mut groups = group(&local, lane_bits);
    for group in &mut groups {
        group.across.iter_mut().chain(&mut group.within).for_each(|k| *k = inside[*k]);
    }
    let combine = |index: u32| {
        basis.iter().enumerate().filter(|(k, _)| index >> k & 1 == 1).fold(0, |slot, (_, &vector)| slot ^ vector)
    };
    TurnBlock {
        offsets: (0..1 << basis.len()).map(combine).collect(),
        groups,
        masks: inside.iter().map(|&k| (k, read(turns[k].bit.reads >> lane_bits))).collect(),
        pivots,
    }
}

/// Adds what is new in a vector.
fn extend(basis: &mut Vec<u32>, vector: u32) {
    let reduced = reduce(basis, vector);
    if reduced != 0 {
        basis.push(reduced);
    }
}

/// The reduced basis of the same space, leading bits ascending.
fn echelon(mut basis: Vec<u32>) -> Vec<u32> {
    basis.sort_unstable();
    for at in 0..basis.len() {
        let pivot = 31 - basis[at].leading_zeros();
        for other in at + 1..basis.len() {
            if basis[other] >> pivot & 1 == 1 {
                basis[other] ^= basis[at];
            }
        }
    }
    basis
}

/// `vector` without the leading bits of the basis; 0 if it depends on the basis.
fn reduce(basis: &[u32], vector: u32) -> u32 {
    // Each basis vector is reduced by those before it, so going through them once in order of leading bits is enough.
    let mut sorted: Vec<u32> = basis.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.iter().fold(vector, |vector, &b| vector.min(vector ^ b))
}

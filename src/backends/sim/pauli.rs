//! Exponentials of Pauli strings: `exp(-i s θ P)` acts on pairs of amplitudes that P exchanges, whatever the number of its
//! qubits, so `rxx` costs as much as a rotation of one qubit and not as much as a matrix on two.
//!
//! Strings that commute make one step: λ goes back through all of them, and their overlaps are all taken in front of it,
//! where `Im<λ|P|φ>` is the same as at the gate itself.

use super::angle::Affine;
use super::passes::spread;
use super::program::Placement;
use crate::gates::Gate;
use crate::ir::GateOp;

/// A Pauli string with controls: the bits it flips, those that give its sign, and `±i` to the number of its Ys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Masks {
    /// Bits with X or Y.
    pub(crate) flips: u32,
    /// Bits with Y or Z.
    pub(crate) signs: u32,
    /// Number of Ys.
    pub(crate) ys: u32,
    /// Bits it acts under, with the values they must have.
    pub(crate) controls: Vec<(u32, bool)>,
}

impl Masks {
    /// The string that generates a gate, and its coefficient, if it is one string.
    pub(crate) fn of(gate: &GateOp, kind: &Gate) -> Option<(f64, Self)> {
        let &[(scale, letters)] = kind.generator else { return None };
        let mut out = Self { flips: 0, signs: 0, ys: 0, controls: gate.controls().collect() };
        for (letter, &qubit) in letters.bytes().zip(gate.targets()) {
            if matches!(letter, b'X' | b'Y') {
                out.flips |= 1 << qubit;
            }
            if matches!(letter, b'Y' | b'Z') {
                out.signs |= 1 << qubit;
            }
            out.ys += u32::from(letter == b'Y');
        }
        Some((scale, out))
    }

    /// Do the exponentials commute? The controls of one must not be flipped by the other.
    pub(crate) fn commutes(&self, other: &Self) -> bool {
        let kept = |a: &Self, b: &Self| a.controls.iter().all(|&(qubit, _)| b.flips >> qubit & 1 == 0);
        let anti = (self.flips & other.signs).count_ones() + (self.signs & other.flips).count_ones();
        anti.is_multiple_of(2) && kept(self, other) && kept(other, self)
    }

    /// Is `-i P` real, so that the exponential rotates?
    pub(crate) fn is_real(&self) -> bool {
        self.ys % 2 == 1
    }

    /// Is the coefficient of a pair negative? `state` is its less significant one.
    fn negative(&self, state: u32) -> bool {
        (self.ys % 4 >= 2) != ((state & self.signs).count_ones() % 2 == 1)
    }

    fn fires(&self, state: u32) -> bool {
        self.controls.iter().all(|&(qubit, value)| (state >> qubit & 1 == 1) == value)
    }
}

/// Where the angle of an exponential comes from.
#[derive(Clone, Debug)]
pub(crate) enum TurnAngle {
    /// All samples share it.
    Shared(Affine),
    /// An index into `lane_angles`.
    Lane(usize),
}

/// `exp(-i scale θ P)`.
#[derive(Clone, Debug)]
pub(crate) struct PauliTurn {
    pub(crate) masks: Masks,
    pub(crate) scale: f64,
    pub(crate) angle: TurnAngle,
}

/// Exponentials that commute, in one step.
#[derive(Debug)]
pub(crate) struct Paulis {
    pub(crate) placement: Placement,
    pub(crate) turns: Vec<PauliTurn>,
    /// Up to three at a time, to apply them.
    pub(crate) passes: Vec<PauliPass>,
    /// Up to two at a time, to take overlaps.
    pub(crate) overlaps: Vec<PauliPass>,
}

/// Some of the exponentials, done on groups of `2^turns` slots.
#[derive(Debug)]
pub(crate) struct PauliPass {
    pub(crate) turns: Vec<usize>,
    /// Does every slot belong to a group?
    pub(crate) whole: bool,
    pub(crate) groups: Vec<u32>,
    /// Per group: bit `k 2^(turns - 1) + j` says that pair `j` of turn `k` has a negative coefficient.
    pub(crate) signs: Vec<u16>,
}

impl Paulis {
    pub(crate) fn new(placement: Placement) -> Self {
        Self { placement, turns: Vec::new(), passes: Vec::new(), overlaps: Vec::new() }
    }

    /// Makes the passes once all turns are there.
    pub(crate) fn plan(&mut self, n: usize) {
        self.passes = self.cut(n, 3);
        self.overlaps = self.cut(n, 2);
    }

    fn cut(&self, n: usize, most: usize) -> Vec<PauliPass> {
        let mut rest: Vec<usize> = (0..self.turns.len()).collect();
        let mut out = Vec::new();
        while let Some(&first) = rest.first() {
            let alone = !self.turns[first].masks.controls.is_empty();
            let mut span = vec![0];
            let mut turns = Vec::new();
            rest.retain(|&at| {
                let masks = &self.turns[at].masks;
                let joins = turns.is_empty() || !alone && masks.controls.is_empty();
                let takes = joins && turns.len() < most && !span.contains(&masks.flips);
                if takes {
                    turns.push(at);
                    span.extend(span.clone().into_iter().map(|x| x ^ masks.flips));
                }
                !takes
            });
            out.push(self.pass(n, turns));
        }
        out
    }

    fn pass(&self, n: usize, turns: Vec<usize>) -> PauliPass {
        let masks: Vec<&Masks> = turns.iter().map(|&at| &self.turns[at].masks).collect();
        let moves: Vec<u32> = masks.iter().map(|masks| masks.flips).collect();
        let dim = 1usize << turns.len();
        let mut seen = vec![false; 1 << n];
        let (mut groups, mut signs) = (Vec::with_capacity(1 << n), Vec::new());
        for base in 0..1u32 << n {
            if seen[base as usize] || !masks[0].fires(base) {
                continue;
            }
            let states = (0..dim).map(|index| base ^ spread(index, &moves));
            states.clone().for_each(|state| seen[state as usize] = true);
            groups.extend(states.map(|state| self.placement.slot_of[state as usize]));
            let pairs = |k: usize| (0..dim).filter(move |low| low >> k & 1 == 0).enumerate();
            signs.push(masks.iter().enumerate().fold(0, |bits, (k, masks)| {
                let bit = |(j, low)| u16::from(masks.negative(base ^ spread(low, &moves))) << (k * dim / 2 + j);
                bits | pairs(k).map(bit).fold(0, |a, b| a | b)
            }));
        }
        let whole = masks.iter().all(|masks| masks.controls.is_empty());
        PauliPass { turns, whole, groups, signs }
    }
}

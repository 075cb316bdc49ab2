//! Matrices laid out over lanes and parities of slots, as the kernels of one state read them.

use super::kernels::Laid;
use super::plan::{Bit, Turn};
use crate::backends::Real;
use crate::backends::sim::qubit::C2;
use crate::math::C64;

/// Lanes in the order of their partners.
pub(crate) fn lane_order<T: Real>(moves: u32) -> Vec<u32> {
    (0..T::LANES as u32).map(|lane| lane ^ moves & (T::LANES as u32 - 1)).collect()
}

/// Bits of a place that are its lane.
pub(crate) fn lane_bits<T: Real>() -> usize {
    T::LANES.trailing_zeros() as usize
}

/// Room for the matrix of a turn.
pub(crate) fn blank<T: Real>(turn: &Turn) -> Laid<T> {
    Laid {
        factors: vec![T::zero(); 8 * T::LANES],
        slot_mask: turn.bit.reads >> lane_bits::<T>(),
        mask: turn.bit.reads >> lane_bits::<T>(),
        order: lane_order::<T>(turn.bit.moves),
        crosses: turn.bit.moves & (T::LANES as u32 - 1) != 0,
        signed: turn.string,
    }
}

/// Lays the matrix of a turn out.
pub(crate) fn lay<T: Real>(laid: &mut Laid<T>, bit: &Bit, matrix: &C2) {
    for parity in 0..2 {
        for lane in 0..T::LANES {
            let value = usize::from((parity == 1) != bit.at(lane as u32));
            let own = matrix.0[3 * value];
            let partner = matrix.0[1 + value];
            for (k, number) in [own.re, own.im, partner.re, partner.im].into_iter().enumerate() {
                laid.factors[(parity * 4 + k) * T::LANES + lane] = T::of(number);
            }
        }
    }
}

/// A matrix on several bits: targets (the least significant bits of a class), then controls.
#[derive(Clone, Debug)]
pub(crate) struct Wide<T> {
    /// How slot and lanes change when the targets of index `m` flip.
    pub(crate) moves: Vec<(u32, Vec<u32>)>,
    /// Bits of the slot whose parity is bit `k` of the class.
    pub(crate) masks: Vec<u32>,
    /// What a lane adds to the class of its slot.
    pub(crate) lane_class: Vec<usize>,
    /// `[move][class of the slot][re|im][lane]`
    pub(crate) factors: Vec<T>,
}

impl<T: Real> Wide<T> {
    /// Room for a matrix that moves along `targets` and depends on `bits`.
    pub(crate) fn new(targets: &[Bit], bits: &[Bit]) -> Self {
        let lane_bits = lane_bits::<T>();
        let moves = (0..1usize << targets.len())
            .map(|m| {
                let all = targets.iter().enumerate().filter(|(k, _)| m >> k & 1 == 1);
                let place = all.fold(0, |place, (_, bit)| place ^ bit.moves);
                (place >> lane_bits, lane_order::<T>(place))
            })
            .collect();
        let class =
            |lane: u32| bits.iter().enumerate().fold(0, |class, (k, bit)| class | usize::from(bit.at(lane)) << k);
        let len = (2 * T::LANES) << (targets.len() + bits.len());
        Self {
            moves,
            masks: bits.iter().map(|bit| bit.reads >> lane_bits).collect(),
            lane_class: (0..T::LANES as u32).map(class).collect(),
            factors: vec![T::zero(); len],
        }
    }

    /// Sets the factor of every move and class.
    pub(crate) fn fill(&mut self, factor: impl Fn(usize, usize) -> C64) {
        let classes = 1 << self.masks.len();
        for m in 0..self.moves.len() {
            for slot_class in 0..classes {
                for lane in 0..T::LANES {
                    let z = factor(m, slot_class ^ self.lane_class[lane]);
                    let at = (m * classes + slot_class) * 2 * T::LANES + lane;
                    self.factors[at] = T::of(z.re);
                    self.factors[at + T::LANES] = T::of(z.im);
                }
            }
        }
    }

    /// Calls `f(move, class, Σ)` with sums kept per lane in the layout of the factors.
    pub(crate) fn each(&self, sums: &[f64], mut f: impl FnMut(usize, usize, C64)) {
        let classes = 1 << self.masks.len();
        for m in 0..self.moves.len() {
            for slot_class in 0..classes {
                for lane in 0..T::LANES {
                    let at = (m * classes + slot_class) * 2 * T::LANES + lane;
                    f(m, slot_class ^ self.lane_class[lane], C64::new(sums[at], sums[at + T::LANES]));
                }
            }
        }
    }
}

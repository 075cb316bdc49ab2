//! Groups of slots that kernels work on.

use super::program::{Block, Pass, Placement};

/// The inverse of a permutation.
pub(crate) fn inverse(permutation: &[u32]) -> Vec<u32> {
    let mut out = vec![0; permutation.len()];
    for (from, &to) in (0u32..).zip(permutation) {
        out[to as usize] = from;
    }
    out
}

/// The sum of the moves that the bits of `index` name.
pub(crate) fn spread(index: usize, moves: &[u32]) -> u32 {
    moves.iter().enumerate().filter(|(k, _)| index >> k & 1 == 1).fold(0, |sum, (_, &by)| sum ^ by)
}

/// The bits of a basis state on some qubits, `qubits[0]` least significant.
pub(crate) fn class(state: u32, qubits: &[usize]) -> usize {
    qubits.iter().enumerate().fold(0, |class, (k, &qubit)| class | ((state >> qubit & 1) as usize) << k)
}

/// For every setting of the other qubits (ascending) for which the controls fire: the slots of all settings of
/// `targets`, target 0 least significant.
pub(crate) fn groups(n: usize, placement: &Placement, targets: &[usize], controls: &[(u32, bool)]) -> Vec<u32> {
    let mask = targets.iter().fold(0u32, |mask, &target| mask | 1 << target);
    let fires = |state: &u32| controls.iter().all(|&(qubit, value)| (state >> qubit & 1 == 1) == value);
    let spread =
        |class: usize| targets.iter().enumerate().fold(0u32, |bits, (k, &q)| bits | ((class >> k & 1) as u32) << q);
    let spreads: Vec<u32> = (0..1 << targets.len()).map(spread).collect();
    let mut out = Vec::with_capacity((1 << n) >> controls.len());
    for base in (0..1u32 << n).filter(|state| state & mask == 0).filter(fires) {
        out.extend(spreads.iter().map(|bits| placement.slot_of[(base | bits) as usize]));
    }
    out
}

/// Groups the rotations of a block: threes to apply them, pairs to take overlaps.
pub(crate) fn plan(n: usize, block: &mut Block) {
    let passes = |size: usize| -> Vec<Pass> {
        let mut first = 0;
        block
            .rotations
            .chunks(size)
            .map(|chunk| {
                let targets: Vec<usize> = chunk.iter().map(|rotation| rotation.0).collect();
                let pass = Pass { first, count: chunk.len(), groups: groups(n, &block.placement, &targets, &[]) };
                first += chunk.len();
                pass
            })
            .collect()
    };
    (block.passes, block.overlaps) = (passes(3), passes(2));
}

//! What is left: constant unitaries on three and more qubits, one pair of amplitudes after another.
//!
//! Such gates come of fractional powers and imported definitions; nobody designs ansatzes of them, so this is short, not thrifty.

use super::{Unroller, constant, single};
use crate::ir::{Angle, Operation};
use crate::math::{C64, Matrix};

impl Unroller<'_> {
    /// A constant unitary on any targets where all controls are |1>, by rotations of two amplitudes each.
    pub(super) fn wide(&mut self, controls: &[u32], operation: &Operation, targets: &[u32]) {
        let Some(mut rest) = constant(operation) else { return };
        let dim = rest.dim();
        // Rotations from the left bring the matrix to a diagonal; their inverses in reverse order make it.
        let mut rotations: Vec<(usize, usize, [C64; 4])> = Vec::new();
        for column in 0..dim {
            for row in (column + 1..dim).rev() {
                let (a, b) = (rest[(column, column)], rest[(row, column)]);
                let norm = (a.norm_sqr() + b.norm_sqr()).sqrt();
                if b.norm() < 1e-14 {
                    continue;
                }
                let rotation = [a.conj() / norm, b.conj() / norm, -b / norm, a / norm];
                rotate(&mut rest, column, row, &rotation);
                rotations.push((column, row, crate::math::turn::dagger(&rotation)));
            }
        }
        for state in 0..dim {
            self.state_phase(controls, targets, state, rest[(state, state)].arg());
        }
        for (low, high, rotation) in rotations.into_iter().rev() {
            self.two_states(controls, targets, (low, high), &rotation);
        }
    }

    /// `e^(i angle)` on one basis state of the targets.
    fn state_phase(&mut self, controls: &[u32], targets: &[u32], state: usize, angle: f64) {
        if angle.abs() < 1e-14 {
            return;
        }
        let all: Vec<u32> = controls.iter().chain(targets).copied().collect();
        self.masked(targets, state, usize::MAX, |this| this.phase(&all, &Angle::constant(angle)));
    }

    /// Runs `inner` between `x` on the targets whose bit of `state` is 0 and whose bit of `mask` is 1.
    fn masked(&mut self, targets: &[u32], state: usize, mask: usize, inner: impl FnOnce(&mut Self)) {
        let zeros: Vec<u32> =
            (0..targets.len()).filter(|k| state >> k & 1 == 0 && mask >> k & 1 == 1).map(|k| targets[k]).collect();
        zeros.iter().for_each(|&qubit| self.flip(&[], qubit));
        inner(self);
        zeros.iter().for_each(|&qubit| self.flip(&[], qubit));
    }

    /// A unitary on the amplitudes of two basis states; `low` is the first row.
    fn two_states(&mut self, controls: &[u32], targets: &[u32], (low, high): (usize, usize), unitary: &[C64; 4]) {
        let different: Vec<usize> = (0..targets.len()).filter(|k| (low ^ high) >> k & 1 == 1).collect();
        let Some((&pivot, others)) = different.split_first() else { return };
        // Where the pivot is as in `high`, flip the other bits that differ, so that the states differ in the pivot alone.
        let moves = |this: &mut Self| {
            let bit = high >> pivot & 1;
            this.masked(targets, bit << pivot, 1 << pivot, |this| {
                others.iter().for_each(|&k| this.flip(&[targets[pivot]], targets[k]));
            });
        };
        moves(self);
        let [a, b, c, d] = *unitary;
        let ordered = if low >> pivot & 1 == 0 { [a, b, c, d] } else { [d, c, b, a] };
        let gate = single::of_matrix(&ordered);
        let all: Vec<u32> =
            controls.iter().copied().chain((0..targets.len()).filter(|&k| k != pivot).map(|k| targets[k])).collect();
        let mask = usize::MAX ^ 1 << pivot;
        self.masked(targets, low, mask, |this| this.controlled(&all, &gate, targets[pivot]));
        moves(self);
    }
}

/// Multiplies rows `low` and `high` by a unitary from the left.
fn rotate(m: &mut Matrix, low: usize, high: usize, u: &[C64; 4]) {
    for column in 0..m.dim() {
        let (a, b) = (m[(low, column)], m[(high, column)]);
        m[(low, column)] = u[0] * a + u[1] * b;
        m[(high, column)] = u[2] * a + u[3] * b;
    }
}

//! States with real amplitudes from |0…0⟩: a tree of rotations, each under the qubits above it.
//!
//! Source: Möttönen et al., quant-ph/0407010.

use super::Unroller;
use crate::ir::Angle;

impl Unroller<'_> {
    /// Sets qubits to the state with these amplitudes, normalised; `qubits[0]` is least significant. A zero vector sets nothing.
    pub(super) fn prepare(&mut self, qubits: &[u32], amplitudes: &[f64]) {
        // Norms of ever longer blocks, shortest last; the shortest keep their sign.
        let mut levels = vec![amplitudes.to_vec()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let norms = level.chunks(2).map(|pair| pair.iter().map(|x| x * x).sum::<f64>().sqrt()).collect();
            levels.push(norms);
        }
        for (at, level) in levels.iter().enumerate().rev().skip(1) {
            let angles: Vec<f64> = level.chunks(2).map(|pair| 2.0 * pair[1].atan2(pair[0])).collect();
            self.multiplexed(&qubits[at + 1..], qubits[at], &angles);
        }
    }

    /// `ry` of the target by one of several angles, picked by the controls, the first of which is least significant.
    fn multiplexed(&mut self, controls: &[u32], target: u32, angles: &[f64]) {
        let n = angles.len();
        for step in 0..n {
            let gray = step ^ step >> 1;
            let sign = |at: usize| if (at & gray).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
            let angle: f64 = angles.iter().enumerate().map(|(at, angle)| sign(at) * angle).sum::<f64>() / n as f64;
            self.ry(target, &Angle::constant(angle));
            if n > 1 {
                let next = (step + 1) % n;
                let changed = (gray ^ next ^ next >> 1).trailing_zeros() as usize;
                self.cx(controls[changed], target);
            }
        }
    }
}

//! Of which steps and angles it is not yet known that they have an effect.

use super::Walk;
use crate::ir::{QuantumOp, Region};
use crate::passes::effect::types::Types;

/// What is open.
pub(super) struct Open {
    /// Per step, whether it is itself, and which of its angles are.
    steps: Vec<(bool, Vec<bool>)>,
    left: usize,
    /// Nothing before this step is.
    first: usize,
}

impl Open {
    /// All that has to be shown; `None` if there is a global phase, which can go, whatever else there is.
    pub(super) fn new(region: &Region) -> Option<Self> {
        let step = |op: &QuantumOp| match op {
            QuantumOp::Gate(gate) if gate.qubits.is_empty() => None,
            QuantumOp::Barrier { .. } => Some((false, Vec::new())),
            _ => Some((true, op.angles().iter().map(|angle| angle.as_constant().is_none()).collect())),
        };
        let steps: Vec<(bool, Vec<bool>)> = region.ops.iter().map(step).collect::<Option<_>>()?;
        let left = (0..steps.len()).map(|at| count(&steps[at])).sum();
        Some(Self { steps, left, first: 0 })
    }

    /// How many steps and angles.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn step(&self, at: usize) -> bool {
        self.steps[at].0
    }

    pub(super) fn angle(&self, at: usize, angle: usize) -> bool {
        self.steps[at].1[angle]
    }

    /// How many angles a step has.
    pub(super) fn angles(&self, at: usize) -> usize {
        self.steps[at].1.len()
    }

    /// Is the step open, or one of its angles?
    pub(super) fn any(&self, at: usize) -> bool {
        count(&self.steps[at]) > 0
    }

    /// The first step of which something is open.
    pub(super) fn first(&mut self) -> usize {
        while self.first < self.steps.len() && !self.any(self.first) {
            self.first += 1;
        }
        self.first
    }

    pub(super) fn close_step(&mut self, at: usize) {
        self.left -= usize::from(std::mem::take(&mut self.steps[at].0));
    }

    pub(super) fn close_angle(&mut self, at: usize, angle: usize) {
        self.left -= usize::from(std::mem::take(&mut self.steps[at].1[angle]));
    }

    pub(super) fn close(&mut self, at: usize) {
        self.close_step(at);
        (0..self.angles(at)).for_each(|angle| self.close_angle(at, angle));
    }

    /// Closes the steps and angles that commute with everything the types of the read-outs allow; says at which steps there were some.
    pub(super) fn close_idle(&mut self, walk: &Walk<'_, 1>) -> Vec<bool> {
        let region = walk.region;
        let mut types = Types::of_readouts(region);
        let mut out = vec![false; region.ops.len()];
        for at in (0..region.ops.len()).rev() {
            let (idle, live) = match &region.ops[at] {
                QuantumOp::Gate(gate) if types.touch(&gate.qubits) => {
                    let step = types.back(gate, walk.tables.of_op[at].as_deref());
                    (step.fixed, step.live_params)
                }
                QuantumOp::Prepare { qubits, .. } if types.touch(qubits) => {
                    types.clear(qubits);
                    (false, u32::MAX)
                }
                _ => (true, 0),
            };
            let before = self.left;
            if idle {
                self.close_step(at);
            }
            (0..self.angles(at).min(32)).filter(|k| live >> k & 1 == 0).for_each(|k| self.close_angle(at, k));
            out[at] = self.left < before;
        }
        out
    }
}

fn count((step, angles): &(bool, Vec<bool>)) -> usize {
    usize::from(*step) + angles.iter().filter(|open| **open).count()
}

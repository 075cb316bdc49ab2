//! Depth of a region: the longest chain of steps that wait for each other, as written.
//!
//! Every step starts as soon as its qubits are free. A gate is one step whatever its size, `prepare` is one step on its
//! qubits, a barrier is none but makes its qubits wait for each other, a global phase touches nothing. Read-outs are no steps.

use super::{QuantumOp, Region};

impl Region {
    /// The number of layers.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.layers().into_iter().flatten().map(|layer| layer + 1).max().unwrap_or(0)
    }

    /// The number of layers if only steps on two or more qubits took time.
    #[must_use]
    pub fn two_qubit_depth(&self) -> usize {
        let layers = self.schedule(|op| op.qubits().len() >= 2);
        layers.into_iter().flatten().map(|layer| layer + 1).max().unwrap_or(0)
    }

    /// For every step the layer it runs in, from 0, as early as possible; `None` for barriers and global phases.
    #[must_use]
    pub fn layers(&self) -> Vec<Option<usize>> {
        self.schedule(|op| !op.qubits().is_empty())
    }

    fn schedule(&self, takes_time: impl Fn(&QuantumOp) -> bool) -> Vec<Option<usize>> {
        let mut free = vec![0; self.n_qubits as usize];
        let mut layers = Vec::with_capacity(self.ops.len());
        for op in &self.ops {
            let start = op.qubits().iter().map(|&qubit| free[qubit as usize]).max().unwrap_or(0);
            let barrier = matches!(op, QuantumOp::Barrier { .. });
            let timed = !barrier && takes_time(op);
            if timed || barrier {
                for &qubit in op.qubits() {
                    free[qubit as usize] = start + usize::from(timed);
                }
            }
            layers.push(timed.then_some(start));
        }
        layers
    }
}

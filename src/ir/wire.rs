//! Wires: which steps a qubit passes through.

use super::Region;

impl Region {
    /// For every qubit the positions in `ops` of the steps that touch it, ascending: the edges of the circuit as a graph.
    #[must_use]
    pub fn wires(&self) -> Vec<Vec<usize>> {
        let mut wires = vec![Vec::new(); self.n_qubits as usize];
        for (at, op) in self.ops.iter().enumerate() {
            for &qubit in op.qubits() {
                if let Some(wire) = wires.get_mut(qubit as usize) {
                    wire.push(at);
                }
            }
        }
        wires
    }
}

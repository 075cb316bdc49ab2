//! The count of subcircuits that QNAS minimises, for comparison.

use crate::ir::{QuantumOp, Region, Variable};
use std::collections::BTreeSet;

/// Groups of at most `budget` qubits that one pass over the steps in printed order closes: a group ends as soon as the next
/// gate would make it too wide. Steps that read data and `prepare` are left out, as in the published code
/// (`utils/cutter.py`, arXiv:2604.07013).
#[must_use]
pub fn segments(region: &Region, budget: usize) -> usize {
    let mut count = 0;
    let mut group: BTreeSet<u32> = BTreeSet::new();
    for op in &region.ops {
        let QuantumOp::Gate(gate) = op else { continue };
        let reads = |angle: &crate::ir::Angle| angle.terms().iter().any(|term| matches!(term.0, Variable::Input(_)));
        if gate.qubits.is_empty() || gate.params().iter().any(reads) {
            continue;
        }
        let wider: BTreeSet<u32> = group.iter().chain(&gate.qubits).copied().collect();
        if count == 0 || wider.len() > budget {
            count += 1;
            group = gate.qubits.iter().copied().collect();
        } else {
            group = wider;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{GateOp, Operation};

    fn gate(name: &str, qubits: &[u32]) -> QuantumOp {
        let gate = crate::gates::find(name).unwrap();
        let params = vec![crate::ir::Angle::constant(0.1); gate.params.len()];
        QuantumOp::Gate(GateOp {
            operation: Operation::Gate { gate, params },
            extra_controls: Vec::new(),
            qubits: qubits.to_vec(),
            path: "".into(),
            span: Default::default(),
        })
    }

    /// The circuit of QNAS: three rotations a qubit, then `cx` from the qubits that a mode picks by their one-based number.
    fn qnas(n: u32, depth: usize, range: u32, mode: &str) -> Region {
        let mut region = Region { n_qubits: n, ..Region::default() };
        for _ in 0..depth {
            for q in 0..n {
                region.ops.extend(["rx", "ry", "rz"].map(|name| gate(name, &[q])));
            }
            for q in 0..n {
                let taken = match mode {
                    "all" => true,
                    "odd" => (q + 1) % 2 == 1,
                    "even" => (q + 1) % 2 == 0,
                    _ => false,
                };
                if taken {
                    region.ops.push(gate("cx", &[q, (q + range) % n]));
                }
            }
        }
        region
    }

    #[test]
    fn counts_are_those_of_the_published_code() {
        let table: [(u32, usize, [[usize; 3]; 4]); 4] = [
            (8, 1, [[2, 2, 2], [4, 3, 4], [4, 3, 4], [5, 6, 6]]),
            (8, 2, [[4, 4, 4], [8, 6, 8], [8, 6, 8], [10, 12, 12]]),
            (5, 2, [[3, 3, 3], [6, 4, 4], [4, 4, 3], [6, 7, 7]]),
            (4, 2, [[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]),
        ];
        for (n, depth, rows) in table {
            for (mode, row) in ["none", "odd", "even", "all"].into_iter().zip(rows) {
                for (range, expected) in (1..).zip(row) {
                    assert_eq!(segments(&qnas(n, depth, range, mode), 4), expected, "{n} {depth} {mode} {range}");
                }
            }
        }
        assert_eq!(segments(&qnas(8, 4, 2, "all"), 4), 24);
    }
}

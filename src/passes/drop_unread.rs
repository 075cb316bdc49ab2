//! `drop-unread`: gates that commute with everything that will be measured go, such as diagonal gates before a measurement.

use super::effect::table::Tables;
use super::effect::types::Types;
use super::{Changed, PassContext, declare_pass};
use crate::ir::{QuantumOp, Region};

declare_pass! {
    /// Removes gates that commute with every Pauli the read-outs can have on their qubits: `rz` and `cz` before `<Z>`
    /// or probabilities, `rx` before `<X>`, also further back as long as the Paulis stay of one type.
    ///
    /// One sweep from the end with a set of Paulis per qubit; what that is too coarse for is left to `drop-no-effect`.
    pub DropUnread = ("drop-unread", "removes gates that commute with what is measured", ""); Observables, drop_unread
}

fn drop_unread(region: &mut Region, _: &PassContext) -> Changed {
    let tables = Tables::new(region);
    let mut types = Types::of_readouts(region);
    let mut keep = vec![true; region.ops.len()];
    for (at, op) in region.ops.iter().enumerate().rev() {
        match op {
            QuantumOp::Gate(gate) if !gate.qubits.is_empty() => {
                keep[at] = !types.back(gate, tables.of_op[at].as_deref()).fixed;
            }
            QuantumOp::Prepare { qubits, .. } => types.clear(qubits),
            _ => {}
        }
    }
    let before = region.ops.len();
    let mut keep = keep.into_iter();
    region.ops.retain(|_| keep.next().unwrap_or(true));
    Changed::when(region.ops.len() != before)
}

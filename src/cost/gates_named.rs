//! `gates.<name>`: gates of one kind.

use super::{Share, counted};
use crate::ir::QuantumOp;

metric! {
    /// How often one gate occurs, as written: `gates.cx`, `gates.rz`. Gates with extra controls are of another kind (`ctrl @ rz`
    /// is no `rz`) and count in `gates` alone. `gates.prepare` counts `prepare` statements.
    pub GATES_NAMED = ("gates.<name>", "gates of one kind", "");
    unit: "gates",
    additive: true,
    takes_gate: true,
    per_step: Some(|op, name| {
        Share::number(i64::from(match op {
            QuantumOp::Gate(gate) => gate.full_name() == name,
            QuantumOp::Prepare { .. } => name == "prepare",
            QuantumOp::Barrier { .. } => false,
        }))
    }),
    evaluate: |graph, name| {
        counted(graph, |counts| match name {
            "prepare" => counts.prepares,
            _ => counts.by_name.get(name).copied().unwrap_or(0),
        })
    },
}

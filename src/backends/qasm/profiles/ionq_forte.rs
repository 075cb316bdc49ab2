//! `ionq_forte`: the native gates of IonQ's Forte machines, angles in turns.

use super::ionq::{one, turns, words};
use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, Spelled, profile};
use crate::ir::GateOp;
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the native gates of IonQ's Forte machines: `gpi`, `gpi2`, `zz`, arguments in turns. Forte refuses the `ms`
    /// of Aria. The file defines the three gates.
    pub IONQ_FORTE = ("ionq_forte", "IonQ Forte: gpi, gpi2, zz in turns", "IonQ, Getting started with native gates");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "",
    modifiers: false,
    physical: false,
    machine: Some(Machine {
        one: OneQubit::HalfR,
        two: TwoQubit::Rzz,
        spell,
        words: words!("gate zz(p0) a, b { cx a, b; rz(2*pi*p0) b; cx a, b; }"),
    }),
}

fn spell(op: &GateOp) -> Option<Spelled> {
    match op.name() {
        "r" => one(op),
        _ => Some(Spelled { name: "zz", params: vec![turns(op.params().first()?)] }),
    }
}

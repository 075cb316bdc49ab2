//! `quantinuum`: the native gates of Quantinuum's machines.

use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, Spelled, profile};
use crate::ir::GateOp;
use crate::qasm::Version;

profile! {
    /// OpenQASM 2 with `hqslib1.inc`, the library of Quantinuum's H series: `U1q(theta, phi)`, `rz`, `RZZ(theta)` on any pair.
    pub QUANTINUUM = ("quantinuum", "Quantinuum H series: U1q, rz, RZZ", "Quantinuum, H-Series product data sheet");
    version: Version::Two,
    include: Some("hqslib1.inc"),
    gates: "r=U1q rz rzz=RZZ",
    modifiers: false,
    physical: false,
    machine: Some(Machine { one: OneQubit::RRz, two: TwoQubit::Rzz, spell, words: "" }),
}

fn spell(op: &GateOp) -> Option<Spelled> {
    Some(Spelled { name: QUANTINUUM.name_of(op.name())?, params: op.params().to_vec() })
}

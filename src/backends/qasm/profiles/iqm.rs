//! `iqm`: the native gates of IQM's machines.

use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, Spelled, profile};
use crate::ir::GateOp;
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the native gates of IQM's machines: `prx(theta, phi)` and `cz`. The file defines `prx`.
    pub IQM = ("iqm", "IQM: prx, cz", "IQM, native operations");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "cz",
    modifiers: false,
    physical: false,
    machine: Some(Machine {
        one: OneQubit::R,
        two: TwoQubit::Cz,
        spell,
        words: "gate prx(p0, p1) a { rz(-p1) a; rx(p0) a; rz(p1) a; }",
    }),
}

fn spell(op: &GateOp) -> Option<Spelled> {
    let name = if op.name() == "r" { "prx" } else { "cz" };
    Some(Spelled { name, params: op.params().to_vec() })
}

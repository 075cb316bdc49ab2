//! `ibm`: the instruction set of IBM's Heron machines.

use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, Spelled, profile};
use crate::ir::GateOp;
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the native gates of IBM's Heron and Nighthawk processors: `rz`, `sx`, `x`, `cz` on physical qubits. The
    /// qubits of the circuit are `$0`, `$1`, .. in order; whether the machine connects them is the business of a layout.
    pub IBM = ("ibm", "IBM Heron: rz, sx, x, cz on physical qubits", "IBM Quantum, instruction set architecture circuits");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "rz sx x cz",
    modifiers: false,
    physical: true,
    machine: Some(Machine { one: OneQubit::RzSx, two: TwoQubit::Cz, spell: as_they_are, words: "" }),
}

/// The catalogue's own names.
pub(super) fn as_they_are(op: &GateOp) -> Option<Spelled> {
    Some(Spelled { name: op.name(), params: op.params().to_vec() })
}

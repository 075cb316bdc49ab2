//! `ibm_eagle`: the instruction set of IBM's Eagle machines.

use super::ibm::as_they_are;
use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, profile};
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the native gates of IBM's Eagle processors: `rz`, `sx`, `x`, `ecr` on physical qubits. `ecr`, which
    /// `stdgates.inc` lacks, is defined in the file.
    pub IBM_EAGLE = ("ibm_eagle", "IBM Eagle: rz, sx, x, ecr on physical qubits", "IBM Quantum, instruction set architecture circuits");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "rz sx x",
    modifiers: false,
    physical: true,
    machine: Some(Machine {
        one: OneQubit::RzSx,
        two: TwoQubit::Ecr,
        spell: as_they_are,
        words: "gate ecr a, b { h b; cx a, b; p(pi/4) b; cx a, b; h b; x a; h b; cx a, b; p(-pi/4) b; cx a, b; h b; }",
    }),
}

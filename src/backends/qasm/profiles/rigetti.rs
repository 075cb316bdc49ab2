//! `rigetti`: the native gates of Rigetti's Ankaa machines.

use super::ibm::as_they_are;
use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, profile};
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the native gates of Rigetti's Ankaa processors: `rx` by multiples of pi/2, `rz`, `iswap`. The file defines
    /// `iswap`, which `stdgates.inc` lacks.
    pub RIGETTI = ("rigetti", "Rigetti Ankaa: rx(pi/2), rz, iswap", "Rigetti, Ankaa-3; MQT Bench, targets/devices/rigetti.py");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "rx rz",
    modifiers: false,
    physical: false,
    machine: Some(Machine {
        one: OneQubit::RzRx,
        two: TwoQubit::Iswap,
        spell: as_they_are,
        words: "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
    }),
}

//! `qasm3`: OpenQASM 3 with its standard library.

use crate::backends::qasm::profile::profile;
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 with the 32 gates of `stdgates.inc`; all others are defined in the file. Controls are written as `ctrl @` and
    /// `negctrl @`. Weights and data may stay open as `input float[64]`.
    pub QASM3 = ("qasm3", "OpenQASM 3 with stdgates.inc", "OpenQASM 3, examples/stdgates.inc");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu id u1 u=U u3=U cu1=cp",
    modifiers: true,
    physical: false,
    machine: None,
}

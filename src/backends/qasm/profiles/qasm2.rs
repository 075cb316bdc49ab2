//! `qasm2`: OpenQASM 2 as its paper has it.

use crate::backends::qasm::profile::profile;
use crate::qasm::Version;

profile! {
    /// OpenQASM 2 with the 23 gates of the `qelib1.inc` of the 2017 paper, which every reader has. All other gates are defined
    /// in the file. `cu3` is not taken from the library, where its phase differs from one version to the next. Angles are
    /// numbers: the version has no parameters.
    pub QASM2 = ("qasm2", "OpenQASM 2 with the library of its paper", "arXiv:1707.03429");
    version: Version::Two,
    include: Some("qelib1.inc"),
    gates: "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 p=u1 u=u3 cp=cu1",
    modifiers: false,
    physical: false,
    machine: None,
}

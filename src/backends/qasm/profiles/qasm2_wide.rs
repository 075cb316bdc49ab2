//! `qasm2_wide`: OpenQASM 2 with Qiskit's library.

use crate::backends::qasm::profile::profile;
use crate::qasm::Version;

profile! {
    /// OpenQASM 2 with the 42 gates of the `qelib1.inc` that comes with Qiskit. Readers that have the library of the paper
    /// alone refuse such files; Qiskit itself reads them with `QuantumCircuit.from_qasm_str`.
    pub QASM2_WIDE = ("qasm2_wide", "OpenQASM 2 with Qiskit's wider library", "Qiskit, qiskit/qasm/libs/qelib1.inc");
    version: Version::Two,
    include: Some("qelib1.inc"),
    gates: "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3 u p sx sxdg swap cswap crx cry cp csx cu \
            rxx rzz",
    modifiers: false,
    physical: false,
    machine: None,
}

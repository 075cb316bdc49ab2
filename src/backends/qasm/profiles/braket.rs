//! `braket`: OpenQASM 3 as Amazon Braket reads it.

use crate::backends::qasm::profile::profile;
use crate::qasm::Version;

profile! {
    /// OpenQASM 3 for Amazon Braket: no include, the gates are built in under names of their own (`cnot`, `v`, `phaseshift`).
    /// Our reader takes such a file with `--lenient`.
    pub BRAKET = ("braket", "OpenQASM 3 with Amazon Braket's built-in gates", "Amazon Braket, OpenQASM 3.0 support");
    version: Version::Three,
    include: None,
    gates: "id=i h x y z s sdg=si t tdg=ti sx=v sxdg=vi rx ry rz p=phaseshift u1=phaseshift r=prx cx=cnot cy cz csx=cv \
            cp=cphaseshift cu1=cphaseshift swap iswap ecr rxx=xx ryy=yy rzz=zz ccx=ccnot cswap u=U u3=U",
    modifiers: true,
    physical: false,
    machine: None,
}

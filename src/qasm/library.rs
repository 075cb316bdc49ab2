//! The gate libraries that programs include, as tables: which names each file gives, and what the names mean here.
//!
//! `qelib1.inc` exists in three versions of one name: that of the 2017 paper (23 gates, arXiv:1707.03429), that of
//! QASMBench (35) and that of Qiskit (42). A program does not say which it means, so the union is taken; only a strict
//! reader holds it to the paper. Where the versions give one name two matrices (`rz`, `cu3`: other phases), Qiskit's is
//! meant, as every reader in use does.

use crate::gates::{self, Gate};

/// What a name of a library means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// The gate of the catalogue.
    Gate(&'static str),
    /// A gate of the catalogue under so many further controls.
    Controlled(&'static str, usize),
    /// The built-in `U` of the program's version.
    Builtin,
    /// A definition over the catalogue.
    Text(&'static str),
}

/// A file of gates that is built in.
#[derive(Debug)]
pub struct Library {
    /// The file's name.
    pub name: &'static str,
    /// Gates that every version of it has.
    core: &'static str,
    /// Gates that only the wider versions have.
    wider: &'static str,
}

/// `qelib1.inc` of the paper.
pub const QELIB1_2017: &str = "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3";
/// What Qiskit's and QASMBench's versions add to it.
pub const QELIB1_WIDER: &str =
    "u0 u p sx sxdg swap cswap crx cry cp csx cu rxx rzz rccx rc3x c3x c3sqrtx c4x ryy ecr iswap dcx rzx";
/// `stdgates.inc` of OpenQASM 3.
pub const STDGATES: &str =
    "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu CX phase cphase id u1 u2 u3";
/// Names that OpenQASM 3 programs include without `stdgates.inc` having them.
const STDGATES_WIDER: &str =
    "sxdg u rxx ryy rzz rzx csx cu1 cu3 ccz iswap ecr dcx xx_plus_yy xx_minus_yy r rccx c3x c4x";
/// Braket's built-in gates.
pub const BRAKET: &str = "i h x y z s si t ti v vi rx ry rz phaseshift gphase U prx gpi gpi2 ms cnot cy cz cv cphaseshift \
                          swap iswap ecr xx yy zz xy ccnot cswap";

/// All of them.
pub(super) static LIBRARIES: &[Library] = &[
    Library { name: "qelib1.inc", core: QELIB1_2017, wider: QELIB1_WIDER },
    Library { name: "stdgates.inc", core: STDGATES, wider: STDGATES_WIDER },
    Library { name: "hqslib1.inc", core: "U1q RZZ ZZ Rz rz", wider: QELIB1_2017 },
];

impl Library {
    /// The names it gives.
    pub(super) fn names(&self, strict: bool) -> impl Iterator<Item = &'static str> {
        self.core.split_whitespace().chain(self.wider.split_whitespace().filter(move |_| !strict))
    }
}

pub(super) fn library(name: &str) -> Option<&'static Library> {
    LIBRARIES.iter().find(|library| library.name == name)
}

/// What a name means wherever it is known at all: in a library, at a vendor, in the catalogue.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let known = MEANINGS.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning);
    known.or_else(|| gates::find(name).map(|gate| Meaning::Gate(gate.meta.name)))
}

/// The names that a lenient reader accepts without any include.
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    gates::GATES.iter().map(|gate| gate.meta.name).chain(MEANINGS.iter().map(|(name, _)| *name))
}

/// A gate of the catalogue that must be there.
pub(super) fn gate(name: &str) -> &'static Gate {
    gates::find(name).unwrap_or(&gates::id::ID)
}

static MEANINGS: &[(&str, Meaning)] = &[
    ("U", Meaning::Builtin),
    ("CX", Meaning::Gate("cx")),
    ("phase", Meaning::Gate("p")),
    ("cphase", Meaning::Gate("cp")),
    ("u0", Meaning::Text("gate u0(gamma) a { id a; }")),
    ("c3x", Meaning::Controlled("x", 3)),
    ("c4x", Meaning::Controlled("x", 4)),
    ("c3sqrtx", Meaning::Controlled("sx", 3)),
    (
        "rccx",
        Meaning::Text(
            "gate rccx a, b, c { u2(0, pi) c; u1(pi/4) c; cx b, c; u1(-pi/4) c; cx a, c; u1(pi/4) c; cx b, c;
             u1(-pi/4) c; u2(0, pi) c; }",
        ),
    ),
    (
        "rc3x",
        Meaning::Text(
            "gate rc3x a, b, c, d { u2(0, pi) d; u1(pi/4) d; cx c, d; u1(-pi/4) d; u2(0, pi) d; cx a, d; u1(pi/4) d;
             cx b, d; u1(-pi/4) d; cx a, d; u1(pi/4) d; cx b, d; u1(-pi/4) d; u2(0, pi) d; u1(pi/4) d; cx c, d;
             u1(-pi/4) d; u2(0, pi) d; }",
        ),
    ),
    // Quantinuum.
    ("U1q", Meaning::Gate("r")),
    ("Rz", Meaning::Gate("rz")),
    ("RZZ", Meaning::Gate("rzz")),
    ("ZZ", Meaning::Text("gate ZZ a, b { rzz(pi/2) a, b; }")),
    // Braket and its vendors; angles in radians.
    ("i", Meaning::Gate("id")),
    ("si", Meaning::Gate("sdg")),
    ("ti", Meaning::Gate("tdg")),
    ("v", Meaning::Gate("sx")),
    ("vi", Meaning::Gate("sxdg")),
    ("phaseshift", Meaning::Gate("p")),
    ("prx", Meaning::Gate("r")),
    ("gpi", Meaning::Text("gate gpi(phi) a { gphase(pi/2); r(pi, phi) a; }")),
    ("gpi2", Meaning::Text("gate gpi2(phi) a { r(pi/2, phi) a; }")),
    (
        "ms",
        Meaning::Text(
            "gate ms(alpha, beta, theta) a, b { rz(-alpha) a; rz(-beta) b; rxx(theta) a, b; rz(alpha) a; rz(beta) b; }",
        ),
    ),
    ("cnot", Meaning::Gate("cx")),
    ("cv", Meaning::Gate("csx")),
    ("cphaseshift", Meaning::Gate("cp")),
    ("xx", Meaning::Gate("rxx")),
    ("yy", Meaning::Gate("ryy")),
    ("zz", Meaning::Gate("rzz")),
    ("xy", Meaning::Text("gate xy(theta) a, b { xx_plus_yy(-theta, 0) a, b; }")),
    ("ccnot", Meaning::Gate("ccx")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_every_library_means_something() {
        for library in LIBRARIES {
            for name in library.names(false) {
                assert!(meaning(name).is_some(), "{name} of {}", library.name);
            }
        }
        BRAKET.split_whitespace().for_each(|name| assert!(meaning(name).is_some(), "{name}"));
        for (name, meaning) in MEANINGS {
            if let Meaning::Gate(gate) | Meaning::Controlled(gate, _) = meaning {
                assert!(gates::find(gate).is_some(), "{name}");
            }
        }
        assert_eq!(LIBRARIES[0].names(true).count(), 23);
        assert_eq!(LIBRARIES[1].names(true).count(), 32);
    }
}

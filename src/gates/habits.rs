//! Names people bring along from other tools, with the name this catalogue uses.
//!
//! None of them is accepted in a program: they only make "did you mean" exact where letters alone would mislead
//! (`CNOT` is nearer to `cu` than to `cx`).

/// The right name for a gate written by its name in Qiskit, PennyLane, Cirq, TorchQuantum, OpenQASM 2 or a textbook; `None`
/// if the name is right already or nobody's habit.
#[must_use]
pub fn habit(name: &str) -> Option<&'static str> {
    let folded: String = name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
    let known = HABITS.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(right, _)| *right);
    let right = known
        .or_else(|| super::GATES.iter().map(|gate| gate.meta.name).find(|gate| gate.replace('_', "") == folded))?;
    (right != name).then_some(right)
}

/// The right name, and the others in lower case without `_` and `-`.
static HABITS: &[(&str, &[&str])] = &[
    ("id", &["i", "identity", "eye", "noop", "idle"]),
    ("h", &["hadamard"]),
    ("x", &["paulix", "not", "sigmax", "xgate"]),
    ("y", &["pauliy", "sigmay", "ygate"]),
    ("z", &["pauliz", "sigmaz", "zgate"]),
    ("s", &["sgate", "sqrtz"]),
    ("sdg", &["sdag", "sdagger", "sinv"]),
    ("t", &["tgate"]),
    ("tdg", &["tdag", "tdagger", "tinv"]),
    ("sx", &["sqrtx", "v", "sxgate"]),
    ("sxdg", &["sxdag", "vdg"]),
    ("sqrth", &["sqrthadamard"]),
    ("p", &["phase", "phaseshift", "phasegate"]),
    ("rx", &["rotx", "rotationx", "rxgate"]),
    ("ry", &["roty", "rotationy", "rygate"]),
    ("rz", &["rotz", "rotationz", "rzgate"]),
    ("r", &["prx", "rgate", "phasedx", "gpi"]),
    ("u", &["ugate", "rot"]),
    ("gphase", &["globalphase"]),
    ("cx", &["cnot", "controlledx", "cxgate", "controllednot"]),
    ("cy", &["controlledy"]),
    ("cz", &["controlledz", "cphaseflip"]),
    ("ch", &["controlledhadamard", "chadamard"]),
    ("csx", &["controlledsx", "csqrtx"]),
    ("cp", &["cphase", "controlledphase", "controlledphaseshift", "cphaseshift"]),
    ("crx", &["controlledrx"]),
    ("cry", &["controlledry"]),
    ("crz", &["controlledrz"]),
    ("cu", &["controlledu"]),
    ("swap", &["swapgate", "exchange"]),
    ("iswap", &["iswapgate"]),
    ("sqrtiswap", &["siswap", "sqisw"]),
    ("sqrtswap", &["sswap"]),
    ("ecr", &["echoedcrossresonance"]),
    ("rxx", &["isingxx", "xx", "ms"]),
    ("ryy", &["isingyy", "yy"]),
    ("rzz", &["isingzz", "zz", "zzphase"]),
    ("rzx", &["isingzx", "zx"]),
    ("xx_plus_yy", &["isingxy", "xy", "givens"]),
    ("ccx", &["toffoli", "ccnot"]),
    ("ccz", &["controlledcontrolledz"]),
    ("cswap", &["fredkin", "controlledswap"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_lead_to_gates() {
        let expected = [
            ("CNOT", "cx"),
            ("cnot", "cx"),
            ("RX", "rx"),
            ("PauliX", "x"),
            ("toffoli", "ccx"),
            ("IsingZZ", "rzz"),
            ("CZ", "cz"),
            ("Hadamard", "h"),
            ("phase", "p"),
            ("U", "u"),
            ("fredkin", "cswap"),
            ("cphase", "cp"),
            ("U3", "u3"),
            ("Sdag", "sdg"),
            ("XXPlusYY", "xx_plus_yy"),
            ("sqrt_iswap", "sqrtiswap"),
            ("GlobalPhase", "gphase"),
            ("PRX", "r"),
        ];
        for (written, right) in expected {
            assert_eq!(habit(written), Some(right), "{written}");
        }
        for (right, names) in HABITS {
            assert!(super::super::find(right).is_some(), "{right} is a gate");
            for name in *names {
                assert!(super::super::find(name).is_none(), "{name} is a gate already");
            }
        }
        assert_eq!(habit("rx"), None);
        assert_eq!(habit("banana"), None);
    }
}

//! `ionq`: IonQ's native gates, angles in turns.

use crate::backends::qasm::native::{OneQubit, TwoQubit};
use crate::backends::qasm::profile::{Machine, Spelled, profile};
use crate::ir::{Angle, GateOp};
use crate::qasm::Version;
use std::f64::consts::{FRAC_PI_2, TAU};

/// The gates that all machines of IonQ have, with those that only some have.
macro_rules! words {
    ($more:literal) => {
        concat!(
            "gate gpi(p0) a { rz(-2*pi*p0) a; x a; rz(2*pi*p0) a; }\n",
            "gate gpi2(p0) a { rz(-2*pi*p0) a; rx(pi/2) a; rz(2*pi*p0) a; }\n",
            $more
        )
    };
}
pub(super) use words;

profile! {
    /// OpenQASM 3 with the native gates of IonQ's Aria machines: `gpi`, `gpi2`, `ms`. Their arguments are in turns (1.0 is a whole
    /// one), as IonQ writes them; `ms(phi0, phi1, theta)` has theta between 0 and 0.25. The file defines the three gates, so that any
    /// reader knows what they do.
    pub IONQ = ("ionq", "IonQ Aria: gpi, gpi2, ms in turns", "IonQ, Getting started with native gates");
    version: Version::Three,
    include: Some("stdgates.inc"),
    gates: "",
    modifiers: false,
    physical: false,
    machine: Some(Machine {
        one: OneQubit::HalfR,
        two: TwoQubit::Rxx,
        spell,
        words: words!("gate ms(p0, p1, p2) a, b { rz(-2*pi*p0) a; rz(-2*pi*p1) b; h a; h b; cx a, b; rz(2*pi*p2) b; cx a, b; h a; h b; rz(2*pi*p0) a; rz(2*pi*p1) b; }"),
    }),
}

/// In turns.
pub(super) fn turns(angle: &Angle) -> Angle {
    let mut out = angle.scaled(1.0 / TAU);
    out.constant = angle.constant / TAU;
    out
}

/// `r(pi, phi)` and `r(pi/2, phi)` in IonQ's words.
pub(super) fn one(op: &GateOp) -> Option<Spelled> {
    let [theta, phi] = op.params() else { return None };
    let quarter = (theta.as_constant()? - FRAC_PI_2).abs() < 1e-9;
    Some(Spelled { name: if quarter { "gpi2" } else { "gpi" }, params: vec![turns(phi)] })
}

fn spell(op: &GateOp) -> Option<Spelled> {
    match op.name() {
        "r" => one(op),
        _ => {
            let zero = || Angle::constant(0.0);
            Some(Spelled { name: "ms", params: vec![zero(), zero(), turns(op.params().first()?)] })
        }
    }
}

//! What the native gates of a device are good for: which make turns on one qubit, which let two interact.

use super::errors::DEVICE_GATES;
use crate::device::{Device, Native};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::ir::Angle;
use std::f64::consts::{FRAC_PI_2, PI};

/// A native gate with the angles it is used with, where those are fixed.
#[derive(Clone, Debug)]
pub(super) struct Fixed {
    pub(super) gate: &'static Gate,
    pub(super) params: Vec<Angle>,
}

/// A gate that takes an angle and does what two quarter turns about X do with a turn about Z between them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whole {
    /// `rx`
    Rx(&'static Gate),
    /// `ry`
    Ry(&'static Gate),
    /// `r`, about any axis of the equator.
    R(&'static Gate),
    /// `u` or `u3`
    U(&'static Gate),
}

/// How gates on one qubit are made.
#[derive(Clone, Debug)]
pub(super) struct OneBasis {
    /// The turn about Z; without one, turns are carried on to the next gate.
    pub(super) z: Option<&'static Gate>,
    /// A quarter turn about X, if there is a gate for it alone.
    pub(super) quarter: Option<Fixed>,
    /// A half turn about X.
    pub(super) half: Option<Fixed>,
    /// A gate for two quarter turns at once.
    pub(super) whole: Option<Whole>,
}

/// A gate that is a quarter turn about ZZ between local gates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// As it is: `rzz(pi / 2)`.
    ZZ,
    /// `cz`: a quarter turn about Z on both after it.
    Cz,
    /// `cx`: as `cz` between `h` on the second.
    Cx,
    /// `rxx`: between `h` on both.
    Xx,
    /// `ryy`: between quarter turns about X.
    Yy,
    /// `rzx`: between `h` on the second.
    Zx,
    /// `ecr`: as `rzx`, then `x` on the first.
    Ecr,
    /// `iswap`: the two exchanged after it.
    ISwap,
}

/// A gate that lets two qubits interact.
#[derive(Clone, Debug)]
pub(super) struct Entangler {
    pub(super) gate: &'static Gate,
    pub(super) frame: Frame,
    /// Its angle, if it has one and it is fixed.
    pub(super) params: Vec<Angle>,
}

impl Entangler {
    /// Is the gate the same with its operands exchanged?
    pub(super) fn is_symmetric(&self) -> bool {
        !matches!(self.frame, Frame::Cx | Frame::Zx | Frame::Ecr)
    }
}

/// How gates on two qubits are made.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub(super) one: OneBasis,
    /// A quarter turn.
    pub(super) quarter: Entangler,
    /// A turn by any angle.
    pub(super) open: Option<Entangler>,
    /// Do gates that tell their operands apart run in the written direction alone?
    pub(super) directed: bool,
}

impl Basis {
    /// What the native gates of a device make.
    ///
    /// # Errors
    /// `QN0622` if they do not make everything.
    pub(super) fn of(device: &Device) -> Result<Self, Diagnostic> {
        let one = one(&device.native).ok_or_else(|| incomplete(device, "one qubit", "`rz` and `sx`, `r`, or `u`"))?;
        let entanglers: Vec<Entangler> = device.native.iter().filter_map(entangler).collect();
        let open = entanglers.iter().find(|one| one.params.is_empty() && !one.gate.params.is_empty()).cloned();
        // The gate with the smallest error makes quarter turns.
        let error = |entangler: &Entangler| device.errors.of(entangler.gate.meta.name, None).unwrap_or(0.0);
        let fixed = entanglers.iter().filter(|one| one.gate.params.is_empty() || !one.params.is_empty());
        let quarter = fixed.min_by(|a, b| error(a).total_cmp(&error(b))).cloned().or_else(|| {
            let open = open.clone()?;
            Some(Entangler { params: vec![Angle::constant(FRAC_PI_2)], ..open })
        });
        match quarter {
            Some(quarter) => Ok(Self { one, quarter, open, directed: device.directed }),
            None if device.n_qubits < 2 || device.edges.is_empty() => {
                // Nothing ever meets: any entangler will do, since none is used.
                let quarter = Entangler { gate: &crate::gates::cz::CZ, frame: Frame::Cz, params: Vec::new() };
                Ok(Self { one, quarter, open: None, directed: false })
            }
            None => Err(incomplete(device, "two qubits", "`cx`, `cz`, `ecr`, `iswap`, `rzz`, `rxx`, `ryy` or `rzx`")),
        }
    }
}

fn incomplete(device: &Device, what: &str, wanted: &str) -> Diagnostic {
    let names: Vec<String> = device.native.iter().map(|native| format!("`{}`", native.gate.meta.name)).collect();
    let message = match names.is_empty() {
        true => format!("the device `{}` names no native gates", device.name),
        false => format!("the native gates of `{}` do not make every gate on {what}", device.name),
    };
    Diagnostic::global(&DEVICE_GATES, message)
        .note(match names.is_empty() {
            true => "without `native` nothing can be said of its gates".to_owned(),
            false => format!("it has {}", names.join(", ")),
        })
        .help(format!("add {wanted} to `native`"))
}

fn any(native: &[Native], names: &[&str]) -> Option<&'static Gate> {
    native.iter().find(|one| one.params.is_none() && names.contains(&one.gate.meta.name)).map(|one| one.gate)
}

/// A native gate that is a turn about X by this angle, written so or by a name of its own.
fn about_x(native: &[Native], angle: f64, names: &[&str]) -> Option<Fixed> {
    let named = native.iter().find(|one| names.contains(&one.gate.meta.name));
    if let Some(one) = named {
        return Some(Fixed { gate: one.gate, params: Vec::new() });
    }
    let written = native.iter().find(|one| {
        let Some(params) = &one.params else { return false };
        let near = |at: usize, value: f64| params.get(at).is_some_and(|p| (p - value).abs() < 1e-9);
        (one.gate.meta.name == "rx" && near(0, angle)) || (one.gate.meta.name == "r" && near(0, angle) && near(1, 0.0))
    })?;
    let params = written.params.iter().flatten().map(|&value| Angle::constant(value)).collect();
    Some(Fixed { gate: written.gate, params })
}

fn one(native: &[Native]) -> Option<OneBasis> {
    let z = any(native, &["rz", "p", "u1"]);
    let quarter = about_x(native, FRAC_PI_2, &["sx"]);
    let half = about_x(native, PI, &["x"]);
    let whole = any(native, &["rx"])
        .map(Whole::Rx)
        .or_else(|| any(native, &["r"]).map(Whole::R))
        .or_else(|| any(native, &["ry"]).map(Whole::Ry))
        .or_else(|| any(native, &["u", "u3"]).map(Whole::U));
    match (z, &quarter, whole) {
        (Some(_), Some(_), _) | (Some(_), None, Some(_)) => Some(OneBasis { z, quarter, half, whole }),
        (None, _, Some(Whole::R(_) | Whole::U(_))) => Some(OneBasis { z, quarter: None, half: None, whole }),
        _ => any(native, &["u", "u3"]).map(|gate| OneBasis {
            z: None,
            quarter: None,
            half: None,
            whole: Some(Whole::U(gate)),
        }),
    }
}

fn entangler(native: &Native) -> Option<Entangler> {
    let frame = match native.gate.meta.name {
        "cz" => Frame::Cz,
        "cx" => Frame::Cx,
        "ecr" => Frame::Ecr,
        "iswap" => Frame::ISwap,
        "rzz" => Frame::ZZ,
        "rxx" => Frame::Xx,
        "ryy" => Frame::Yy,
        "rzx" => Frame::Zx,
        _ => return None,
    };
    let params: Vec<Angle> = match (&native.params, native.gate.params.len()) {
        (Some(params), _) if params.len() == 1 && (params[0] - FRAC_PI_2).abs() < 1e-9 => {
            vec![Angle::constant(params[0])]
        }
        // A fixed angle other than a quarter turn is of no use here.
        (Some(params), _) if !params.is_empty() => return None,
        _ => Vec::new(),
    };
    Some(Entangler { gate: native.gate, frame, params })
}

//! A circuit in the gates of a profile: which are named, which defined in the file, which taken apart.

use super::build::{Build, MAX_CONTROLS, angles};
use super::native::Native;
use super::prepare::prepare;
use super::{Profile, errors};
use crate::diag::Diagnostic;
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, QuantumOp};
use crate::qasm::Version;
use crate::qasm::definitions::definition;
use crate::qasm::unitary::spelled;
use std::collections::BTreeSet;

/// A step of the file.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Gate(GateOp),
    Barrier(Vec<u32>),
}

/// Definitions, then steps.
#[derive(Debug, Default)]
pub(super) struct SpelledOps {
    /// Gates that the file defines, each after those it uses.
    pub(super) defined: Vec<(&'static Gate, Vec<GateOp>)>,
    pub(super) steps: Vec<Step>,
}

type Spelling<T> = Result<T, Diagnostic>;

/// All steps in the gates of a profile.
///
/// # Errors
/// `QN0712`.
pub(super) fn spell(ops: &[QuantumOp], n_qubits: u32, profile: &'static Profile) -> Spelling<SpelledOps> {
    let mut speller = Speller { profile, known: BTreeSet::new(), out: SpelledOps::default() };
    let mut native = profile.machine.as_ref().map(|machine| Native::new(machine.one, machine.two));
    for op in ops {
        let gates = match op {
            QuantumOp::Gate(gate) => vec![gate.clone()],
            QuantumOp::Prepare { qubits, values, .. } => prepared(qubits, values)?,
            QuantumOp::Barrier { qubits } => {
                if let Some(native) = &mut native {
                    let done = native.barrier(qubits);
                    speller.out.steps.extend(done.into_iter().map(Step::Gate));
                }
                let all = qubits.iter().copied().filter(|qubit| *qubit < n_qubits).collect();
                speller.out.steps.push(Step::Barrier(all));
                continue;
            }
        };
        for gate in &gates {
            limited(gate, profile)?;
            match &mut native {
                Some(native) => native.gate(gate),
                None => {
                    let mut found = Vec::new();
                    speller.resolve(gate, false, &mut found)?;
                    speller.out.steps.extend(found.into_iter().map(Step::Gate));
                }
            }
        }
    }
    if let Some(native) = native {
        speller.out.steps.extend(native.finish().into_iter().map(Step::Gate));
    }
    Ok(speller.out)
}

fn prepared(qubits: &[u32], values: &[Angle]) -> Spelling<Vec<GateOp>> {
    let Some(numbers) = values.iter().map(Angle::as_constant).collect::<Option<Vec<f64>>>() else {
        return Err(Diagnostic::global(
            &errors::NOT_EMITTED,
            "`prepare` is written for numbers only: its angles are no sums",
        )
        .help("give a sample with `--input FILE`"));
    };
    let like = GateOp {
        operation: Operation::Gate { gate: &gates::id::ID, params: Vec::new() },
        extra_controls: Vec::new(),
        qubits: Vec::new(),
        path: "".into(),
        span: crate::source::Span::default(),
    };
    let mut build = Build::new(&like);
    prepare(&mut build, qubits, &numbers)?;
    Ok(build.ops)
}

/// Controls are taken apart at a price that triples with each.
fn limited(gate: &GateOp, profile: &Profile) -> Spelling<()> {
    if profile.modifiers || gate.n_controls() <= MAX_CONTROLS {
        return Ok(());
    }
    let message = format!("a gate with {} controls is too large for `{}`", gate.n_controls(), profile.meta.name);
    Err(Diagnostic::global(&errors::NOT_EMITTED, message)
        .note(format!("at most {MAX_CONTROLS} are taken apart"))
        .help("emit `qasm3`, which has controls as modifiers"))
}

struct Speller {
    profile: &'static Profile,
    known: BTreeSet<&'static str>,
    out: SpelledOps,
}

fn with(op: &GateOp, name: &str, params: Vec<Angle>) -> GateOp {
    let gate = gates::find(name).unwrap_or(&gates::id::ID);
    GateOp { operation: Operation::Gate { gate, params }, ..op.clone() }
}

impl Speller {
    /// Adds the application in words of the profile. `exact`: phases count, as in a definition that may stand under a control.
    fn resolve(&mut self, op: &GateOp, exact: bool, out: &mut Vec<GateOp>) -> Spelling<()> {
        let Operation::Gate { gate, params } = &op.operation else {
            return spelled(op).iter().try_for_each(|part| self.resolve(part, exact, out));
        };
        if !op.extra_controls.is_empty() {
            return if self.profile.modifiers {
                self.modified(op, gate, params, out)
            } else {
                self.apart(op, exact, out)
            };
        }
        let name = gate.meta.name;
        match name {
            "gphase" if !exact => return Ok(()),
            "u" | "u2" | "u3" if exact && self.profile.version == Version::Three => {
                return self.by_rotations(op, gate, params, out);
            }
            _ => {}
        }
        if self.profile.name_of(name).is_some() || name == "gphase" {
            out.push(op.clone());
            return Ok(());
        }
        match (name, &params[..]) {
            ("u2", [phi, lambda]) => {
                let quarter = Angle::constant(std::f64::consts::FRAC_PI_2);
                return self.resolve(&with(op, "u", vec![quarter, phi.clone(), lambda.clone()]), exact, out);
            }
            ("cu3", [theta, phi, lambda]) if self.profile.name_of("cu").is_some() => {
                let all = vec![theta.clone(), phi.clone(), lambda.clone(), Angle::constant(0.0)];
                return self.resolve(&with(op, "cu", all), exact, out);
            }
            _ => {}
        }
        if !gate.qasm_definition.is_empty() {
            self.define(gate)?;
            out.push(op.clone());
            return Ok(());
        }
        if self.profile.modifiers && gate.controls > 0 {
            return self.resolve(&stripped(op, gate, params), exact, out);
        }
        self.apart(op, exact, out)
    }

    /// Without controls, by simpler gates.
    fn apart(&mut self, op: &GateOp, exact: bool, out: &mut Vec<GateOp>) -> Spelling<()> {
        let mut build = Build::new(op);
        build.uncontrolled(op);
        if build.ops.iter().any(|part| part == op) {
            build.ops.clear();
            build.reduced(op);
        }
        let stuck = build.ops.iter().any(|part| part == op);
        if stuck {
            let message = format!("`{}` has no words for `{}`", self.profile.meta.name, op.full_name());
            return Err(Diagnostic::global(&errors::NOT_EMITTED, message));
        }
        build.ops.iter().try_for_each(|part| self.resolve(part, exact, out))
    }

    /// `u` as `p`, `ry`, `p`: its phase is then the same for every reader.
    fn by_rotations(&mut self, op: &GateOp, gate: &Gate, params: &[Angle], out: &mut Vec<GateOp>) -> Spelling<()> {
        let [theta, phi, lambda, _] = angles(gate, params);
        for (name, angle) in [("p", lambda), ("ry", theta), ("p", phi)] {
            if angle.as_constant() != Some(0.0) {
                self.resolve(&with(op, name, vec![angle]), true, out)?;
            }
        }
        Ok(())
    }

    /// Under `ctrl @` and `negctrl @`.
    fn modified(&mut self, op: &GateOp, gate: &'static Gate, params: &[Angle], out: &mut Vec<GateOp>) -> Spelling<()> {
        match gate.meta.name {
            "gphase" => return self.controlled_phase(op, &params[0], out),
            "u" | "u2" | "u3" => return self.by_rotations(op, gate, params, out),
            "cu" | "cu3" => return self.resolve_all(&stripped_u(op, gate, params), out),
            _ => {}
        }
        let named = self.profile.name_of(gate.meta.name).is_some();
        if !named && gate.qasm_definition.is_empty() && gate.controls > 0 {
            return self.resolve(&stripped(op, gate, params), true, out);
        }
        if !named && !gate.qasm_definition.is_empty() {
            self.define(gate)?;
        } else if !named {
            return self.apart(op, true, out);
        }
        out.push(op.clone());
        Ok(())
    }

    fn resolve_all(&mut self, ops: &[GateOp], out: &mut Vec<GateOp>) -> Spelling<()> {
        ops.iter().try_for_each(|op| self.resolve(op, true, out))
    }

    /// A phase under controls is `p` on one of them under the others.
    fn controlled_phase(&mut self, op: &GateOp, gamma: &Angle, out: &mut Vec<GateOp>) -> Spelling<()> {
        let at = op.extra_controls.iter().position(|value| *value).unwrap_or(0);
        let (mut extra, mut qubits) = (op.extra_controls.clone(), op.qubits.clone());
        let positive = extra.remove(at);
        let target = qubits.remove(at);
        qubits.push(target);
        let flip = GateOp { extra_controls: Vec::new(), qubits: vec![target], ..with(op, "x", Vec::new()) };
        let phase = GateOp { extra_controls: extra, qubits, ..with(op, "p", vec![gamma.clone()]) };
        match positive {
            true => self.resolve(&phase, true, out),
            false => self.resolve_all(&[flip.clone(), phase, flip], out),
        }
    }

    /// Makes sure that the file defines a gate.
    fn define(&mut self, gate: &'static Gate) -> Spelling<()> {
        if !self.known.insert(gate.meta.name) {
            return Ok(());
        }
        let mut body = Vec::new();
        for op in definition(gate) {
            self.resolve(&op, self.profile.version == Version::Three, &mut body)?;
        }
        self.out.defined.push((gate, body));
        Ok(())
    }
}

/// The gate on its targets, its own controls as extra ones.
fn stripped(op: &GateOp, gate: &Gate, params: &[Angle]) -> GateOp {
    let name = match gate.meta.name {
        "ccx" => "x",
        "ccz" => "z",
        "cu1" => "p",
        name => name.trim_start_matches('c'),
    };
    let mut out = with(op, name, params.to_vec());
    out.extra_controls.extend(std::iter::repeat_n(true, gate.controls));
    out
}

/// `cu` and `cu3` as `u` and a phase under the control.
fn stripped_u(op: &GateOp, gate: &Gate, params: &[Angle]) -> Vec<GateOp> {
    let [theta, phi, lambda, gamma] = angles(gate, params);
    let mut u = with(op, "u", vec![theta, phi, lambda]);
    u.extra_controls.push(true);
    let mut phase = with(op, "gphase", vec![gamma]);
    phase.extra_controls.push(true);
    phase.qubits.pop();
    vec![u, phase]
}

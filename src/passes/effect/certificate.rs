//! Proofs in words: what a certificate says, so that a person can follow it and a test can check it.

use crate::ir::{QuantumOp, Region, Variable, names};
use crate::math::PauliString;

/// Why something has no effect.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    /// A phase of the whole state, which no read-out sees.
    GlobalPhase,
    /// No read-out reaches the qubits of the step.
    OutsideLightCone,
    /// At this place the observables are these strings on the step's qubits (and the identity), and the step leaves all of them as they are
    /// for every value of the angle.
    Commutes {
        /// The strings.
        strings: Vec<PauliString>,
    },
    /// At this place the observables carry at most these Paulis on the step's qubits (bit 0 for X, 1 for Z, 2 for Y), and the step
    /// leaves all of their products as they are for every value of the angle.
    CommutesWithTypes {
        /// `(qubit, set of Paulis)`.
        types: Vec<(u32, u8)>,
    },
    /// The step changes these strings, but what it can change about them has expectation zero in every state the circuit
    /// before it can make.
    Vanish {
        /// The strings that meet the step.
        strings: Vec<PauliString>,
    },
    /// The state before the step is an eigenstate of what the step turns about, so the step is a phase.
    PhaseOnly {
        /// What stabilises the state, up to sign.
        stabiliser: PauliString,
    },
    /// It no longer occurs, or has no effect, once gates that cancel, merge or act on known states are taken out.
    Simplified,
}

/// What has no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A number of a weight or of the inputs.
    Variable(Variable),
    /// A step, by its position.
    Step(usize),
}

/// A proof that something has no effect on any output.
#[derive(Clone, PartialEq, Debug)]
pub struct Certificate {
    /// What.
    pub subject: Subject,
    /// Where it occurs: `(step, angle)`.
    pub places: Vec<(usize, usize)>,
    /// Why, per place; one reason and no places for what holds after simplification only.
    pub reasons: Vec<Reason>,
}

impl Reason {
    /// One clause without a final stop.
    #[must_use]
    pub fn explain(&self) -> String {
        let list = |strings: &[PauliString]| {
            let shown: Vec<String> = strings.iter().take(6).map(ToString::to_string).collect();
            let more = if strings.len() > 6 { format!(" and {} more", strings.len() - 6) } else { String::new() };
            format!("{}{more}", shown.join(", "))
        };
        match self {
            Self::GlobalPhase => "it only changes a global phase, which no read-out sees".into(),
            Self::OutsideLightCone => "no read-out reaches its qubits".into(),
            Self::Commutes { strings } => {
                format!("the read-outs see {} here, which it leaves unchanged whatever its angle", list(strings))
            }
            Self::CommutesWithTypes { types } => {
                let letters = |set: u8| ["X", "Z", "Y"].into_iter().enumerate().filter(move |(k, _)| set >> k & 1 == 1);
                let part = |&(qubit, set): &(u32, u8)| {
                    let names: Vec<&str> = letters(set).map(|(_, name)| name).collect();
                    if names.is_empty() { format!("nothing on {qubit}") } else { format!("{} on {qubit}", names.join(" or ")) }
                };
                let parts: Vec<String> = types.iter().map(part).collect();
                format!("the read-outs see at most {} here, which it leaves unchanged whatever its angle", parts.join(", "))
            }
            Self::Vanish { strings } if strings.is_empty() => {
                "what it changes has expectation zero in every state the circuit can make".into()
            }
            Self::Vanish { strings } => format!(
                "the read-outs see {} here, and what it changes about them has expectation zero in every state the circuit before it can make",
                list(strings)
            ),
            Self::PhaseOnly { stabiliser } => {
                format!("the state before it is an eigenstate of {stabiliser}, so it only changes a global phase")
            }
            Self::Simplified => "it drops out once gates that cancel, merge or act on known states are taken out".into(),
        }
    }
}

impl Certificate {
    /// The proof in words, one line per place.
    #[must_use]
    pub fn explain(&self, region: &Region) -> String {
        let place = |step: usize| match region.ops.get(step) {
            Some(QuantumOp::Gate(gate)) => {
                let qubits: Vec<String> = gate.qubits.iter().map(|&qubit| region.qubit_name(qubit)).collect();
                format!("step {step}, {} on {} ({})", gate.full_name(), qubits.join(", "), gate.path)
            }
            Some(QuantumOp::Prepare { path, .. }) => format!("step {step}, prepare ({path})"),
            _ => format!("step {step}"),
        };
        if self.places.is_empty() {
            return self.reasons.iter().map(Reason::explain).collect::<Vec<_>>().join("; ");
        }
        let lines: Vec<String> = self
            .places
            .iter()
            .zip(&self.reasons)
            .map(|(&(step, angle), reason)| {
                let angle = region.ops.get(step).and_then(|op| op.angles().get(angle));
                let spelled = angle.map(|angle| names::angle(angle, spell)).unwrap_or_default();
                format!("{} with {spelled}: {}", place(step), reason.explain())
            })
            .collect();
        lines.join("\n")
    }
}

/// A variable where no graph is at hand to name it.
fn spell(variable: Variable) -> String {
    match variable {
        Variable::Weight { weight, index } => format!("weight {}[{index}]", weight.0),
        Variable::Input(index) => format!("input[{index}]"),
    }
}

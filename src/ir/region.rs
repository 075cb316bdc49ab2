//! A quantum region: qubits in |0…0⟩, operations in program order, read-outs at the end.

use super::{Angle, Variable, WeightId};
use crate::gates::Gate;
use crate::math::{Matrix, Pauli, PauliSum};
use crate::source::Span;
use std::sync::Arc;

/// A named stretch of qubits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// Its name in the program.
    pub name: String,
    /// Its first qubit.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// The unitary of a [`GateOp`], before its extra controls.
#[derive(Clone, Debug)]
pub enum Operation {
    /// A gate of the catalogue with angles, one per parameter.
    Gate {
        /// The gate.
        gate: &'static Gate,
        /// Its angles in radians.
        params: Vec<Angle>,
    },
    /// A constant unitary on the targets (a fractional power, an imported definition). Target 0 is least significant.
    Unitary(Arc<Matrix>),
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Gate { gate: a, params: p }, Self::Gate { gate: b, params: q }) => std::ptr::eq(*a, *b) && p == q,
            (Self::Unitary(a), Self::Unitary(b)) => a == b,
            _ => false,
        }
    }
}

/// One gate application. Operand order: extra controls, the gate's own controls, targets.
#[derive(Clone, PartialEq, Debug)]
pub struct GateOp {
    /// What is applied.
    pub operation: Operation,
    /// Extra controls (from `ctrl @`, `negctrl @`): `true` fires on |1⟩, `false` on |0⟩. They are the first operands.
    pub extra_controls: Vec<bool>,
    /// All operands, distinct.
    pub qubits: Vec<u32>,
    /// The path of the application in the program (`vqc.layer.2.rot`).
    pub path: Arc<str>,
    /// Where it is written.
    pub span: Span,
}

impl GateOp {
    /// The path of gates that nobody wrote: reading OpenQASM copies what was measured of a qubit to another before a gate changes it.
    pub const COPY: &'static str = "(measured)";

    /// Is it such a copy? No name in a program has brackets.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        &*self.path == Self::COPY
    }

    /// Number of controls in front of the targets, the gate's own included.
    #[must_use]
    pub fn n_controls(&self) -> usize {
        self.extra_controls.len()
            + match &self.operation {
                Operation::Gate { gate, .. } => gate.controls,
                Operation::Unitary(_) => 0,
            }
    }

    /// The control qubits with the value they fire on.
    pub fn controls(&self) -> impl Iterator<Item = (u32, bool)> {
        let values = self.extra_controls.iter().copied().chain(std::iter::repeat(true));
        self.qubits[..self.n_controls()].iter().copied().zip(values)
    }

    /// The target qubits; target 0 is the least significant in the matrix.
    #[must_use]
    pub fn targets(&self) -> &[u32] {
        &self.qubits[self.n_controls()..]
    }

    /// The angles; none for a constant unitary.
    #[must_use]
    pub fn params(&self) -> &[Angle] {
        match &self.operation {
            Operation::Gate { params, .. } => params,
            Operation::Unitary(_) => &[],
        }
    }

    /// The angles, to change them.
    pub fn params_mut(&mut self) -> &mut [Angle] {
        match &mut self.operation {
            Operation::Gate { params, .. } => params,
            Operation::Unitary(_) => &mut [],
        }
    }

    /// The name shown to people, `unitary` for a constant one.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match &self.operation {
            Operation::Gate { gate, .. } => gate.meta.name,
            Operation::Unitary(_) => "unitary",
        }
    }

    /// The matrix on the targets for given values of the angles.
    #[must_use]
    pub fn target_matrix(&self, params: &[f64]) -> Matrix {
        match &self.operation {
            Operation::Gate { gate, .. } => (gate.matrix)(params),
            Operation::Unitary(matrix) => (**matrix).clone(),
        }
    }
}

/// One step of a region.
#[derive(Clone, PartialEq, Debug)]
pub enum QuantumOp {
    /// A gate.
    Gate(GateOp),
    /// `prepare(v) q;`: sets untouched qubits (|0…0⟩) to the normalised state with amplitudes `values`,
    /// `values.len() = 2^qubits.len()`, `qubits[0]` least significant. A zero vector is an error of its own sample alone.
    Prepare {
        /// The qubits.
        qubits: Vec<u32>,
        /// The amplitudes (real), each an affine form.
        values: Vec<Angle>,
        /// The path in the program.
        path: Arc<str>,
        /// Where it is written.
        span: Span,
    },
    /// Keeps gates on both sides apart (from imported programs); no effect on the state.
    Barrier {
        /// The qubits.
        qubits: Vec<u32>,
    },
}

impl QuantumOp {
    /// The qubits it touches, in operand order.
    #[must_use]
    pub fn qubits(&self) -> &[u32] {
        match self {
            Self::Gate(gate) => &gate.qubits,
            Self::Prepare { qubits, .. } | Self::Barrier { qubits } => qubits,
        }
    }

    /// The affine forms it reads.
    #[must_use]
    pub fn angles(&self) -> &[Angle] {
        match self {
            Self::Gate(gate) => gate.params(),
            Self::Prepare { values, .. } => values,
            Self::Barrier { .. } => &[],
        }
    }

    /// Its angles (or amplitudes), to change them.
    pub fn angles_mut(&mut self) -> &mut [Angle] {
        match self {
            Self::Gate(gate) => gate.params_mut(),
            Self::Prepare { values, .. } => values,
            Self::Barrier { .. } => &mut [],
        }
    }
}

/// A read-out at the end of a region.
#[derive(Clone, PartialEq, Debug)]
pub enum Readout {
    /// One expectation value.
    Expectation(PauliSum),
    /// `2^k` probabilities of the qubits' joint outcomes, `qubits[0]` least significant.
    Probabilities(Vec<u32>),
}

impl Readout {
    /// How many numbers it gives.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Expectation(_) => 1,
            Self::Probabilities(qubits) => 1 << qubits.len(),
        }
    }

    /// Never: kept for the idiom.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// A quantum circuit inside a model.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Region {
    /// The circuit's path (`vqc`).
    pub path: String,
    /// Number of qubits; all start in |0⟩.
    pub n_qubits: u32,
    /// The registers, in order of declaration.
    pub registers: Vec<Register>,
    /// Length of the flattened inputs ([`Variable::Input`] runs over it): the node's input tensors one after another.
    pub n_inputs: u32,
    /// The steps, in program order.
    pub ops: Vec<QuantumOp>,
    /// The read-outs; the node's output is their values one after another.
    pub readouts: Vec<Readout>,
}

impl Region {
    /// How many numbers all read-outs give.
    #[must_use]
    pub fn n_outputs(&self) -> usize {
        self.readouts.iter().map(Readout::len).sum()
    }

    /// The gates, in program order.
    pub fn gates(&self) -> impl Iterator<Item = &GateOp> {
        self.ops.iter().filter_map(|op| match op {
            QuantumOp::Gate(gate) => Some(gate),
            _ => None,
        })
    }

    /// The region with the joint outcomes of the qubits of which it reads Z one by one: those are averages of them. None if it reads
    /// anything else, or one qubit alone.
    #[must_use]
    pub fn read_jointly(&self) -> Option<Self> {
        let z = |readout: &Readout| match readout {
            Readout::Expectation(sum) => match sum.terms() {
                [(1.0, string)] => match string.factors() {
                    &[(qubit, Pauli::Z)] => Some(qubit),
                    _ => None,
                },
                _ => None,
            },
            Readout::Probabilities(_) => None,
        };
        let qubits: Vec<u32> = self.readouts.iter().map(z).collect::<Option<_>>()?;
        (qubits.len() > 1).then(|| Self { readouts: vec![Readout::Probabilities(qubits)], ..self.clone() })
    }

    /// The weights its angles read, in order of first appearance.
    #[must_use]
    pub fn weights(&self) -> Vec<WeightId> {
        let mut seen = indexmap::IndexSet::new();
        for (variable, _) in self.ops.iter().flat_map(QuantumOp::angles).flat_map(Angle::terms) {
            if let Variable::Weight { weight, .. } = variable {
                seen.insert(*weight);
            }
        }
        seen.into_iter().collect()
    }
}

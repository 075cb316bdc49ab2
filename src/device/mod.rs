//! Hardware: qubits, which pairs of them meet, what gates they have, how good and how fast they are.
//!
//! A [`Device`] is plain data, read from a `device` item of the language. It stands low because the language builds it and
//! everything that prices or rewrites circuits reads it. Rules that generate the graphs of whole families stand in [`topology`].

mod coupling;
mod figures;
pub mod topology;

pub use coupling::{Coupling, FAR};
pub use figures::{Figures, Values};

use crate::gates::Gate;
use std::sync::OnceLock;

/// A gate the hardware has, with any angles or with these alone.
#[derive(Clone, Debug)]
pub struct Native {
    /// The gate.
    pub gate: &'static Gate,
    /// Its only angles in radians, if they are fixed: `rx(pi / 2)`.
    pub params: Option<Vec<f64>>,
}

/// One machine.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// Number of qubits.
    pub n_qubits: u32,
    /// Pairs that have two-qubit gates, each once, as written.
    pub edges: Vec<(u32, u32)>,
    /// Do gates that tell their operands apart run in the written direction alone?
    pub directed: bool,
    /// The gates it has.
    pub native: Vec<Native>,
    /// Probability that a gate or the read-out fails.
    pub errors: Figures,
    /// Seconds that a gate or the read-out takes.
    pub durations: Figures,
    /// Seconds of relaxation, if known.
    pub t1: Option<Values>,
    /// Seconds of dephasing, if known.
    pub t2: Option<Values>,
    /// Seconds between two shots.
    pub rep_delay: f64,
    /// Seconds a job costs beside its shots.
    pub job_time: f64,
    /// Day of the figures: `2025-02-26`.
    pub date: String,
    /// Where they come from.
    pub source: String,
    coupling: OnceLock<Coupling>,
}

impl Device {
    /// A device of qubits, pairs and gates; everything else is unknown.
    #[must_use]
    pub fn new(name: impl Into<String>, n_qubits: u32, edges: Vec<(u32, u32)>, native: Vec<Native>) -> Self {
        Self { name: name.into(), n_qubits, edges, native, ..Self::default() }
    }

    /// Who is whose neighbour and how far everything is, worked out once.
    pub fn coupling(&self) -> &Coupling {
        self.coupling.get_or_init(|| Coupling::new(self.n_qubits as usize, &self.edges))
    }

    /// The error of a gate on these operands, 0 if nothing is stated.
    #[must_use]
    pub fn gate_error(&self, gate: &str, qubits: &[u32]) -> f64 {
        self.errors.of(gate, self.place(qubits)).unwrap_or(0.0)
    }

    /// The seconds a gate takes on these operands, 0 if nothing is stated.
    #[must_use]
    pub fn gate_time(&self, gate: &str, qubits: &[u32]) -> f64 {
        self.durations.of(gate, self.place(qubits)).unwrap_or(0.0)
    }

    /// The chance to read a qubit wrongly.
    #[must_use]
    pub fn readout_error(&self, qubit: u32) -> f64 {
        self.errors.of(READOUT, Some(qubit as usize)).unwrap_or(0.0)
    }

    /// The seconds reading a qubit takes.
    #[must_use]
    pub fn readout_time(&self, qubit: u32) -> f64 {
        self.durations.of(READOUT, Some(qubit as usize)).unwrap_or(0.0)
    }

    /// Seconds of relaxation of a qubit; infinite if unknown.
    #[must_use]
    pub fn t1(&self, qubit: u32) -> f64 {
        self.t1.as_ref().and_then(|values| values.at(Some(qubit as usize))).unwrap_or(f64::INFINITY)
    }

    /// Seconds of dephasing of a qubit; infinite if unknown.
    #[must_use]
    pub fn t2(&self, qubit: u32) -> f64 {
        self.t2.as_ref().and_then(|values| values.at(Some(qubit as usize))).unwrap_or(f64::INFINITY)
    }

    /// The position of a qubit, or of the edge between two, in lists of figures.
    fn place(&self, qubits: &[u32]) -> Option<usize> {
        match qubits {
            [qubit] => Some(*qubit as usize),
            [a, b] => self.coupling().edge(*a, *b),
            _ => None,
        }
    }
}

/// The name of reading a qubit among the figures.
pub const READOUT: &str = "readout";

#[cfg(test)]
mod tests;
